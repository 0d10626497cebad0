"""Reports of events for the tests of event resolution: what a test says of a report, and the data frames made of it.

What belongs here: what two of these test modules use. Nothing here asserts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.stages.resolve.alike_texts import Neighbours, alike_texts
from pipelines.stages.resolve.event_tables import ResolvedEvents
from pipelines.stages.resolve.events import resolve_events
from pipelines.stages.resolve.pair_blocks import Status
from pipelines.stages.resolve.report_pairs import pair_changes
from pipelines.stages.resolve.reports import Reports, read_reports

MONDAY = date(2024, 5, 6)
TUESDAY = date(2024, 5, 7)
WEDNESDAY = date(2024, 5, 8)

# Name, country, region, latitude, longitude, geonames_id, precision: two towns far from each other, a region, a country.
Place = tuple[str, str, str | None, float, float, int, str]
GOMA: Place = ("Goma", "COD", "Nord-Kivu", -1.68, 29.22, 216281, "town")
BUKAVU: Place = ("Bukavu", "COD", "South Kivu", -2.5, 28.86, 217831, "town")
NORTH_KIVU: Place = ("Nord-Kivu", "COD", "Nord-Kivu", -0.7, 29.0, 206938, "region")
CONGO: Place = ("DR Congo", "COD", None, -2.5, 23.5, 203312, "country")

_PLACE = (
    "place_name",
    "place_country",
    "place_admin1",
    "place_latitude",
    "place_longitude",
    "place_geonames_id",
    "place_precision",
)
_PARTY_COLUMNS = ["event_mention_id", "role", "ordinal", "entity_id", "text", "country", "sector"]


@dataclass(frozen=True, slots=True)
class Party:
    """A party of a report; with a label it is named, and its text is the name of its entity."""

    text: str
    country: str | None = None
    sector: str | None = None
    label: str | None = None


def person(name: str, country: str | None = None, sector: str | None = None) -> Party:
    return Party(name, country, sector, "PERSON")


def body(name: str, country: str | None = None, sector: str | None = None) -> Party:
    return Party(name, country, sector, "ORG")


def state(name: str, country: str) -> Party:
    return Party(name, country, None, "GPE")


@dataclass(frozen=True, slots=True)
class Report:
    """An event mention: the trigger stands in brackets in its text; reports of one document share its text, one a line."""

    name: str
    text: str
    day: date | None = MONDAY
    published: date | None = TUESDAY
    actors: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    place: Place | None = None
    event_type: str = "ASSAULT"
    event_mode: str | None = None
    modality: str = "actual"
    is_negated: bool = False
    is_day_told: bool = True
    document: str | None = None
    is_counted: bool = True
    confidence: float = 0.8
    more: tuple[tuple[str, Any], ...] = ()  # further columns

    @property
    def document_id(self) -> str:
        return f"doc-{self.document or self.name}"


@dataclass(frozen=True, slots=True)
class Frames:
    """What `resolve_events` reads."""

    documents: pd.DataFrame
    mentions: pd.DataFrame
    participants: pd.DataFrame
    entities: pd.DataFrame

    def shuffled(self, seed: int) -> Frames:
        """The same rows in another order."""
        draw = random.Random(seed)
        frames = [
            frame.iloc[draw.sample(range(len(frame)), len(frame))].reset_index(drop=True)
            for frame in (self.documents, self.mentions, self.participants, self.entities)
        ]
        return Frames(frames[0], frames[1], frames[2], frames[3])

    def read(self) -> Reports:
        return read_reports(self.documents, self.mentions, self.participants, self.entities)

    def resolve(self) -> ResolvedEvents:
        return resolve_events(self.documents, self.mentions, self.participants, self.entities)


def frames(reports: Sequence[Report]) -> Frames:
    """The rows of reports."""
    texts: dict[str, str] = {}
    dates: dict[str, tuple[date | None, bool]] = {}
    mentions, participants, entities = [], [], {}
    for report in reports:
        before = texts.get(report.document_id, "")
        mentions.append(_mention(report, len(before)))
        texts[report.document_id] = before + report.text.replace("[", "").replace("]", "") + "\n"
        dates[report.document_id] = (report.published, report.is_counted)
        for role, parties in (("actor", report.actors), ("recipient", report.recipients)):
            for ordinal, party in enumerate(parties, 1):
                participants.append([report.name, role, ordinal, *_party(report, party, entities)])
    documents = [(d, *dates[d], text) for d, text in texts.items()]
    told = pd.DataFrame(participants, columns=_PARTY_COLUMNS)
    core_of = {local: core for local, (core, *_) in entities.items()}
    return Frames(
        pd.DataFrame(documents, columns=["document_id", "published_date", "is_counted", "text"]),
        pd.DataFrame(mentions),
        told.assign(entity_id=[core_of.get(local) for local in told["entity_id"]]),
        pd.DataFrame(
            sorted(set(entities.values()), key=str), columns=["entity_id", "label", "country", "is_named"]
        ).drop_duplicates("entity_id"),
    )


def resolve(*reports: Report) -> ResolvedEvents:
    return frames(reports).resolve()


@dataclass(frozen=True, slots=True)
class Candidates:
    """The pairs of reports that are compared when all are new, and how many the bounds left out."""

    first: np.ndarray
    second: np.ndarray
    left_out: int

    @classmethod
    def of(cls, reports: Reports, *, with_texts: bool = True) -> Candidates:
        """Those of reports; without those of texts alike if not asked for."""
        texts, count = len(reports.document_ids), len(reports)
        alike = alike_texts(
            reports.document_sketches if with_texts else np.zeros_like(reports.document_sketches),
            reports.document_norms, reports.document_published, reports.document_tie, new(texts), Neighbours.none(),
        )  # fmt: skip
        found = pair_changes(reports, new(count), alike)
        return cls(*found.gained.pairs(), found.left_out)


def new(count: int) -> Status:
    """The status of rows all of which are new."""
    return Status(np.zeros(count, dtype=bool), np.ones(count, dtype=bool))


def events_of(found: ResolvedEvents) -> set[str]:
    """The reports of each event, their names joined by a plus sign in the order of the alphabet."""
    names = found.event_links.groupby("event_id")["event_mention_id"].apply(lambda ids: "+".join(sorted(ids)))
    return set(names)


def grouped(*reports: Report) -> set[str]:
    """`events_of` the reports."""
    return events_of(resolve(*reports))


def _mention(report: Report, offset: int) -> dict[str, Any]:
    plain = report.text.replace("[", "").replace("]", "")
    start, end = report.text.index("["), report.text.index("]") - 1
    first = plain.rfind(". ", 0, start) + 2 if ". " in plain[:start] else 0
    last = plain.find(". ", end) + 1 or len(plain)
    row = {
        "event_mention_id": report.name, "document_id": report.document_id, "trigger": plain[start:end],
        "start_char": offset + start, "end_char": offset + end, "sentence_start_char": offset + first,
        "sentence_end_char": offset + last, "event_type": report.event_type, "event_mode": report.event_mode,
        "contexts": [], "quad_class": 4, "intensity": -9.0, "confidence": report.confidence,
        "is_negated": report.is_negated, "modality": report.modality, "event_date_start": report.day,
        "event_date_end": report.day, "event_date_precision": "day" if report.day else None,
        "event_date_source": "none" if not report.day else "text" if report.is_day_told else "publication",
        **dict.fromkeys(("theme", "fatalities", "injuries", "arrests", "displaced", "crowd_size")),
        **dict(zip(_PLACE, report.place or [None] * len(_PLACE), strict=True)),
        "place_confidence": None if report.place is None else 0.9,
    }  # fmt: skip
    return row | dict(report.more)


def _party(report: Report, party: Party, entities: dict[str, tuple[str, str, str | None, bool]]) -> list[Any]:
    # As in core.entities: a name is one entity in all documents, an unnamed group one in its own.
    core = f"ent-{party.text}" if party.label else f"ent-{report.document_id}-{party.text}"
    local = f"{report.document_id}:{party.text}"
    entities[local] = (core, party.label or "GROUP", party.country if party.label else None, party.label is not None)
    return [local, party.text, party.country, party.sector]
