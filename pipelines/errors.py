"""The pipeline's errors: what is final, what may be tried again.

What belongs here: one class per distinct failure. A message says what was being done, names the offending value and what
to do next. Dagster retries a `TransientError` with a limit and never a `TerminalError`. A record that cannot be used is no
error: it becomes a quarantine row (`pipelines/stages/ingest`).
"""

from __future__ import annotations

import errno


class PipelineError(Exception):
    """Base of every error the pipeline raises on purpose."""


class TerminalError(PipelineError):
    """Trying again cannot help."""


class TransientError(PipelineError):
    """Trying again later may help (a lock, a full disk, a killed worker)."""


class SettingsError(TerminalError):
    """A setting has a value that cannot be used."""


class InputError(TerminalError):
    """Standard input cannot be read."""


class ModelMissingError(TerminalError):
    """The spaCy pipeline named in the settings is not installed."""


class LexiconError(TerminalError):
    """A lexicon file has a row that cannot be used; names file and line."""


class CorrectionsError(TerminalError):
    """The file of corrections cannot be read, or has other columns than it must have; names the file."""


class SeedsMissingError(TerminalError):
    """The seeds folder does not exist."""


class InboxVanishedError(TerminalError):
    """More documents are gone from the seeds folder than may go in one run; says how many, and how to go on."""


class WarehouseLockedError(TransientError):
    """Another run holds the warehouse; names the run."""


class DiskFullError(TransientError):
    """No space is left where the warehouse writes; names the path."""


class WarehouseCorruptError(TerminalError):
    """The build database cannot be opened."""


class LayoutError(TerminalError):
    """A database has a layout that this version of the program cannot use; names the file and what to do."""


class BatchDamagedError(TerminalError):
    """An extraction batch is not what was written; names the file."""


class BatchStoreError(TransientError):
    """The place where extraction batches are kept cannot be read or written; names it."""


class CheckFailedError(TerminalError):
    """A blocking check found rows; names the check and the offending keys."""


class StaleBuildError(TerminalError):
    """A part of the warehouse was built from an older state of another; names the part and the job that rebuilds it."""


class NotBuiltError(TerminalError):
    """What a step reads has not been built yet; names what to run first."""


class ModelError(TerminalError):
    """A SQL model cannot be parsed, ordered or run; names the file."""


class RunFailedError(TerminalError):
    """A run of the pipeline ended without publishing; names what failed and the run."""


class QueryError(TerminalError):
    """A query of the published warehouse cannot be answered."""


class WorkerDiedError(TransientError):
    """An extraction worker was killed or ran out of time more often than the limit allows."""


def is_full_disk(error: BaseException | None) -> bool:
    """Whether an error of the operating system says that no space is left, on the disk or of a user's share of it."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
