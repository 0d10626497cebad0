"""The country of people and bodies whom no phrase gives one, once the whole document is read.

What belongs here: where a person says to be from, the nameless man of the lead who gets his name in the next sentence, and
the story's own country for those who are plainly of the place. What does not: what a phrase states (`actors`), which country
a story is about (`home.py`).
"""

from __future__ import annotations

from pipelines.nlp.actors.patterns import SUPRANATIONAL_CODES
from pipelines.nlp.annotations import EntityNode, MentionSpan, names_unlisted_state
from pipelines.nlp.coreference.home import CountryOfEvents
from pipelines.nlp.coreference.patterns import (
    CIVIL_SECTORS,
    DISTRICT_WORDS,
    FOREIGN_OFFICES,
    FOREIGN_WORDS,
    HOME_POLITICS,
    HOME_WORDS,
    LOCAL_SECTORS,
)
from pipelines.nlp.parsed import Doc

_MAX_ORIGIN = 9  # tokens from a name to where its bearer is from
_ORIGIN_PREPOSITIONS = frozenset({"from", "of", "for", "with", "at"})
_NATIONAL_SENTENCES = 4  # through which "the Australian" can mean someone named before
_NATIONAL_WORDS = 7  # tokens before it, as in "the 48-year-old"
_ARGUMENTS = frozenset({"nsubj", "nsubjpass", "dobj", "pobj", "poss"})
_ORIGIN_WORDS = frozenset(
    ", ( aged formerly originally who is was a an native resident citizen born raised and".split()
)
_LEAD_SENTENCES = 3  # in which a story introduces someone without the name
_NAMING_SENTENCES = 2  # after which the name must have come
_COALITIONS = frozenset(("coalition", "coalitions"))
_LED = "led"  # before a coalition of states
_BUSINESS = "BUS"  # of the place where nameless: "the contractor", "traders"
_OF_THE_PLACE = LOCAL_SECTORS | CIVIL_SECTORS


def settle_countries(doc: Doc, mentions: list[MentionSpan], home: CountryOfEvents) -> list[MentionSpan]:
    """Give entities without a country the one that the document tells indirectly; none where it does not.

    Args:
        doc: the document.
        mentions: all its mentions with their entities, by position.
        home: the country of each sentence and of the story.

    Returns:
        The first mention of each named body of a state, force or party of the place that is still without a country.
    """
    by_start = {m.start: m for m in mentions if m.is_name and m.label in ("GPE", "LOC", "ORG")}
    peoples = {m.end: m for m in mentions if m.label == "NORP" and m.country}
    elsewhere: set[str] = set()  # keys of people whose body or state has no country
    for mention in mentions:
        node = mention.entity
        if node is not None and mention.is_name and mention.label == "PERSON" and node.country is None:
            owner = _owner(doc, mention, by_start) or _apposed_people(doc, mention, peoples)
            if owner is not None:
                node.country = None if owner.country in SUPRANATIONAL_CODES else owner.country
                if node.country is None:
                    elsewhere.add(node.key)
            elif _is_of_unlisted_state(doc, mention):
                elsewhere.add(node.key)
    _name_introduced(doc, mentions, home.sentence_of)
    _take_nationality(doc, mentions, home.sentence_of)
    undecided: dict[str, MentionSpan] = {}
    for mention in mentions:
        node = mention.entity
        if node is None or node.country is not None or node.members or node.key in elsewhere:
            continue
        if _is_of_the_place(doc, mention, node, is_clear=home.clear is not None):
            node.country = home.of_people(mention.start, is_name=mention.is_name) or (
                home.before(mention.start) if node.sector in LOCAL_SECTORS else None
            )
            if mention.is_name and mention.label != "PERSON" and node.sector in LOCAL_SECTORS:
                undecided.setdefault(node.key, mention)
    return [m for m in undecided.values() if m.entity is not None and m.entity.country is None]


def _owner(doc: Doc, mention: MentionSpan, by_start: dict[int, MentionSpan]) -> MentionSpan | None:
    """The place or body in "Joe Reed, 25, from Leeds", "Ana Rey of the Miners' League"."""
    for i in range(mention.end, min(mention.end + _MAX_ORIGIN, len(doc) - 2)):
        word = doc[i].lower_
        if doc[i].is_sent_start:
            return None
        if word in _ORIGIN_PREPOSITIONS and (i > mention.end or word == "of"):
            return by_start.get(i + 1) or (by_start.get(i + 2) if doc[i + 1].lower_ == "the" else None)
        if word not in _ORIGIN_WORDS and not doc[i].like_num and not word[0].isdigit():
            return None
    return None


def _is_of_unlisted_state(doc: Doc, mention: MentionSpan) -> bool:
    """Whether what stands beside a name is of a state in no lexicon: "the president of the Republic of Karland, Ada Roe"."""
    name = doc[mention.start : mention.end].root
    beside = [child for child in name.children if child.dep_ == "appos"]
    if name.dep_ == "appos":
        beside.append(name.head)
    return any(names_unlisted_state(doc, word.i, word.i + 1) for word in beside)


def _apposed_people(doc: Doc, mention: MentionSpan, peoples: dict[int, MentionSpan]) -> MentionSpan | None:
    """The people that a name is said to be one of: "A Russian, Ivan Petrov, was held", "the 43-year-old Briton, Tom Lee"."""
    comma = mention.start - 1
    people = peoples.get(comma)
    if people is None or doc[comma].text != "," or doc[people.end - 1].tag_ in ("NNS", "NNPS"):
        return None
    before = doc[max(0, people.start - _NATIONAL_WORDS) : people.start]
    first = next((t for t in reversed(before) if t.pos_ == "DET"), None)
    between = () if first is None else before[first.i - before.start + 1 :]
    is_noun = first is not None and all(t.pos_ in ("ADJ", "NUM", "PUNCT", "NOUN", "ADV") for t in between)
    return people if is_noun else None


def _take_nationality(doc: Doc, mentions: list[MentionSpan], sentence_of: list[int]) -> None:
    """Give "the Australian", "the 54-year-old Briton" as country to the one person named before who has none."""
    people: dict[str, tuple[int, EntityNode]] = {}  # sentence of the last mention
    for mention in mentions:
        node = mention.entity
        if mention.label == "PERSON" and node is not None and mention.is_name:
            people[node.key] = (sentence_of[mention.start], node)
        if mention.label != "NORP" or not mention.country or not _is_one_citizen(doc, mention):
            continue
        sentence = sentence_of[mention.start]
        near = [n for at, n in people.values() if sentence - at <= _NATIONAL_SENTENCES]
        stateless = [n for n in near if n.country is None]
        if len(stateless) == 1 and not any(n.country == mention.country for n in near):
            stateless[0].country = mention.country


def _is_one_citizen(doc: Doc, mention: MentionSpan) -> bool:
    """A people's adjective as a noun for one person: "the Australian was", "the 48-year-old Dutchman, who"."""
    last = doc[mention.end - 1]
    if last.tag_ in ("NNS", "NNPS") or last.dep_ not in _ARGUMENTS:
        return False
    before = [t.lower_ for t in doc[max(0, mention.start - _NATIONAL_WORDS) : mention.start]]
    verb = last.head if last.dep_ in ("nsubj", "nsubjpass") else None
    if verb is not None and any(
        c.dep_ in ("aux", "auxpass") and c.lower_ in ("are", "were", "have") for c in verb.children
    ):
        return False  # "the Dutch have", "the Japanese were"
    if verb is not None and (verb.lower_ in ("are", "were", "have") or verb.tag_ == "VBP"):
        return False
    return before[-1:] == ["the"] or ("the" in before and "-" in before)


def _name_introduced(doc: Doc, mentions: list[MentionSpan], sentence_of: list[int]) -> None:
    """Join "A former British soldier" of the lead with the first person who is named after it.

    Only where one is introduced so, and the name is new, without a country of its own and the first of its sentence.
    """
    introduced = [
        m
        for m in mentions
        if not m.is_name
        and m.entity is not None
        and m.label == "PERSON"
        and m.entity.key.startswith("nominal:")
        and sentence_of[m.start] < _LEAD_SENTENCES
        and doc[m.start].lower_ in ("a", "an")
    ]
    with_country = [m for m in introduced if m.entity is not None and m.entity.country]
    if len(with_country) != 1:
        return
    nominal = with_country[0]
    said = sentence_of[nominal.start]
    people = [m for m in mentions if m.is_name and m.label == "PERSON" and m.entity is not None]
    if any(sentence_of[m.start] <= said for m in people):
        return
    name = people[0] if people else None
    if name is None or name.entity is None or nominal.entity is None or name.title:
        return
    if sentence_of[name.start] - said > _NAMING_SENTENCES or name.entity.country not in (None, nominal.entity.country):
        return
    old, node = nominal.entity, name.entity
    node.country = node.country or old.country
    node.sector = node.sector or old.sector
    for mention in mentions:
        if mention.entity is old:
            mention.entity = node


def _is_of_the_place(doc: Doc, mention: MentionSpan, node: EntityNode, *, is_clear: bool) -> bool:
    """Whether someone belongs to the country a story is about, when nothing says otherwise."""
    is_firm = is_clear and node.sector == _BUSINESS and node.key.startswith("nominal:")
    if node.sector is not None and node.sector not in _OF_THE_PLACE and not is_firm:
        return False
    if mention.is_name:
        # A body that no lexicon knows is a local one in a story about one country alone.
        is_local = node.sector in LOCAL_SECTORS or (is_clear and node.key.startswith("name:"))
        if mention.label == "NORP":
            return (node.sector or mention.sector) in LOCAL_SECTORS  # "the Communists"
        return mention.label == "PERSON" or (mention.label == "ORG" and is_local)
    if not node.key.startswith("nominal:"):
        return False
    return doc[mention.start].tag_ != "PRP$" and not is_foreign(doc, mention.start, mention.end)


def _is_home_coalition(doc: Doc, i: int) -> bool:
    """Whether a coalition is told as one of the place's parties or groups: "a coalition of unions", "the ruling coalition"."""
    following = doc[i + 1].lower_ if i + 1 < len(doc) else ""
    return following == "of" or following in HOME_POLITICS or (i > 0 and doc[i - 1].lower_ in HOME_POLITICS)


def is_foreign(doc: Doc, start: int, end: int) -> bool:
    """Whether the words of a phrase say that its people are not of the place: "foreign tourists", "migrants"."""
    for token in doc.tokens[start:end]:
        if (token.lower_ in FOREIGN_WORDS or token.lemma_.lower() in FOREIGN_WORDS) and not _is_of_home(doc, token.i):
            return True
    return names_unlisted_state(doc, start, end)


def _is_of_home(doc: Doc, i: int) -> bool:
    """Whether a word for foreigners stands for people of the place: "state media", "a coalition of unions"."""
    following = doc[i + 1] if i + 1 < len(doc) else None
    word = doc[i].lower_
    if word == "foreign":
        is_one = i > 0 and (doc[i - 1].lower_ == "the" or doc[i - 1].tag_ in ("PRP$", "POS"))
        return is_one and following is not None and following.lower_ in FOREIGN_OFFICES
    if word == "regional":
        return following is not None and following.tag_ not in ("NNS", "NNPS")
    if word in _COALITIONS:
        before = [j for j in range(i + 1) if doc[j].lower_ in _COALITIONS]
        return _is_home_coalition(doc, i) or (
            any(_is_home_coalition(doc, j) for j in before) and all(doc[j - 1].lower_ != _LED for j in before if j)
        )
    if doc[i].text == "western":
        return following is not None and following.lower_ in DISTRICT_WORDS
    return word in HOME_WORDS
