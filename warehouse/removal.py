"""Removing documents for good: those that no file of the seeds folder holds any more.

What belongs here: `remove_documents`. What does not: noticing that a file is gone (`pipelines/stages/ingest`, which marks it
in `raw.files`), the extraction batches (`pipelines/stages/batches.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.errors import TerminalError
from warehouse.contracts.nlp import NLP
from warehouse.layout import quoted


def remove_documents(con: duckdb.DuckDBPyConnection, paths: Sequence[str] = ()) -> int:
    """Remove documents that no current file holds, with all that was extracted from them; the caller has the transaction.

    The ledger keeps their files: path, hash and when they were seen. What a feed or an archive keeps (`sources.Kind`) is
    removed only where `paths` names it.

    Args:
        con: the build database, in a transaction.
        paths: only documents that files at these paths held, or files in these folders; none: all.

    Returns:
        How many were removed.

    Raises:
        TerminalError: at one of the paths there was nothing to remove.
    """
    con.execute(
        "create or replace temporary table _removed as select document_id from raw.documents "
        "anti join (select document_id from raw.document_sources join raw.files using (file_id) "
        "  where is_current or (status = 'kept' and not $is_asked)) using (document_id)",
        {"is_asked": bool(paths)},
    )
    if paths:
        _keep_only(con, [path.rstrip("/") for path in paths])
    con.execute(
        "delete from raw.quarantine where stage = 'extract' and (path, record_number) in ("
        "  select (path, record_number) from raw.document_sources where document_id in (from temp._removed)) "
        "and content_hash in (select content_hash from raw.documents where document_id in (from temp._removed))"
    )
    (removed,) = con.execute("select count(*) from temp._removed").fetchall()[0]
    for table in ("raw.documents", "raw.document_sources", *(table.qualified_name for table in NLP)):
        name = quoted(*table.split("."))
        con.execute(f"delete from {name} where document_id in (from temp._removed)")
    con.execute("drop table temp._removed")
    return int(removed)


def _keep_only(con: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> None:
    """Restrict what is to be removed to the documents of some files or folders."""
    con.execute(
        "create or replace temporary table _asked as select document_id, given "
        "from raw.document_sources semi join temp._removed using (document_id), (select unnest($paths) as given) "
        "where path = given or starts_with(path, given || '/')",
        {"paths": list(paths)},
    )
    found = {given for (given,) in con.execute("select distinct given from temp._asked").fetchall()}
    if missing := [path for path in paths if path not in found]:
        raise TerminalError(
            f"there is no document to remove at {', '.join(missing)}: either nothing is known of it (a path is as in "
            "dim_documents.paths), or a file in the seeds folder still holds the text; remove that file first"
        )
    con.execute("delete from temp._removed where document_id not in (select document_id from temp._asked)")
    con.execute("drop table temp._asked")
