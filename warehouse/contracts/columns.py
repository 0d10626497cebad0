"""What the contracts share: type names, closed lists, and columns that mean the same in every table.

What belongs here: a column or list that two tables have. What does not: tables.
"""

from __future__ import annotations

from enum import StrEnum

from pipelines.records import EventDateSource, Modality, PlacePrecision, Precision
from warehouse.contracts.form import Column, ForeignKey

TEXT, TEXTS, INTEGER, BIGINT = "VARCHAR", "VARCHAR[]", "INTEGER", "BIGINT"
NUMBER, BOOLEAN, DATE, TIMESTAMP, BYTES = "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "BLOB"

FILE_STATUSES = ("loaded", "duplicate", "quarantined", "skipped", "vanished")
STAGES = ("ingest", "extract", "load")
ROLES = ("actor", "recipient", "attribution")
QUOTATION_KINDS = ("direct", "mixed", "indirect")
QUANTITY_KINDS = ("money", "percent", "count", "measure")
TIME_TYPES = ("DATE", "TIME", "DURATION", "SET")
QUAD_CLASS_MEANING = "1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."
EVENT_TYPES = (
    ("AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT")
    + ("REQUEST", "ACCUSE", "REJECT", "THREATEN")
    + ("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT")
)
SECTORS = (
    ("GOV", "MIL", "COP", "JUD", "LEG", "SPY", "PTY", "REB", "OPP", "UAF", "UNK")
    + ("AGR", "BUS", "CRM", "CVL", "EDU", "ELI", "JRN", "LAB", "MED", "REF", "PRE", "REL", "SOC")
    + ("IGO", "UNO", "EUR", "NGO", "ISM", "IMG", "MNC")
)


def values_of(enum: type[StrEnum]) -> tuple[str, ...]:
    """The closed list that an enum of `pipelines/records.py` is."""
    return tuple(member.value for member in enum)


def country_of(whose: str) -> Column:
    """The column `country`, described as the country of `whose`."""
    return Column("country", TEXT, f"Country of {whose}, ISO 3166-1 alpha-3, or IGO or EUR.", nullable=True)


def sector_of(whose: str) -> Column:
    """The column `sector`, described as the sector of `whose`."""
    return Column(
        "sector", TEXT, f"Sector of {whose}, a PLOVER code (GOV, MIL, REB, ...).", nullable=True, one_of=SECTORS
    )


def span_of(what: str) -> tuple[Column, Column]:
    """The columns `start_char` and `end_char`, described as the span of `what`."""
    return (
        Column("start_char", INTEGER, f"First character of {what} in the document's canonical text, counted from 0."),
        Column("end_char", INTEGER, f"Character after the last one of {what}."),
    )


def place_columns(*, prefix: str, optional: bool) -> tuple[Column, ...]:
    """The columns of a place of the gazetteer; `optional` lets all of them be null together."""
    return (
        Column(f"{prefix}name", TEXT, "Name of the place in the gazetteer.", nullable=optional),
        Column(f"{prefix}country", TEXT, "Country of the place, ISO 3166-1 alpha-3.", nullable=True),
        Column(f"{prefix}admin1", TEXT, "First-order division (state, province) of the place.", nullable=True),
        Column(f"{prefix}latitude", NUMBER, "Latitude in degrees north, WGS 84.", nullable=optional),
        Column(f"{prefix}longitude", NUMBER, "Longitude in degrees east, WGS 84.", nullable=optional),
        Column(f"{prefix}geonames_id", BIGINT, "Identifier of the place in GeoNames.", nullable=True),
        Column(
            f"{prefix}precision",
            TEXT,
            "How large the place is: point (a site), town, district (second-order division), region (first-order division, or "
            "another part of one country), country, or area (beyond one country: a sea, a continent).",
            nullable=optional,
            one_of=values_of(PlacePrecision),
        ),
    )


DOCUMENT_ID = Column("document_id", TEXT, "Document: hash of its canonical text and its source.")
EXTRACTOR_VERSION = Column("extractor_version", TEXT, "Version of code, lexicons and model that made the row.")
IN_DOCUMENT = ForeignKey(("document_id",), "raw.documents", ("document_id",))

EVENT_CODING = (
    Column("event_type", TEXT, "PLOVER event type.", one_of=EVENT_TYPES),
    Column("event_mode", TEXT, "PLOVER mode: how the act was carried out, within its type.", nullable=True),
    Column("contexts", TEXTS, "PLOVER contexts: the topics the act belongs to."),
    Column("quad_class", INTEGER, QUAD_CLASS_MEANING),
    Column("intensity", NUMBER, "PLOVER intensity of type and mode: -10 (most hostile) to 10 (most cooperative)."),
    Column("confidence", NUMBER, "Probability that type and parties are all right, 0 to 1."),
    Column("is_negated", BOOLEAN, "Whether the text says that the event did not happen."),
    Column(
        "modality",
        TEXT,
        "How the text presents the event: actual, future, hypothetical, historical.",
        one_of=values_of(Modality),
    ),
)
EVENT_DATES = (
    Column("event_date_start", DATE, "First day of the interval in which the event happened.", nullable=True),
    Column("event_date_end", DATE, "Last day of that interval, included.", nullable=True),
    Column(
        "event_date_precision", TEXT, "How exactly the date is known: day, week, month, ...", nullable=True,
        one_of=values_of(Precision),
    ),
    Column("event_date_source", TEXT, "Where the date comes from: text, publication, none.", one_of=values_of(EventDateSource)),
)  # fmt: skip
