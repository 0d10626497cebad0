"""Arguments of a verb where the parser's reading of them is a known mistake.

What belongs here: finding the object or particle that the parse hides. What does not: reading a sound parse (`component.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.nlp.clauses.patterns import PARTICLES
from pipelines.nlp.clauses.phrases import add_prep, first_object
from pipelines.nlp.parsed import Token
from pipelines.nlp.quotations.cues import load_cues

if TYPE_CHECKING:
    from pipelines.nlp.clauses.component import Predicate

_LENDING = frozenset(
    ("with", "of", "to", "as", "in", "on", "at", "from")
)  # whose phrases end where an agent may stand: "sentenced to death by a court"
_OPENING = frozenset(("after", "before", "since", "until"))
_OWN_OPENINGS = frozenset(("expl", "aux", "auxpass"))
_THEN = frozenset(("then", "not", "never"))
_SPEECH = frozenset(("say", "judge", "call", "think"))  # classes of verbs by which somebody says something
_FINITE = frozenset(("VBD", "VBZ"))
_ADJUNCTS = frozenset(("prep", "npadvmod", "advmod"))
_TENSED = frozenset(("MD", "VBD", "VBZ", "VBP"))
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_BREAKS = frozenset((",", ":", ";", "—", "–", "“", '"', "``"))  # between a clause and what the parser draws into it
_CHAIN = 3  # phrases inside each other
_SIDES = frozenset(("outside", "inside", "opposite", "near"))  # prepositions that are adjectives too


def swallowed_object(adjective: Token) -> Token | None:
    """The object that the parser hangs on the adjective said of it: "called the ruling shameful"."""
    if not any(c.dep_ in ("det", "poss") for c in adjective.lefts):
        return None
    return next((c for c in reversed(list(adjective.lefts)) if c.dep_ in ("amod", "compound", "nmod")), None)


def swallowed_agent(verb: Token) -> Token | None:
    """The agent of a passive that the parser hangs on the noun before it: "were charged with murder by prosecutors"."""
    if verb.dep_ == "acl" and verb.head.dep_ == "dobj":  # "condemn the raid carried out in Lyon by rebels"
        agent = next((first_object(c) for c in verb.head.head.rights if c.lower_ == "by" and c.i > verb.i), None)
        if agent is not None and agent.pos_ in ("NOUN", "PROPN"):
            return agent
    level = [c for c in verb.rights if c.dep_ == "prep" and c.lower_ in _LENDING]
    given = [c for c in verb.rights if c.dep_ == "dobj"]  # "was given a sack of flour by the agency"
    given += [c for noun in given for c in noun.rights if c.dep_ == "conj"]
    for _ in range(_CHAIN):
        nouns = [n for n in map(first_object, level) if n is not None and n.pos_ in ("NOUN", "PROPN")] + given
        given = []
        level = [c for noun in nouns for c in noun.rights if c.dep_ in ("prep", "agent")]
        agent = next((first_object(c) for c in level if c.lower_ == "by"), None)
        if agent is not None:
            return agent if agent.pos_ in ("NOUN", "PROPN") else None
    return None


def resumed_verb(verb: Token) -> Token:
    """The verb whose subject a coordinated one shares: a finite verb is no second infinitive ("wanted her to go and told the
    press"), and nobody shares the subject of "there was": "said there was no proof, and urged them to wait".

    Args:
        verb: a verb that the parser coordinates with another.
    """
    first = verb.head
    for _ in range(_CHAIN):
        is_bare = verb.tag_ in _FINITE and first.tag_ in ("VB", "VBG") and not _is_finite(first)
        if (
            not is_bare
            and not _is_of_passive_above(verb, first)
            and not any(c.dep_ == "expl" and c.lower_ == "there" for c in first.lefts)
        ):
            return first
        above = first.head
        if first.dep_ in ("pcomp", "prep"):
            above = above.head
        if above.pos_ not in ("VERB", "AUX") or above.i >= verb.i or above.i == first.i:
            return verb.head
        first = above
    return first


def _is_of_passive_above(verb: Token, first: Token) -> bool:
    """Whether a participle goes on with the passive above: "was arrested as he got off, and charged with"."""
    above = first.head
    if verb.tag_ != "VBN" or first.tag_ not in ("VBD", "VBZ", "VBP") or first.dep_ not in ("advcl", "relcl", "ccomp"):
        return False
    if any(c.dep_ in ("dobj", "aux", "auxpass") for c in verb.children) or _is_finite(first):
        return False
    return above.tag_ == "VBN" and any(c.dep_ == "auxpass" for c in above.lefts)


def is_reduced_relative(verb: Token) -> bool:
    """Whether a participle was taken for the verb of its clause: "five men accused of spying were charged"."""
    clauses = [c for c in verb.rights if c.dep_ == "ccomp"]
    if (
        not clauses
        or verb.tag_ not in ("VBD", "VBN")
        or any(c.dep_ in ("dobj", "aux", "auxpass") for c in verb.children)
    ):
        return False
    for clause in clauses:
        words = {c.dep_ for c in clause.lefts}
        if not words & {"nsubj", "nsubjpass", "expl", "mark"} and words & {"aux", "auxpass"}:
            return clause.pos_ in ("VERB", "AUX") and not any(t.is_punct for t in verb.doc[verb.i : clause.i])
    return False


def subject_beside(verb: Token, subject: Token) -> Token:
    """The subject that stands next to a verb which the parser gave two: "according to the mayor, Ada Roe, police held two".

    The end of a list or of a place ("in Munich, Germany confirmed") is no subject of its own.

    Args:
        verb: a verb.
        subject: the first of its subjects.
    """
    last = next((c for c in reversed(list(verb.lefts)) if c.dep_ in _SUBJECTS), subject)
    if last.i <= subject.i or last.ent_type_ == "GPE":
        return subject
    before = last.left_edge.nbor(-1)
    return last if before.text in _BREAKS else subject


def is_absolute(verb: Token) -> bool:
    """Whether a participle with a subject stands behind "with": "ended with three shot dead and a dozen held"."""
    first = verb.head if verb.dep_ == "conj" and verb.head.pos_ == "VERB" else verb
    if first.tag_ not in ("VBD", "VBN") or first.dep_ != "pcomp" or first.head.lower_ != "with":
        return False
    subject = next((c for c in verb.lefts if c.dep_ == "nsubj"), None)
    if subject is None or subject.right_edge.i + 1 != verb.i:
        return False
    return all(t.pos_ != "VERB" for t in subject.subtree)


def _is_finite(verb: Token) -> bool:
    """Whether an auxiliary makes a bare form or a participle finite: "will go", "was going"."""
    return any(c.dep_ in ("aux", "auxpass") and c.lower_ != "to" for c in verb.lefts)


def swallowed_subject(verb: Token) -> Token | None:
    """The subject that the parser takes into what stands before it.

    Into a phrase of time ("On Friday youths threw stones", "In May demonstrators there burned it"), into the object of a
    report ("reported its source said"), behind what opens a clause ("a day after a mob of ten beat him"), or into a list ("at
    the border and a court in Riga later jailed him").
    """
    auxiliary = next((c for c in verb.lefts if c.dep_ in ("aux", "auxpass")), None)
    if auxiliary is not None:
        return _listed_subject(verb, auxiliary)
    if verb.tag_ not in ("VBD", "VBZ", "VBP") or verb.dep_ in ("relcl", "acl", "amod") or verb.i == 0:
        return None
    for child in verb.lefts:
        if child.dep_ in _OWN_OPENINGS:
            return None
    last = verb.nbor(-1)
    while last.tag_ == "RB" and last.i > 0 and last.lower_ not in _THEN:
        last = last.nbor(-1)
    noun = last
    for _ in range(_CHAIN):
        is_inner = noun.dep_ == "pobj" and noun.head.dep_ == "prep" and noun.head.lower_ not in _OPENING
        if is_inner and noun.head.head.pos_ in ("NOUN", "PROPN"):
            noun = noun.head.head
    if noun.i == 0 or noun.pos_ not in ("NOUN", "PROPN") or noun.ent_type_ in ("DATE", "TIME"):
        return None
    if noun.dep_ == "pobj" and noun.head.lower_ in _OPENING and noun.head.head.dep_ == "npadvmod":
        return noun
    if noun.dep_ == "pobj" and noun.head.dep_ == "mark" and noun.head.head.i == verb.i:
        return noun  # what opens a clause has no object: "after Peru expelled the envoy"
    if noun.dep_ == "pobj":
        modifier = noun.left_edge
        is_plural = noun.tag_ in ("NNS", "NNPS")
        is_timed = modifier.dep_ == "compound" and (is_plural or modifier.ent_type_ == "DATE")
        return noun if is_timed and noun.head.head.i == verb.i and noun.i == last.i else None
    if noun.dep_ == "dobj":
        return noun if verb.dep_ == "ccomp" and noun.head.i == verb.head.i and verb.head.i < noun.i else None
    if noun.dep_ == "conj" and verb.dep_ in ("advcl", "conj", "ccomp", "ROOT") and noun.left_edge.i > 0:
        return noun if noun.left_edge.nbor(-1).dep_ == "cc" and noun.head.pos_ in ("NOUN", "PROPN") else None
    return None


def _listed_subject(verb: Token, auxiliary: Token) -> Token | None:
    """The subject before an auxiliary, taken into the object before it: "took the village and rebels were retreating"."""
    if verb.dep_ not in ("conj", "advcl", "ccomp") or auxiliary.tag_ not in _TENSED or auxiliary.i == 0:
        return None
    noun = auxiliary.nbor(-1)
    while noun.tag_ == "RB" and noun.i > 0:
        noun = noun.nbor(-1)
    for _ in range(_CHAIN):
        if noun.dep_ == "pobj" and noun.head.dep_ == "prep" and noun.head.head.pos_ in ("NOUN", "PROPN"):
            noun = noun.head.head
    if noun.dep_ != "conj" or noun.pos_ not in ("NOUN", "PROPN") or noun.head.dep_ not in ("dobj", "pobj", "attr"):
        return None
    return noun if noun.left_edge.i > 0 and noun.left_edge.nbor(-1).dep_ == "cc" else None


def acts_next(noun: Token) -> bool:
    """Whether a noun of a list is no part of it but the subject of the verb behind it.

    Args:
        noun: a noun that the parser coordinates with another.
    """
    i = noun.right_edge.i + 1
    while i < len(noun.doc) and noun.doc[i].tag_ == "RB":
        i += 1
    if noun.dep_ != "conj" or i >= len(noun.doc) or noun.doc[i].pos_ not in ("VERB", "AUX"):
        return False
    word = noun.doc[i]
    verb = word.head if word.dep_ in ("aux", "auxpass") else word
    if verb.pos_ not in ("VERB", "AUX") or any(c.dep_ in _SUBJECTS for c in verb.lefts):
        return False
    subject = swallowed_subject(verb)
    return subject is not None and subject.i == noun.i


def named_antecedent(pronoun: Token, clause: Token) -> Token:
    """What a relative clause is about: its head, but no bare name takes "that", no place "who".

    "The attack in Kabul that killed ten", "residents of Kabul who fled".

    Args:
        pronoun: the relative pronoun.
        clause: the verb that the parser hangs on the antecedent.
    """
    head = clause.head
    is_place = head.ent_type_ in ("GPE", "LOC")
    is_wrong = head.pos_ == "PROPN" and (pronoun.lower_ == "that" or (is_place and pronoun.lower_ in ("who", "whom")))
    if not is_wrong or head.dep_ != "pobj" or head.head.dep_ != "prep":
        return head
    above = head.head.head
    return above if above.pos_ in ("NOUN", "PROPN") else head


def small_clause_subject(token: Token) -> Token | None:
    """What is judged in "considered it inappropriate", "called the vote a farce": a clause without a verb."""
    if token.pos_ not in ("ADJ", "NOUN", "PROPN") or any(c.dep_ in ("aux", "cop", "mark") for c in token.children):
        return None
    return next((c for c in token.lefts if c.dep_ == "nsubj"), None)


def read_particle(predicate: Predicate) -> None:
    """A particle that the parser took for a preposition, with the verb's object behind it: "voted down the bill"."""
    for child in predicate.token.children:
        if child.dep_ == "prep" and child.i == predicate.token.i + 1 and child.lower_ in PARTICLES:
            named = first_object(child)
            if named is not None:
                predicate.particle, predicate.obj = child.lower_, named
            return


def read_place_taken_for_object(predicate: Predicate) -> None:
    """The place in "gathered outside parliament", whose preposition the parser took for an adjective of it."""
    noun, verb = predicate.obj, predicate.token
    if noun is None or noun.dep_ != "dobj" or verb.i + 1 >= len(verb.doc):
        return
    word = verb.nbor(1)
    if word.lower_ in _SIDES and word.dep_ == "amod" and word.head.i == noun.i:
        predicate.obj = None
        predicate.preps.setdefault(word.lower_, []).append(noun)


def read_noun_taken_for_verb(predicate: Predicate) -> None:
    """The phrase and the object of "put on hold a delivery to Chile", whose noun the parser took for a verb with that object.

    A bare form behind a preposition other than "to" is no verb.
    """
    token = predicate.token
    preposition = next(iter(token.rights), None)
    if preposition is None or preposition.i != token.i + 1 or preposition.dep_ not in ("prep", "prt"):
        return
    if preposition.i + 1 >= len(token.doc):
        return
    noun = preposition.nbor(1)
    if noun.tag_ != "VB" or noun.head not in (preposition, token) or predicate.obj not in (None, noun):
        return
    obj = next((c for c in noun.rights if c.dep_ == "dobj"), None)
    if obj is None:
        return
    predicate.obj, predicate.particle = obj, ""
    predicate.preps.setdefault(preposition.lower_, [])[:] = [noun]
    for child in noun.rights:
        if child.dep_ in ("prep", "dative"):
            add_prep(predicate.preps, child)


def counted_object(token: Token) -> Token | None:
    """The object of "freed up to 16 prisoners", which the parser hangs on "up to"."""
    for child in token.children:
        if child.dep_ == "prt" and child.lower_ == "up":
            for preposition in child.children:
                noun = first_object(preposition) if preposition.lower_ == "to" else None
                if noun is not None and any(c.dep_ == "nummod" for c in noun.children):
                    return noun
    return None


def asked_to_act(verb: Token) -> list[Token]:
    """Who is to act in "called for the bank to lend more", which the parser takes for a clause of purpose; not who is to be
    freed.
    """
    found = []
    for clause in verb.rights:
        if clause.dep_ not in ("advcl", "xcomp", "ccomp") or clause.tag_ != "VB":
            continue
        if any(c.dep_ in ("mark", "prep") and c.lower_ == "for" for c in clause.lefts):
            found += [c for c in clause.lefts if c.dep_ == "nsubj"]
    return found


def reporting_verb(verb: Token) -> Token | None:
    """The verb whose subject goes on to speak behind what it reports: "said that the court had erred, calling it unfair".

    Who speaks in what is reported goes on there: "said that the president expressed his support, condemning the raid".
    """
    reported = verb.head
    is_behind = verb.i > 0 and verb.nbor(-1).text == ","
    if verb.tag_ != "VBG" or verb.dep_ != "advcl" or reported.dep_ != "ccomp" or not is_behind:
        return None
    cues = load_cues().verbs
    goes_on, reports, is_told = (
        (cue := cues.get(t.lower_)) is not None and cue.cue_class in _SPEECH for t in (verb, reported.head, reported)
    )
    return reported.head if goes_on and reports and not is_told and reported.head.i < reported.i else None


def is_lost_main_verb(verb: Token) -> bool:
    """Whether the verb of a clause was taken for a participle behind its subject: "Russia, which has troops there, offered to
    go".
    """
    noun = verb.head
    if verb.dep_ != "acl" or verb.tag_ not in ("VBN", "VBD") or noun.i > verb.i:
        return False
    is_clause = noun.dep_ == "ROOT" or (noun.dep_ == "conj" and noun.head.pos_ in ("VERB", "AUX"))
    if not is_clause or verb.nbor(-1).text not in (",", "-", "–", "—"):
        return False
    if any(c.dep_ in ("agent", "auxpass", "nsubjpass") for c in verb.children):
        return False
    return any(c.dep_ == "relcl" and noun.i < c.i < verb.i for c in noun.children)


def clause_of_time(time: Token) -> Token | None:
    """The clause about a subject at whose end a time stands that the parser hangs on the verb behind it.

    "A priest who was kidnapped in Jolo last week has been freed": between a subject and its verb a time is of the clause in front
    of it, unless a comma ends that.
    """
    phrase = time.head if time.dep_ == "pobj" else time
    verb = phrase.head
    if phrase.dep_ not in _ADJUNCTS or verb.pos_ not in ("VERB", "AUX") or phrase.i > verb.i:
        return None
    subject = next((c for c in verb.lefts if c.dep_ in _SUBJECTS), None)
    auxiliary = next((c for c in verb.lefts if c.dep_ in ("aux", "auxpass")), verb)
    if subject is None or not subject.i < phrase.i < auxiliary.i:
        return None
    clause = next((c for c in reversed(list(subject.rights)) if c.dep_ in ("relcl", "acl")), None)
    if clause is None or clause.i > phrase.i:
        return None
    return None if any(t.text in _BREAKS for t in time.doc[clause.i : phrase.i]) else clause
