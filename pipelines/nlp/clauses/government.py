"""Government: what governs a predicate, and as which kind of complement.

What belongs here: climbing one step from a predicate, and the clauses that one governs. What does not: what the governor makes
of it (`events/operators.py`).
"""

from __future__ import annotations

from pipelines.immutable import dataclass
from pipelines.nlp.parsed import Token

_CONDITIONS = frozenset(("if", "whether"))
_INTERROGATIVES = frozenset("if whether what why how who whom when where which".split())


@dataclass(frozen=True, slots=True)
class Government:
    """What governs a predicate: the governing token and how the predicate complements it.

    `complement` is one of inf, ger, that, noun, or `prep:X+ger` / `prep:X+noun` / `prep:for+inf`.
    """

    token: Token
    complement: str


def government(token: Token) -> Government | None:
    """What governs a predicate and how; None for a main clause, a modifier or an adverbial."""
    first = token
    while first.dep_ == "conj" and first.head.i < first.i:
        first = first.head
    head, dep = first.head, first.dep_
    if dep in ("xcomp", "ccomp", "advcl") and _is_asked_for(first) and head.pos_ in ("VERB", "NOUN"):
        if head.dep_ == "pobj" and head.head.lower_ in ("in", "at", "on") and head.head.head.pos_ == "VERB":
            head = head.head.head  # "called in a statement for the army to leave"
        return Government(head, "prep:for+inf")
    if dep in ("xcomp", "ccomp"):
        if is_divided(first, head):
            return None
        if dep == "ccomp" and (first.tag_ not in ("VB", "VBG") or _is_finite(first) or is_subjunctive(first)):
            return None if _asks_whether(first) else Government(head, "that")
        return Government(head, "ger" if first.tag_ == "VBG" else "inf")
    if dep == "pcomp" and head.dep_ == "prep":
        return Government(head.head, f"prep:{head.lower_}+ger")
    if dep in ("dobj", "nsubjpass", "attr") and head.pos_ in ("VERB", "AUX"):
        return Government(head, "noun")
    if dep == "pobj" and head.dep_ in ("prep", "agent", "dative"):
        return Government(head.head, f"prep:{head.lower_}+noun")
    if dep == "acl" and any(child.dep_ == "aux" and child.lower_ == "to" for child in first.children):
        return Government(head, "inf")
    if dep == "acl" and any(child.dep_ == "mark" and child.lower_ == "that" for child in first.lefts):
        return Government(head, "that")  # "rejected claims that the army shelled it"
    if dep == "advcl" and first.tag_ == "VB" and head.pos_ in ("VERB", "ADJ"):
        # With an object of the governor between them it is a purpose, not a complement: "sought help to face sanctions".
        has_object = any(child.dep_ == "dobj" and child.i < first.i for child in head.children)
        return None if has_object else Government(head, "inf")
    return None


def is_subjunctive(clause: Token) -> bool:
    """Whether a clause tells what should be, not what is: "insisted that Kenya withdraw", "ruled that they be freed".

    Args:
        clause: the verb of a clause that another verb or a noun takes.
    """
    subject = next((c for c in clause.lefts if c.dep_ in ("nsubj", "nsubjpass")), None)
    if subject is None or not any(c.dep_ == "mark" and c.lower_ == "that" for c in clause.lefts):
        return False
    auxiliaries = [c for c in clause.lefts if c.dep_ in ("aux", "auxpass")]
    if auxiliaries:
        return auxiliaries[0].lower_ == "be"
    return clause.tag_ == "VB"


def _asks_whether(clause: Token) -> bool:
    return any(c.dep_ == "mark" and c.lower_ in _CONDITIONS for c in clause.lefts)


def is_divided(clause: Token, head: Token) -> bool:
    """Whether a semicolon or colon parts a clause from the one behind it: main clauses both, though parsed as a complement."""
    return clause.i < head.i and any(token.text in (";", ":") for token in clause.doc[clause.i : head.i])


def precedes_clause(token: Token, verb: Token) -> bool:
    """Whether a phrase that the parser hangs on a reported clause stands before that clause: it is the reporting verb's.

    "Officials said on Friday they will leave": on Friday is when they said it.

    Args:
        token: the phrase's head.
        verb: the verb that the parser makes it depend on.
    """
    if verb.dep_ != "ccomp" or not verb.head.i < token.i < verb.i:
        return False
    starts = [c.i for c in verb.children if c.dep_ in ("nsubj", "nsubjpass", "expl", "mark")]
    return bool(starts) and token.i < min(starts)


def _is_asked_for(token: Token) -> bool:
    """Whether an infinitive has a subject of its own: "(called) for the sides to stop"."""
    words = {(child.dep_, child.lower_) for child in token.lefts}
    return ("mark", "for") in words and ("aux", "to") in words


def _is_finite(token: Token) -> bool:
    """Whether a bare form has an auxiliary: "(warned that it) would cut aid", "(says it) is leaving"."""
    return any(child.dep_ in ("aux", "auxpass") and child.lower_ != "to" for child in token.children)


def complements(verb: Token, *, is_question: bool) -> list[Token]:
    """Heads of the clauses that a verb takes.

    Args:
        verb: the verb.
        is_question: only those that ask, indirectly or in the speaker's own words.
    """
    found = [c for c in verb.children if c.dep_ in ("ccomp", "xcomp", "advcl")]
    if not is_question:
        return found
    before = next((t for t in reversed(verb.doc[verb.sent.start : verb.i]) if not (t.is_quote or t.is_space)), None)
    if before is not None and before.text == "?":  # "Where is the money?" asked the senator
        return [verb]
    return [c for c in found if c.i > verb.i and c.left_edge.lower_ in _INTERROGATIVES]
