"""What tells apart two parties that are called by the same noun: "the Houston police" and "the Dallas police".

What belongs here: the words beside a nominal's head, and whether they contradict those that an earlier party was called by.
What does not: country and sector, which are compared where a party is looked for (`reading.py`).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from pipelines.immutable import dataclass
from pipelines.nlp.actors.phrase_index import fold
from pipelines.nlp.annotations import EntityNode, MentionSpan
from pipelines.nlp.coreference.discourse import Discourse, Referent
from pipelines.nlp.coreference.nominals import Form, Nominal
from pipelines.nlp.coreference.presumed import Role
from pipelines.nlp.coreference.reading import Reading, possessor
from pipelines.nlp.parsed import Doc, Token
from pipelines.nlp.quantities.numbers import find_numbers

_INTRODUCING = frozenset(("a", "an", "another"))
_OTHER = frozenset(("other", "further", "additional", "different"))
_PLACING = frozenset(("in", "from"))
_PLACES = frozenset(("GPE", "LOC", "FAC"))
_MAX_NUMBER = 8  # tokens of a number


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a nominal says of its party beside the head noun.

    `places` and `marks` are the keys of entities where or whose it is: of a single person only whose, who is called a party's
    leader here and the opposition's there. `marks` are also nouns before the head, of no single person. `named` are the folded
    words of each of these that is a name. `count` is its number; bodies in the plural are `is_many`; one that `is_new` is said
    to be none of which the text told before. With the name of its owner behind it ("the governor of Ohio") it ends at token
    `end`. `owner` is whose it is by any word.
    """

    places: frozenset[str]
    marks: frozenset[str]
    named: frozenset[tuple[str, frozenset[str]]]
    count: str
    is_many: bool
    is_new: bool
    end: int
    owner: EntityNode | None

    def contradict(self, referent: Referent) -> bool:
        """Whether the party is another than an earlier one of the same noun."""
        if self.is_new or referent.is_many not in (None, self.is_many):
            return True
        if self.count and referent.counts and self.count not in referent.counts:
            return True
        if referent.kind == "person":  # whom a place and a party may both have
            return _are_apart(self.places, referent.places) or _are_apart(self.marks, referent.marks)
        return _are_apart(self.places | self.marks, referent.places | referent.marks)

    def fit_name(self, node: EntityNode, *, is_kind: bool) -> bool:
        """Whether an entity that is named can be meant.

        It is one of the names beside the head, or has a word of them, where there are any. Other nouns describe what it is
        ("the aircraft company"), unless it is not known to be of that kind.
        """
        words = frozenset(map(fold, node.name.split()))
        if self.named:
            return any(key == node.key or own & words for key, own in self.named)
        return is_kind or not self.marks or not self.marks.isdisjoint((node.key, *words))

    @property
    def tail(self) -> str:
        """What the key of such a party ends with."""
        words = "+".join(sorted(self.places | self.marks))
        count = f":n{self.count}" if self.count else ""
        return f":{words}{count}{':many' if self.is_many else ''}"

    def note(self, referent: Referent) -> None:
        """Add these words to those that a party was called by."""
        referent.places |= self.places
        referent.marks |= self.marks
        referent.is_many = self.is_many
        if self.count:
            referent.counts.add(self.count)


def _are_apart(own: AbstractSet[str], others: AbstractSet[str]) -> bool:
    """Whether both have words and none in common."""
    return bool(own and others and own.isdisjoint(others))


def own_words(reading: Reading, nominal: Nominal) -> OwnWords:
    """The words beside the head of a nominal for people or a body."""
    doc, head, is_single = reading.doc, reading.doc.tokens[nominal.head], nominal.form is Form.PERSON
    behind, owner = owner_behind(reading, nominal), possessor(reading, nominal)
    within = [name for i in range(nominal.start, nominal.head) if (name := reading.names_by_start.get(i)) is not None]
    if is_single:
        within = [name for name in within if _is_owned_by(reading, name, head.i)]
    beside = [*within, behind, None if is_single else _place_behind(reading, nominal)]
    told = [owner] if owner is not None and _tells_apart(owner) else []
    named: set[tuple[str, frozenset[str]]] = set()
    for name in beside:
        if name is not None and name.entity is not None and _tells_apart(name.entity):
            told.append(name.entity)
            named.add((name.entity.key, frozenset(fold(t.text) for t in doc.tokens[name.start : name.end])))
    named.update((node.key, frozenset(map(fold, node.name.split()))) for node in told)
    places = {node.key for node in told if node.label in _PLACES}
    marks = {node.key for node in told if node.label not in _PLACES}
    count, is_other = "", False
    for token in doc.tokens[nominal.start : nominal.head]:
        is_other = is_other or token.lower_ in _OTHER
        if token.head is not head or token.i in reading.names_by_token:
            continue
        if token.dep_ == "nummod":
            count = _number(doc, token)
        elif nominal.form is Form.ACTORS and token.pos_ in ("NOUN", "PROPN") and token.dep_ != "poss":
            marks.add(word := fold(token.lemma_ or token.text))
            if token.pos_ == "PROPN":
                named.add((word, frozenset((word, fold(token.text)))))
    is_new = is_other or (nominal.form is Form.ACTORS and doc.tokens[nominal.start].lower_ in _INTRODUCING)
    # One of several owners would be told as the only one.
    is_whole = behind is not None and not doc[behind.start : behind.end].root.conjuncts
    end = behind.end if behind is not None and is_whole else nominal.end
    is_many = fold(head.text) != nominal.word
    return OwnWords(frozenset(places), frozenset(marks), frozenset(named), count, is_many, is_new, end, owner)


def told_apart(discourse: Discourse, nominal: Nominal, own: OwnWords, role: Role, country: str | None) -> Role:
    """A role whose key no party has that the words contradict: with them at its end or else with its place in the text."""
    tails = [f":at{nominal.start}"] if own.is_new else [own.tail, f":at{nominal.start}"]
    for tail in tails:
        before = discourse.referents.get(role.key(country))
        if before is None or not own.contradict(before):
            break
        role = replace(role, tail=tail, is_unique=False)
    return role


def _number(doc: Doc, token: Token) -> str:
    """The value of the number that a token is or ends, as text; empty where it is not one or not exact."""
    inside = [t for t in doc[max(0, token.i - _MAX_NUMBER) : token.i + 1] if t.i == token.i or _is_part(t, token)]
    start = inside[0].idx
    text = doc.text[start : token.idx + len(token)]
    found = list(find_numbers(text, [(t.lower_, t.idx - start) for t in inside]))
    if len(found) != 1 or found[0].is_vague or found[0].is_share:
        return ""
    return f"{found[0].value:.15g}"


def _is_part(token: Token, number: Token) -> bool:
    """Whether a token belongs to a number that follows it: "three" of "three hundred"."""
    return any(t.i == number.i for t in token.ancestors)


def _is_owned_by(reading: Reading, name: MentionSpan, head: int) -> bool:
    """Whether a name is the possessor of a noun: "Michigan's governor"."""
    root = reading.doc[name.start : name.end].root
    return root.dep_ == "poss" and root.head.i == head


def same_role(discourse: Discourse, nominal: Nominal, own: OwnWords) -> EntityNode | None:
    """An earlier nominal entity with the same head whose country and words do not contradict."""
    sentence, is_plural = discourse.sentence_of[nominal.start], nominal.form is Form.ACTORS
    for referent in discourse.recent(sentence, 20):
        node = referent.node
        if referent.word != nominal.word or referent.is_plural != is_plural or not node.key.startswith("nominal:"):
            continue
        if node.sector != nominal.stated.sector and nominal.stated.sector and node.sector:
            continue
        if nominal.stated.country and node.country and node.country != nominal.stated.country:
            continue
        if nominal.stated.country and not node.country:
            continue
        if own.contradict(referent):
            continue
        return node
    return None


def owner_behind(reading: Reading, nominal: Nominal) -> MentionSpan | None:
    """The name of its owner right behind a nominal: "the governor of Ohio"."""
    at, tokens = nominal.head + 1, reading.doc.tokens
    return _name_after(reading, at) if at < len(tokens) and tokens[at].lower_ == "of" else None


def _place_behind(reading: Reading, nominal: Nominal) -> MentionSpan | None:
    """The name right behind a nominal of where its party is, not of where something happens: "people in Kano"."""
    at, tokens = nominal.head + 1, reading.doc.tokens
    is_place = at < len(tokens) and tokens[at].lower_ in _PLACING and tokens[at].head.i == nominal.head
    return _name_after(reading, at) if is_place else None


def _name_after(reading: Reading, i: int) -> MentionSpan | None:
    """The name that is the object of a preposition and right behind it, with or without article.

    What only is beside that object is none: "the leader of Venezuela's opposition".
    """
    doc = reading.doc
    is_article = i + 2 < len(doc) and doc[i + 1].lower_ == "the"
    name = reading.names_by_start.get(i + 2 if is_article else i + 1)
    if name is None:
        return None
    root = doc[name.start : name.end].root
    return name if root.dep_ == "pobj" and root.head.i == i else None


def _tells_apart(node: EntityNode) -> bool:
    """Whether an entity tells more than the country, which is compared by itself, and is no nameless one ("the city's")."""
    return not node.key.startswith(("country:", "people:", "nominal:"))
