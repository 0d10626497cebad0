"""The ledger knows the documents that are loaded, however it asks for them."""

from __future__ import annotations

import duckdb
import pytest

from warehouse import ledger
from warehouse.ledger import read_ledger


@pytest.mark.parametrize("few", [0, 2], ids=["looked up, then read", "read at once"])
def test_a_document_is_known_whether_ids_are_read_or_looked_up(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_FEW_DOCUMENTS", few)
    monkeypatch.setattr(ledger, "_LOOKED_UP", 3)
    with duckdb.connect() as con:
        con.execute("create schema raw; create table raw.documents as select unnest(['one', 'two']) as document_id")
        known = read_ledger(con).document_ids
        asked = ["one", "none", "two", "one", "none"]
        assert [document_id in known for document_id in asked] == [True, False, True, True, False]
        assert (len(known), sorted(known)) == (2, ["one", "two"])


def test_no_document_is_known_to_an_empty_warehouse() -> None:
    with duckdb.connect() as con:
        con.execute("create schema raw; create table raw.documents (document_id varchar)")
        assert "one" not in read_ledger(con).document_ids
