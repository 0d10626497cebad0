"""Extracting again what another version of the extractor read: which documents, and what it would cost.

What belongs here: the scope that a person may give, and the preview. What does not: extracting (`steps.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.errors import TerminalError
from pipelines.settings import Settings
from pipelines.stages.versions import extractor_version
from warehouse.documents import documents_within, words_by_source
from warehouse.ledger import read_ledger

# Where no run has extracted enough to measure: words a second and worker, slower than what two cores of 2020 do.
_WORDS_PER_SECOND = 1000.0
_MEASURED_WORDS = 5000  # fewer tell of the start of the workers only


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents may be extracted again: all, those of a file or folder below the seeds folder, those of a source."""

    folder: str = ""
    source: str = ""

    def within(self, con: duckdb.DuckDBPyConnection, document_ids: Collection[str]) -> set[str]:
        """Of some documents, those in the scope.

        Raises:
            TerminalError: the warehouse holds no document, new or old, of that folder or source.
        """
        if not self.folder and not self.source:
            return set(document_ids)
        known = documents_within(con, folder=self.folder.strip("/"), source=self.source)
        if not known:
            named = " and ".join(
                filter(None, (self.folder and f"folder {self.folder!r}", self.source and f"source {self.source!r}"))
            )
            raise TerminalError(
                f"no document is of {named}; a folder is as in dim_documents.paths, a source as in dim_documents.source_name"
            )
        return known & set(document_ids)


@dataclass(frozen=True, slots=True)
class Cost:
    """What extracting again would take."""

    documents: int
    words: int
    minutes: float
    basis: str  # how the minutes were reckoned
    by_source: tuple[Mapping[str, Any], ...]


def preview(con: duckdb.DuckDBPyConnection, settings: Settings, scope: Scope) -> Cost:
    """What extracting again would take.

    Args:
        con: a connection to the build database; may be read-only.
        settings: the model and the workers.
        scope: which documents.
    """
    stale = scope.within(con, read_ledger(con).stale_documents(extractor_version(settings.model)))
    rows = words_by_source(con, stale)
    words = sum(row["words"] for row in rows)
    rate, basis = _words_per_second(con, settings)
    return Cost(sum(row["documents"] for row in rows), words, words / rate / 60, basis, tuple(rows))


def _words_per_second(con: duckdb.DuckDBPyConnection, settings: Settings) -> tuple[float, str]:
    measured = con.execute(
        "select word_count, extract_seconds from raw.ingestion_runs where word_count >= ? and extract_seconds > 0 "
        "order by started_at desc limit 1",
        [_MEASURED_WORDS],
    ).fetchall()
    if measured:
        rate = measured[0][0] / measured[0][1]
        return rate, f"{rate:,.0f} words/s, as the last run that read {_MEASURED_WORDS:,} words or more"
    rate = _WORDS_PER_SECOND * settings.workers
    return (
        rate,
        f"{rate:,.0f} words/s, assumed for {settings.workers} workers: no run has read {_MEASURED_WORDS:,} words yet",
    )
