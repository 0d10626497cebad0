"""The text search finds words in their forms, phrases as written, and what a person said."""

from __future__ import annotations

import re
from datetime import date

import duckdb
import pytest

from tests.unit.warehouse_rows import SQL_DIR, empty_warehouse, fill, given, models, select
from warehouse.macros import create_macros
from warehouse.search_words import update_word_stems

TEXTS = {
    "d1": ("Harbour closed",
           "The harbour of Vard\nwas closed after a drone fell. “Ferries must wait,” Anna Berg said at noon."),
    "d2": (None, "Two harbours opened. Drones were seen nowhere. The harbour pilots' union welcomed it."),
    "d3": ("Élan of Norway's fishers", "“We want quotas,” Ole Berg said. “Prices are a matter for others,” he added."),
}  # fmt: skip
SPEAKERS = {
    "“Ferries must wait,”": "Anna Berg",
    "“We want quotas,”": "Ole Berg",
    "“Prices are a matter for others,”": "Ole Berg",
}


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """A warehouse with `TEXTS`, every model and macro."""
    con = empty_warehouse()
    for number, (document_id, (title, text)) in enumerate(TEXTS.items(), start=1):
        given(con, "raw.documents", [
            {"document_id": document_id, "title": title, "text": text, "published_date": date(2023, 5, number)}
        ])  # fmt: skip
        sentences = [match.span() for match in re.finditer(r"\S[^.]*?\.(?=\s|$)", text)]
        given(con, "nlp.sentences", [
            {"document_id": document_id, "sentence_number": n, "start_char": start, "end_char": end}
            for n, (start, end) in enumerate(sentences, start=1)
        ])  # fmt: skip
        given(con, "nlp.quotations", [
            {"document_id": document_id, "text": words, "start_char": text.index(words),
             "end_char": text.index(words) + len(words), "kind": "direct", "speaker_text": speaker}
            for words, speaker in SPEAKERS.items() if words in text
        ])  # fmt: skip
    update_word_stems(con)
    fill(con, models())
    create_macros(con, SQL_DIR)
    return con


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("harbour", "d1 title, d2 sentence, d2 sentence, d1 sentence"),
        ("closing", "d1 title, d1 sentence"),
        ("DRONES harbour", "d1 sentence, d1 title, d2 sentence, d2 sentence, d2 sentence"),
        ('"harbour pilots"', "d2 sentence"),
        ('"pilots harbour"', ""),
        ("elan", "d3 title"),
        ("Norway", "d3 title"),
        ("quota", "d3 quotation, d3 sentence"),
        ("welcomer", "d2 sentence"),
        ("submarine", ""),
        ("", ""),
        ("' ; --", ""),
    ],
    ids=[
        "a word and its plural", "another form", "passages with all words first", "a phrase", "a phrase in another order",
        "without its accent", "without the genitive", "a quotation and its sentence", "a form that no text has",
        "a word that no text has", "no word", "signs alone",
    ],
)  # fmt: skip
def test_search(con, query, found):
    rows = con.execute("select document_id, kind from main.search($query)", {"query": query}).fetchall()
    assert sorted(f"{d} {k}" for d, k in rows) == sorted(filter(None, found.split(", ")))
    if found:
        assert f"{rows[0][0]} {rows[0][1]}" == found.split(", ")[0]


def test_shown_text_has_no_line_break_and_spans_are_exact(con):
    ((text, start, end),) = select(
        con, "select text, start_char, end_char from main.search('Vard') where kind = 'sentence'"
    )
    assert text == "The harbour of Vard was closed after a drone fell."
    assert TEXTS["d1"][1][start:end] == text.replace("Vard ", "Vard\n")


def test_rows_are_limited(con):
    assert len(select(con, "from main.search('harbour', max_rows := 2)")) == 2


@pytest.mark.parametrize(
    ("person", "topic", "said"),
    [
        ("Berg", "", "Ferries must wait,|Prices are a matter for others,|We want quotas,"),
        ("anna berg", "", "Ferries must wait,"),
        ("Berg", "quota", "We want quotas,"),
        ("Ole Berg", "pricing", "Prices are a matter for others,"),
        ("Anna Berg", "quota", ""),
        ("Berg", "noon", "Ferries must wait,"),
        ("Ber", "", ""),
        ("", "", ""),
    ],
    ids=["all of a name", "one person", "on a topic", "in another form", "another's topic", "in the sentence",
         "half a name", "no one"],
)  # fmt: skip
def test_said(con, person, topic, said):
    rows = con.execute("select text from main.said($person, $topic)", {"person": person, "topic": topic}).fetchall()
    assert "|".join(sorted(text.strip("“”") for (text,) in rows)) == said


def test_only_new_words_are_stemmed_and_old_ones_go():
    con = empty_warehouse()
    given(con, "raw.documents", [{"document_id": "d1", "text": "talks talked"}, {"document_id": "d2", "text": "walks"}])
    assert len(update_word_stems(con)) == 3
    assert update_word_stems(con) == []
    con.execute("delete from raw.documents where document_id = 'd2'")
    assert update_word_stems(con) == []
    assert ("talked", "talk") in select(con, "from core.word_stems")
    assert "walks" not in [word for word, _ in select(con, "from core.word_stems")]


@pytest.mark.parametrize("path", sorted((SQL_DIR / "macros").glob("*.sql")), ids=lambda path: path.stem)
def test_macros_open_in_older_versions(path):
    """DuckDB 2 stores if() as a function, which DuckDB 1 has not: a macro that uses it cannot be called there."""
    assert not re.search(r"\bif\s*\(", re.sub(r"--.*", "", path.read_text(encoding="utf-8")))


def test_a_macro_that_no_file_has_any_more_is_dropped(con, tmp_path):
    (tmp_path / "macros").mkdir()
    (tmp_path / "macros" / "own.sql").write_text(
        "create or replace macro main.doubled(x) as 2 * x; create or replace macro main.ones() as table select 1 as one"
    )
    mine = "select function_name from duckdb_functions() where not internal and function_type like '%macro' order by 1"
    assert create_macros(con, tmp_path) == 2
    assert select(con, mine) == [("doubled",), ("ones",)]
    create_macros(con, SQL_DIR)
    assert {("search",), ("said",)} <= set(select(con, mine)) and ("ones",) not in select(con, mine)
