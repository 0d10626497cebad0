"""Which run built what from what, so that parts of two runs are never published together.

What belongs here: taking a part's stamp away before it is built, stamping it afterwards, whether it has to be built again, and
the test before publication. What does not: building.

A part is `load` (the schemas raw and nlp), `core`, or a SQL model by its qualified name. Stamps form a chain: core names the
load it was resolved from, a model the core it was computed from. Publication asks for an unbroken chain, so the tables a run
left behind when it was stopped half-way are not published until the parts behind them have been built again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import duckdb

from pipelines.errors import StaleBuildError
from warehouse.transaction import transaction

LOAD, CORE = "load", "core"


def unstamp(con: duckdb.DuckDBPyConnection, parts: Iterable[str]) -> None:
    """Note that parts are about to be built; should the run be stopped before it stamps them, they cannot be published.

    Args:
        con: the build database, outside a transaction.
        parts: what is about to be built.
    """
    with transaction(con, doing="noting what is about to be built"):
        con.execute("delete from raw.builds where part in (select unnest($parts))", {"parts": list(parts)})


def is_stamped(con: duckdb.DuckDBPyConnection, part: str) -> bool:
    """Whether a part has been built as a whole."""
    return bool(con.execute("select 1 from raw.builds where part = ?", [part]).fetchall())


def run_of(con: duckdb.DuckDBPyConnection, part: str) -> str | None:
    """The run that built a part as a whole, `None` if it has to be built.

    Args:
        con: the build database; may be read-only.
        part: the part.
    """
    row = con.execute("select build_id from raw.builds where part = ?", [part]).fetchone()
    return None if row is None else str(row[0]).rpartition("/")[0]


def is_up_to_date(con: duckdb.DuckDBPyConnection, part: str, *, source: str, code_version: str) -> bool:
    """Whether a part was built from another as that is now, by this code."""
    return bool(
        con.execute(
            "select 1 from raw.builds as built join raw.builds as source on built.source_build_id = source.build_id "
            "where built.part = $part and source.part = $source and built.code_version = $code_version",
            {"part": part, "source": source, "code_version": code_version},
        ).fetchall()
    )


def stamp(
    con: duckdb.DuckDBPyConnection,
    parts: Iterable[str],
    *,
    run_id: str,
    source: str | None = None,
    code_version: str | None = None,
) -> None:
    """Note that a run has built parts of the warehouse.

    Args:
        con: the build database, outside a transaction.
        parts: what was built.
        run_id: the run.
        source: the part they were built from.
        code_version: hash of the code that built them, where it is asked for later.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    values = {
        "parts": list(parts), "build_id": f"{run_id}/{now.isoformat()}", "source": source, "code_version": code_version,
        "now": now,
    }  # fmt: skip
    with transaction(con, doing="stamping what was built"):
        con.execute(
            "create or replace temporary table _stamps as select unnest($parts) as part, $build_id as build_id, "
            "(select build_id from raw.builds where part = $source) as source_build_id, $code_version as code_version, "
            "$now as built_at",
            values,
        )
        con.execute("delete from raw.builds where part in (select part from temp._stamps)")
        con.execute("insert into raw.builds by name select * from temp._stamps")


def require_whole_build(con: duckdb.DuckDBPyConnection, models: Iterable[str]) -> None:
    """Make sure that core and every model were built from what is loaded now.

    Args:
        con: the build database; may be read-only.
        models: qualified names of the SQL models.

    Raises:
        StaleBuildError: a part was not.
    """
    builds = {part: (build_id, source) for part, build_id, source in con.execute(
        "select part, build_id, source_build_id from raw.builds"
    ).fetchall()}  # fmt: skip
    load, core = builds.get(LOAD), builds.get(CORE)
    if load is None or core is None or core[1] != load[0]:
        raise StaleBuildError("core was not resolved from what is loaded now; run the job ingest_and_publish")
    stale = sorted(name for name in models if name not in builds or builds[name][1] != core[0])
    if stale:
        raise StaleBuildError(f"not computed from core as it is now: {', '.join(stale)}; run the job rebuild_marts")
