"""Modes by the words that stand with an event: "killed in an exchange of fire", "asked them to leave".

What belongs here: applying `lexicons/mode_words.csv`, which reads modes from the countries of parties and place too. What
does not: the mode that the predicate itself says (`matcher.py`), or what an operator makes of it (`operators.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from pipelines.immutable import dataclass
from pipelines.nlp.actors.patterns import SUPRANATIONAL_CODES
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import read_rows
from pipelines.nlp.parsed import Token
from pipelines.records import Party, Place

_FILE = "mode_words.csv"
_OPEN = "open"
_NOT = "not"
_SETTING = "setting"
_TWO_SIDES = 2
_OTHER_CLAUSES = frozenset(("relcl", "ccomp", "parataxis", "advcl"))
_UNDER = frozenset(("acl", "advcl", "xcomp", "conj"))  # what such a clause tells happened by the means of the one above
_ASKED = frozenset(("xcomp", "ccomp", "dobj", "advcl", "acl", "nsubjpass", "oprd"))
_ASKED_BY = frozenset("for to of against with as".split())
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class ModeRow:
    """Words that give events of a type a mode."""

    event_type: str
    replaces: frozenset[str]
    where: str
    words: frozenset[str]
    mode: str


@cache
def load_mode_rows() -> dict[str, tuple[ModeRow, ...]]:
    """The rows of the lexicon by event type, in its order.

    Raises:
        LexiconError: the file is missing or wrong.
    """
    rows: dict[str, list[ModeRow]] = {}
    for _, row in read_rows(_FILE):
        words = frozenset(row["words"].split("|"))
        one = ModeRow(row["event_type"], frozenset(row["replaces"].split("|")), row["where"], words, row["mode"])
        rows.setdefault(one.event_type, []).append(one)
    return {event_type: tuple(found) for event_type, found in rows.items()}


def mode_by_words(draft: Draft) -> str | None:
    """The mode of a finished draft: its own, or the one that the words with it say more exactly."""
    seen: dict[str, frozenset[str]] = {}
    for row in load_mode_rows().get(draft.event_type, ()):
        if row.where == _SETTING or (draft.mode or _OPEN) not in row.replaces:
            continue
        if row.where not in seen:
            seen[row.where] = frozenset(_WORDS[row.where](draft))
        if seen[row.where] & row.words:
            return row.mode
    return draft.mode


def mode_by_setting(draft: Draft, parties: Sequence[Party], place: Place | None) -> str | None:
    """The mode of a draft: its own, or the one that its parties' countries and its place say.

    Args:
        draft: the draft, its mode by words known.
        parties: its parties as they will stand in the row.
        place: where it happened, if known.
    """
    rows = [row for row in load_mode_rows().get(draft.event_type, ()) if row.where == _SETTING]
    if not rows:
        return draft.mode
    seen = frozenset(_of_setting(parties, place))
    found = (row.mode for row in rows if (draft.mode or _OPEN) in row.replaces and seen & row.words)
    return next(found, draft.mode) or None


def _of_setting(parties: Sequence[Party], place: Place | None) -> Iterator[str]:
    codes = {party.country for party in parties} - {None}
    countries = codes - SUPRANATIONAL_CODES
    if len(countries) > _TWO_SIDES:
        yield "many-countries"
    if place is None or not place.country or place.country in countries:
        return
    yield from (f"{code}-in-{place.country}" for code in codes & SUPRANATIONAL_CODES)
    if countries and len(codes) >= _TWO_SIDES:
        yield "abroad-to-all"


def _of_clause(draft: Draft) -> Iterator[str]:
    """The words of the event's clause, of what happened "when" it did, and of the clause it hangs on as a participle."""
    tops = [draft.site.token, draft.top]
    top = draft.top
    while top.dep_ in _UNDER and top.head is not top:
        top = top.head
        tops.append(top)
    yield from _words(token for top in tops for token in _below(top, draft))


def _of_asked(draft: Draft) -> Iterator[str]:
    """What is asked for, refused or threatened: the complement's verb or noun with its object."""
    heads: list[Token] = []
    for token in dict.fromkeys((draft.trigger, draft.site.token, draft.top)):
        for child in token.children:
            if child.dep_ in _ASKED and (child.dep_ != "advcl" or _is_infinitive(child)):
                heads.append(child)
            elif child.dep_ == "compound" and token.pos_ in ("NOUN", "PROPN"):
                heads.append(child)  # "an extradition request"
            elif child.dep_ == "prep" and child.lower_ in _ASKED_BY:
                heads += [g for g in child.children if g.dep_ in ("pobj", "pcomp")]
                # "asked for those in custody to be released"
                heads += [v for g in child.children for v in g.children if v.dep_ == "relcl" and _is_infinitive(v)]
    heads += [c for head in heads for c in head.children if c.dep_ in ("conj", "xcomp", "acl")]
    # "rejected a request for help": what the request is for
    heads += [g for h in heads for c in h.children if c.dep_ == "prep" and c.lower_ == "for" for g in c.children]
    parties = {i for party in draft.parties() for i in range(party.start, party.end)}
    for head in heads:
        if any(child.dep_ == "neg" for child in head.children):
            yield _NOT
        objects = [c for c in head.children if c.dep_ in ("dobj", "prt", "compound")]
        yield from _words(token for token in (head, *objects) if token.i not in parties)


def _is_infinitive(verb: Token) -> bool:
    return verb.tag_ == "VB" or any(c.dep_ == "aux" and c.tag_ == "TO" for c in verb.children)


def _tells_how(clause: Token, draft: Draft) -> bool:
    """Whether a clause tells by what something nobody is said to do came: "were wounded when a rocket landed beside them".

    What a party does in it, "shot him when he threw a stone", is no means of the event.
    """
    if draft.actors or not any(c.dep_ == "advmod" and c.lower_ == "when" for c in clause.children):
        return False
    subjects = [c for c in clause.children if c.dep_ in ("nsubj", "nsubjpass")]
    return not any(s.pos_ == "PRON" or p.start <= s.i < p.end for s in subjects for p in draft.parties())


def _of_trigger(draft: Draft) -> Iterator[str]:
    yield lemma_of(draft.trigger)


_WORDS = {"clause": _of_clause, "asked": _of_asked, "trigger": _of_trigger}


def _below(top: Token, draft: Draft) -> Iterator[Token]:
    level = [top]
    for _ in range(_DEPTH):
        yield from level
        level = [
            child
            for token in level
            for child in token.children
            if (child.dep_ not in _OTHER_CLAUSES or _tells_how(child, draft))
            and not (child.dep_ == "conj" and child.pos_ == "VERB")
        ]


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    """Lemmas of tokens, alone and with the word before them, and their last three words."""
    for token in tokens:
        word = lemma_of(token)
        yield word
        if token.i > token.sent.start:
            yield f"{lemma_of(token.nbor(-1))} {word}"
            yield f"{token.nbor(-1).lower_} {token.lower_}"
        if token.i > token.sent.start + 1:
            yield token.doc[token.i - 2 : token.i + 1].text.lower()
