"""The hand-over between the steps of a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.records import DateSource, Document
from tests.unit.stored_documents import stored_document
from warehouse import staging
from warehouse.staging import StagedDocuments, read_staged_documents, read_staged_ids, write_staged_documents


def document(number: int) -> Document:
    return stored_document(number, f"Story {number}.")


@pytest.mark.parametrize("count", [0, 1, 7])
def test_documents_come_back_each_time_they_are_gone_through(tmp_path, monkeypatch, count):
    monkeypatch.setattr(staging, "_ROWS_OF_GROUP", 3)
    monkeypatch.setattr(staging, "_ROWS_AT_ONCE", 2)
    documents = [document(number) for number in range(count)]
    staged = StagedDocuments("run", datetime(2024, 5, 3, tzinfo=UTC), {"seen": count}, documents, (), (), ())
    write_staged_documents(tmp_path, staged)
    read = read_staged_documents(tmp_path)
    assert (len(read.documents), bool(read.documents)) == (count, count > 0)
    assert list(read.documents) == list(read.documents) == documents
    assert read_staged_ids(tmp_path) == [d.document_id for d in documents]
    assert all(isinstance(d.published_date_source, DateSource) for d in read.documents)
    assert all(d in read.documents for d in documents)
    assert replace(document(0), title="Another") not in read.documents
