"""What a load does does not grow faster than what it loads."""

from __future__ import annotations

import duckdb

from tests.unit.warehouse_rows import a_document, a_file, a_run, a_source, empty_warehouse, select, write_batch
from warehouse.contracts.nlp import NLP
from warehouse.load import load_run

ONE = a_document()
TWO = a_document(source="second")


class Listening:
    """A connection whose statements are noted."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.statements: list[str] = []

    def execute(self, sql: str, *parameters):
        self.statements.append(sql)
        return self._con.execute(sql, *parameters)

    def __getattr__(self, name: str):
        return getattr(self._con, name)


def test_rows_are_looked_for_of_documents_alone_that_have_some(tmp_path):
    con = empty_warehouse()
    groups = [[write_batch(tmp_path / f"{document.source_key}.parquet", [document])] for document in (ONE, TWO)]

    def deletions(*documents):
        listening = Listening(con)
        files = [a_file(document, f"{document.source_key}.txt") for document in documents]
        load_run(
            listening,
            documents=documents,
            document_sources=[a_source(document, file) for document, file in zip(documents, files, strict=True)],
            files=files,
            quarantine=[],
            run=a_run(),
            batches=groups,
            extractor_version="v1",
        )
        return sum(sql.startswith('delete from "nlp"') for sql in listening.statements)

    assert deletions(ONE) == 0, "as often as there are groups, it would take the square of the documents"
    assert deletions(ONE, TWO) == len(NLP)
    assert select(con, "select count(*) from nlp.sentences") == [(4,)]
