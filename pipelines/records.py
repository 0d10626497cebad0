"""Typed records that pass between the stages, one per table.

What belongs here: frozen dataclasses whose fields are the columns of a table in the order of the table, and the closed
lists their values come from. What does not: behaviour (stages), SQL types (`warehouse/tables.py`), JSON (`stages/extract.py`).

Offsets (`start_char`, `end_char`) count characters of the document's canonical text and are half open. Extraction records
(everything below `Extraction`) carry no document id or extractor version: the stage adds both when it writes rows.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pipelines.immutable import dataclass


class DateSource(StrEnum):
    """Where a document's published date was found."""

    METADATA = "metadata"
    FILENAME = "filename"
    DATELINE = "dateline"
    INFERRED = "inferred"
    NONE = "none"


class EventDateSource(StrEnum):
    """Where an event's date was found."""

    TEXT = "text"
    PUBLICATION = "publication"
    NONE = "none"


class Modality(StrEnum):
    """Whether the text presents an event as having happened."""

    ACTUAL = "actual"
    FUTURE = "future"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL = "historical"


class Precision(StrEnum):
    """How exactly a date is known; a partial date keeps its precision."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    SEASON = "season"
    YEAR = "year"
    DECADE = "decade"
    CENTURY = "century"


class PlacePrecision(StrEnum):
    """How large the place is that a toponym is resolved to."""

    POINT = "point"
    TOWN = "town"
    DISTRICT = "district"
    REGION = "region"
    COUNTRY = "country"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Document:
    """One row per document: an article's canonical text with what is known about its origin."""

    document_id: str
    source_key: str
    title: str | None
    text: str
    language: str
    source_name: str | None
    url: str | None
    author: str | None
    published_date: date | None
    published_date_source: DateSource
    published_date_evidence: str | None
    content_hash: str  # hash of the canonical text alone
    minhash: bytes | None = None  # signature for near-duplicates (stages/ingest/fingerprint.py)
    is_title_only: bool | None = None  # the text is the title; a feed gave no more
    licence: str | None = None  # what the user says its folder's texts may be used for


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row per sentence."""

    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One row per mention: a name, title, nominal or pronoun that stands for an entity."""

    mention_id: str
    entity_id: str
    label: str
    text: str
    start_char: int
    end_char: int
    is_name: bool
    title: str | None
    country: str | None
    sector: str | None


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of a document, the thing its mentions stand for."""

    entity_id: str
    name: str
    label: str
    country: str | None
    sector: str | None
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """One row per time expression, normalised to a TIMEX3 value and, for dates, to an interval of days."""

    text: str
    start_char: int
    end_char: int
    type: str  # DATE, TIME, DURATION or SET
    value: str
    date_start: date | None
    date_end: date | None  # the last day, included
    precision: Precision | None
    modifier: str | None  # START, MID, END, APPROX, BEFORE, AFTER, ...


@dataclass(frozen=True, slots=True)
class Place:
    """One row per place mention, with coordinates in degrees (WGS 84)."""

    text: str
    start_char: int
    end_char: int
    name: str
    country: str | None
    admin1: str | None
    latitude: float
    longitude: float
    geonames_id: int | None
    precision: PlacePrecision
    confidence: float


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said a quotation: the speaker's mention."""

    entity_id: str | None
    text: str
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class Quote:
    """One row per quotation; the span covers the quotation marks."""

    text: str
    start_char: int
    end_char: int
    kind: str  # direct (a clause in quotation marks), mixed (a phrase of a sentence), indirect
    cue: str | None
    speaker: Speaker | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """One row per quantity: an amount of money, a percentage or a count."""

    text: str
    start_char: int
    end_char: int
    kind: str  # money, percent, count, measure
    value: float
    unit: str | None  # what is counted or the unit of measure
    currency: str | None  # ISO 4217
    modifier: str | None  # APPROX, AT_LEAST, AT_MOST, LESS_THAN, MORE_THAN
    measure: str | None  # the noun phrase that the quantity measures, e.g. "bilateral trade"
    date_start: date | None
    date_end: date | None


@dataclass(frozen=True, slots=True)
class Party:
    """A participant of an event."""

    mention_id: str | None
    entity_id: str | None
    text: str
    start_char: int
    end_char: int
    country: str | None
    sector: str | None


@dataclass(frozen=True, slots=True)
class Theme:
    """What an event is about, or is done to or with, where that is no party: "the treaty", "outdoor rallies", "six drones"."""

    text: str
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class Event:
    """One row per event mention: a PLOVER event that one clause or noun phrase reports."""

    event_id: str
    trigger: str
    start_char: int
    end_char: int
    sentence_start_char: int
    sentence_end_char: int
    event_type: str
    event_mode: str | None
    contexts: tuple[str, ...]
    quad_class: int
    intensity: float
    confidence: float
    is_negated: bool
    modality: Modality
    attributed_to: Party | None
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    theme: Theme | None
    event_date_start: date | None
    event_date_end: date | None
    event_date_precision: Precision | None
    event_date_source: EventDateSource
    place: Place | None
    fatalities: int | None = None
    injuries: int | None = None
    arrests: int | None = None
    displaced: int | None = None
    crowd_size: int | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything found in one document: the extraction record."""

    document_id: str
    published_date: date | None
    published_date_source: DateSource
    published_date_evidence: str | None
    language: str
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    time_expressions: tuple[TimeExpression, ...]
    places: tuple[Place, ...]
    quotes: tuple[Quote, ...]
    quantities: tuple[Quantity, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One row per file version seen in the seeds folder: the ledger."""

    file_id: str  # hash of path and content
    path: str  # relative to the seeds folder, with "/"
    content_hash: str
    size_bytes: int
    media_type: str | None  # text, markdown, html, json, jsonl, csv, tsv, parquet, feed, warc
    status: str  # loaded, duplicate, quarantined, skipped, vanished, kept
    is_current: bool  # the newest version of its path
    record_count: int  # records in the file, good and bad
    document_count: int
    run_id: str  # the run that first saw this version
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """One row per document and file that holds it."""

    document_id: str
    file_id: str
    path: str
    record_number: int  # 1 for a file that is one document


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """One row per rejected record: what was refused, where and why."""

    quarantine_id: str
    path: str
    record_number: int | None
    content_hash: str | None
    stage: str  # ingest, extract, load
    reason_code: str
    message: str
    attempts: int
    run_id: str
    rejected_at: datetime


@dataclass(frozen=True, slots=True)
class IngestionRun:
    """One row per run, counting records: seen = loaded + duplicate + unchanged + quarantined + skipped."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    file_count: int
    seen_count: int
    loaded_count: int
    duplicate_count: int
    unchanged_count: int
    quarantined_count: int
    skipped_count: int
    extracted_count: int  # documents that went through the model
    reused_count: int  # documents whose extraction was already there
    word_count: int  # words of the extracted documents
    extract_seconds: float
    extractor_version: str
    removed_count: int = 0  # documents removed for good, as no file held them
    current_document_count: int | None = None  # documents that a file of the folder holds, known after the load


@dataclass(frozen=True, slots=True)
class DocumentDuplicate:
    """One row per document that repeats an earlier one (syndication)."""

    document_id: str
    duplicate_of: str  # the earliest of its group
    similarity_score: float  # estimated Jaccard similarity of word shingles
