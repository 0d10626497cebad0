"""Given rows for the warehouse tests: rows with the fewest columns in real DuckDB tables, and a small hand-made corpus.

What belongs here: what two warehouse test modules use. Nothing here asserts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from pipelines import ids
from pipelines.records import DateSource, Document, DocumentSource, IngestionRun, SourceFile
from warehouse.extraction_schema import extraction_table
from warehouse.kept_answers import MODELS_FILE, OWN_FOLDER
from warehouse.layout import table_ddl
from warehouse.models import Model, check_columns, discover_models
from warehouse.reference import reference_tables
from warehouse.tables import TABLES

SQL_DIR = Path(__file__).parents[2] / "sql"
NOW = datetime(2023, 5, 10, 6, 0, tzinfo=UTC)
# Of a database of few rows: a second thread costs a fifth more CPU and ends no sooner.
ONE_THREAD: dict[str, Any] = {"threads": 1}
_DEFAULTS: Mapping[str, Any] = {
    "VARCHAR": "x", "VARCHAR[]": [], "INTEGER": 1, "BIGINT": 1, "DOUBLE": 0.5,
    "BOOLEAN": False, "DATE": date(2022, 8, 10), "TIMESTAMP": datetime(2022, 8, 11), "BLOB": b"",
}  # fmt: skip


def empty_warehouse() -> duckdb.DuckDBPyConnection:
    """An in-memory database with every table that Python builds, without their comments, which take most of the time."""
    con = duckdb.connect(config=ONE_THREAD)
    schemas = sorted({table.schema for table in TABLES})
    con.execute(
        "; ".join([f"create schema if not exists {schema}" for schema in schemas] + list(map(table_ddl, TABLES)))
    )
    return con


def given(con: duckdb.DuckDBPyConnection, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows; a column that a row leaves out is null, or the first value it may have."""
    table = next(table for table in TABLES if table.qualified_name == name)
    con.begin()
    for row in rows:
        assert row.keys() <= set(table.column_names), f"{name} has no column {row.keys() - set(table.column_names)}"
        values = {
            column.name: row.get(
                column.name, None if column.nullable else column.one_of[0] if column.one_of else _DEFAULTS[column.type]
            )
            for column in table.columns
        }
        names = ", ".join(f'"{column}"' for column in values)
        con.execute(f"insert into {name} ({names}) values ({', '.join('?' * len(values))})", list(values.values()))
    con.commit()


_reference_lists = cache(reference_tables)


def given_reference(con: duckdb.DuckDBPyConnection) -> None:
    """The reference lists, read once a session."""
    for name, rows in _reference_lists().items():
        con.register("_rows", rows)
        con.execute(f"insert into {name} by name select * from _rows")
        con.unregister("_rows")


@cache
def models() -> tuple[Model, ...]:
    """The project's SQL models; which tables they read is kept where `make env` keeps it."""
    return discover_models(SQL_DIR, cache=OWN_FOLDER / MODELS_FILE)


def fill(con: duckdb.DuckDBPyConnection, wanted: Iterable[Model]) -> None:
    """Make the tables and views of models as `run_model` does, without their comments, which take more than the queries do."""
    for model in wanted:
        con.execute(f"create schema if not exists {model.schema}")
        con.execute(f"create or replace {model.materialized} {model.qualified_name} as {model.sql}")
        check_columns(model, con.execute(f"describe {model.qualified_name}").fetchall())


def run_up_to(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run a model ("main.fct_events") after every model it reads."""
    by_name = {model.qualified_name: model for model in models()}
    needed, pending = set(), [name]
    while pending:
        current = pending.pop()
        if current in by_name and current not in needed:
            needed.add(current)
            pending += by_name[current].depends_on
    fill(con, [model for model in models() if model.qualified_name in needed])


def select(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return con.execute(sql).fetchall()


TEXT = (
    "Norway’s foreign minister Kari Dahl met Ilmar Tamm in Tallinn on Monday 🤝. “We agree,” she said. Trade grew 5%."
)


def span(text: str, words: str) -> dict[str, Any]:
    """The span of words in a text, as extraction records have it."""
    start = text.index(words)
    return {"text": words, "start_char": start, "end_char": start + len(words)}


def a_document(text: str = TEXT, *, source: str = "example", published: date | None = date(2023, 5, 9)) -> Document:
    """A document of a source."""
    return Document(
        document_id=ids.document_id(text, source),
        source_key=source,
        title=None,
        text=text,
        language="en",
        source_name=source.title(),
        url=f"https://news.example/{source}",
        author=None,
        published_date=published,
        published_date_source=DateSource.METADATA if published else DateSource.NONE,
        published_date_evidence=None,
        content_hash=ids.content_hash(text),
        minhash=b"\x00\x01",
    )


NAMES = {"Kari Dahl": ("PERSON", "NOR", "GOV"), "Ilmar Tamm": ("PERSON", "EST", None), "Tallinn": ("GPE", "EST", None)}
PARTY = ("mention_id", "entity_id", "text", "start_char", "end_char", "country", "sector")
DAY = "2023-05-08"


def an_extraction(document: Document) -> dict[str, Any]:
    """The extraction record, in its JSON form, of a document whose text is `TEXT`."""
    text = document.text
    mentions = {name: _mention(document, name) for name in NAMES}
    place = {
        **span(text, "Tallinn"), "name": "Tallinn", "country": "EST", "admin1": "Harju", "latitude": 59.43696,
        "longitude": 24.75353, "geonames_id": 588409, "precision": "town", "confidence": 0.9,
    }  # fmt: skip
    first_end = text.index("🤝") + 2
    return {
        "id": document.document_id,
        "document": {
            "published_date": "2023-05-09", "published_date_source": "inferred",
            "published_date_evidence": "on Monday", "language": "en",
        },
        "sentences": [{"start_char": 0, "end_char": first_end}, {"start_char": first_end + 1, "end_char": len(text)}],
        "mentions": list(mentions.values()),
        "entities": [
            {"entity_id": ids.entity_id(name), "name": name, "label": label, "country": country, "sector": sector,
             "titles": ["foreign minister"] if name == "Kari Dahl" else []}
            for name, (label, country, sector) in NAMES.items()
        ],
        "time_expressions": [
            {**span(text, "Monday"), "type": "DATE", "value": DAY, "date_start": DAY, "date_end": DAY, "precision": "day",
             "modifier": None}
        ],
        "places": [place],
        "quotes": [
            {**span(text, "“We agree,”"), "kind": "direct", "cue": "said",
             "speaker": {"entity_id": ids.entity_id("Kari Dahl"), **span(text, "she")}}
        ],
        "quantities": [
            {**span(text, "5%"), "kind": "percent", "value": 5.0, "unit": None, "currency": None, "modifier": None,
             "measure": "Trade", "date_start": None, "date_end": None}
        ],
        "events": [_meeting(document, mentions, place, first_end)],
    }  # fmt: skip


def _mention(document: Document, name: str) -> dict[str, Any]:
    label, country, sector = NAMES[name]
    where = span(document.text, name)
    return {
        "mention_id": ids.mention_id(document.document_id, where["start_char"], where["end_char"]),
        "entity_id": ids.entity_id(name), "label": label, **where, "is_name": True,
        "title": "foreign minister" if name == "Kari Dahl" else None, "country": country, "sector": sector,
    }  # fmt: skip


def _meeting(
    document: Document, mentions: Mapping[str, Mapping[str, Any]], place: Mapping[str, Any], sentence_end: int
) -> dict[str, Any]:
    parties = {name: {key: mention[key] for key in PARTY} for name, mention in mentions.items()}
    where = span(document.text, "met")
    start, end = where["start_char"], where["end_char"]
    return {
        "event_id": ids.event_mention_id(document.document_id, start, end, "CONSULT"),
        "trigger": "met", "start_char": start, "end_char": end, "sentence_start_char": 0, "sentence_end_char": sentence_end,
        "event_type": "CONSULT", "event_mode": "visit", "contexts": ["diplomatic"], "quad_class": 1, "intensity": 4.0,
        "confidence": 0.8, "is_negated": False, "modality": "actual", "attributed_to": parties["Tallinn"],
        "actors": [parties["Kari Dahl"]], "recipients": [parties["Ilmar Tamm"]], "event_date_start": DAY,
        "event_date_end": DAY, "event_date_precision": "day", "event_date_source": "text", "place": place,
        "theme": span(document.text, "5%"), "fatalities": None, "injuries": None, "arrests": None, "displaced": None,
        "crowd_size": None,
    }  # fmt: skip


def write_batch(path: Path, documents: Sequence[Document], *, version: str = "v1") -> Path:
    """A Parquet batch with the extraction of documents whose text is `TEXT`."""
    pq.write_table(
        extraction_table([an_extraction(document) for document in documents], extractor_version=version), path
    )
    return path


def a_file(document: Document, path: str, *, status: str = "loaded", is_current: bool = True) -> SourceFile:
    """The row of a file that holds one document."""
    file_id = ids.file_id(path, document.content_hash)
    return SourceFile(file_id, path, document.content_hash, 100, "text", status, is_current, 1, 1, "run-1", NOW)


def a_source(document: Document, file: SourceFile, record_number: int = 1) -> DocumentSource:
    """The row that says which file holds a document."""
    return DocumentSource(document.document_id, file.file_id, file.path, record_number)


def a_run(run_id: str = "run-1", *, seen: int = 1, loaded: int = 1, version: str = "v1") -> IngestionRun:
    """A run that loaded what it saw."""
    return IngestionRun(run_id, NOW, NOW, seen, seen, loaded, 0, 0, 0, 0, loaded, 0, 20, 0.5, version)
