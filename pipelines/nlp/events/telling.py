"""How a sentence tells an event: as the day's news, as background, or as what is yet to come.

What belongs here: reading the grammar over an event for whether it moves the story on ("police fired tear gas") or
refers to what is known or long done ("the court that had banned the party"). What does not: dates (`event_dates.py`).
"""

from __future__ import annotations

from enum import Enum

from pipelines.nlp.clauses.component import collapsed_subject
from pipelines.nlp.clauses.phrases import coordinated
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.patterns import NEVER_PARTY
from pipelines.nlp.parsed import Span, Token

AFTER, BEFORE = frozenset(("after", "following", "since")), frozenset(("before",))
_PERFECT = frozenset(("have", "has", "had", "'ve", "’ve", "having"))
_PAST_PERFECT = frozenset(("had",))
# Words that take an act out of the day: it is over, lasts, or recurs.
_LASTING = frozenset(
    "previously formerly once long already always often repeatedly frequently historically traditionally originally"
    " initially earlier since ever never regularly routinely usually generally consistently".split()
)
# "at a meeting", "during the rally": a noun in such a phrase happens while the clause does.
_MEANWHILE = frozenset(("in", "during", "at", "amid", "amidst", "on", "as"))
_NOUN_ARGUMENTS = frozenset(("nsubj", "nsubjpass", "dobj", "attr", "oprd", "ROOT", "conj", "appos"))
_CLIMB = 10
# What a sentence opens with that takes up the story where the one before left it.
_SEQUENCE = frozenset(("then", "thereupon"))  # "later" tells as often of other years
_TAKING_UP = frozenset(("when", "as", "after", "once", "while"))
_PHRASES_TAKING_UP = frozenset(("after", "following", "during"))


class Telling(Enum):
    """How an event is told."""

    NEWS = "news"  # a finite past form in the main line: it may lie on the story's day
    STATE = "state"  # a present form: holds on the day of the publication
    BACKGROUND = "background"  # no day of the story


def telling(draft: Draft) -> Telling:
    """How a draft's sentence tells it, by the clause it stands in and the clauses over that.

    Args:
        draft: the draft, with its operators applied.

    Returns:
        NEWS or STATE for what the sentence reports, BACKGROUND for what it only refers to.
    """
    if is_background(draft) or is_purpose(draft) or draft.is_followed:
        return Telling.BACKGROUND
    start = draft.trigger if draft.is_composed else draft.site.top
    if start.pos_ in ("NOUN", "PROPN") and not _is_news_noun(start):
        return Telling.BACKGROUND
    own = own_finite(start)
    current = start
    for _ in range(_CLIMB):
        if not _continues_line(current):
            return Telling.BACKGROUND
        if current.pos_ in ("VERB", "AUX") and not _may_be_news(current, current.i == own.i):
            return Telling.BACKGROUND
        if current.head is current:
            break
        current = current.head
    return Telling.STATE if is_present(own) and is_present(_reporting(own)) else Telling.NEWS


def is_background(draft: Draft) -> bool:
    """Whether a draft is only referred to: a definite noun after "after", a participle before its noun."""
    token = draft.top
    if adjunct_preposition(token) is not None and is_definite(token):
        return True
    # "Western-imposed sanctions": a participle before its noun refers to what is known, it does not report
    if token.dep_ == "amod" and token.pos_ == "VERB" and collapsed_subject(token) is None:
        return True
    noun = draft.site.noun
    if noun is None or noun.dep_ in ("nsubj", "nsubjpass"):
        return False
    return any(c.dep_ == "amod" and c.tag_ == "VBN" and any(c.lefts) for c in noun.lefts)


def is_purpose(draft: Draft) -> bool:
    """Whether a draft is only what something was done for: "launched a mission to free them"."""
    token = draft.site.top
    is_infinitive = token.tag_ == "VB" and any(c.dep_ == "aux" and c.lower_ == "to" for c in token.children)
    return is_infinitive and token.dep_ in ("advcl", "acl", "relcl") and not draft.operators


def is_due(draft: Draft) -> bool:
    """Whether a draft's verb is what somebody is to do: "the premier is to resign", "crowds were to storm the palace", not "his
    first act was to dismiss the judges".
    """
    verb = draft.site.verb
    if verb is None or not verb.has_to or verb.token.dep_ != "xcomp" or draft.operators:
        return False
    copula = verb.token.head
    if copula.lemma_ != "be" or copula.i > verb.token.i or verb.subject is None:
        return False
    if verb.subject.pos_ == "PRON":
        return verb.subject.lower_ not in NEVER_PARTY
    return any(party.start <= verb.subject.i < party.end for party in draft.parties())


def adjunct_preposition(token: Token) -> str | None:
    """ "after" of "after the invasion": a noun that only dates the clause it stands in."""
    first = token
    while first.dep_ == "conj":
        first = first.head
    if first.pos_ in ("NOUN", "PROPN") and first.dep_ == "pobj":
        word = first.head.lower_
        if word in AFTER or word in BEFORE:
            return word
    return None


def is_definite(token: Token) -> bool:
    """Known to the reader already: "the invasion", "Russia's invasion", "its invasion"."""
    heads = coordinated(token)
    return any(
        c.dep_ == "poss" or (c.dep_ == "det" and c.lower_ in ("the", "this", "that", "last"))
        for h in heads
        for c in h.children
    )


def has_past_perfect(token: Token) -> bool:
    """ "had attacked": earlier than what is being told; not "said they had attacked", which is how a perfect is reported."""
    return any(c.lower_ in _PAST_PERFECT for c in _auxiliaries(token)) and not is_reported_perfect(token)


def _auxiliaries(verb: Token) -> list[Token]:
    """The auxiliaries of a verb, those that the parser hangs on another among them: "has" on the "been" of "has been asking"."""
    own = [c for c in verb.children if c.dep_ == "aux"]
    return [*own, *(g for c in own for g in c.children if g.dep_ == "aux")]


def is_reported_perfect(token: Token) -> bool:
    """ "The army said it had taken the town": the army said "we have taken it" or "we took it"."""
    if not any(c.lower_ in _PAST_PERFECT for c in _auxiliaries(token)):
        return False
    first = token
    while first.dep_ == "conj" and first.head.pos_ in ("VERB", "AUX"):
        first = first.head
    saying = first.head
    return first.dep_ == "ccomp" and saying.pos_ == "VERB" and saying.tag_ == "VBD" and not is_perfect(saying)


def is_perfect(token: Token) -> bool:
    """ "has attacked", "having attacked"."""
    return any(c.lower_ in _PERFECT for c in _auxiliaries(token))


def is_told_in_past(token: Token) -> bool:
    """Whether the finite verb over an event is in a past form: "decided to reopen it"."""
    finite = own_finite(token)
    for _ in range(_CLIMB):
        if finite.head is finite or not any(c.dep_ == "aux" and c.tag_ == "TO" for c in finite.children):
            break
        finite = own_finite(finite.head)
    return first_form(finite).tag_ == "VBD" or is_perfect(finite)


def takes_up_story(sent: Span) -> bool:
    """Whether a sentence opens with what took place just before: "When the sitting resumed", "Following the vote"."""
    for opening in sent.root.lefts:
        if opening.dep_ == "advmod" and opening.lower_ in _SEQUENCE:
            return True
        if opening.dep_ == "advcl" and any(c.lower_ in _TAKING_UP for c in opening.lefts):
            return True
        if opening.dep_ == "prep" and opening.lower_ in _PHRASES_TAKING_UP:
            return True
    return False


def is_split_passive(verb: Token) -> bool:
    """Whether the parser read a passive with a phrase inside it as two clauses: "was on Monday driven into the gate"."""
    if verb.dep_ not in ("advcl", "ccomp") or verb.tag_ not in ("VBN", "VBD") or verb.head.lemma_ != "be":
        return False
    return verb.head.pos_ == "AUX" and not any(
        c.dep_ in ("mark", "nsubj", "nsubjpass", "advmod") for c in verb.children
    )


def _is_news_noun(noun: Token) -> bool:
    first = noun
    while first.dep_ == "conj" and first.head.pos_ in ("NOUN", "PROPN"):
        first = first.head
    if first.dep_ == "pobj":
        return first.head.lower_ in _MEANWHILE
    return first.dep_ in _NOUN_ARGUMENTS


def _continues_line(token: Token) -> bool:
    """Whether a token stands in the line of what its governor tells, not in a clause about one of its nouns."""
    dep = token.dep_
    if dep == "relcl":
        return any(c.lower_ in ("when", "where") for c in token.children) or _carries_on(token)
    if dep == "acl":
        return token.tag_ == "VBG" and token.head.dep_ == "dobj"  # "issued a statement welcoming it"
    if dep == "amod":
        return token.pos_ != "VERB"
    if dep == "pcomp":
        return token.head.lower_ in ("by", "with") and token.head.dep_ == "prep" and token.head.head.pos_ == "VERB"
    return True


def _carries_on(clause: Token) -> bool:
    """Whether a relative clause tells what came next: "..., said a spokesman, who urged parents to keep children at home".

    It stands behind a comma and the main verb, and is in the past as that is.
    """
    first, root = clause.left_edge, clause.sent.root
    if not root.i < clause.head.i < first.i or first.nbor(-1).text != ",":
        return False
    # "..., who was jailed" says who somebody is.
    return clause.tag_ == "VBD" and first_form(root).tag_ == "VBD" and not is_perfect(root)


def _may_be_news(verb: Token, is_own: bool) -> bool:
    """Whether a verb of the line lets the event lie on the story's day; `is_own`: the verb gives the event its tense."""
    if has_past_perfect(verb):
        return False
    if is_own and is_perfect(verb) and (not _heads_line(verb) or lasts(verb)):
        return False
    return not any(c.dep_ == "advmod" and c.lower_ in _LASTING for c in verb.children)


def _heads_line(verb: Token) -> bool:
    """Whether a verb is the sentence's main one, or the content of a saying that only follows: "have left, he said"."""
    if verb.dep_ == "ROOT":
        return True
    if verb.dep_ == "ccomp":
        return verb.i < verb.head.i
    return verb.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in ("as", "while") for c in verb.children)


def lasts(verb: Token) -> bool:
    """Whether a perfect is bounded by a duration: "has for years been", "have opposed it since 2019"."""
    return any(
        c.dep_ == "prep"
        and (c.lower_ in ("over", "since", "throughout") or c.lower_ == "for" and _is_while(c, verb))
        and _is_time(c)
        for c in verb.children
    )


def _is_while(preposition: Token, verb: Token) -> bool:
    """Whether "for" a time is how long an act has gone on, not what it set: "has jailed him for ten years" is over at once."""
    is_counted = any(g.dep_ == "nummod" for c in preposition.children for g in c.children)
    return verb.tag_ == "VBG" or preposition.i < verb.i or not is_counted


def _is_time(preposition: Token) -> bool:
    return any(c.ent_type_ in ("DATE", "TIME") for c in preposition.children)


def own_finite(token: Token) -> Token:
    """The finite verb that gives an event its tense."""
    current = token
    for _ in range(_CLIMB):
        if current.tag_ in ("VBD", "VBZ", "VBP", "MD") or any(c.dep_ in ("aux", "auxpass") for c in current.children):
            return current
        if current.head is current:
            break
        current = current.head
    return current


def _reporting(verb: Token) -> Token:
    """The verb that reports a clause, or the verb itself: what is said in the present was so when it was said."""
    return verb.head if verb.dep_ == "ccomp" and verb.head.pos_ == "VERB" else verb


def first_form(verb: Token) -> Token:
    """The verb or the first of its auxiliaries: what bears the tense."""
    passive = (c for c in verb.children if c.dep_ == "auxpass")
    return min((verb, *_auxiliaries(verb), *passive), key=lambda t: t.i)


def is_present(verb: Token) -> bool:
    first = first_form(verb)
    return first.tag_ in ("VBZ", "VBP") and first.lower_ not in _PERFECT
