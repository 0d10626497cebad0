"""Documents that a run has read are on disk beyond some megabytes, and come back as they were."""

from dataclasses import replace

import pytest

from pipelines.stages.ingest.document_spool import DocumentSpool
from tests.unit.stored_documents import stored_document


def documents(count):
    return [stored_document(number, f"Report {number}. " + "Talks went on. " * 20) for number in range(count)]


@pytest.mark.parametrize("held_characters", [0, 1000, 10**6])
def test_what_is_on_disk_comes_back(tmp_path, held_characters):
    spool = DocumentSpool(tmp_path, held_characters=held_characters)
    read = documents(9)
    for document in read:
        spool.put(document)
    assert [spool.get(document.document_id) for document in read] == read
    assert spool.get("doc_unknown") is None
    backwards = [document.document_id for document in reversed(read)]
    assert list(spool.in_order(backwards)) == read[::-1]
    assert list(spool.in_order(backwards)[2:4]) == read[::-1][2:4]
    assert list(tmp_path.iterdir()) == [], "the file has no name"


def test_a_document_takes_the_place_of_the_one_with_its_id(tmp_path):
    spool = DocumentSpool(tmp_path, held_characters=0)
    (document,) = documents(1)
    spool.put(document)
    spool.put(replace(document, title="A better one"))
    assert (len(spool), spool.get(document.document_id).title) == (1, "A better one")
