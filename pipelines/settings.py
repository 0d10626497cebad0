"""The settings: one frozen object, read from the environment (`COMMUNIQUE_*`) once.

What belongs here: every value a user may change, with its unit and default. What does not: constants of a method, which
live beside the method with their source.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.quiet_times import QuietTimes, parse_quiet_times

PROJECT_ROOT = Path(__file__).resolve().parent.parent
PUBLISHED_NAME = "communique.duckdb"


class Settings(BaseSettings):
    """Settings of a run; each is read from the environment variable `COMMUNIQUE_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="COMMUNIQUE_", frozen=True, extra="forbid")

    seeds: Path = Field(PROJECT_ROOT / "seeds", description="Folder of documents to ingest.")
    warehouse: Path = Field(
        PROJECT_ROOT / "warehouse",
        description="Folder of the build database, the published communique.duckdb and the Parquet batches.",
    )
    corrections: Path = Field(
        PROJECT_ROOT / "corrections.csv", description="Corrections by people; only the default may be missing."
    )
    sql: Path = Field(PROJECT_ROOT / "sql", description="Folder of the SQL models.")
    model: str = Field("en_core_web_sm", description="Name of an installed spaCy pipeline.")
    workers: int = Field(
        default_factory=lambda: max(1, os.cpu_count() or 1), ge=1, le=256, description="Extraction worker processes."
    )
    batch_documents: int = Field(16, ge=1, description="Documents an extraction batch.")
    document_seconds: float = Field(60.0, gt=0, description="Wall-time limit of one document's extraction, seconds.")
    max_worker_bytes: int = Field(
        3 * 1024**3, ge=1024**3, description="Memory that a worker process may take (Linux only), bytes."
    )
    max_file_bytes: int = Field(256 * 1024**2, gt=0, description="Largest file read, bytes.")
    max_expanded_bytes: int = Field(
        2 * 1024**3, gt=0, description="Most that one compressed file may expand to, bytes."
    )
    max_expansion_ratio: float = Field(200.0, gt=1, description="Expanded bytes for each compressed byte, at most.")
    max_archive_entries: int = Field(10_000, gt=0, description="Most entries of one archive.")
    max_document_characters: int = Field(1_000_000, gt=0, description="Longest document, characters.")
    max_document_tokens: int = Field(
        60_000, gt=0, description="Longest document, words and symbols (20 kB of memory each)."
    )
    max_run_characters: int = Field(
        500,
        gt=0,
        description="Longest run without white space that the model reads, characters; longer ones are masked.",
    )
    asserted_confidence: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Confidence from which a report that no one else is quoted for counts as asserted in the aggregates.",
    )
    max_vanished_share: float = Field(
        0.5, ge=0, le=1, description="Share of the documents that may be gone from the seeds folder in one run."
    )
    lock_seconds: float = Field(0.0, ge=0, description="How long a run waits for another one's lock, seconds.")
    query_seconds: float = Field(60.0, gt=0, description="Time limit of `communique sql`, seconds.")
    query_memory: str = Field("2GB", description="Memory limit of `communique sql`, as DuckDB writes it.")

    cron: str = Field("0 * * * *", description="When the schedule starts a run, as cron writes it.")
    time_zone: str = Field("UTC", description="Time zone of `cron` and `quiet_times`.")
    quiet_times: str = Field(
        "", description="Times of the day when schedule and sensor start nothing: 22:00-06:00, ..."
    )
    longest_wait_seconds: float = Field(
        300.0, ge=0, description="A seeds folder that never comes to rest is read this long after a change, seconds."
    )
    fresh_hours: float = Field(
        24.0, ge=0.1, description="The published warehouse is late when older than this, and failed at twice the age."
    )
    keep_run_days: float = Field(30.0, gt=0, description="Days that Dagster's record of a run is kept.")
    webhook_url: SecretStr | None = Field(
        None, description="Where failures, recoveries and quarantine rates are posted."
    )
    docs_url: str | None = Field(None, description="Where the folder `docs` is on the web, for links in the UI.")

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
        """Folder of the immutable Parquet batches of extraction rows."""
        return self.warehouse / "batches"

    @property
    def resolution(self) -> Path:
        """Folder of what the resolving of events keeps for the next run."""
        return self.warehouse / "resolution"

    @property
    def staging(self) -> Path:
        """Folder of the documents staged by the current run."""
        return self.warehouse / "staging"
