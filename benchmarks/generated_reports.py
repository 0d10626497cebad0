"""A stream of invented news as the resolve stage reads it: documents, event mentions, participants, entities.

What belongs here: `generate`, and how the stream is skewed. What does not: the measurement (`resolve_events.py`).

The stream is made of stories. A story has a country, a day, a place, a few parties, words of its own and up to twelve acts; the
documents about it tell some of these acts each. Skew as in news: half of all stories are of five countries, half of those
of one war; stories have few documents and sometimes hundreds; persons and towns follow Zipf's law.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

_DAYS = 3653  # ten years
_FIRST_DAY = np.datetime64("2014-01-01")
_SENTENCE_WORDS = 20
_SENTENCES = 10
_ACTS = 12  # of a story
_COUNTRIES = 150
_WAR_PARTIES = (0, 1)  # the two countries of the war
_TOWNS, _PERSONS, _BODIES = 20, 400, 60  # of a country
# Share of the mentions by type and mode, and the words that trigger them.
_KINDS = (
    ("ASSAULT", "explosives", 0.14, ("bombing", "blast", "bombed", "explosion", "shelling")),
    ("ASSAULT", None, 0.14, ("attacked", "attack", "clashes", "fighting", "raid")),
    ("ASSAULT", "firearms", 0.10, ("killed", "shot", "shooting", "murder")),
    ("COERCE", "arrest", 0.10, ("arrested", "detained", "captured", "arrest")),
    ("PROTEST", "demo", 0.08, ("protest", "rally", "marched", "demonstration")),
    ("CONSULT", "visit", 0.08, ("visited", "visit", "met", "talks")),
    ("ACCUSE", "disapprove", 0.08, ("condemned", "denounced", "criticised", "accused")),
    ("REQUEST", "change", 0.06, ("urged", "called", "demanded", "appealed")),
    ("AGREE", None, 0.05, ("agreed", "signed", "deal", "pledged")),
    ("AID", None, 0.04, ("donated", "aid", "delivered", "supplied")),
    ("MOBILIZE", "troops", 0.05, ("deployed", "sent", "deployment", "mobilised")),
    ("SANCTION", "convict", 0.04, ("convicted", "sentenced", "verdict", "jailed")),
    ("RETREAT", "withdraw", 0.04, ("withdrew", "withdrawal", "retreated", "left")),
)  # fmt: skip
_GROUPS = (
    ("police", "COP"), ("army", "MIL"), ("government", "GOV"), ("rebels", "REB"), ("protesters", "CVL"), ("court", "JUD"),
    ("militants", "REB"), ("opposition", "OPP"), ("people", "CVL"), ("soldiers", "MIL"), ("officials", "GOV"),
    ("workers", "CVL"),
)  # fmt: skip
_STATE, _GROUP, _BODY, _PERSON = range(4)
_WEIGHTS = Path(__file__).parents[1] / "pipelines" / "lexicons" / "word_weights.csv"


@dataclass(frozen=True, slots=True)
class Stream:
    """The frames that `resolve_events` takes."""

    documents: pd.DataFrame
    mentions: pd.DataFrame
    participants: pd.DataFrame
    entities: pd.DataFrame


def generate(count: int, seed: int = 1, *, of_document: float = 1 / 0.17) -> Stream:
    """Invent event mentions.

    Args:
        count: number of event mentions.
        seed: the same seed and count give the same stream.
        of_document: mentions of a document, on the average, before those above 20 are cut off.
    """
    rng = np.random.default_rng(seed)
    sizes = _document_sizes(rng, count, 1 / of_document)
    document = np.repeat(np.arange(len(sizes)), sizes)
    place_in_document = np.arange(count) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    story = _stories_of_documents(rng, len(sizes))
    stories = _Stories.invent(rng, int(story.max()) + 1)
    published = stories.day[story] + rng.integers(0, 4, len(story))
    act = story[document] * _ACTS + np.minimum(
        (place_in_document + rng.geometric(0.5, count) - 1), rng.integers(1, _ACTS, count)
    )
    kind = stories.kind[act]
    triggers = [word for *_, words in _KINDS for word in words]
    first_trigger = np.cumsum([0, *(len(words) for *_, words in _KINDS)])
    trigger = first_trigger[kind] + rng.integers(0, 1 << 30, count) % np.diff(first_trigger)[kind]
    texts, spans = _texts(rng, document, place_in_document, story, stories, trigger, triggers)
    document_ids = np.array([f"doc_{row:024x}" for row in range(len(sizes))], dtype=object)
    mention_ids = np.array([f"evm_{row:024x}" for row in range(count)], dtype=object)
    mentions = _mentions(rng, act, kind, published[document], stories)
    mentions.insert(0, "event_mention_id", mention_ids)
    mentions.insert(1, "document_id", document_ids[document])
    mentions.insert(2, "trigger", np.array(triggers, dtype=object)[trigger])
    for name, values in spans.items():
        mentions[name] = values.astype(np.int32)
    participants = _participants(rng, act, stories, mention_ids)
    dates = (_FIRST_DAY + published).astype("datetime64[us]")
    dates[rng.random(len(dates)) < 0.03] = np.datetime64("NaT")
    documents = pd.DataFrame({"document_id": document_ids, "published_date": dates, "is_counted": True, "text": texts})
    entities = _entities()
    return Stream(documents, mentions, participants, entities)


def _document_sizes(rng: np.random.Generator, count: int, share: float) -> np.ndarray:
    """Mentions of each document, 1 to 20."""
    sizes = np.minimum(rng.geometric(share, count), 20)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count)) + 1]
    sizes[-1] -= sizes.sum() - count
    return sizes


def _stories_of_documents(rng: np.random.Generator, documents: int) -> np.ndarray:
    """The story of each document: most stories have one or two documents, few have hundreds."""
    coverage = np.minimum(rng.zipf(2.0, documents), 300)
    story = np.repeat(np.arange(documents), coverage)[:documents]
    return rng.permutation(story)


@dataclass(frozen=True, slots=True)
class _Stories:
    country: np.ndarray
    other_country: np.ndarray
    day: np.ndarray
    is_war: np.ndarray
    # By story and act:
    kind: np.ndarray
    act_day: np.ndarray
    town: np.ndarray
    actor: np.ndarray  # kind of party, country, number
    recipient: np.ndarray

    @classmethod
    def invent(cls, rng: np.random.Generator, count: int) -> _Stories:
        is_common = rng.random(count) < 0.5
        is_war = is_common & (rng.random(count) < 0.5)
        country = np.where(is_common, rng.integers(0, 5, count), rng.integers(5, _COUNTRIES, count))
        country = np.where(is_war, rng.integers(0, 2, count), country)
        other = np.where(is_war, 1 - country, rng.integers(0, _COUNTRIES, count))
        shares = np.array([share for _, _, share, _ in _KINDS])
        of_war = shares * ([4, 4, 4, 1, 0.2, 1, 1, 1, 1, 1, 2, 0.2, 2])
        acts = count * _ACTS
        draws = rng.random(acts)
        kind = np.where(
            np.repeat(is_war, _ACTS),
            np.searchsorted(np.cumsum(of_war / of_war.sum()), draws),
            np.searchsorted(np.cumsum(shares / shares.sum()), draws),
        ).clip(0, len(_KINDS) - 1)
        day = rng.integers(0, _DAYS, count)
        town = np.repeat(_zipf(rng, count, _TOWNS), _ACTS)
        town = np.where(rng.random(acts) < 0.8, town, _zipf(rng, acts, _TOWNS))
        return cls(
            country, other, day, is_war, kind,
            np.repeat(day, _ACTS) - np.where(rng.random(acts) < 0.7, 0, rng.integers(0, 30, acts)),
            town, _parties(rng, country, acts), _parties(rng, np.where(rng.random(count) < 0.5, other, country), acts),
        )  # fmt: skip


def _zipf(rng: np.random.Generator, count: int, most: int) -> np.ndarray:
    """Numbers below a limit by Zipf's law."""
    shares = 1.0 / np.arange(1, most + 1)
    return np.searchsorted(np.cumsum(shares / shares.sum()), rng.random(count)).clip(0, most - 1)


def _parties(rng: np.random.Generator, country: np.ndarray, acts: int) -> np.ndarray:
    kind = rng.choice(4, acts, p=[0.25, 0.4, 0.1, 0.25])
    number = np.select(
        [kind == _PERSON, kind == _BODY, kind == _GROUP],
        [_zipf(rng, acts, _PERSONS), _zipf(rng, acts, _BODIES), _zipf(rng, acts, len(_GROUPS))],
        default=0,
    )
    return np.stack([kind, np.repeat(country, _ACTS), number])


def _name(number: int) -> str:
    """A pronounceable invented name."""
    syllables = ("ba", "do", "ki", "mu", "ra", "sen", "tor", "vel", "zan", "lo", "pe", "gri", "ha", "ny", "fo", "shu")
    found = ""
    number = number * 7919 + 4099
    while number:
        number, at = divmod(number, len(syllables))
        found += syllables[at]
    return found.capitalize()


def country_code(number: int) -> str:
    """The code of a country of the stream."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return letters[number // 26] + letters[number % 26] + "X"


def _texts(rng, document, place_in_document, story, stories, trigger, triggers):
    """Texts of about 200 words, and the character spans of each mention's sentence and trigger."""
    rows = pd.read_csv(_WEIGHTS, comment="#", keep_default_na=False).sort_values(["weight", "stem"])
    common = [str(stem) for stem in rows["stem"]]
    rare = [_name(number).lower() for number in range(30_000)]
    countries = [_name(100_000 + number) for number in range(_COUNTRIES)]
    words = np.array([*common, *rare, *countries, *triggers], dtype=object)
    lengths = np.array([len(word) for word in words])
    size = _SENTENCE_WORDS * _SENTENCES
    n = len(story)
    first_country, first_trigger = len(common) + len(rare), len(common) + len(rare) + len(countries)
    # A story's own words are a run of the vocabulary, drawn by Zipf's law: 12 rare and 40 known ones.
    texts: list[str] = []
    spans = {name: np.zeros(len(document), dtype=np.int64) for name in (
        "start_char", "end_char", "sentence_start_char", "sentence_end_char")}  # fmt: skip
    bounds = np.searchsorted(document, np.arange(0, n + 20_000, 20_000))
    for at, begin in enumerate(range(0, n, 20_000)):
        of = story[begin : begin + 20_000]
        shape = (len(of), size)
        kind = rng.random(shape)
        topic = (of[:, None] * 7 + _zipf(rng, of.size * size, 40).reshape(shape) * 31) % len(common)
        own = len(common) + (of[:, None] * 13 + _zipf(rng, of.size * size, 12).reshape(shape)) % len(rare)
        odd = len(common) + rng.integers(0, len(rare), shape)
        plain = _zipf(rng, of.size * size, len(common)).reshape(shape)
        home = first_country + stories.country[of][:, None]
        found = np.select([kind < 0.12, kind < 0.22, kind < 0.24, kind < 0.27], [topic, own, odd, home], plain)
        lo, hi = bounds[at], bounds[at + 1]
        row, sentence = document[lo:hi] - begin, place_in_document[lo:hi] % _SENTENCES
        place = sentence * _SENTENCE_WORDS + 5 + place_in_document[lo:hi] // _SENTENCES * 6
        found[row, place] = first_trigger + trigger[lo:hi]
        ends = np.cumsum(lengths[found] + 1, axis=1)  # one past the blank
        starts = ends - lengths[found] - 1
        spans["start_char"][lo:hi] = starts[row, place]
        spans["end_char"][lo:hi] = ends[row, place] - 1
        spans["sentence_start_char"][lo:hi] = starts[row, sentence * _SENTENCE_WORDS]
        spans["sentence_end_char"][lo:hi] = ends[row, (sentence + 1) * _SENTENCE_WORDS - 1] - 1
        texts.extend(" ".join(line) for line in words[found].tolist())
    return texts, spans


def _mentions(rng, act, kind, published, stories) -> pd.DataFrame:
    count = len(act)
    draw = rng.random(count)
    dated, told = draw < 0.7, draw < 0.45
    wide = rng.random(count) < 0.08
    start = np.where(told, stories.act_day[act], published)
    start = np.where(wide, start - start % 30, start)
    end = np.where(wide, start + 29, start)
    placed = rng.random(count) < 0.6
    is_area = rng.random(count) < 0.3
    country = stories.country[act // _ACTS]
    town = stories.town[act]
    names = np.array([_name(200_000 + n) for n in range(_COUNTRIES * _TOWNS)], dtype=object)
    homes = np.array([country_code(n) for n in range(_COUNTRIES)], dtype=object)
    homes_by_name = np.array([_name(100_000 + n) for n in range(_COUNTRIES)], dtype=object)
    place = country * _TOWNS + town
    grid = np.random.default_rng(7)
    latitude, longitude = grid.uniform(-50, 60, len(names)), grid.uniform(-170, 170, len(names))
    types = np.array([row[0] for row in _KINDS], dtype=object)[kind]
    modes = np.array([row[1] for row in _KINDS], dtype=object)[kind]
    counts = {
        name: pd.array(np.where((kind < 3) & (rng.random(count) < share), 1 + act % 37, -1), dtype="Int64")
        for name, share in (("fatalities", 0.3), ("injuries", 0.15), ("arrests", 0.02), ("crowd_size", 0.0))
    }
    days = {
        f"event_date_{side}": np.where(dated, (_FIRST_DAY + value).astype("datetime64[us]"), np.datetime64("NaT", "us"))
        for side, value in (("start", start), ("end", end))
    }
    is_town = placed & ~is_area
    return pd.DataFrame(
        {
            "event_type": types,
            "event_mode": np.where(rng.random(count) < 0.8, modes, None),
            "contexts": [["military"]] * count,
            "quad_class": np.int32(4),
            "intensity": -9.0,
            "confidence": np.round(rng.uniform(0.4, 0.95, count), 3),
            "is_negated": rng.random(count) < 0.01,
            "theme": None,
            "modality": np.where(rng.random(count) < 0.93, "actual", "future"),
            **days,
            "event_date_precision": np.where(dated, np.where(wide, "month", "day"), None),
            "event_date_source": np.where(told, "text", np.where(dated, "publication", "none")),
            "place_name": np.where(placed, np.where(is_area, homes_by_name[country], names[place]), None),
            "place_country": np.where(placed, homes[country], None),
            "place_admin1": np.where(is_town, names[country * _TOWNS + town // 4], None),
            "place_latitude": np.where(placed, latitude[place], np.nan),
            "place_longitude": np.where(placed, longitude[place], np.nan),
            # Without a number it is an area.
            "place_geonames_id": pd.array(np.where(placed & ~is_area, 10**9 + place, -1), dtype="Int64"),
            "place_precision": np.where(placed, np.where(is_area, "country", "town"), None),
            "place_confidence": np.where(placed, 0.9, np.nan),
            **{name: values.copy() for name, values in counts.items()},
        }
    ).assign(**{name: lambda f, n=name: f[n].mask(f[n] < 0) for name in (*counts, "place_geonames_id")})


def _entity_id(kind: int, country: int, number: int) -> str:
    return f"ent_{kind}{country:04d}{number:05d}00000000000000"


def _text(kind: int, country: int, number: int) -> str:
    if kind == _GROUP:
        return _GROUPS[number][0]
    if kind == _STATE:
        return _name(100_000 + country)
    return f"{_name(300_000 + number)} {_name(400_000 + country * 1000 + number + kind * 700)}"


def _participants(rng, act, stories, mention_ids) -> pd.DataFrame:
    parts = []

    def add(role: str, ordinal: int, rows: np.ndarray, parties: np.ndarray) -> None:
        columns = dict(zip(("kind", "country_number", "number"), parties, strict=True))
        parts.append(pd.DataFrame({"row": rows, "role": role, "ordinal": ordinal, **columns}))

    for role, parties, share in (("actor", stories.actor, 0.62), ("recipient", stories.recipient, 0.62)):
        rows = np.flatnonzero(rng.random(len(act)) < share)
        add(role, 1, rows, parties[:, act[rows]])
        # A second party in one mention of twenty.
        more = rows[rng.random(len(rows)) < 0.05]
        add(role, 2, more, parties[:, (act[more] // _ACTS) * _ACTS + (act[more] + 1) % _ACTS])
    told = pd.concat(parts).sort_values(["row", "role", "ordinal"], ignore_index=True)
    key = (told["kind"] * 1000 + told["country_number"]) * 1000 + told["number"]
    codes, kinds = pd.factorize(key)
    split = [(k // 1_000_000, k // 1000 % 1000, k % 1000) for k in kinds.tolist()]
    ids_ = np.array([_entity_id(*k) if k[0] != _GROUP else "" for k in split], dtype=object)[codes]
    is_group = (told["kind"] == _GROUP).to_numpy()
    # An unnamed group is an entity of its document only.
    entity = np.where(is_group, None, ids_)
    return pd.DataFrame(
        {
            "event_mention_id": mention_ids[told["row"]],
            "role": told["role"].to_numpy(),
            "ordinal": told["ordinal"].to_numpy(dtype=np.int32),
            "entity_id": entity,
            "text": np.array([_text(*k) for k in split], dtype=object)[codes],
            "country": np.array([country_code(k[1]) for k in split], dtype=object)[codes],
            "sector": np.array([_GROUPS[k[2]][1] if k[0] == _GROUP else "GOV" for k in split], dtype=object)[codes],
        }
    )


def _entities() -> pd.DataFrame:
    rows = [
        (_entity_id(kind, country, number), label, country_code(country), True)
        for kind, most, label in ((_STATE, 1, "GPE"), (_BODY, _BODIES, "ORG"), (_PERSON, _PERSONS, "PERSON"))
        for country in range(_COUNTRIES)
        for number in range(most)
    ]
    return pd.DataFrame(rows, columns=["entity_id", "label", "country", "is_named"])
