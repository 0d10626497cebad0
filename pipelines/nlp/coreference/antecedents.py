"""What a nominal or pronoun stands for, from what the document said before it.

What belongs here: agreement, recency and salience; each function returns an entity or None, and None means: nothing is safe
enough. What does not: finding nominals (`nominals.py`).
"""

from __future__ import annotations

from pipelines.nlp.actors.patterns import SUPRANATIONAL_CODES
from pipelines.nlp.annotations import EntityNode
from pipelines.nlp.clauses.binding import acts_on
from pipelines.nlp.coreference.discourse import SUBJECT_DEPS, Discourse, Occurrence, Referent
from pipelines.nlp.coreference.nominals import AGED, Form, Nominal
from pipelines.nlp.coreference.own_words import OwnWords
from pipelines.nlp.coreference.patterns import BODY_SECTORS, EXPLETIVE_LEMMAS, OFFICE_SYNONYMS, PREMIER_TITLES
from pipelines.nlp.parsed import Doc

PRONOUN_SENTENCES = 3  # how many sentences back a pronoun may refer
NOMINAL_SENTENCES = 10
_STATE = "GOV"  # sector of the bodies that only a state has: the Security Council is no "ministry"
_OF_ONE_BODY = 1.5  # less for "they" of a body than of several
_LESSER = frozenset("vice deputy assistant associate under".split())
_BODY_SENTENCES = 2  # "the agency" for an organisation whose name has another word
_PRONOUN_OBJECT_DEPS = frozenset({"dobj", "pobj", "dative", "iobj"})
_NATIONALS = frozenset("national citizen native subject man woman".split())
# A person who was named just before may be called so, a nameless one of another role not.
_ROLE_NOMINALS = frozenset("activist journalist dissident fugitive whistleblower campaigner reporter blogger".split())
_PERSON_NOMINALS = frozenset("man woman politician official leader figure veteran suspect author candidate".split())


def resolve_pronoun(discourse: Discourse, nominal: Nominal) -> EntityNode | None:
    """The entity a personal or possessive pronoun stands for."""
    if nominal.form in (Form.MALE, Form.FEMALE):
        return _person_of_pronoun(discourse, nominal)
    if nominal.form is Form.PLURAL:
        return _plural_of_pronoun(discourse, nominal)
    return _thing_of_pronoun(discourse, nominal)


def _person_of_pronoun(discourse: Discourse, nominal: Nominal) -> EntityNode | None:
    gender = "m" if nominal.form is Form.MALE else "f"
    sentence = discourse.sentence_of[nominal.start]
    if coordinated := _coordinated_person(discourse, nominal, gender):
        return coordinated
    best: tuple[float, Referent] | None = None
    for referent in discourse.recent(sentence, PRONOUN_SENTENCES):
        if referent.kind != "person" or referent.is_plural or referent.gender not in ("", gender):
            continue
        if _is_coargument(discourse, nominal, referent.last):
            continue
        score = _salience(discourse, nominal, referent)
        if referent.gender == gender:
            score += 0.5
        if best is None or score > best[0]:
            best = (score, referent)
    if best is None:
        return None
    best[1].gender = best[1].gender or gender
    return best[1].node


def _coordinated_person(discourse: Discourse, nominal: Nominal, gender: str) -> EntityNode | None:
    """ "Okoye and his Ghanaian counterpart": the possessive means the one beside."""
    token = discourse.doc[nominal.head]
    if token.tag_ != "PRP$" or token.head.dep_ != "conj":
        return None
    beside = token.head.head.i
    for referent in discourse.recent(discourse.sentence_of[nominal.start], 0):
        if referent.kind == "person" and referent.last.head == beside and referent.gender in ("", gender):
            return referent.node
    return None


def _salience(discourse: Discourse, nominal: Nominal, referent: Referent) -> float:
    doc = discourse.doc
    last = referent.last
    sentence = discourse.sentence_of[nominal.start]
    score = -1.5 * (sentence - last.sentence) - 0.01 * min(nominal.start - last.start, 60)
    subject_now = any(o.is_subject for o in referent.occurrences[-6:] if o.sentence == last.sentence)
    score += 1.5 if subject_now else 0.0
    score += 0.15 * min(len(referent.occurrences), 6)
    if doc[nominal.head].dep_ in ("nsubj", "nsubjpass") and subject_now:
        score += 0.5
    if (
        discourse.in_quote[nominal.start]
        and not discourse.in_quote[last.start]
        and last.sentence == sentence
        and last.is_subject
    ):
        score -= 2.0
    return score


def _is_coargument(discourse: Discourse, nominal: Nominal, other: Occurrence) -> bool:
    """True when binding forbids the two to be one: "A praised him"."""
    pronoun, candidate = discourse.doc[nominal.head], discourse.doc[other.head]
    if pronoun.tag_ == "PRP$" or pronoun.lower_.endswith(("self", "selves")):
        return False
    if pronoun.dep_ not in _PRONOUN_OBJECT_DEPS:
        return False
    if acts_on(candidate, pronoun):
        return True
    governor = pronoun.head
    if pronoun.dep_ == "pobj" and governor.head.pos_ in ("VERB", "AUX"):
        governor = governor.head
    return candidate.head.i == governor.i and other.is_subject


def _plural_of_pronoun(discourse: Discourse, nominal: Nominal) -> EntityNode | None:
    sentence = discourse.sentence_of[nominal.start]
    best: tuple[float, Referent] | None = None
    for referent in discourse.recent(sentence, 2):
        if not referent.is_plural or _is_coargument(discourse, nominal, referent.last):
            continue
        if referent.node.sector == "JRN" and not referent.last.is_subject:
            continue  # the press that was told
        score = _salience(discourse, nominal, referent)
        if discourse.doc[referent.last.head].tag_ == "NN":
            score -= _OF_ONE_BODY
        if best is None or score > best[0]:
            best = (score, referent)
    return best[1].node if best else None


def _thing_of_pronoun(discourse: Discourse, nominal: Nominal) -> EntityNode | None:
    """Only the subject of this sentence or of the one before, when it is a state or a body."""
    doc = discourse.doc
    token = doc[nominal.head]
    if token.lower_ == "it" and (token.dep_ not in ("nsubj", "nsubjpass") or token.head.lemma_ in EXPLETIVE_LEMMAS):
        return None
    sentence = discourse.sentence_of[nominal.start]
    recent = discourse.recent(sentence, 1)
    if any(r.kind == "person" and r.last.sentence == sentence and r.last.is_subject for r in recent):
        return None  # someone speaks of it: most often of no party
    for referent in recent:
        if referent.kind not in ("place", "organisation", "people"):
            continue
        if referent.is_plural and not (referent.is_many is False and _acts_before(nominal, referent, sentence, doc)):
            continue
        if any(o.is_subject and o.sentence >= sentence - 1 for o in referent.occurrences[-4:]):
            return referent.node
    return None


def _acts_before(nominal: Nominal, referent: Referent, sentence: int, doc: Doc) -> bool:
    """Whether a nameless body is the subject before a subject: "the ministry said it would"."""
    is_subject = doc[nominal.head].dep_ in SUBJECT_DEPS
    return is_subject and referent.last.sentence == sentence and referent.last.is_subject


def resolve_person(discourse: Discourse, nominal: Nominal, own: OwnWords) -> EntityNode | None:
    """The person a definite nominal stands for: "the dictator", "the Peruvian foreign minister"."""
    if not nominal.is_definite and not (nominal.stated.title and nominal.stated.title[0].isupper()):
        return None
    sentence = discourse.sentence_of[nominal.start]
    best: tuple[float, Referent] | None = None
    for referent in discourse.recent(sentence, NOMINAL_SENTENCES):
        if referent.kind != "person" or referent.is_plural:
            continue
        if nominal.gender and referent.gender and nominal.gender != referent.gender:
            continue
        if own.contradict(referent):
            continue
        fit = _office_fit(nominal, referent, sentence - referent.last.sentence)
        if fit is None or _is_coargument_of_nominal(discourse, nominal, referent.last):
            continue
        if _is_governed_by(discourse, nominal, referent, sentence):
            fit -= 1.5
        score = fit - 0.5 * (sentence - referent.last.sentence) - 0.01 * min(nominal.start - referent.last.start, 100)
        if best is None or score > best[0]:
            best = (score, referent)
    return best[1].node if best else None


def _is_governed_by(discourse: Discourse, nominal: Nominal, referent: Referent, sentence: int) -> bool:
    """True inside a clause whose subject is the candidate: writers would say "he" there (binding principle C)."""
    above = {t.i for t in discourse.doc[nominal.head].ancestors}
    return any(
        o.is_subject and o.sentence == sentence and discourse.doc[o.head].head.i in above
        for o in referent.occurrences[-4:]
    )


def resolve_body(discourse: Discourse, nominal: Nominal, own: OwnWords) -> EntityNode | None:
    """The organisation a definite nominal stands for: "the agency", "the party".

    One of that word, such as "the commission" for the European Commission, or one of its kind in the last sentences; one with
    a name of its own ("the Birther movement") is only one whose name has some of its words.
    """
    sectors = BODY_SECTORS.get(nominal.word)
    if not nominal.is_definite or nominal.stated.country:
        return None
    sentence = discourse.sentence_of[nominal.start]
    recent = list(discourse.recent(sentence, NOMINAL_SENTENCES))
    if any(r.word == nominal.word and r.node.key.startswith("nominal:") for r in recent):
        return None  # "a farmers' union ... the union"
    for referent in recent:
        if referent.kind != "organisation" or referent.last.head == nominal.head:
            continue
        is_kind = bool(sectors and referent.node.sector in sectors)
        is_kind = is_kind and (referent.node.country not in SUPRANATIONAL_CODES or referent.node.sector != _STATE)
        if not own.fit_name(referent.node, is_kind=is_kind):
            continue
        is_near = sentence - referent.last.sentence <= _BODY_SENTENCES
        last_word = referent.node.key.rsplit(" ", 1)[-1]
        if last_word == nominal.word or (is_near and is_kind):
            return referent.node
    return None


def _office_fit(nominal: Nominal, referent: Referent, distance: int) -> float | None:
    """How well a nominal's office suits a person; None where it contradicts what is known."""
    node, stated = referent.node, nominal.stated
    if stated.country and node.country and stated.country != node.country:
        return None
    title = (stated.title or nominal.word).lower()
    same_country = 1.0 if stated.country and stated.country == node.country else 0.0
    titles = [t.lower() for t in node.titles]
    if referent.word and referent.word not in titles:
        titles.append(referent.word)
    if any(t == title or (t.endswith(f" {title}") and t.split(" ")[0] not in _LESSER) for t in titles):
        return 3.0 + same_country
    if any(t.endswith(f" {title}") for t in titles):
        return None  # "the president" is no vice president
    if title.endswith("minister") and title not in PREMIER_TITLES and title != "minister":
        return None
    group = OFFICE_SYNONYMS.get(title.split(" ")[-1]) if title not in PREMIER_TITLES else "premier"
    groups = {OFFICE_SYNONYMS.get(t.split(" ")[-1]) if t not in PREMIER_TITLES else "premier" for t in titles}
    if group and group in groups:
        return 2.0 + same_country
    if group == "head" and not titles and node.sector in ("GOV", "ELI"):
        return 1.5 + same_country
    if nominal.word in _NATIONALS and stated.country and node.country is None:
        return 0.5  # "the Australian national" tells the country of one who has none
    if nominal.word == AGED and distance <= PRONOUN_SENTENCES:
        return 0.5
    if nominal.word in _ROLE_NOMINALS and distance <= 1 and not node.key.startswith("nominal:"):
        return 0.3 + same_country
    if nominal.word in _PERSON_NOMINALS and distance <= 1:
        return 0.5 + same_country
    return None


def _is_coargument_of_nominal(discourse: Discourse, nominal: Nominal, other: Occurrence) -> bool:
    """A subject is not named again by a nominal in its own clause."""
    mine, theirs = discourse.doc[nominal.head], discourse.doc[other.head]
    if theirs.i == mine.i:
        return True
    if mine.head.i == theirs.head.i and mine.dep_ != "appos" and theirs.dep_ != "appos":
        return mine.head.pos_ in ("VERB", "AUX")
    return False
