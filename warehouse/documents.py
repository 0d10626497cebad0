"""Documents and their sources read back from the build database, as records.

What belongs here: looking them up by document id. What does not: what earlier runs have done (`ledger.py`), writing (`load.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace

import duckdb

from pipelines.records import DateSource, Document, DocumentSource


def read_documents(con: duckdb.DuckDBPyConnection, document_ids: Collection[str]) -> list[Document]:
    """The documents with these ids, in the order of their ids; unknown ids are passed over.

    Args:
        con: a connection to the build database; may be read-only.
        document_ids: the ids.
    """
    columns = ", ".join(field.name for field in fields(Document))
    rows = con.execute(
        f"select {columns} from raw.documents where document_id in (select unnest($ids)) order by document_id",
        {"ids": list(document_ids)},
    ).fetchall()
    documents = (Document(*row) for row in rows)
    return [replace(row, published_date_source=DateSource(row.published_date_source)) for row in documents]


def read_document_sources(con: duckdb.DuckDBPyConnection, document_ids: Collection[str]) -> list[DocumentSource]:
    """The records of files that hold these documents.

    Args:
        con: a connection to the build database; may be read-only.
        document_ids: the ids.
    """
    columns = ", ".join(field.name for field in fields(DocumentSource))
    rows = con.execute(
        f"select {columns} from raw.document_sources where document_id in (select unnest($ids)) order by all",
        {"ids": list(document_ids)},
    ).fetchall()
    return [DocumentSource(*row) for row in rows]
