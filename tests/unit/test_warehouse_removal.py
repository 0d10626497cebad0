"""What would be removed for good, before it is."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.defs.removal import removal_of
from pipelines.errors import SettingsError, TerminalError
from tests.unit.warehouse_rows import empty_warehouse, given, select
from warehouse.removal import RemovableDocument, removable_documents, remove_documents


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Three documents: the file of one is gone, one is in two files, one report of its event stays."""
    con = empty_warehouse()
    given(con, "raw.documents", [{"document_id": f"d{n}", "title": f"Title {n}"} for n in range(3)])
    files = {"gone/a.txt": ("d0", False), "b.txt": ("d1", True), "gone/b.txt": ("d1", False), "c.txt": ("d2", True)}
    for path, (document_id, is_current) in files.items():
        given(con, "raw.files", [{"file_id": f"f-{path}", "path": path, "is_current": is_current}])
        given(con, "raw.document_sources", [{"document_id": document_id, "file_id": f"f-{path}", "path": path}])
    events = {"m0": ("d0", "e0"), "m1": ("d0", "e1"), "m2": ("d1", "e1"), "m3": ("d2", "e2")}
    for mention, (document_id, event_id) in events.items():
        given(con, "nlp.event_mentions", [{"event_mention_id": mention, "document_id": document_id}])
        given(con, "core.event_links", [{"event_mention_id": mention, "event_id": event_id}])
    return con


FIRST = RemovableDocument("d0", "Title 0", ("gone/a.txt",), event_count=2, only_event_count=1)
SECOND = RemovableDocument("d1", "Title 1", ("b.txt", "gone/b.txt"), event_count=1, only_event_count=0)


def test_documents_without_a_current_file_are_listed_with_their_events(con):
    assert removable_documents(con) == [FIRST]
    assert removable_documents(con, ["gone/"]) == [FIRST]
    assert select(con, "select count(*) from raw.documents") == [(3,)], "nothing was removed"
    assert remove_documents(con) == 1
    assert removable_documents(con) == []


def test_files_deleted_since_the_last_run_count_where_the_folder_is_looked_at(con):
    assert removable_documents(con, present=["b.txt", "c.txt"]) == [FIRST]
    assert removable_documents(con, ["gone/b.txt"], present=["c.txt"]) == [SECOND]
    assert len(removable_documents(con, present=[])) == 3


def test_a_path_with_nothing_to_remove_is_named(con):
    with pytest.raises(TerminalError, match=r"c\.txt"):
        removable_documents(con, ["gone", "c.txt"])


def test_a_run_that_removes_says_what():
    assert removal_of({"remove_documents": False, "paths": ["a.txt"]}) is None
    assert removal_of({"remove_documents": True, "paths": ["a.txt"]}) == ["a.txt"]
    assert removal_of({"remove_documents": True, "paths": [], "all": True}) == []
    for config in ({}, {"paths": []}, {"paths": ["a.txt"], "all": True}):
        with pytest.raises(SettingsError, match="all: true"):
            removal_of({"remove_documents": True, **config})
