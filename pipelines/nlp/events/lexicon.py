"""The event lexicons as objects: frames, noun classes, operators, their composition, light verbs, context words.

What belongs here: reading and checking `pipelines/lexicons/event_*.csv`, `light_verbs.csv` and `context_words.csv`. What
does not: deciding which frame a clause fits (`matcher.py`). An analyst extends the CSV files; a row that cannot be used
raises `LexiconError` with file and line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import field
from functools import cache
from pathlib import Path

from pipelines.errors import LexiconError
from pipelines.immutable import dataclass
from pipelines.nlp.kept import kept

SAME = "="
READINESS = "AGREE"  # effect of the adjectives by which somebody is ready to do something
PARTY = "*party"
_COOPERATION = 2  # the highest quad class of cooperation
PERSON = "*person"
STATE = "*state"
# Modes of what is done to persons, whatever object their frames ask for.
_MODES_OF_PERSONS = frozenset("arrest deport abduct beat torture sexual release convict expel".split())
# Effects of operators by which somebody speaks to others or of them; flames threaten too.
_SPOKEN = frozenset("REQUEST AGREE OPPOSE ACCUSE SUPPORT REJECT".split())
# What the event lexicon is made of, below the package's folder.
_FILES = (
    "nlp/events/lexicon.py",
    *(
        f"lexicons/event_{name}.csv"
        for name in ("noun_classes", "frames", "operators", "composition", "types", "traits")
    ),
    "lexicons/context_words.csv",
    "lexicons/light_verbs.csv",
)
_VIOLENCE = "violence"  # class of nouns
_HARMING = ("violence", "shootings", "bombs")  # classes of nouns
# What a frame may ask for in place of a preposition; "as" is understood ("called him a liar").
_NO_WORDS = frozenset("subj obj iobj poss adj as speaker judged clause question done passage".split())
LEXICONS = Path(__file__).resolve().parents[2] / "lexicons"


@dataclass(frozen=True, slots=True)
class PrepCondition:
    """A prepositional phrase a frame asks for; `heads` empty means any object, `is_party` a party."""

    preposition: str
    heads: frozenset[str]
    is_party: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """A predicate with what it asks of its arguments and what it then means."""

    predicate: str
    pos: str
    particle: str
    objects: frozenset[str]  # lemmas the object must be of; empty: no condition
    object_party: bool
    object_person: bool  # a party that is no organisation or place: who can be beaten, not "beat Porto"
    no_object: bool
    preps: tuple[PrepCondition, ...]  # any of them
    event_type: str | None  # None blocks
    mode: str | None
    contexts: tuple[str, ...]
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    requires: str  # "", political, official, agent, actor or recipient
    actors: frozenset[str]  # lemmas the subject must be of; empty: no condition
    salience: float
    likelihood: float  # share of the places in news where it fits that tell such a deed, as judged by hand
    specificity: int = field(init=False)  # how much the frame asks for; the most specific match wins
    words: frozenset[str] = field(init=False)  # prepositions, one of which its sentence must have; empty: no condition

    def __post_init__(self) -> None:
        specificity = (
            4 * bool(self.objects)
            + 2 * bool(self.particle)
            + sum(3 if p.heads else 2 if p.is_party else 1 for p in self.preps[:1])
            + 5 * bool(self.actors)
            + self.object_party
            + self.no_object
        )
        object.__setattr__(self, "specificity", specificity)
        words = frozenset(condition.preposition for condition in self.preps)
        object.__setattr__(self, "words", words if words.isdisjoint(_NO_WORDS) else frozenset())


@dataclass(frozen=True, slots=True)
class Operator:
    """A predicate that takes a complement event and changes it."""

    predicate: str
    pos: str
    particle: str
    complement: str
    effect: str
    controller: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operator makes of its complement's event; `event_type` None: no event, `SAME`: as it was."""

    event_type: str | None
    mode: str | None
    modality: str | None  # None: as it was


@dataclass(frozen=True, slots=True)
class TypeTraits:
    """What holds of every event of a type."""

    is_speech: bool  # done in words: the day it is said is its day
    is_carried: bool  # happens at a place, and where none is named, at the one where the story is
    home: str  # where it happens if no text tells: "all" parties' one country, the "actor"'s, or ""
    way: str = ""  # "to": who does it goes or sends to the place; "from": it is the place that is left


@dataclass(frozen=True, slots=True)
class EventLexicon:
    """All event lexicons, indexed for look-up."""

    frames: dict[tuple[str, str], tuple[Frame, ...]]  # by predicate and pos, ranked
    operators: dict[tuple[str, str], tuple[Operator, ...]]
    composition: dict[tuple[str, str, str], Outcome]
    light_verbs: dict[str, tuple[tuple[str, str], ...]]  # verb -> (particle, kind) pairs
    contexts: dict[str, tuple[str, ...]]  # word lemma -> contexts
    scores: dict[tuple[str, str], tuple[int, float]]  # (type, mode or "") -> quad class, intensity
    noun_classes: dict[str, frozenset[str]]
    traits: dict[tuple[str, str], TypeTraits]  # by type and mode, "" for what holds of the type
    predicates: dict[str, frozenset[str]] = field(init=False)  # part of speech -> words with frames or operators
    verbs_done_to: frozenset[str] = field(init=False)
    # Lemmas of nouns for deeds of violence, for shootings and the like, and for bombs that go off.
    what_harms: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        words: dict[str, set[str]] = {}
        for word, pos in (*self.frames, *self.operators):
            words.setdefault(pos, set()).add(word)
        object.__setattr__(self, "predicates", {pos: frozenset(found) for pos, found in words.items()})
        object.__setattr__(self, "verbs_done_to", self._verbs_done_to())
        harming = (self.noun_classes.get(name, frozenset()) for name in _HARMING)
        object.__setattr__(self, "what_harms", frozenset[str]().union(*harming))

    @property
    def deeds_of_violence(self) -> frozenset[str]:
        """Lemmas of nouns for deeds of violence: "attack", "bombing"."""
        return self.noun_classes.get(_VIOLENCE, frozenset())

    def is_cooperative(self, event_type: str) -> bool:
        """Whether a type is of a quad class of cooperation, in words (1) or in deeds (2)."""
        return self.scores[event_type, ""][0] <= _COOPERATION

    def verbs(self) -> list[str]:
        """Lemmas of every verb the lexicons know, sorted."""
        known = {word for word, pos in (*self.frames, *self.operators) if pos == "verb"}
        return sorted(known | set(self.light_verbs))

    def _verbs_done_to(self) -> frozenset[str]:
        """Lemmas of verbs of which each frame says that they are done to their object, a person or body: "sentence", "detain"."""
        found = set()
        for (word, pos), frames in self.frames.items():
            coded = [frame for frame in frames if frame.event_type and not frame.particle]
            if pos != "verb" or not any(frame.object_party or frame.mode in _MODES_OF_PERSONS for frame in coded):
                continue
            if all("obj" in frame.recipient or frame.objects for frame in coded):
                found.add(word)
        return frozenset(found)

    def verbs_of_people(self) -> frozenset[str]:
        """Lemmas of verbs that some frame says are done to persons or bodies: "arrest", "release"."""
        return frozenset(
            word
            for (word, pos), frames in self.frames.items()
            if pos == "verb"
            and any(frame.event_type and (frame.object_party or frame.mode in _MODES_OF_PERSONS) for frame in frames)
        )

    def verbs_of_speech(self) -> frozenset[str]:
        """Lemmas of verbs by which only somebody who speaks asks, promises, refuses, praises or blames."""
        return frozenset(
            word
            for (word, pos), operators in self.operators.items()
            if pos == "verb" and any(operator.effect in _SPOKEN for operator in operators)
        )

    def light_kind(self, verb: str, particle: str, kinds: tuple[str, ...]) -> str | None:
        """The kind of light verb that a verb with a particle is, among those asked for."""
        return next((k for p, k in self.light_verbs.get(verb, ()) if p == particle and k in kinds), None)

    def tells_readiness(self, adjective: str) -> bool:
        """Whether an adjective says that somebody would do something: "prepared", "ready"."""
        return any(operator.effect == READINESS for operator in self.operators.get((adjective, "adj"), ()))

    def traits_of(self, event_type: str, mode: str | None) -> TypeTraits:
        """What holds of a type and mode."""
        found = self.traits.get((event_type, mode or ""))
        return found if found is not None else self.traits[(event_type, "")]

    def is_speech(self, event_type: str, mode: str | None, is_composed: bool) -> bool:
        """Whether an event is done in words: by its type, or because its type is what an operator said of another act."""
        return is_composed or self.traits_of(event_type, mode).is_speech

    def compose(self, effect: str, inner_type: str, inner_mode: str | None) -> Outcome | None:
        """The outcome of an operator's effect on an event, the most specific row first; None without a row."""
        for key in ((effect, inner_type, inner_mode or ""), (effect, inner_type, ""), (effect, "*", "")):
            outcome = self.composition.get(key)
            if outcome is not None:
                return outcome
        return None


def read_rows(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a lexicon file with their line numbers.

    Raises:
        LexiconError: the file is missing or a row has too many or too few fields.
    """
    path = LEXICONS / name
    if not path.exists():
        raise LexiconError(f"lexicon {name} is missing from {path.parent.name}/")
    with path.open(encoding="utf-8", newline="") as file:
        numbered = [(number, line) for number, line in enumerate(file, start=1) if line.strip() and line[0] != "#"]
    reader = csv.DictReader(line for _, line in numbered)
    for (number, _), row in zip(numbered[1:], reader, strict=True):
        if None in row or None in row.values():
            raise LexiconError(f"{name}, line {number}: expected {len(reader.fieldnames or ())} fields")
        yield number, {key: value.strip() for key, value in row.items()}


def _values(cell: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in cell.split("|") if value.strip())


def _heads(cell: str, classes: dict[str, frozenset[str]], where: str) -> frozenset[str]:
    heads: set[str] = set()
    for value in _values(cell):
        if value.startswith("@"):
            if value[1:] not in classes:
                raise LexiconError(f"{where}: noun class {value} is not in event_noun_classes.csv")
            heads |= classes[value[1:]]
        else:
            heads.add(value)
    return frozenset(heads)


def _prep_conditions(cell: str, classes: dict[str, frozenset[str]], where: str) -> tuple[PrepCondition, ...]:
    conditions = []
    for alternative in cell.split(";"):
        preposition, _, heads = alternative.strip().partition(":")
        if preposition:
            is_party = heads == PARTY
            conditions.append(
                PrepCondition(preposition, frozenset() if is_party else _heads(heads, classes, where), is_party)
            )
    return tuple(conditions)


def _frame(row: dict[str, str], classes: dict[str, frozenset[str]], where: str) -> Frame:
    objects = row["object"]
    plain = "|".join(v for v in _values(objects) if v not in (PARTY, PERSON, "-"))
    requires, _, actors = row["requires"].partition(":")
    default_actor = ("subj",) if row["pos"] != "noun" else ("by", "poss", "adj")
    return Frame(
        predicate=row["predicate"].lower(),
        pos=row["pos"],
        particle=row["particle"],
        objects=_heads(plain, classes, where),
        object_party=PARTY in _values(objects) or PERSON in _values(objects),
        object_person=PERSON in _values(objects),
        no_object=objects == "-",
        preps=_prep_conditions(row["prep"], classes, where),
        event_type=None if row["type"] == "NONE" else row["type"],
        mode=row["mode"] or None,
        contexts=_values(row["contexts"]),
        actor=_values(row["actor"]) or default_actor,
        recipient=_values(row["recipient"]) or (("obj",) if row["pos"] != "noun" else ()),
        requires=requires,
        actors=_heads(actors, classes, where),
        salience=float(row["salience"] or 0.5),
        likelihood=_share(row["likelihood"] or "50", where),
    )


def _share(percent: str, where: str) -> float:
    if not percent.isdecimal() or not 0 < int(percent) < 100:
        raise LexiconError(f"{where}: likelihood is {percent!r}; it must be a whole number from 1 to 99")
    return int(percent) / 100


def _ranked(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """Frames of one predicate, the first of which that fits is the one that wins."""
    return tuple(sorted(frames, key=lambda frame: (-frame.specificity, -frame.salience)))


def _grouped(items: list) -> dict:
    grouped: dict[tuple[str, str], list] = {}
    for item in items:
        grouped.setdefault((item.predicate, item.pos), []).append(item)
    return {key: tuple(values) for key, values in grouped.items()}


@cache
def load_event_lexicon() -> EventLexicon:
    """The event lexicons, in the form that was kept when a process first read them.

    Raises:
        LexiconError: a row cannot be used; names file and line.
    """
    return kept("events", read_event_lexicon, files=_FILES)


def read_event_lexicon() -> EventLexicon:
    """Read every event lexicon.

    Raises:
        LexiconError: a row cannot be used; names file and line.
    """
    classes: dict[str, set[str]] = {}
    for _, row in read_rows("event_noun_classes.csv"):
        classes.setdefault(row["class"].lstrip("@"), set()).add(row["lemma"])
    frozen = {name: frozenset(lemmas) for name, lemmas in classes.items()}
    frames = [_frame(row, frozen, f"event_frames.csv, line {line}") for line, row in read_rows("event_frames.csv")]
    operators = [
        Operator(
            row["predicate"].lower(), row["pos"], row["particle"], row["complement"], row["effect"], row["controller"]
        )
        for _, row in read_rows("event_operators.csv")
    ]
    composition = {
        (row["effect"], row["inner_type"], row["inner_mode"]): Outcome(
            None if row["type"] in ("", "NONE") else row["type"],
            row["mode"] or None,
            None if row["modality"] in ("", "keep") else row["modality"],
        )
        for _, row in read_rows("event_composition.csv")
    }
    contexts: dict[str, tuple[str, ...]] = {}
    for _, row in read_rows("context_words.csv"):
        contexts[row["lemma"]] = (*contexts.get(row["lemma"], ()), row["context"])
    light_verbs: dict[str, tuple[tuple[str, str], ...]] = {}
    for _, row in read_rows("light_verbs.csv"):
        light_verbs[row["verb"]] = (*light_verbs.get(row["verb"], ()), (row["particle"], row["kind"]))
    scores = {
        (row["event_type"], row["event_mode"]): (int(row["quad_class"]), float(row["intensity"] or "nan"))
        for _, row in read_rows("event_types.csv")
    }
    traits = {
        (row["event_type"], row["event_mode"]): TypeTraits(
            row["is_speech"] == "true", row["is_carried"] == "true", row["home"], row["way"]
        )
        for _, row in read_rows("event_traits.csv")
    }
    return EventLexicon(
        frames={key: _ranked(found) for key, found in _grouped(frames).items()},
        operators=_grouped(operators),
        composition=composition,
        light_verbs=light_verbs,
        contexts=contexts,
        scores=scores,
        noun_classes=frozen,
        traits=traits,
    )
