"""`communique extract`: documents as JSON Lines in, extraction records out, in one process and without files.

What belongs here: `extract_stream`. What does not: worker processes and batches (`extract.py`); reading standard input and
writing standard output (`pipelines/cli.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from spacy.language import Language

from pipelines.ids import content_hash, document_id
from pipelines.records import Document
from pipelines.settings import Settings
from pipelines.stages.coding import PIPE_BATCH, CodingError, code_documents
from pipelines.stages.ingest.canonical import canonical_text
from pipelines.stages.ingest.documents import refuse_beyond_bounds
from pipelines.stages.ingest.language import detect_language
from pipelines.stages.ingest.published_date import infer_published_date
from pipelines.stages.ingest.reasons import Reason, Refused
from pipelines.stages.record import to_json_dict

# A batch ends early when its texts together are this long, so that long documents do not pile up in memory.
_MAX_BATCH_CHARACTERS = 200_000


class _Line(NamedTuple):
    """A line of input: the id to give back, and the document or why there is none."""

    id: Any
    document: Document | None
    error: dict[str, Any] | None
    is_changed: bool = False  # the document's text is not the text of the line, so the record has to give it


def extract_stream(
    lines: Iterable[str | bytes], *, nlp: Language, settings: Settings, is_explaining: bool = False
) -> Iterator[dict[str, Any]]:
    """Extract documents given as JSON Lines `{"id", "text", "published_date"?, "title"?, "source"?, "url"?}`.

    Args:
        lines: the lines; blank ones are passed over.
        nlp: the pipeline.
        settings: the bounds.
        is_explaining: add the key `explanation` to each record (`pipelines/nlp/events/explanation.py`); `nlp` has to explain.

    Yields:
        One extraction record for each line, in their order, with the id that the line has. A line that cannot be used, or a
        document that the pipeline fails on, gives `{"id", "error": {"reason_code", "message", "line"}}`; its id is null where
        the line has none. Offsets count in the canonical text; where that is not the text of the line, it stands under
        "document" as "text".
    """
    batch: list[_Line] = []
    characters = 0
    for number, line in enumerate(lines, start=1):
        if line.isspace() or not line:
            continue
        parsed = _parse(line, number, settings)
        batch.append(parsed)
        characters += len(parsed.document.text) if parsed.document is not None else 0
        if len(batch) >= PIPE_BATCH or characters >= _MAX_BATCH_CHARACTERS:
            yield from _extract(batch, nlp, settings, is_explaining)
            batch, characters = [], 0
    yield from _extract(batch, nlp, settings, is_explaining)


def _extract(batch: list[_Line], nlp: Language, settings: Settings, is_explaining: bool) -> Iterator[dict[str, Any]]:
    documents = [line.document for line in batch if line.document is not None]
    told: dict[str, list[dict[str, Any]]] | None = {} if is_explaining else None
    results = iter(code_documents(documents, nlp, max_run_characters=settings.max_run_characters, explanations=told))
    for line in batch:
        if line.error is not None:
            yield line.error
            continue
        result = next(results)
        if isinstance(result, CodingError):
            yield _error(line.id, Reason.EXTRACTION_FAILED, result.message, None)
        else:
            record = {**to_json_dict(result), "id": line.id}
            if line.is_changed and line.document is not None:
                record["document"]["text"] = line.document.text
            yield record if told is None else {**record, "explanation": told.get(result.document_id, [])}


def _parse(line: str | bytes, number: int, settings: Settings) -> _Line:
    identifier = None
    try:
        fields = _load(line)
        identifier = fields.get("id")
        document = read_document(fields, settings)
        return _Line(identifier, document, None, is_changed=document.text != fields["text"])
    except Refused as refusal:
        return _Line(identifier, None, _error(identifier, refusal.reason, refusal.message, number))


def _load(line: str | bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Refused(Reason.MALFORMED_JSON, f"not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise Refused(Reason.WRONG_TYPE, "not a JSON object")
    return fields


def read_document(fields: dict[str, Any], settings: Settings) -> Document:
    text = fields.get("text")
    if not isinstance(text, str):
        raise Refused(
            Reason.WRONG_TYPE if "text" in fields else Reason.MISSING_COLUMN, 'the key "text" must be a string'
        )
    text = canonical_text(text)
    refuse_beyond_bounds(text, settings)
    title, source, url = (
        value if isinstance(value := fields.get(key), str) else None for key in ("title", "source", "url")
    )
    stated = fields.get("published_date")
    published = infer_published_date(text, metadata_date=stated if isinstance(stated, str) else None, title=title)
    identifier = fields.get("id")
    return Document(
        document_id=document_id(text, source or "") if identifier is None else str(identifier),
        source_key=source or "",
        title=title,
        text=text,
        language=detect_language(text),
        source_name=source,
        url=url,
        author=None,
        published_date=published.date,
        published_date_source=published.source,
        published_date_evidence=published.evidence,
        content_hash=content_hash(text),
    )


def _error(identifier: Any, reason: Reason, message: str, number: int | None) -> dict[str, Any]:
    error = {"reason_code": str(reason), "message": message}
    return {"id": identifier, "error": error if number is None else {**error, "line": number}}
