"""What the resolve stage reads from the build database."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.warehouse_rows import empty_warehouse, given
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


@pytest.mark.parametrize("asked", [["doc_3"], ["doc_5", "doc_1"], ["doc_2", "doc_3", "doc_4"], ["doc_0", "doc_9"], []])
def test_texts_are_those_of_the_documents_asked_for_in_the_order_of_their_ids(asked):
    con = empty_warehouse()
    told = {f"doc_{number}": f"text {number}" for number in (4, 1, 5, 3, 2)}
    given(con, "raw.documents", [{"document_id": id, "text": text} for id, text in told.items()])
    con.execute("delete from raw.documents where document_id = 'doc_5'")
    given(con, "raw.documents", [{"document_id": "doc_5", "text": "text again"}])
    found = read_resolve_input(con)["texts_of"](asked)
    expected = told | {"doc_5": "text again"}
    assert list(zip(found["document_id"], found["text"], strict=True)) == [
        (id, expected[id]) for id in sorted(asked) if id in expected
    ]


def test_parties_are_those_that_are_some_entities_each_once_a_document_and_country():
    con = empty_warehouse()
    rows = [("doc_1", "ent_a", "PER"), ("doc_1", "ent_a", "PER"), ("doc_2", "ent_a", None), ("doc_2", "ent_b", "PER")]
    given(
        con,
        "nlp.event_participants",
        [
            {"event_mention_id": f"evm_{number}", "document_id": document, "entity_id": entity, "country": country}
            for number, (document, entity, country) in enumerate(rows)
        ],
    )
    found = read_resolve_input(con)["parties_of"](["ent_a", "ent_c"]).astype(object)
    told = set(found.where(found.notna(), None).itertuples(index=False, name=None))
    assert told == {("doc_1", "ent_a", "PER"), ("doc_2", "ent_a", None)}
