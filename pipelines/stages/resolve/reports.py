"""Reports: event mentions as arrays, reduced to what is compared when two may tell of one event.

What belongs here: `Reports`, `read_reports` and its two parts. What does not: which reports are compared (`report_pairs.py`) and
what speaks for or against one event (`pair_evidence.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.util import hash_array

from pipelines.records import PlacePrecision
from pipelines.stages.resolve.act_senses import senses_of, senses_of_means, senses_of_mode
from pipelines.stages.resolve.day_words import WEEKDAYS, day_parts, own_day
from pipelines.stages.resolve.hashed_names import NONE, Names, number_rows
from pipelines.stages.resolve.kept_rows import KeptRows
from pipelines.stages.resolve.likeness import sketch_norms, sketch_texts
from pipelines.stages.resolve.report_parties import Parties, known_parties, told_parties
from pipelines.stages.resolve.report_words import head_and_word, is_repeat, trigger_phrase, trigger_stems

_DOCUMENT_COLUMNS = ("document_id", "published_date", "text")
_AREAS = (PlacePrecision.DISTRICT, PlacePrecision.REGION, PlacePrecision.COUNTRY, PlacePrecision.AREA)
_LEXICONS = Path(__file__).parents[2] / "lexicons"
NO_DAY = np.iinfo(np.int32).min
_THURSDAY = 3  # the first day of 1970 was one; Monday is 0
TRIGGER_WORDS, THEME_WORDS = 2, 2
COUNTS = ("fatalities", "injuries", "arrests", "crowd_size")
_HISTORICAL = "historical"
_DONE = ("actual", _HISTORICAL)
SKETCHES = ("document_sketches", "sentence_sketches")
_WORD = 20  # characters that the word before a trigger has at most
_ROLES = ("actors", "recipients")
OF_DOCUMENT = ("document_ids", "document_tie", "document_published", "document_sketches", "document_norms")


@dataclass(frozen=True, slots=True)
class Reports:
    """Event mentions in the order of their ids; every array has one entry (or row) a mention."""

    mention_ids: np.ndarray  # of str
    document_ids: np.ndarray  # of str; the documents in the order of their ids
    document: np.ndarray  # row of its document
    tie: np.ndarray  # a hash of its id, for an order that no other report changes
    sentence: np.ndarray  # first character of its sentence
    position: np.ndarray  # character of the trigger in its document
    event_type: np.ndarray
    mode: np.ndarray
    families: np.ndarray  # bits: the families of acts that the type and mode belong to
    is_mutual: np.ndarray  # whether all parties take part alike, so that the roles do not matter
    is_speech: np.ndarray  # done in words: one party does much of it on one day
    is_done: np.ndarray  # told as having happened; plans, threats and possibilities are not
    is_historical: np.ndarray  # told as an act of the past
    is_negated: np.ndarray
    is_repeat: np.ndarray  # whether the words beside the trigger say that it is not the first of its kind
    day_parts: np.ndarray  # bits: the parts of the day that the sentence names
    trigger: np.ndarray  # n by TRIGGER_WORDS
    senses: np.ndarray  # bits: the senses of the trigger's words, or of the mode where these have none
    theme: np.ndarray  # n by THEME_WORDS: what the act is about
    start: np.ndarray
    end: np.ndarray
    is_day: np.ndarray
    is_told_day: np.ndarray  # the text names the day; otherwise it is that of publication
    is_own_day: np.ndarray  # and names it in the sentence, as the day of this act and not of another one
    leeway: np.ndarray  # days by which the day may be off, as it is counted in weeks or is another act's
    published: np.ndarray
    place: np.ndarray
    place_country: np.ndarray
    place_region: np.ndarray
    is_partys: np.ndarray  # the place is the country of one of the parties, and no part of it
    is_area: np.ndarray  # the place is a country or a region, in which a town lies
    latitude: np.ndarray  # degrees
    longitude: np.ndarray
    actors: Parties
    recipients: Parties
    counts: np.ndarray  # n by COUNTS, NaN where none is told
    document_tie: np.ndarray  # likewise of the id of each document
    document_published: np.ndarray
    document_sketches: np.ndarray | KeptRows
    document_norms: np.ndarray  # the lengths of the sketches
    sentence_sketches: np.ndarray | KeptRows
    sentence_norms: np.ndarray

    def __len__(self) -> int:
        return len(self.mention_ids)

    @classmethod
    def none(cls) -> Reports:
        """No reports, as where there was no run before."""
        numbers, texts = np.empty(0, dtype=np.int32), np.empty(0, dtype=object)
        parties = Parties(*(numbers for _ in fields(Parties)))
        found: dict[str, Any] = {field.name: numbers for field in fields(cls)}
        return cls(**found | dict.fromkeys(("mention_ids", "document_ids"), texts) | dict.fromkeys(_ROLES, parties))

    def of_first(self, count: int, texts: int) -> Reports:
        """The first so many reports and documents."""
        found: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            most = texts if field.name in OF_DOCUMENT else count
            if isinstance(value, Parties):
                found[field.name] = Parties(*(getattr(value, part.name)[:count] for part in fields(value)))
            else:
                found[field.name] = value.of_first(most) if isinstance(value, KeptRows) else value[:most]
        return Reports(**found)


@dataclass(frozen=True, slots=True)
class SketchNorms:
    """The lengths of the sketches of documents and of sentences."""

    document: np.ndarray
    sentence: np.ndarray

    @classmethod
    def of(cls, reports: Reports) -> SketchNorms:
        """Those of reports."""
        return cls(reports.document_norms, reports.sentence_norms)


def read_reports(
    documents: pd.DataFrame,
    mentions: pd.DataFrame,
    participants: pd.DataFrame,
    entities: pd.DataFrame,
) -> Reports:
    """Read event mentions into arrays.

    Args:
        documents: document_id, published_date, text.
        mentions: rows of nlp.event_mentions.
        participants: rows of nlp.event_participants, with the entity of core as entity_id.
        entities: entity_id, label, country, is_named of core.entities.
    """
    return with_entities(told_reports(documents, mentions, participants), participants, entities)


def told_reports(documents: pd.DataFrame, mentions: pd.DataFrame, participants: pd.DataFrame) -> Reports:
    """What the texts tell of event mentions, without knowing whom they name: no party has an entity.

    Args:
        documents, mentions, participants: as of `read_reports`; what entity a participant is makes no difference.
    """
    mentions = in_order(mentions, "event_mention_id")
    documents = documents.loc[documents["document_id"].isin(mentions["document_id"].unique()), list(_DOCUMENT_COLUMNS)]
    documents = in_order(documents, "document_id")
    document = pd.Index(documents["document_id"]).get_indexer(pd.Index(mentions["document_id"])).astype(np.int32)
    texts, published = documents["text"].tolist(), _days(documents["published_date"])
    names = Names()
    places, parties = _places(mentions, names), told_parties(mentions, participants, names)

    # Sentences of a million reports are too many to hold at once.
    def triggers() -> Iterator[tuple[int, int, int]]:
        return _spans(document, mentions, "")

    def sentences() -> Iterator[str]:
        return (texts[row][start:end] for row, start, end in _spans(document, mentions, "sentence_"))

    return Reports(
        mention_ids=mentions["event_mention_id"].to_numpy(dtype=object),
        document_ids=documents["document_id"].to_numpy(dtype=object),
        document=document,
        tie=hash_array(mentions["event_mention_id"].to_numpy(dtype=object), categorize=False),
        sentence=mentions["sentence_start_char"].to_numpy(dtype=np.int32),
        position=mentions["start_char"].to_numpy(dtype=np.int32),
        **_of_kinds(mentions, names),
        is_done=mentions["modality"].isin(_DONE).to_numpy(),
        is_historical=(mentions["modality"] == _HISTORICAL).to_numpy(dtype=bool),
        is_negated=mentions["is_negated"].to_numpy(dtype=bool),
        is_repeat=np.fromiter((is_repeat(texts[row], *span) for row, *span in triggers()), dtype=bool),
        day_parts=np.fromiter(map(day_parts, sentences()), dtype=np.int8),
        trigger=_trigger_words(texts, triggers(), names),
        senses=_senses(mentions, texts, triggers()),
        theme=number_rows(mentions["theme"].fillna("").tolist(), names, head_and_word, THEME_WORDS),
        **_dates(mentions, _around(texts, document, mentions)),
        published=published[document],
        **places,
        actors=parties["actors"],
        recipients=parties["recipients"],
        is_partys=_is_partys(places["place_country"], places["place_region"], places["is_area"], parties),
        counts=mentions[list(COUNTS)].to_numpy(dtype=np.float64, na_value=np.nan),
        document_tie=hash_array(documents["document_id"].to_numpy(dtype=object), categorize=False),
        document_published=published,
        **_sketches("document", texts, len(texts)),
        **_sketches("sentence", sentences(), len(mentions)),
    )


def with_entities(reports: Reports, participants: pd.DataFrame, entities: pd.DataFrame) -> Reports:
    """Reports with what is known of their parties.

    Args:
        reports: of `told_reports`.
        participants, entities: as of `read_reports`.
    """
    told = {"actors": reports.actors, "recipients": reports.recipients}
    parties = known_parties(told, reports.mention_ids, participants, entities)
    is_partys = _is_partys(reports.place_country, reports.place_region, reports.is_area, parties)
    return replace(reports, actors=parties["actors"], recipients=parties["recipients"], is_partys=is_partys)


def _of_kinds(mentions: pd.DataFrame, names: Names) -> dict[str, Any]:
    kinds, kind = _kinds(mentions)
    return {
        "event_type": names.numbers(mentions["event_type"]),
        "mode": names.numbers(mentions["event_mode"]),
        "families": np.array([_families_of(*k) for k in kinds], dtype=np.int64)[kind],
        "is_mutual": np.array([_is_mutual(*k) for k in kinds], dtype=bool)[kind],
        "is_speech": np.array([_is_speech(*k) for k in kinds], dtype=bool)[kind],
    }


def _senses(mentions: pd.DataFrame, texts: list[str], triggers: Iterable[tuple[int, int, int]]) -> np.ndarray:
    """The senses of the words of each trigger and of what stands before it, or of the mode where these have none."""
    kinds, kind = _kinds(mentions)
    of_mode = np.array([senses_of_mode(*k) for k in kinds], dtype=np.int64)[kind]
    of_words = np.fromiter(
        (
            senses_of(trigger_phrase(texts[row], start, end))
            | senses_of_means(texts[row][max(start - _WORD, 0) : start])
            for row, start, end in triggers
        ),
        dtype=np.int64,
    )
    return np.where(of_words != 0, of_words, of_mode)


def _around(texts: list[str], document: np.ndarray, mentions: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """The sentence before and after each trigger."""
    triggers, sentences = (_spans(document, mentions, of) for of in ("", "sentence_"))
    for (row, start, end), (_, first, last) in zip(triggers, sentences, strict=True):
        yield texts[row][first:start], texts[row][end:last]


def _sketches(of: str, texts: Iterable[str], count: int) -> dict[str, Any]:
    sketches = sketch_texts(texts, count)
    return {f"{of}_sketches": sketches, f"{of}_norms": sketch_norms(sketches)}


def _dates(mentions: pd.DataFrame, around: Iterable[tuple[str, str]]) -> dict[str, Any]:
    is_told = (mentions["event_date_source"] == "text").to_numpy()
    start, end = _days(mentions["event_date_start"]), _days(mentions["event_date_end"])
    weekdays = map(_weekday, start.tolist(), end.tolist())
    told = np.array(
        [
            own_day(*words, day) if is_day else (False, 0)
            for words, day, is_day in zip(around, weekdays, is_told, strict=True)
        ],
        dtype=np.int8,
    ).reshape(-1, 2)
    return {
        "start": start,
        "end": end,
        # Some days, each told to the day, are no exact one.
        "is_day": (mentions["event_date_precision"] == "day").to_numpy() & (start == end),
        "is_told_day": is_told,
        "is_own_day": told[:, 0].astype(bool),
        "leeway": told[:, 1],
    }


def _places(mentions: pd.DataFrame, names: Names) -> dict[str, Any]:
    return {
        "place": names.numbers_of_pairs(mentions["place_name"], mentions["place_country"]),
        "place_country": names.numbers(mentions["place_country"]),
        "place_region": names.numbers(mentions["place_admin1"]),
        "is_area": is_area(mentions),
        "latitude": mentions["place_latitude"].to_numpy(dtype=np.float64, na_value=np.nan),
        "longitude": mentions["place_longitude"].to_numpy(dtype=np.float64, na_value=np.nan),
    }


def _is_partys(
    country: np.ndarray, region: np.ndarray, is_area: np.ndarray, parties: Mapping[str, Parties]
) -> np.ndarray:
    """Whether a report's place is the country of one of its parties, and no part of it."""
    whole = is_area & (region == NONE) & (country != NONE)
    homes = np.concatenate([of.country for of in parties.values()], axis=1)
    return whole & (homes == country[:, None]).any(axis=1)


def in_order(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows by a column, numbered from 0; the frame itself where they are, as a copy of a large one is dear."""
    if frame[column].is_monotonic_increasing:
        return frame.reset_index(drop=True)
    return frame.sort_values(column, ignore_index=True)


def _spans(document: np.ndarray, mentions: pd.DataFrame, of: str) -> Iterator[tuple[int, int, int]]:
    """The document, first character and end of each mention's trigger or sentence."""
    start, end = (mentions[f"{of}{side}_char"].to_numpy(dtype=np.int64) for side in ("start", "end"))
    return zip(document, start, end, strict=True)


def _kinds(mentions: pd.DataFrame) -> tuple[list[tuple[str, str | None]], np.ndarray]:
    """The types and modes that there are, and for each mention the number of its own."""
    (types, names), (modes, others) = pd.factorize(mentions["event_type"]), pd.factorize(mentions["event_mode"])
    kind, known = pd.factorize(types.astype(np.int64) * (len(others) + 1) + modes + 1)
    pairs = (divmod(pair, len(others) + 1) for pair in known.tolist())
    return [(str(names[i]), others[j - 1] if j else None) for i, j in pairs], kind


def _days(dates: pd.Series) -> np.ndarray:
    """Days since 1970, `NO_DAY` where there is none."""
    days = pd.to_datetime(dates).to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), NO_DAY, days.astype(np.int64)).astype(np.int32)


def _weekday(start: int, end: int) -> str:
    """The name of the day of the week, in lower case; nothing where there are several days or none."""
    return WEEKDAYS[(start + _THURSDAY) % len(WEEKDAYS)] if start == end and start != NO_DAY else ""


def _trigger_words(texts: list[str], spans: Iterable[tuple[int, int, int]], words: Names) -> np.ndarray:
    """The telling stems of each trigger as numbers, the most telling first."""
    phrases = (trigger_phrase(texts[row], start, end) for row, start, end in spans)
    return number_rows(phrases, words, trigger_stems, TRIGGER_WORDS)


def is_area(mentions: pd.DataFrame) -> np.ndarray:
    """Whether a place is a country, a part of one or a part of the world; a town may bear its region's name."""
    return mentions["place_precision"].isin(_AREAS).to_numpy(dtype=bool)


@cache
def _family_rows() -> dict[tuple[str, str | None], tuple[int, bool]]:
    rows = pd.read_csv(_LEXICONS / "event_families.csv", comment="#", keep_default_na=False)
    bits = {family: 1 << number for number, family in enumerate(sorted(set(rows["family"])))}
    found: dict[tuple[str, str | None], tuple[int, bool]] = {}
    for row in rows.itertuples(index=False):
        key = (str(row.event_type), None if row.event_mode == "*" else str(row.event_mode))
        families, is_mutual = found.get(key, (0, False))
        found[key] = (families | bits[row.family], is_mutual or bool(row.is_mutual))
    return found


def _families_of(event_type: str, mode: str | None) -> int:
    rows = _family_rows()
    return rows.get((event_type, mode or "-"), (0, False))[0] | rows.get((event_type, None), (0, False))[0]


def _is_mutual(event_type: str, mode: str | None) -> bool:
    rows = _family_rows()
    return rows.get((event_type, mode or "-"), (0, False))[1] or rows.get((event_type, None), (0, False))[1]


@cache
def _speech() -> dict[tuple[str, str], bool]:
    rows = pd.read_csv(_LEXICONS / "event_traits.csv", comment="#", keep_default_na=False)
    kinds = zip(rows["event_type"], rows["event_mode"], rows["is_speech"], strict=True)
    return {(event_type, mode): bool(is_speech) for event_type, mode, is_speech in kinds}


def _is_speech(event_type: str, mode: str | None) -> bool:
    rows = _speech()
    return rows.get((event_type, mode or ""), rows.get((event_type, ""), False))
