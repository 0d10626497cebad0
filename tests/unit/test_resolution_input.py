"""What the resolve stage reads from the build database."""

from __future__ import annotations

from datetime import date

from warehouse_rows import empty_warehouse, given

from warehouse.resolution import read_resolve_input


def test_a_document_without_a_day_has_a_print_like_the_others():
    con = empty_warehouse()
    days = {"doc_1": date(2023, 5, 9), "doc_2": None}
    given(
        con, "raw.documents", [{"document_id": id, "published_date": day, "title": "Talks"} for id, day in days.items()]
    )
    documents = read_resolve_input(con)["documents"]
    assert documents["document_id"].tolist() == ["doc_1", "doc_2"]
    first, second = documents["print"].tolist()
    assert isinstance(second, str)
    assert first != second
