"""A resolution of many new documents, made of several ones of some thousand documents each.

What belongs here: which documents each takes. What does not: resolving (`resolve.py`), writing what each found (`load.py`).

What a resolution holds in memory grows with the documents that are new to it, far more than with those that it knows already: the
rows that are kept of these stay in files. As documents that come later give the same rows as from nothing, so does this.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

from pipelines.stages.resolve.corrections import ENTITY_KINDS, CorrectionFile
from pipelines.stages.resolve.events import Memory
from pipelines.stages.resolve.resolve import Resolved, ResolveInput, kept_entities, resolve

NEW_DOCUMENTS = 10_000  # that are resolved at once


def resolve_in_portions(tables: ResolveInput, corrections: CorrectionFile, memory: Memory) -> Iterator[Resolved]:
    """Resolve entities and events; at each step over the documents of the former ones and some new ones more.

    Args:
        tables: the input; its `former_entities` are what core holds when they are asked for.
        corrections: by people.
        memory: where the resolution is kept.

    Yields:
        What each step found, to be written before the next one is asked for; only the last one is of all documents.
    """
    portions, known = _portions(tables, corrections, memory)
    if not known:
        memory = replace(memory, former=None)
    for number, new in enumerate(portions, start=1):
        is_last = number == len(portions)
        known |= new
        step = replace(memory, name=memory.name if is_last else f"{memory.name}-{number}")
        yield replace(resolve(tables if is_last else tables.among(known), corrections, step), is_last=is_last)
        if number > 1 and memory.former:  # of a step of this resolution
            shutil.rmtree(memory.folder / memory.former, ignore_errors=True)
        memory = replace(memory, former=step.name)


def _portions(tables: ResolveInput, corrections: CorrectionFile, memory: Memory) -> tuple[list[set[str]], set[str]]:
    """The new documents of each step, and those that are there and known already.

    By their days, so that a step changes little of what the former ones made of earlier days.
    """
    kept = kept_entities(memory)
    known = {document for (document,) in kept.documents.all("document_id")} if kept else set[str]()
    documents = tables.documents
    new = documents[~documents["document_id"].isin(known)].sort_values(["published_date", "document_id"])
    ids = new["document_id"].tolist()
    known &= set(documents["document_id"].tolist())
    # Entities that people corrected are resolved from nothing, all of them.
    if len(ids) <= NEW_DOCUMENTS or any(row.kind in ENTITY_KINDS for row in corrections.rows):
        return [set(ids)], known
    return [set(ids[begin : begin + NEW_DOCUMENTS]) for begin in range(0, len(ids), NEW_DOCUMENTS)], known
