"""How sure it is that a gazetteer name names a place where it stands: points for and against.

What belongs here: the model's label, prepositions, titles, streets, organisations, lists. The points themselves are in
`weights.py`. What does not: which namesake is meant (`disambiguation.py`).

The small model misses a third of the towns of local news and takes others for people and firms, so its labels are evidence,
not a condition.
"""

from __future__ import annotations

from pipelines.nlp.places import patterns, weights
from pipelines.nlp.places.matching import ToponymSpan
from pipelines.nlp.places.view import TokenView


def weigh(view: TokenView, span: ToponymSpan) -> float:
    """Points for and against a span naming a place, beside those of the region that follows it."""
    label, is_whole = view.label(span.start, span.end)
    low, high = weights.PRIOR_LIMITS
    points = min(max((span.prior - weights.TYPICAL_PRIOR) * weights.PRIOR_SLOPE, low), high)
    points += _label_points(view, span, label, is_whole)
    points += _before_points(view, span)
    points += _after_points(view, span)
    points += _person_points(view, span, label)
    if label not in ("GPE", "LOC", "ORG") and _is_part_of_longer_name(view, span):
        points += weights.LONGER_NAME
    elif label == "GPE" and not is_whole and _begins_longer_place(view, span):
        points += weights.LONGER_PLACE
    return points


def weigh_lists(view: TokenView, spans: list[ToponymSpan]) -> None:
    """A name in a list of place names is one ("Kitale, Eldoret and Webuye"); its kind too ("Clay and Pope counties")."""
    pairs = [
        (left, right)
        for left, right in zip(spans, spans[1:], strict=False)
        if left.container is not right and tuple(view.words[left.end : right.start]) in patterns.LIST_JOINTS
    ]
    for left, right in pairs:
        if left.evidence >= weights.SURE and weights.LISTED <= right.evidence < weights.SURE:
            right.evidence += weights.IN_LIST
    for left, right in reversed(pairs):
        if right.evidence >= weights.SURE and weights.LISTED <= left.evidence < weights.SURE:
            left.evidence += weights.IN_LIST
            left.kinds = left.kinds or right.kinds


def _label_points(view: TokenView, span: ToponymSpan, label: str, is_whole: bool) -> float:
    before = view.lower_word(span.start - 1)
    if not is_whole and (_follows_party(view, span) or (label == "PERSON" and before == "of")):
        return weights.LABEL[(label, True)] if label == "PERSON" else 0.0  # "D-Ohio", "Shah of Iran"
    if label == "GPE" and _begins_body(view, span.end):
        return weights.PRIVATE_BODY
    if label in ("ORG", "FAC") and not is_whole:
        return _body_points(view, span, label)
    after = view.word(span.end)
    if label == "PERSON" and after[:1].isupper() and after.lower() in patterns.LOCAL_BODIES:
        return weights.LOCAL_BODY
    return weights.LABEL.get((label, is_whole), weights.OTHER_LABEL)


def _body_points(view: TokenView, span: ToponymSpan, label: str) -> float:
    """A place that a public body's name begins is named too; one inside a firm's, paper's or team's name is not."""
    start, end = view.bounds[span.start]
    head, rest = view.lower[start : span.start], view.lower[span.end : end]
    if not patterns.PRIVATE_BODY_WORDS.isdisjoint(rest) or not patterns.PRIVATE_BODY_WORDS.isdisjoint(head):
        return weights.PRIVATE_BODY
    if patterns.BODY_HEADS.issuperset(head) and not patterns.PUBLIC_BODY_WORDS.isdisjoint(rest):
        return weights.PUBLIC_BODY
    if span.end == end and head:
        if "of" in head and head[-1] in ("of", ",", "the"):
            return weights.BODY_OF_PLACE
        if head[-1] in patterns.STRONG_PREPOSITIONS:
            return weights.BODY_IN_PLACE
    return weights.LABEL[(label, False)]


def _begins_body(view: TokenView, end: int) -> bool:
    """Whether the name of a firm or team goes on after a place, as its second part ("Houston | Rockets")."""
    return (
        end < len(view.words)
        and view.labels[end] == "ORG"
        and view.bounds[end][0] == end
        and view.words[end][0].isupper()
        and view.lower[end] not in patterns.PUBLIC_BODY_WORDS
    )


def _before_points(view: TokenView, span: ToponymSpan) -> float:
    """Points for what comes before: prepositions, "the town of", an age or a party, a street, an article."""
    start = span.start
    before, second = view.lower_word(start - 1), view.lower_word(start - 2)
    points = 0.0
    if before in ("a", "an") and view.lower_word(span.end) not in patterns.STREET_WORDS:
        points += weights.ARTICLE
    elif _follows_party(view, span):
        points += weights.PARTY
    elif before == "," and second in patterns.STREET_WORDS:
        points += weights.ADDRESS
    elif before.isdigit() and span.is_short:
        points += weights.NUMBERED  # "100 B.C."
    at = start - 2 if before == "the" or before in patterns.DIRECTIONS else start - 1
    word = view.lower_word(at)
    if word in patterns.STRONG_PREPOSITIONS or word in patterns.PLACE_NOUNS:
        is_person = view.label(span.start, span.end) == ("PERSON", True) and view.word(span.end) not in ("'s", "’s")
        return points + (weights.IN_PERSON if is_person and word in patterns.NO_PERSONS else weights.STRONG_PREPOSITION)
    if word not in patterns.WEAK_PREPOSITIONS:
        return points
    is_home = word == "of" and (
        view.lower_word(at - 1) in patterns.PLACE_NOUNS
        or (at > 0 and view.labels[at - 1] == "PERSON")
        or (view.lower_word(at - 1) == "," and view.lower_word(at - 2).isdigit())  # "Ann Lee, 43, of Dayton"
    )
    return points + (weights.OF_PLACE if is_home else weights.WEAK_PREPOSITION)


def _follows_party(view: TokenView, span: ToponymSpan) -> bool:
    return view.word(span.start - 1) == "-" and view.word(span.start - 2) in patterns.PARTIES


def _after_points(view: TokenView, span: ToponymSpan) -> float:
    """Points for what comes after ("residents", a dateline's dash); against streets, rivers, diseases and schools."""
    end = span.end
    word, after = view.word(end), view.lower_word(end)
    points = 0.0
    if end - span.start > 1 and view.lower[end - 1] in patterns.COUNTY_WORDS:
        points += weights.COUNTY
    if after in patterns.LOCAL_NOUNS:
        points += weights.LOCAL_NOUN
    elif after in patterns.PLURAL_ADMIN:
        points += weights.PLURAL_COUNTIES
    elif after in patterns.EPONYMS:
        points += weights.EPONYM
    elif after in patterns.DASHES:
        is_capitals = span.text.isupper() and len(span.text) > 3
        if view.lower_word(end + 1) == "based":
            points += weights.BASED
        elif is_capitals or view.tokens[span.start].is_sent_start:
            points += weights.DATELINE
    if after == "of" and view.lower_word(end - 1) in patterns.SETTLEMENT_WORDS and view.word(end + 1)[:1].isupper():
        points += weights.FEATURE  # "the Port of Bar"
    if after in patterns.STREET_WORDS and view.word(end + 1) != "Patrol":
        points += weights.STREET
    elif after in patterns.SCHOOL_WORDS and span.prior < weights.LARGE_TOWN:
        points += weights.SCHOOL
    elif after in patterns.FEATURE_WORDS and word[0].isupper():
        points += weights.FEATURE
    return points


def _person_points(view: TokenView, span: ToponymSpan, label: str) -> float:
    """Points against a name that is a person's in this document."""
    points = 0.0
    surname = view.words[span.end - 1]
    if view.lower_word(span.start - 1) in patterns.COURTESY_TITLES:
        return weights.COURTESY_TITLE
    if label == "GPE":
        return weights.SURNAME_OF_GPE if surname in view.surnames and span.prior < weights.LARGE_TOWN else 0.0
    if view.lower_word(span.start - 1) in patterns.PERSON_TITLES:
        points += weights.TITLE
    if label != "LOC" and span.end - span.start == 1:
        if surname in view.surnames:
            points += weights.SURNAME
        if view.lower_word(span.end) in patterns.PERSON_VERBS:
            points += weights.SPEAKER
        if view.tokens[span.start].pos_ != "PROPN":
            points += weights.NOT_A_NAME
    return points


def _begins_longer_place(view: TokenView, span: ToponymSpan) -> bool:
    """Whether the name of a place goes on after a span: "Ras Lanuf" is not at Ras; "Cairo Egypt" is at Cairo."""
    after = view.word(span.end)
    if span.end >= view.bounds[span.start][1] or not after.isalpha() or not after[:1].isupper():
        return False
    return view.lower[span.end] not in patterns.KIND_WORDS


def _is_part_of_longer_name(view: TokenView, span: ToponymSpan) -> bool:
    if view.word(span.end)[:1].isupper() and view.lower[span.end] not in patterns.PUBLIC_BODY_WORDS:
        return True
    start = span.start
    if start < 1 or view.tokens[start].is_sent_start or view.tokens[start - 1].is_sent_start:
        return False
    return view.words[start - 1][:1].isupper() and view.lower[start - 1] not in patterns.DIRECTIONS
