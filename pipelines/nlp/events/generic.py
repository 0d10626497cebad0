"""Statements about rules, habits and possibilities, which tell of no event: "the law bans rallies", "those who attack police".

What belongs here: recognising that a clause says how things are as a rule. What does not: operators (`operators.py`), modality
(`circumstances.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.nlp.clauses.component import ClauseReader, Predicate
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.patterns import ANYONE, HABITUAL_ADVERBS, INCLINATIONS, INTERVIEWING, RULE_NOUNS
from pipelines.nlp.parsed import Span, Token

_PRESENT = frozenset(("VBZ", "VBP"))
_POSSIBILITY = frozenset(("can", "may", "must", "shall", "could", "might"))
_OUTCOMES = frozenset(("can", "could", "may", "might"))
_UNREAL = frozenset(("would", "could", "should", "might"))
_ANY = frozenset(("any", "every", "each", "whichever", "whatever"))
_RULE_PREPOSITIONS = ("under", "by", "in", "according to")
_QUESTION_TAGS = frozenset(("WP", "WRB", "WDT", "WP$"))
_QUOTES = frozenset(("'", '"', "”", "’", ")"))
_CONDITIONS = frozenset(("if", "unless", "whether"))
_NEWLY = frozenset("a an another new this that its his her their our".split())
_WONDERING = frozenset("wonder debate consider discuss ponder imagine speculate decide determine weigh".split())
_LABEL = 8  # tokens that a speaker's name in front of a question may have
_CLIMB = 4  # clauses up from the event


def is_generic(draft: Draft, clauses: ClauseReader, *, is_speech: bool) -> bool:
    """Whether a draft's clause says what holds as a rule.

    Args:
        draft: the draft, after its operators.
        clauses: reads the document's predicates.
        is_speech: whether an event of its type is done in words: "we demand" does what it says, "we march" says what they do.

    Returns:
        True where the subject is a rule in the present tense, where a rule lets or obliges, where a habit or an inclination is
        told, where the one who acts is anyone who does, in questions and instructions to the reader, and in what somebody was
        asked.
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
    if verb is not None and verb.subject is not None and verb.subject.lower_ in ANYONE and verb.token.tag_ in _PRESENT:
        return True  # "those who strike face a trial"
    if verb is not None and not is_speech and not draft.is_composed and _is_own_habit(verb):
        return True
    if _is_condition(draft.top) or _is_conditional(draft.top, clauses):
        return True
    if any(_is_counterfactual(v) for v in verbs):
        return True
    if any(_is_put_in_interview(token) for token in (draft.trigger, draft.site.token, *draft.operators)):
        return True
    return _is_anyone(draft.site.token) or _is_asked(draft.site.token) or _is_absent(draft.site.token)


def _is_absent(token: Token) -> bool:
    """Whether a noun or a deed is named as what there was none of: "arrested without a warrant", "without using force"."""
    current = token
    for _ in range(_CLIMB):
        if current.dep_ in ("pobj", "pcomp"):
            return current.head.lower_ == "without"
        if current.dep_ not in ("dobj", "conj", "xcomp"):
            return False
        current = current.head
    return False


def _is_put_in_interview(verb: Token) -> bool:
    """Whether a verb is what whoever tells something was asked: "asked whether they would fight, he laughed", "when pressed"."""
    if verb.tag_ not in ("VBN", "VBD") or verb.lemma_ not in INTERVIEWING or verb.dep_ not in ("advcl", "acl"):
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


def _is_counterfactual(verb: Token) -> bool:
    """Whether a verb tells what did not come about: "would have faced a trial", "a bill that would have let judges sit"."""
    auxiliaries = {c.lower_ for c in verb.children if c.dep_ == "aux"}
    return "have" in auxiliaries and not auxiliaries.isdisjoint(_UNREAL)


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
    if verb.tag_ == "VBD" and predicate.subject is not None and _is_standing_rule(predicate.subject):
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


def _is_standing_rule(noun: Token) -> bool:
    """Whether a noun is a rule that was there before: "Chadian law let the governor choose", not "a new law let him"."""
    if lemma_of(noun) not in RULE_NOUNS:
        return False
    return not any(c.lower_ in _NEWLY for c in noun.lefts)


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
    if verb.tag_ not in _PRESENT:
        return False
    return any(child.dep_ == "advmod" and child.lower_ in HABITUAL_ADVERBS for child in verb.children)


def _is_inclination(verb: Token) -> bool:
    """Whether a verb is what somebody tends or likes to do."""
    return verb.dep_ == "xcomp" and verb.head.lemma_ in INCLINATIONS and verb.head.tag_ in _PRESENT


def _is_own_habit(verb: Predicate) -> bool:
    """Whether who speaks says in the simple present what they do: "we rally and march", "I capture them one by one"."""
    if verb.subject is None or verb.subject.lower_ not in ("i", "we"):
        return False
    return verb.token.tag_ == "VBP" and not verb.auxiliaries


def _is_imperative(verb: Token) -> bool:
    """Whether a verb tells the reader to do something: "Contact the editors"."""
    if verb.tag_ != "VB" or verb.dep_ != "ROOT":
        return False
    return not any(child.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass", "csubj") for child in verb.children)


def _is_asked(token: Token) -> bool:
    """Whether the sentence is a question: "What charges does he face?"."""
    sent = token.sent
    first = next((t for t in sent[_after_label(sent) :] if not t.is_punct and not t.is_space), None)
    before_end = (sent.doc[i] for i in range(sent.end - 1, sent.start - 1, -1))
    last = next((t for t in before_end if not t.is_space and t.text not in _QUOTES), None)
    if first is None or last is None or last.text != "?":
        return False
    return first.tag_ in _QUESTION_TAGS or first.dep_ in ("aux", "auxpass") or first.pos_ == "AUX"


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
    """Whether the event stands in a relative clause on "those", "anyone", "any act" or the like, in the present tense."""
    current = token
    for _ in range(_CLIMB):
        if current.dep_ == "relcl":
            if current.tag_ not in _PRESENT:
                return False
            noun = current.head
            return noun.lower_ in ANYONE or any(c.dep_ == "det" and c.lower_ in _ANY for c in noun.lefts)
        if current.dep_ not in ("xcomp", "conj", "dobj", "pobj", "prep", "ccomp"):
            return False
        current = current.head
    return False
