"""The passages that a new word concerns: all that have a word which no text had are found, wherever they were cut."""

import random

import duckdb
import pytest

from tests.unit.warehouse_rows import models

(TOKENS,) = (model for model in models() if model.name == "search_tokens")
# As `search_tokens.sql` cuts words.
_PLAIN = "regexp_replace(lower(strip_accents({0})), '[''’]s\\b', '', 'g')"
WORDS = f"list_distinct(regexp_extract_all({_PLAIN}, '[\\p{{{{L}}}}\\p{{{{N}}}}]+'))"


@pytest.mark.parametrize("letters", ["abS1 '_.", "aéSß1 '’_.\u0301"])
def test_words_of_cut_passages_are_found(letters: str) -> None:
    assert TOKENS.increment is not None
    draw = random.Random(len(letters))
    rows = []
    for number in range(400):
        text = "".join(draw.choice(letters) for _ in range(14))
        begin, end = sorted(draw.sample(range(15), 2))
        rows.append((f"d{number}", text, text[begin:end].strip()))
    with duckdb.connect() as con:
        con.execute("create table texts (document_id varchar, whole varchar, text varchar)")
        con.executemany("insert into texts values (?, ?, ?)", rows)
        con.execute("create view search_passages as select document_id, text from texts")
        words = f"select document_id, unnest({WORDS.format('text')}) as word from texts"
        new = con.execute(
            f"select word, list(distinct document_id) from ({words}) join texts using (document_id) "
            f"where not list_contains({WORDS.format('whole')}, word) group by word order by word"
        ).fetchall()
        assert len(new) > 30
        for added, documents in (*new, *(("|".join(word for word, _ in pair), sum((d for _, d in pair), []))
                                         for pair in zip(new, new[1:], strict=False))):  # fmt: skip
            con.execute("set variable added = $1", [added])
            found = {document for (document,) in con.execute(TOKENS.increment.concerned).fetchall()}
            assert {*documents} <= found, added
