"""Documents and their sources read back from the build database, as records.

What belongs here: looking them up by document id; collections of documents that are read again each time they are gone through,
so that their texts need not be in memory. What does not: what earlier runs have done (`ledger.py`), writing (`load.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields, replace
from itertools import chain, islice
from typing import Any

import duckdb

from pipelines.records import DateSource, Document, DocumentSource

# Documents read from the database at a time: a few megabytes.
_READ_AT_ONCE = 1024


class StoredDocuments(Collection[Document]):
    """Documents of the build database, read when they are gone through, in the order of their ids.

    Args:
        con: a connection to the build database; may be read-only.
        document_ids: their ids, all of which are there.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, document_ids: Collection[str]) -> None:
        self._con = con
        self._ids = frozenset(document_ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, document: object) -> bool:
        return isinstance(document, Document) and document.document_id in self._ids

    def __iter__(self) -> Iterator[Document]:
        ids = iter(sorted(self._ids))
        while some := list(islice(ids, _READ_AT_ONCE)):
            yield from read_documents(self._con, some)


class DocumentStream(Collection[Document]):
    """Documents of several collections, one after the other.

    Args:
        parts: the collections, which have no document in common.
    """

    def __init__(self, *parts: Collection[Document]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __contains__(self, document: object) -> bool:
        return any(document in part for part in self._parts)

    def __iter__(self) -> Iterator[Document]:
        return chain.from_iterable(self._parts)


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
