"""Documents and their sources read back from the build database, as records.

What belongs here: looking them up by document id. What does not: what earlier runs have done (`ledger.py`), writing (`load.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

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


def documents_within(con: duckdb.DuckDBPyConnection, *, folder: str, source: str) -> set[str]:
    """Ids of the documents of a folder, of a source, or of both.

    Args:
        con: a connection to the build database; may be read-only.
        folder: path of a file or folder below the seeds folder; empty: any.
        source: name of a publisher, or key of a source; empty: any.
    """
    rows = con.execute(
        "select document_id from raw.documents where ($source = '' or source_name = $source or source_key = $source) "
        "and ($folder = '' or document_id in (select document_id from raw.document_sources "
        "where path = $folder or starts_with(path, $folder || '/')))",
        {"folder": folder, "source": source},
    ).fetchall()
    return {document_id for (document_id,) in rows}


def words_by_source(con: duckdb.DuckDBPyConnection, document_ids: Collection[str]) -> list[dict[str, Any]]:
    """Documents and words of each source, the most words first.

    Args:
        con: a connection to the build database; may be read-only.
        document_ids: the documents.
    """
    rows = con.execute(
        "select coalesce(source_name, source_key) as source, count(*) as documents, "
        "sum(len(regexp_split_to_array(trim(text), '\\s+')))::bigint as words "
        "from raw.documents where document_id in (select unnest($ids)) group by all order by words desc, source",
        {"ids": list(document_ids)},
    ).fetchall()
    return [{"source": source, "documents": documents, "words": words} for source, documents, words in rows]
