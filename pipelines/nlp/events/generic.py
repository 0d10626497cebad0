"""Statements about rules, habits and possibilities, which tell of no event: "the law bans rallies", "those who attack police".

What belongs here: recognising that a clause says how things are as a rule. What does not: operators (`operators.py`), modality
(`circumstances.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.nlp.clauses.component import ClauseReader, Predicate
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.patterns import (
    ANYONE,
    HABITUAL_ADVERBS,
    INCLINATIONS,
    INTERVIEWING,
    NO_ACTS,
    POWERS,
    RULE_NOUNS,
    USING,
)
from pipelines.nlp.events.undone import is_undone
from pipelines.nlp.parsed import Span, Token

_PRESENT = frozenset(("VBZ", "VBP"))
_POSSIBILITY = frozenset(("can", "may", "must", "shall", "could", "might"))
_OUTCOMES = frozenset(("can", "could", "may", "might"))
_OPENING_QUOTES = frozenset(('"', "“", "'", "‘", "``"))
_ANY = frozenset(("any", "every", "each", "whichever", "whatever"))
_RULE_PREPOSITIONS = ("under", "by", "in", "according to")
_QUESTION_TAGS = frozenset(("WP", "WRB", "WDT", "WP$"))
_QUOTES = frozenset(("'", '"', "”", "’", ")"))
_ENDS_OF_WORDS = frozenset(('"', "“", "”", "?", "!"))  # where what somebody says begins or ends
_CONDITIONS = frozenset(("if", "unless", "whether"))
_NEWLY = frozenset("a an another new this that its his her their our".split())
_WONDERING = frozenset("wonder debate consider discuss ponder imagine speculate decide determine weigh".split())
_WHEN = frozenset(("DATE", "TIME"))
_WAYS = frozenset(("from", "to"))
_LABEL = 8  # tokens that a speaker's name in front of a question may have
_CLIMB = 4  # clauses up from the event
_NAMED = frozenset("PERSON ORG GPE LOC FAC EVENT DATE TIME".split())  # by which a clause tells of one deed


def is_generic(draft: Draft, clauses: ClauseReader, *, is_speech: bool) -> bool:
    """Whether a draft's clause says what holds as a rule.

    Args:
        draft: the draft, after its operators.
        clauses: reads the document's predicates.
        is_speech: whether an event of its type is done in words: "we demand" does what it says, "we march" says what they do.

    Returns:
        True where the subject is a rule in the present tense, where a rule lets or obliges, where a habit or an inclination is
        told, where the one who acts is anyone who does, in questions, slogans and instructions to the reader, in what a power
        is for, in what somebody was asked, and where the deed did not come about.
    """
    verbs = [token for token in (draft.trigger, draft.top, draft.site.token) if token.pos_ in ("VERB", "AUX")]
    verb = draft.site.verb
    if verb is not None:
        verbs.append(verb.token)
    if any(
        _is_rule(v, clauses) or _is_habit(v) or _is_inclination(v) or _is_imperative(v) or _is_to_you(v, clauses)
        for v in verbs
    ):
        return True
    if not draft.is_composed and any(_is_use_of_power(v) or _is_slogan(v) for v in verbs):
        return True
    if verb is not None and verb.subject is not None and verb.subject.lower_ in ANYONE and verb.token.tag_ in _PRESENT:
        return True  # "those who strike face a trial"
    if verb is not None and not is_speech and not draft.is_composed and _is_own_habit(verb):
        return True
    if verb is not None and is_speech and not draft.is_composed and _is_open_to_all(verb):
        return True
    if _is_condition(draft.top) or _is_conditional(draft.top, clauses):
        return True
    if not draft.is_composed and _is_condition(draft.site.token):
        return True  # below what reports it: "would not say whether he supported it"
    if is_undone(verbs, draft.site.token):
        return True
    if any(_is_put_in_interview(token) for token in (draft.trigger, draft.site.token, *draft.operators)):
        return True
    return _is_anyone(draft.site.token) or _is_asked(draft.site.token)


def _is_put_in_interview(verb: Token) -> bool:
    """Whether a verb is what whoever tells something was asked: "asked whether they would fight, he laughed", "when pressed"."""
    if verb.tag_ not in ("VBN", "VBD") or verb.lemma_ not in INTERVIEWING or verb.dep_ not in ("advcl", "acl", "relcl"):
        return False
    if any(c.dep_ in ("nsubj", "nsubjpass", "auxpass", "aux", "dobj") for c in verb.children):
        return False
    if any(c.lower_ == "when" for c in verb.lefts):
        return True
    # "Asked to leave, the envoy packed" tells a request.
    return verb.left_edge is verb and verb.i < verb.head.i and not any(c.dep_ == "xcomp" for c in verb.children)


def _is_condition(token: Token) -> bool:
    """Whether an event is only what something else depends on, or asked about: "if they are arrested", "should either side
    attack", "asked whether it would attack".
    """
    current = token
    for _ in range(_CLIMB):
        if current.dep_ in ("advcl", "ccomp") and current.pos_ in ("VERB", "AUX"):
            return _opens_condition(current) or _is_wondered(current)
        if current.dep_ not in ("dobj", "conj", "xcomp", "pobj", "prep", "acomp", "attr"):
            return False
        if current.dep_ == "xcomp" and _opens_condition(current):
            return True  # "to decide whether to suspend it"
        current = current.head
    return False


def _is_wondered(clause: Token) -> bool:
    """Whether a clause is what someone only turns over in mind: "wondered how they can arrest him", "debate who is to leave"."""
    if clause.head.lemma_ not in _WONDERING:
        return False
    return any(c.tag_ in _QUESTION_TAGS and c.lower_ != "why" for c in clause.lefts)


def _is_conditional(verb: Token, clauses: ClauseReader) -> bool:
    """Whether a verb tells what may follow on a condition: "if convicted, he could face ten years"."""
    if verb.pos_ not in ("VERB", "AUX") or not any(word in _OUTCOMES for word in clauses.predicate(verb).auxiliaries):
        return False
    return any(child.dep_ == "advcl" and _opens_condition(child) for child in verb.children)


def _opens_condition(verb: Token) -> bool:
    for child in verb.lefts:
        if child.dep_ == "mark":
            return child.lower_ in _CONDITIONS
        if child.dep_ in ("nsubj", "nsubjpass"):
            return False
        if child.dep_ == "aux" and child.lower_ == "should":
            return True
    return False


def _is_rule(verb: Token, clauses: ClauseReader) -> bool:
    if _is_content_of_rule(verb):
        return True
    predicate = clauses.predicate(verb)
    if _has_been_so(verb, predicate):
        return True
    is_open = verb.tag_ in _PRESENT or any(word in _POSSIBILITY for word in predicate.auxiliaries)
    if predicate.is_passive and not is_open:
        is_open = any(child.dep_ == "auxpass" and child.tag_ in _PRESENT for child in verb.children)
    if not is_open:
        return False
    if predicate.subject is not None and lemma_of(predicate.subject) in RULE_NOUNS:
        return True
    if any(_is_under_rule(predicate)):
        return True
    first = verb
    while first.dep_ == "conj" and first.head.pos_ in ("VERB", "AUX"):
        first = first.head  # "under the charter the house accuses and a senate tries"
    return first is not verb and first.tag_ in _PRESENT and any(_is_under_rule(clauses.predicate(first)))


def _is_use_of_power(verb: Token) -> bool:
    """Whether a verb is what a power is for: "gives the army the power to detain civilians"."""
    if verb.dep_ not in ("acl", "relcl") or verb.head.lemma_ not in POWERS:
        return False
    power = verb.head
    if power.dep_ == "dobj" and lemma_of(power.head) in USING:
        return False  # "used his authority to pardon them"
    return verb.tag_ == "VB" and any(c.tag_ == "TO" for c in verb.lefts)


def _is_slogan(verb: Token) -> bool:
    """Whether a verb opens words in quotation marks as what others are told to do: 'placards reading "Free the prisoners"'."""
    if verb.tag_ not in ("VB", "VBP") or verb.i == 0 or verb.nbor(-1).text not in _OPENING_QUOTES:
        return False
    if verb.tag_ == "VBP" and verb.dep_ not in ("ROOT", "ccomp"):
        return False
    told = [verb, verb.head] if verb.dep_ == "conj" else [verb]  # "attack a village and 'kill' ten" tells what they do
    return not any(c.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass") for t in told for c in t.children)


def _has_been_so(verb: Token, predicate: Predicate) -> bool:
    """Whether a past clause tells what a rule did by being there; "was banned by the law" may tell of its passing."""
    if predicate.subject is None:
        return False
    if predicate.is_passive:
        return lemma_of(predicate.subject) in NO_ACTS
    return verb.tag_ == "VBD" and _is_standing_rule(predicate.subject)


def _is_standing_rule(noun: Token) -> bool:
    """Whether a noun is a rule that was there before: "Chadian law let the governor choose", not "a new law let him"."""
    lemma = lemma_of(noun)
    if lemma not in RULE_NOUNS:
        return False
    return lemma in NO_ACTS or not any(c.lower_ in _NEWLY for c in noun.lefts)


def _is_under_rule(predicate: Predicate) -> Iterator[bool]:
    for name in _RULE_PREPOSITIONS:
        for head in predicate.preps.get(name, ()):
            yield lemma_of(head) in RULE_NOUNS


def _is_content_of_rule(verb: Token) -> bool:
    """Whether a rule in the present says that it is so: "the charter specifies that ministers are removed by the senate"."""
    current = verb
    for _ in range(_CLIMB):
        if current.dep_ == "ccomp":
            over = current.head
            if over.tag_ not in _PRESENT:
                return False
            return any(c.dep_ == "nsubj" and lemma_of(c) in RULE_NOUNS for c in over.children)
        if current.dep_ not in ("conj", "xcomp", "advcl", "pcomp", "prep"):
            return False
        current = current.head
    return False


def _is_habit(verb: Token) -> bool:
    """Whether a verb, or the one it complements, is what is done as a rule: "usually arrest", "rarely make them withdraw"."""
    current = verb
    for _ in range(_CLIMB):
        if current.tag_ in _PRESENT:
            return any(child.dep_ == "advmod" and child.lower_ in HABITUAL_ADVERBS for child in current.children)
        if current.tag_ != "VB" or current.dep_ not in ("xcomp", "ccomp", "conj") or _has_modal(current):
            return False
        current = current.head
    return False


def _has_modal(verb: Token) -> bool:
    return any(c.dep_ == "aux" and c.lower_ != "to" for c in verb.children)


def _is_inclination(verb: Token) -> bool:
    """Whether a verb is what somebody tends or likes to do."""
    while verb.dep_ == "conj" and verb.head.dep_ in ("xcomp", "conj"):
        verb = verb.head  # "tend to arrest opponents and blame foreigners"
    return verb.dep_ == "xcomp" and verb.head.lemma_ in INCLINATIONS and verb.head.tag_ in _PRESENT


def _is_own_habit(verb: Predicate) -> bool:
    """Whether who speaks says in the simple present what they do: "we rally and march", "I capture them one by one"."""
    if verb.subject is None or verb.subject.lower_ not in ("i", "we"):
        return False
    return verb.token.tag_ == "VBP" and not verb.auxiliaries


def _is_open_to_all(verb: Predicate) -> bool:
    """Whether a verb says what may be said by whoever wants to: "an appeal can be made within ten days"."""
    return verb.is_passive and verb.subject is None and not _OUTCOMES.isdisjoint(verb.auxiliaries)


def _is_imperative(verb: Token) -> bool:
    """Whether a verb tells the reader to do something: "Contact the editors"."""
    if verb.tag_ != "VB" or verb.dep_ != "ROOT":
        return False
    return not any(child.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass", "csubj") for child in verb.children)


def _is_asked(token: Token) -> bool:
    """Whether what tells an event is a question: "What charges does he face?", "If not, who fired?"."""
    sent, doc = token.sent, token.sent.doc
    if "?" not in doc.text:
        return False
    start = sent.start + _after_label(sent)
    last = next(
        (i for i in range(sent.end - 1, start - 1, -1) if not doc[i].is_space and doc[i].text not in _QUOTES), None
    )
    if last is not None and doc[last].text == "?" and _is_question(doc[start:last], token):
        return True
    end = next((i for i in range(token.i, sent.end) if doc[i].text in _ENDS_OF_WORDS), None)
    if end is None or doc[end].text != "?":
        return False
    start = next((i + 1 for i in range(token.i - 1, start, -1) if doc[i].text in _ENDS_OF_WORDS), start)
    return _is_question(doc[start:end], token)


def _is_question(words: Span, token: Token) -> bool:
    """Whether words in front of a question mark ask something about one of them."""
    first = next((t for t in words if not t.is_punct and not t.is_space), None)
    if first is None:
        return False
    if first.tag_ in _QUESTION_TAGS or first.dep_ in ("aux", "auxpass") or first.pos_ == "AUX":
        return True
    return any(t.tag_ in _QUESTION_TAGS and t.i < token.i and _opens_question(t) for t in words)


def _opens_question(word: Token) -> bool:
    """Whether a question word stands behind a comma or a conjunction and opens no relative clause: "If not, what made them"."""
    before = word.nbor(-1) if word.i > word.sent.start else None
    if before is None or not (before.text == "," or before.dep_ == "cc"):
        return False
    return word.head.dep_ not in ("relcl", "acl") or word.head.head.pos_ not in ("NOUN", "PROPN", "PRON")


def _after_label(sent: Span) -> int:
    """Where a sentence begins behind the name of who speaks, as transcripts print it: "Reporter: Why did you resign?"."""
    for i, token in enumerate(sent[:_LABEL]):
        if token.text == ":":
            return i + 1
        if token.pos_ in ("VERB", "AUX"):
            break
    return 0


def _is_to_you(verb: Token, clauses: ClauseReader) -> bool:
    """Whether a verb tells what the reader, or whoever is asked, does as a rule, may do or wants: "you may want a vote"."""
    subject = clauses.predicate(verb).subject
    if subject is None or subject.lower_ != "you":
        return False
    if verb.tag_ in _PRESENT:
        return True
    auxiliaries = [c.tag_ for c in verb.children if c.dep_ == "aux"]
    return verb.tag_ == "VB" and any(tag in ("MD", "VBP") for tag in auxiliaries)


def _is_anyone(token: Token) -> bool:
    """Whether the event stands in a clause in the present on "those", "anyone", "any act" or the like, or on somebody of whom a
    rule tells ("a minister who is charged steps down"), or in what is to be done with "people accused of crimes".
    """
    current = token
    for _ in range(_CLIMB):
        noun = current.head
        if current.dep_ == "acl" and current.tag_ == "VBN" and noun.lower_ in ANYONE:
            if any(c.dep_ in ("det", "nummod", "amod") for c in noun.lefts) or _is_told_of_one(current):
                return False
            return _governor(noun).tag_ == "VB"
        if current.dep_ == "relcl":
            if not _is_in_present(current):
                return False
            determiners = {c.lower_ for c in noun.lefts if c.dep_ == "det"}
            if noun.lower_ in ANYONE or not determiners.isdisjoint(_ANY):
                return True
            if determiners.isdisjoint(("a", "an")) or not _is_as_a_rule(_governor(noun)):
                return False
            return _is_habit(_governor(noun)) or not _is_told_of_one(current)
        if current.dep_ not in ("xcomp", "conj", "dobj", "pobj", "prep", "ccomp"):
            return False
        current = noun
    return False


def _is_told_of_one(verb: Token) -> bool:
    """Whether a clause tells a deed by somebody, at a time or in a place, so not of anyone: "people captured by rebels"."""
    if any(c.dep_ == "agent" for c in verb.rights):
        return True
    return any(t.ent_type_ in _NAMED and t.pos_ != "ADJ" and not _is_of_another(t, verb) for t in verb.subtree)


def _is_of_another(name: Token, verb: Token) -> bool:
    """Whether a name tells how long something lasts or where another goes: "jailed for a year", "accused of crimes from"."""
    top = name
    while top.head.ent_type_ == name.ent_type_ and top.head is not top:
        top = top.head
    over = top.head
    if over.dep_ != "prep":
        return False
    if name.ent_type_ in _WHEN:
        return over.lower_ == "for"
    return over.lower_ in _WAYS and over.head.i != verb.i


def _is_in_present(verb: Token) -> bool:
    return verb.tag_ in _PRESENT or any(c.dep_ == "auxpass" and c.tag_ in _PRESENT for c in verb.lefts)


def _is_as_a_rule(verb: Token) -> bool:
    """Whether a verb tells what is so at any time or may be: "steps down", "can ask"."""
    auxiliaries = {c.lower_ for c in verb.children if c.dep_ == "aux"}
    return verb.tag_ in _PRESENT or (verb.tag_ == "VB" and not auxiliaries.isdisjoint(_POSSIBILITY))


def _governor(noun: Token) -> Token:
    """The verb that a noun phrase depends on, through prepositions and other nouns; the noun where there is none."""
    current = noun
    for _ in range(_CLIMB):
        current = current.head
        if current.pos_ in ("VERB", "AUX"):
            return current
    return noun
