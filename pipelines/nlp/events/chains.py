"""The clauses over an event, and which of them share its time.

What belongs here: the chain of tokens from an event upwards, where in it another time begins, what a time bounds or only
names. What does not: choosing among times (`event_dates.py`, `sentence_times.py`) and places (`scene.py`).
"""

from __future__ import annotations

from pipelines.nlp.clauses.government import is_divided
from pipelines.nlp.events.telling import first_form, is_definite
from pipelines.nlp.parsed import Token

# "three years after the 2001 attacks", "until Monday": what stands under these bounds the clause, it does not date it.
BOUNDS = frozenset("after before since until till following ahead prior".split())
# "before dawn on Tuesday" is on Tuesday.
_HOURS = frozenset("dawn daybreak sunrise noon midday lunchtime dusk sunset nightfall midnight".split())
# Over a clause with these its governor's time is another one.
_EDGES = frozenset("after before since following".split())
_MODIFIERS = frozenset(("nummod", "compound", "amod", "nmod", "poss", "npadvmod"))
_PLANNED = frozenset("scheduled planned slated set due expected called".split())
_JOINED = frozenset(("ccomp", "conj", "parataxis", "advcl"))
_NOT_PAST = frozenset(("has", "have", "'ve", "’ve", "would", "will", "could", "can", "should", "may", "might", "must"))
# "A siege during which they starved" is of the same time, "a law under which they are held" is not.
_SAME_TIME = frozenset("in during at on over throughout within after upon amid".split())
_LATER = frozenset("later eventually subsequently afterwards afterward thereafter ultimately".split())
_POINTING = frozenset("this that last next earlier".split())
_CLIMB = 12


def clause_chain(anchor: Token) -> list[Token]:
    """The event's token and the tokens whose time it shares: its support, what governs it, the clause it reports on."""
    chain = [anchor]
    current = anchor
    for _ in range(10):
        head, dep = current.head, current.dep_
        if head.i == current.i or (dep in _JOINED and is_divided(current, head)):
            break
        if dep == "relcl":
            # "during which they sought": the clause shares the time of its antecedent; "who invaded it" does not.
            # So does "October, when a court sentenced him" and "Kara, where police fired tear gas".
            is_of_time = any(
                c.dep_ == "prep" and c.lower_ in _SAME_TIME and any(g.lower_ == "which" for g in c.children)
                for c in current.children
            )
            if not is_of_time and not any(c.lower_ in ("when", "where") for c in current.children):
                break
        elif dep == "ccomp" and current.pos_ == "VERB" and head.pos_ == "NOUN":
            break
        chain.append(head)
        current = head
    return chain


def ranks_of(chain: list[Token]) -> dict[int, int]:
    """Token index to place in the chain, of the tokens whose time the event shares.

    "Gave up six ships last year and would contest the listing", "arrested him on Monday and have searched the house": a clause
    in another tense than the past one that it is joined to has another time.
    """
    apart = {
        token.head.i
        for token in chain
        if token.dep_ == "conj"
        and token.pos_ in ("VERB", "AUX")
        and first_form(token).lower_ in _NOT_PAST
        and first_form(token.head).tag_ in ("VBD", "VBN")
    }
    return {token.i: rank for rank, token in enumerate(chain) if token.i not in apart}


def later_rank(chain: list[Token]) -> int | None:
    """Where in a chain of clauses is one of an earlier month or year: under "arrested him in May, but later let him go"."""
    for rank, token in enumerate(chain[:-1]):
        if token.dep_ == "conj" and any(
            c.dep_ == "advmod" and c.lower_ in _LATER and not any(c.children) for c in token.children
        ):
            return rank + 1
    return None


def edge_rank(chain: list[Token]) -> int | None:
    """Where in a chain of clauses the time is an earlier or later one: over "after rebels attacked it", "men accused of it"."""
    for rank, token in enumerate(chain[:-1]):
        if token.dep_ == "advcl" and any(
            c.dep_ in ("mark", "prep", "advmod") and c.lower_ in _EDGES
            for c in (*token.children, *under_distance(token))
        ):
            return rank + 1
        if (
            token.dep_ == "pcomp"
            and token.head.lower_ in _EDGES
            and not any(c.dep_ == "auxpass" for c in token.children)
        ):
            return rank + 1  # "died on Tuesday after being shot" is all of that day
        if is_bare_participle(token):
            return rank + 1  # "stopped four ships on Monday suspected of smuggling": they had been suspected before
    return None


def reason_rank(chain: list[Token]) -> int | None:
    """Where in a chain of clauses stands what an act was done for: over "accused it of using force", "goods banned there"."""
    for rank, token in enumerate(chain[:-1]):
        if is_bare_participle(token):
            return rank + 1
        if token.dep_ == "pcomp" and token.tag_ == "VBG" and token.head.lower_ in ("of", "for"):
            return rank + 1
        if (
            token.dep_ == "pobj"
            and token.head.lower_ == "for"
            and is_definite(token)
            and _is_done_to(chain[rank + 1 :])
        ):
            return rank + 1
    return None


def _is_done_to(chain: list[Token]) -> bool:
    """Whether the first verb of a chain has an object or is passive: "jailed him for the raid", not "met for the talks"."""
    verb = next((token for token in chain if token.pos_ == "VERB"), None)
    return verb is not None and any(c.dep_ in ("dobj", "nsubjpass") for c in verb.children)


def verb_over_document(participle: Token) -> Token | None:
    """The verb that says something in what was put out then: "said in a statement released on Monday"."""
    noun = participle.head
    if participle.dep_ != "acl" or participle.tag_ != "VBN" or noun.dep_ != "pobj" or noun.head.lower_ != "in":
        return None
    return noun.head.head if noun.head.head.pos_ == "VERB" else None


def under_distance(verb: Token) -> list[Token]:
    """What the parser hangs on the distance before a clause: "after" of "a day after a court jailed him"."""
    return [c for noun in verb.lefts if noun.dep_ == "npadvmod" for c in noun.children if c.dep_ == "prep"]


def is_bare_participle(token: Token) -> bool:
    """Whether a participle stands alone after its noun: "men wanted there", not "with no charge being brought"."""
    if token.dep_ != "acl" or token.tag_ != "VBN":
        return False
    return not any(c.dep_ in ("aux", "auxpass", "mark", "nsubj") for c in token.children)


def report_rank(chain: list[Token]) -> int | None:
    """Where in a chain of clauses a verb begins that takes the rest as a finite clause: "said that", "announced that"."""
    for rank, token in enumerate(chain[:-1]):
        if token.dep_ == "ccomp" and token.pos_ in ("VERB", "AUX") and chain[rank + 1].pos_ == "VERB":
            return rank + 1
    return None


def follows_comma(token: Token) -> bool:
    """Whether a phrase or clause begins behind a comma."""
    first = token.left_edge
    return first.i > 0 and first.nbor(-1).text == ","


def is_parenthesis(clause: Token) -> bool:
    """Whether a clause stands between commas: what the parser hangs on it behind the second is the sentence's.

    "Seized the hills, seen as vital, in 1967": they were seized then.
    """
    is_participle = (
        clause.dep_ == "advcl" and clause.tag_ == "VBN" and not any(c.dep_ == "mark" for c in clause.children)
    )
    return (is_participle or clause.dep_ in ("acl", "relcl")) and follows_comma(clause)


def is_bound(token: Token) -> bool:
    return (
        token.lower_ in BOUNDS
        and token.dep_ in ("prep", "mark")
        and not any(child.lower_ in _HOURS for child in token.children)
    )


def bound_over(head: Token) -> str | None:
    """The word under which a time bounds a clause or refers to another event: "since", "after", "until"."""
    current = head
    for _ in range(_CLIMB):
        if is_bound(current):
            return current.lower_
        if current.head is current or current is not head and current.pos_ in ("VERB", "AUX"):
            mark = next((c for c in current.children if c.dep_ == "mark" and is_bound(c)), None)
            return mark.lower_ if mark is not None else None
        current = current.head
    return None


def is_aimed_at(head: Token, anchor: Token) -> bool:
    """Whether an act is set for a time: "called a strike for Friday", "a summit to be held in May", "talks due on Monday"."""
    current = head
    for _ in range(_CLIMB):
        if current.dep_ == "prep" and current.lower_ == "for":
            return True
        is_clause = current.dep_ in ("acl", "relcl") and current.pos_ in ("VERB", "AUX")
        if is_clause and (current.tag_ == "VB" or current.lower_ in _PLANNED or _is_ahead(current)):
            return True
        if current.i == anchor.i or current.head is current:
            return False
        current = current.head
    return False


def _is_ahead(verb: Token) -> bool:
    """Whether a clause is of what will be: "that are to resume", "which will be held", "that are planned"."""
    first = min((verb, *(c for c in verb.children if c.dep_ in ("aux", "auxpass"))), key=lambda t: t.i)
    return first.tag_ in ("MD", "VBZ", "VBP") and first.lower_ not in ("has", "have")


def only_names(head: Token, anchor: Token) -> bool:
    """Whether a time only names one thing among others: "a 2010 allegation", "the Land Act of 1913" dates nothing but that."""
    is_behind = head.dep_ == "pobj" and head.head.lower_ == "of" and head.head.dep_ == "prep"
    noun = head.head.head if is_behind else head.head
    # "The attack of June 1989 killed ten" is dated by it, "discussed the events of last week" is not.
    is_modifier = head.dep_ in _MODIFIERS or is_behind and (noun.pos_ == "PROPN" or noun.dep_ in ("pobj", "dobj"))
    if not is_modifier or noun.pos_ not in ("NOUN", "PROPN") or noun.i == anchor.i:
        return False
    if noun.ent_type_ in ("DATE", "TIME") and (is_behind or head.dep_ == "npadvmod"):
        return False  # "downed tools for a day last month", "at the end of 2010"
    if head.dep_ == "compound" and any(c.lower_ in _POINTING for c in head.children):
        return False  # "earlier this year rebels burned it": the parser takes "this year rebels" for one name
    return noun.dep_ in ("dobj", "nsubj", "nsubjpass", "attr") or (
        noun.dep_ == "pobj"
        and noun.head.lower_ not in ("in", "during", "at", "on")
        and not (is_behind and noun.head.lower_ in BOUNDS)  # "after the floods of 2002"
    )
