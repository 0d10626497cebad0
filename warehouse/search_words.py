"""The words of the texts with their stems: `core.word_stems`, by which the text search finds the forms of a word.

What belongs here: filling that table. What does not: the index (`sql/marts/search_tokens.sql`) and the search itself
(`sql/macros/search.sql`), which are SQL alone, so that any DuckDB client can search the published file.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa
import snowballstemmer

from warehouse.transaction import transaction

# The same expression cuts texts into words in `search_tokens.sql` and queries in `search.sql`.
_WORDS = """
select distinct unnest(
    regexp_extract_all(regexp_replace(lower(strip_accents(text)), '[''’]s\\b', '', 'g'), '[\\p{L}\\p{N}]+')
) as word
from (select unnest([text, title]) from raw.documents where {of}) as texts (text)
"""
_NEW = "select word from temp._words anti join core.word_stems using (word) order by word"


def update_word_stems(con: duckdb.DuckDBPyConnection, added: Sequence[str] | None = None) -> list[str]:
    """Bring the table of stems up to the words of the texts and titles, in one transaction.

    Args:
        con: the build database, outside a transaction.
        added: the documents that came since the table was brought up to date, where no other one went or changed; `None`: all
            are read again.

    Returns:
        The words that are new; only these are stemmed (a thousand take a tenth of a second).

    Raises:
        DiskFullError, WarehouseCorruptError: see `pipelines/errors.py`; the table is as it was.
    """
    with transaction(con, doing="writing the stems of the words"):
        words = f"create or replace temporary table _words as {_WORDS}"
        if added is None:
            con.execute(words.replace("{of}", "true"))
            con.execute("delete from core.word_stems where word not in (select word from temp._words)")
        else:
            of = "document_id in (select unnest($documents))"
            con.execute(words.replace("{of}", of), {"documents": list(added)})
        new = [word for (word,) in con.execute(_NEW).fetchall()]
        con.register("_rows", pa.table({"word": new, "stem": snowballstemmer.stemmer("english").stemWords(new)}))
        try:
            con.execute("insert into core.word_stems by name select * from _rows")
        finally:
            con.unregister("_rows")
        con.execute("drop table temp._words")
    return new
