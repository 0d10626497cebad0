"""Given rows, expected rows: marts that no other module of SQL tests asks, and that each mart is asked in one."""

from __future__ import annotations

import re

import duckdb
import pytest

from pipelines.settings import PROJECT_ROOT
from tests.unit.warehouse_rows import empty_warehouse, given, models, run_up_to, select
from warehouse.search_words import update_word_stems

TEXT = "Divers left the port. They had found two mines."


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = empty_warehouse()
    given(con, "raw.documents", [{"document_id": "d", "title": "Mines\nfound", "text": TEXT}])
    given(con, "nlp.sentences", [
        {"document_id": "d", "sentence_number": 1, "start_char": 0, "end_char": 21},
        {"document_id": "d", "sentence_number": 2, "start_char": 22, "end_char": len(TEXT)},
    ])  # fmt: skip
    return con


@pytest.mark.parametrize("mart", [model.name for model in models() if model.schema == "main"])
def test_a_mart_is_given_rows_and_asked_for_rows(mart):
    tests = [
        path.read_text(encoding="utf-8") for path in sorted((PROJECT_ROOT / "tests" / "unit").glob("test_sql_*.py"))
    ]
    assert any(re.search(rf"\b(from|join) (main\.)?{mart}\b", text) for text in tests), f"no test asks {mart}"


def test_a_country_has_its_codes(con):
    given(con, "raw.countries", [
        {"country": "NOR", "alpha2": "NO", "fips": "NO", "cameo_code": "NOR", "cow_code": 385, "name": "Norway",
         "continent": "EU", "capital": "Oslo"},
        {"country": "EUR", "name": "Europe"},
    ])  # fmt: skip
    run_up_to(con, "main.dim_countries")
    columns = "country, country_name, alpha2, fips, cow_code, capital"
    assert select(con, f"select {columns} from dim_countries order by country_name") == [
        ("EUR", "Europe", None, None, None, None), ("NOR", "Norway", "NO", "NO", 385, "Oslo"),
    ]  # fmt: skip


def test_a_correction_of_an_event_has_what_was_extracted_and_its_event(con):
    mention = {
        "event_mention_id": "m1",
        "document_id": "d",
        "event_type": "AID",
        "sentence_start_char": 0,
        "sentence_end_char": 21,
    }
    given(con, "nlp.event_mentions", [mention])
    given(con, "core.events", [{"event_id": "e1", "event_type": "RETREAT"}])
    given(con, "core.event_links", [{"event_mention_id": "m1", "event_id": "e1"}])
    given(con, "core.event_corrections", [
        {"line_number": 2, "kind": "code", "event_mention_id": "m1", "event_type": "RETREAT", "is_applied": True},
        {"line_number": 3, "kind": "not_event", "event_mention_id": "gone", "reason": "no such mention"},
    ])  # fmt: skip
    run_up_to(con, "main.fct_event_corrections")
    columns = "line_number, extracted_event_type, event_type, event_id, sentence_text, reason"
    assert select(con, f"select {columns} from fct_event_corrections order by line_number") == [
        (2, "AID", "RETREAT", "e1", "Divers left the port.", None), (3, None, None, None, None, "no such mention"),
    ]  # fmt: skip


def test_a_correction_of_an_entity_has_both_mentions_and_what_they_are_now(con):
    for number, text in enumerate(("Divers", "They"), start=1):
        given(con, "nlp.entity_mentions", [
            {"mention_id": f"m{number}", "document_id": "d", "entity_id": f"x{number}", "text": text, "end_char": len(text)}
        ])  # fmt: skip
        given(con, "core.entities", [{"entity_id": f"e{number}", "name": f"{text} of {number}"}])
        given(con, "core.entity_links", [{"mention_id": f"m{number}", "entity_id": f"e{number}"}])
    given(con, "core.entity_corrections", [
        {"line_number": 2, "kind": "different_entity", "entity_mention_id": "m1", "other_entity_mention_id": "m2",
         "is_applied": True, "reason": ""},
    ])  # fmt: skip
    run_up_to(con, "main.fct_entity_corrections")
    columns = "mention_text, entity_id, entity_name, other_mention_text, other_entity_name"
    assert select(con, f"select {columns} from fct_entity_corrections") == [
        ("Divers", "e1", "Divers of 1", "They", "They of 2")
    ]


def test_a_passage_is_on_one_line_and_its_words_are_counted_by_stem(con):
    update_word_stems(con)
    run_up_to(con, "main.search_tokens")
    passages = select(con, "select kind, text, word_count from search_passages order by kind, text")
    assert passages == [
        ("sentence", "Divers left the port.", 4), ("sentence", "They had found two mines.", 5), ("title", "Mines found", 2),
    ]  # fmt: skip
    found = "select stem, count(*), sum(token_count) from search_tokens where stem in ('mine', 'port') group by all order by all"
    assert select(con, found) == [("mine", 2, 2), ("port", 1, 1)]
