"""The settings: one frozen object, read from the environment (`COMMUNIQUE_*`) once.

What belongs here: every value a user may change, with its unit, default and range. What does not: constants of a method, which
live beside the method with their source; checking them and saying what is wrong (`settings_check.py`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.quiet_times import QuietTimes, parse_quiet_times
from pipelines.sizes import parse_size

PROJECT_ROOT = Path(__file__).resolve().parent.parent
PUBLISHED_NAME = "communique.duckdb"
ENV_PREFIX = "COMMUNIQUE_"
LEAST_QUERY_MEMORY, MOST_QUERY_MEMORY = "16MB", "1000TB"

# What no machine has; numbers beyond 2^63 do not fit the system calls that set limits.
_MOST_BYTES = 1024**5
_MOST_COUNT = 10**9
_DAY_SECONDS, _WEEK_SECONDS = 24 * 3600.0, 7 * 24 * 3600.0


class Settings(BaseSettings):
    """Settings of a run; each is read from the environment variable `COMMUNIQUE_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid", allow_inf_nan=False)

    seeds: Path = Field(PROJECT_ROOT / "seeds", description="folder of documents to ingest")
    warehouse: Path = Field(
        PROJECT_ROOT / "warehouse",
        description="folder of the build database, the published communique.duckdb and the Parquet batches",
    )
    corrections: Path = Field(
        PROJECT_ROOT / "corrections.csv", description="[corrections of events by people](corrections.md)"
    )
    sql: Path = Field(PROJECT_ROOT / "sql", description="folder of the SQL models")
    model: str = Field(
        "en_core_web_sm",
        pattern=r"^[A-Za-z_]\w*$",
        description="an installed spaCy pipeline with tagger, parser, lemmatizer and NER",
    )
    workers: int = Field(
        default_factory=lambda: min(256, max(1, os.cpu_count() or 1)),
        ge=1,
        le=256,
        description="extraction processes; each takes about 0.4 GB, with very long documents up to 1.5 GB",
    )
    batch_documents: int = Field(64, ge=1, le=10_000, description="documents of an extraction batch")
    document_seconds: float = Field(
        60.0, gt=0, le=_DAY_SECONDS, description="time limit of one document's extraction, seconds"
    )
    max_worker_bytes: int = Field(
        3 * 1024**3,
        ge=1024**3,
        le=_MOST_BYTES,
        description="memory that one worker process may take (Linux only), bytes",
    )
    extraction_engine: Literal["local", "ray"] = Field(
        "local", description="where extraction runs: processes of this machine, or [Ray](scale-out.md)"
    )
    ray_address: str | None = Field(
        None, description="the Ray cluster, where the engine is ray; none: a Ray of this machine that ends with the run"
    )
    batches_url: str | None = Field(
        None,
        description="where the Parquet batches are, if not in the warehouse: [shared by all workers](scale-out.md)",
    )
    max_file_bytes: int = Field(256 * 1024**2, ge=1, le=_MOST_BYTES, description="largest file read, bytes")
    max_expanded_bytes: int = Field(
        2 * 1024**3, ge=1, le=_MOST_BYTES, description="most that one compressed file may expand to, bytes"
    )
    max_expansion_ratio: float = Field(
        200.0, gt=1, le=1_000_000, description="expanded bytes for each compressed byte, at most"
    )
    max_archive_entries: int = Field(10_000, ge=1, le=_MOST_COUNT, description="most entries of one archive")
    max_document_characters: int = Field(1_000_000, ge=1, le=_MOST_COUNT, description="longest document, characters")
    max_document_tokens: int = Field(
        60_000, ge=1, le=_MOST_COUNT, description="longest document, words and symbols (20 kB of memory each)"
    )
    max_run_characters: int = Field(
        500,
        ge=1,
        le=_MOST_COUNT,
        description="longest run without white space that the model reads, characters; longer ones are masked",
    )
    asserted_confidence: float = Field(
        0.5,
        ge=0,
        le=1,
        description="confidence from which a report that the writer makes in the own name counts as asserted: "
        "`is_asserted`, `asserted_...`",
    )
    max_vanished_share: float = Field(
        0.5, ge=0, le=1, description="share of the documents that may be gone from the seeds folder in one run"
    )
    lock_seconds: float = Field(
        0.0, ge=0, le=_WEEK_SECONDS, description="how long a run waits for another one's lock, seconds"
    )
    query_seconds: float = Field(60.0, gt=0, le=_DAY_SECONDS, description="time limit of `communique sql`, seconds")
    query_memory: str = Field(
        "2GB",
        description="memory limit of `communique sql`; its process gets a quarter more, for what DuckDB does not count",
    )

    cron: str = Field("0 * * * *", description="when the schedule starts a run, five fields")
    time_zone: str = Field("UTC", description="time zone of cron and quiet times")
    quiet_times: str = Field("", description="times of the day when schedule and sensor start nothing")
    longest_wait_seconds: float = Field(
        300.0,
        ge=0,
        le=_WEEK_SECONDS,
        description="a folder that never comes to rest is read this long after a change, seconds",
    )
    fresh_hours: float = Field(
        24.0,
        ge=0.1,
        le=10_000,
        description="the published warehouse is late when older, failed at twice the age (shown on the asset), hours",
    )
    keep_run_days: float = Field(30.0, gt=0, le=36_500, description="how long Dagster's record of a run is kept, days")
    webhook_url: SecretStr | None = Field(
        None, description="where failures, recoveries and quarantine rates are posted"
    )
    docs_url: str | None = Field(
        None, description="where the folder `docs` is on the web; then tables in the UI link to their entry"
    )

    @field_validator("seeds", "warehouse", "corrections", "sql", mode="before")
    @classmethod
    def _is_written(cls, value: Any) -> Any:
        """An empty path would be the current folder."""
        if isinstance(value, str) and not value.strip():
            raise ValueError("it is empty")
        return value

    @field_validator("query_memory")
    @classmethod
    def _is_size(cls, value: str) -> str:
        if not parse_size(LEAST_QUERY_MEMORY) <= parse_size(value) <= parse_size(MOST_QUERY_MEMORY):
            raise ValueError("out of range")
        return value.strip()

    @model_validator(mode="after")
    def _check_times(self) -> Settings:
        parse_quiet_times(self.quiet_times, self.time_zone)
        return self

    @property
    def quiet(self) -> QuietTimes:
        """When schedule and sensor start nothing."""
        return parse_quiet_times(self.quiet_times, self.time_zone)

    @property
    def build_database(self) -> Path:
        """The database a run writes; never queried by users."""
        return self.warehouse / "build.duckdb"

    @property
    def published_database(self) -> Path:
        """The database users query; replaced as a whole at the end of a run."""
        return self.warehouse / PUBLISHED_NAME

    @property
    def batches(self) -> Path:
        """Folder of the immutable Parquet batches of extraction rows, unless they are elsewhere."""
        return self.warehouse / "batches"

    @property
    def batches_location(self) -> str:
        """Folder or fsspec URL of the immutable Parquet batches of extraction rows."""
        return self.batches_url or str(self.batches)

    @property
    def resolution(self) -> Path:
        """Folder of what the resolving of events keeps for the next run."""
        return self.warehouse / "resolution"

    @property
    def staging(self) -> Path:
        """Folder of the documents staged by the current run."""
        return self.warehouse / "staging"
