"""What an extraction worker process does: load the pipeline once, then turn batches of documents into Parquet files.

What belongs here: the functions that `extract.py` runs in child processes, and the state of such a process. What does
not: which batches there are, time limits, second tries (`extract.py`).

The process that starts workers imports this module for the names of what they do, and has no need of spaCy, which takes half a
second to load. A worker loads it, and whatever else a batch needs, when it starts, so that none of that is a document's time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipelines.collection import keep_for_good, uncollected
from pipelines.lean_imports import without_pandas
from pipelines.records import Document
from pipelines.stages.batch_files import BatchPath
from pipelines.stages.batches import BatchStore, input_hash

if TYPE_CHECKING:
    import pyarrow as pa
    from spacy.language import Language

    from pipelines.settings import Settings

# Builds the Arrow table of a batch: `warehouse.batch_table.batch_table`, handed in because the stages know
# nothing of the warehouse. Called as `build(records, extractor_version=...)`.
TableBuilder = Callable[..., "pa.Table"]


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker needs to know beside the documents."""

    model: str
    extractor_version: str
    folder: BatchPath  # of the batch store
    max_document_characters: int
    max_run_characters: int

    @classmethod
    def of(cls, settings: Settings, folder: BatchPath) -> WorkerSettings:
        """What a worker needs to know of the settings.

        Args:
            settings: model and bounds.
            folder: of the batch store; its name is the version of the extractor.
        """
        return cls(settings.model, folder.name, folder, settings.max_document_characters, settings.max_run_characters)


@dataclass(frozen=True, slots=True)
class WorkerFunctions:
    """What a worker calls; importable functions, as a worker is another process."""

    load_nlp: Callable[[str], Language]  # from the model's name
    build_table: TableBuilder


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What a worker made of a batch."""

    path: BatchPath | None  # None when no document could be extracted
    inputs: Mapping[str, str]  # document ids by input hash
    errors: Mapping[str, str]  # what the pipeline failed with, by document id


@dataclass(slots=True)
class _State:
    """The pipeline of this process, or why it could not be loaded."""

    settings: WorkerSettings
    functions: WorkerFunctions
    nlp: Language | None = None
    error: Exception | None = None


# What components and tables load when they are first used (the gazetteer takes seconds) must not count as a document's time.
_FIRST_TEXT = "Officials met in Paris on Monday."
_states: list[_State] = []  # one entry once the process has started
_loaded: dict[str, Language] = {}  # by name of the model, by the server that this process was forked from


def load_pipeline(model: str) -> Language:
    """What a worker reads documents with, as `WorkerFunctions.load_nlp`; one that was there when it was forked is taken."""
    nlp = _loaded.pop(model, None)
    if nlp is not None:
        return nlp
    from pipelines.nlp.build import build_nlp

    return build_nlp(model)


def load_for_workers(model: str) -> None:
    """Load what `load_pipeline` then gives in each process that is forked from this one.

    Args:
        model: name of an installed spaCy pipeline.

    Raises:
        ModelMissingError: no such pipeline is installed.
    """
    nlp = load_pipeline(model)
    nlp(_FIRST_TEXT)
    _loaded[model] = nlp
    keep_for_good()  # a search for cycles would write to the memory that all of them share


@uncollected()
def start_worker(settings: WorkerSettings, functions: WorkerFunctions) -> None:
    """Load the pipeline; a failure is kept for the first task to raise, as only tasks can report to the parent."""
    state = _State(settings, functions)
    _states[:] = [state]
    try:
        without_pandas()
        import_module("pipelines.stages.warm_extractor")
        state.nlp = functions.load_nlp(settings.model)
        state.nlp.max_length = settings.max_document_characters + 1
        state.nlp(_FIRST_TEXT)
        functions.build_table([], extractor_version=settings.extractor_version)
        keep_for_good()
    except Exception as error:  # noqa: BLE001 - raised again by the first task
        state.error = error


@uncollected()
def extract_batch(documents: Sequence[Document]) -> BatchReport:
    """Extract a batch of documents and write its Parquet file.

    Args:
        documents: the batch.

    Returns:
        Where the file is, and which documents are not in it.
    """
    from pipelines.stages.coding import CodingError, code_documents
    from pipelines.stages.record import to_json_dict

    (state,) = _states
    if state.nlp is None:
        raise state.error or RuntimeError("the worker was not started")
    results = code_documents(documents, state.nlp, max_run_characters=state.settings.max_run_characters)
    errors = {result.document_id: result.message for result in results if isinstance(result, CodingError)}
    records = [to_json_dict(result) for result in results if not isinstance(result, CodingError)]
    return _write(records, documents, errors, state)


def _write(
    records: Iterable[dict[str, Any]], documents: Sequence[Document], errors: Mapping[str, str], state: _State
) -> BatchReport:
    inputs = {
        input_hash(document): document.document_id for document in documents if document.document_id not in errors
    }
    if not inputs:
        return BatchReport(None, inputs, errors)
    table = state.functions.build_table(records, extractor_version=state.settings.extractor_version)
    return BatchReport(BatchStore(state.settings.folder).write(table, inputs), inputs, errors)
