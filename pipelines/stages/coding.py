"""Documents through the spaCy pipeline, in this process: the one place that knows how a document becomes a Doc.

What belongs here: `code_documents`. What does not: processes and files (`extract.py`), the record (`record.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import raise_error

from pipelines.collection import uncollected
from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.document_data import keep_text
from pipelines.nlp.events.explanation import explain
from pipelines.nlp.names.line_breaks import join_broken_names
from pipelines.nlp.parsed import release
from pipelines.records import Document, Extraction
from pipelines.stages.frequent_words import keep_frequent_words
from pipelines.stages.ingest.canonical import mask
from pipelines.stages.ingest.language import UNDETERMINED
from pipelines.stages.record import empty_extraction, extraction_from_doc

logger = logging.getLogger(__name__)

# What passes through the pipeline together: the more passages, the faster they are parsed; the more tokens, the more memory.
# 64 stories of 150 words are parsed in two thirds of the time of four times 16; a long article is a batch of its own.
PIPE_BATCH = 64  # documents
_PIPE_CHARACTERS = 120_000  # of them together, unless one is longer: articles; 64 stories have half of it
# The languages that are coded: a text too short to tell its language is most often an English one.
CODED_LANGUAGES = frozenset(("en", UNDETERMINED))
# The parser takes a quarter of nlp.pipe's batch size at a time; with this it takes all documents of a batch.
_PARSED_TOGETHER = 4 * PIPE_BATCH
_POSITION = "position"


@dataclass(frozen=True, slots=True)
class CodingError:
    """A document that the pipeline raised an error on."""

    document_id: str
    message: str


@uncollected()
def code_documents(
    documents: Sequence[Document],
    nlp: Language,
    *,
    max_run_characters: int | None = None,
    explanations: dict[str, list[dict[str, Any]]] | None = None,
) -> list[Extraction | CodingError]:
    """Run documents through the pipeline.

    The documents pass as one batch inside a memory zone, which is given back when they are done. One that a component
    fails on costs itself only. Documents in other languages than English get a record without rows.

    Args:
        documents: a batch; a few dozen keep memory low.
        nlp: the pipeline (`pipelines/nlp/build.py`).
        max_run_characters: longest run without white space that the pipeline reads.
        explanations: filled with how each document's events were decided, by document id, where the pipeline explains.

    Returns:
        For each document, in their order, its record or the error.
    """
    batch = _Batch(documents, nlp, max_run_characters, explanations)
    to_code = []
    for position, document in enumerate(documents):
        if document.language in CODED_LANGUAGES:
            to_code.append(position)
        else:
            batch.results[position] = empty_extraction(document)
    nlp.default_error_handler = batch.handle_error
    try:
        with nlp.memory_zone():
            batch.code(to_code)
    finally:
        nlp.default_error_handler = raise_error
    keep_frequent_words(nlp, batch.texts)
    return [batch.results[position] for position in range(len(documents))]


class _Batch:
    """A batch on its way through the pipeline."""

    def __init__(
        self,
        documents: Sequence[Document],
        nlp: Language,
        max_run_characters: int | None,
        explanations: dict[str, list[dict[str, Any]]] | None,
    ) -> None:
        self._explanations = explanations
        self.results: dict[int, Extraction | CodingError] = {}
        self.texts: list[str] = []  # as they were tokenized
        self._documents = documents
        self._nlp = nlp
        self._max_run_characters = max_run_characters

    def code(self, positions: Sequence[int]) -> None:
        """Code documents together, or each alone if a component of the model fails: spaCy does not say on which."""
        try:
            for together in self._divided(positions):
                self._pipe(together)
        except MemoryError:
            raise  # the document may be innocent, so the batch is tried again one by one
        except Exception as error:  # whatever a component raises must cost one document, not the run
            logger.exception("the pipeline failed on a batch of %d document(s)", len(positions))
            if len(positions) == 1:
                self._add_error(positions[0], error)
                return
            for position in positions:
                if position not in self.results:
                    self.code([position])

    def _divided(self, positions: Sequence[int]) -> Iterator[list[int]]:
        together: list[int] = []
        characters = 0
        for position in positions:
            length = len(self._documents[position].text)
            if together and (len(together) >= PIPE_BATCH or characters + length > _PIPE_CHARACTERS):
                yield together
                together, characters = [], 0
            together.append(position)
            characters += length
        if together:
            yield together

    def _pipe(self, positions: Sequence[int]) -> None:
        for doc in self._nlp.pipe(map(self._make_doc, positions), batch_size=_PARSED_TOGETHER):
            position = doc.user_data[_POSITION]
            document = self._documents[position]
            self.results[position] = extraction_from_doc(doc, document)
            if self._explanations is not None:
                weights = self._nlp.get_pipe("events").weights  # type: ignore[attr-defined]
                self._explanations[document.document_id] = explain(doc, weights)
            if doc._.home is not None:
                doc._.home.vote = None  # the two hold each other, and the document
            release(doc)

    def handle_error(self, name: str, _component: Any, docs: list[Doc], error: Exception) -> None:
        """What spaCy calls when one of our components fails; the Doc then goes no further."""
        if isinstance(error, MemoryError):
            raise error
        for doc in docs:
            logger.warning("component %r failed on %s: %r", name, doc._.context.document_id, error)
            self._add_error(doc.user_data[_POSITION], error, component=name)

    def _add_error(self, position: int, error: Exception, *, component: str | None = None) -> None:
        where = "" if component is None else f"component {component!r}: "
        message = f"{where}{type(error).__name__}: {error}"
        self.results[position] = CodingError(self._documents[position].document_id, message)

    def _make_doc(self, position: int) -> Doc:
        document = self._documents[position]
        text = join_broken_names(mask(document.text, max_run_characters=self._max_run_characters))
        doc = self._nlp.make_doc(text)
        self.texts.append(text)
        keep_text(doc, text)
        doc.user_data[_POSITION] = position
        doc._.context = DocumentContext(
            document_id=document.document_id,
            text=document.text,
            published_date=document.published_date,
            title=document.title,
            source_name=document.source_name,
        )
        return doc
