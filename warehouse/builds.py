"""Which run built what from what, so that parts of two runs, or of two versions of the code, are never published together.

What belongs here: noting that a part is about to be built, stamping it afterwards, whether it has to be built again, and the test
before publication. What does not: building, and the checks that failed (`failed_checks.py`).

A part is `load` (the schemas raw and nlp), `ingestion_runs` (the one table of raw that every run adds to), `core`, or a SQL
model by its qualified name. A stamp names the build and the code version of every part that was read. Publication asks that each
part was built from the builds that are there now, so what a run left behind when it was stopped, or what was built again by
itself, is not published until everything made from it has been built again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from pipelines.errors import NotBuiltError, StaleBuildError
from warehouse.failed_checks import read_failed_checks
from warehouse.models import Model
from warehouse.transaction import transaction

LOAD, RUNS, CORE = "load", "ingestion_runs", "core"
_BUILD_ALL, _BUILD_MODELS = "run the job ingest_and_publish", "run the job rebuild_marts"
_NAMED = 5  # parts named in a message


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the warehouse: the version of the code that builds it, where it matters, and the parts that it reads."""

    name: str
    reads: tuple[str, ...] = ()
    code_version: str | None = None


@dataclass(frozen=True, slots=True)
class _Build:
    build_id: str
    code_version: str | None
    inputs: Mapping[str, str] | None  # build by part
    is_finished: bool

    @property
    def run_id(self) -> str:
        return self.build_id.rpartition("/")[0]


def model_parts(models: Iterable[Model]) -> list[Part]:
    """SQL models as parts, in their order."""
    return [
        Part(model.qualified_name, tuple(sorted({part_of(name) for name in model.depends_on})), model.code_version)
        for model in models
    ]


def part_of(table: str) -> str:
    """The part that a table belongs to.

    Args:
        table: qualified name of a table or SQL model.
    """
    schema = table.partition(".")[0]
    if table == "raw.ingestion_runs":
        return RUNS
    return {"raw": LOAD, "nlp": LOAD, "core": CORE}.get(schema, table)


def begin(con: duckdb.DuckDBPyConnection, parts: Iterable[str], *, run_id: str) -> None:
    """Note that a run is about to build parts; should it be stopped before it stamps them, they cannot be published.

    Args:
        con: the build database, outside a transaction.
        parts: what is about to be built.
        run_id: the run.
    """
    now = _now()
    rows = [(part, _build_id(run_id, now), False, now) for part in parts]
    with transaction(con, doing="noting what is about to be built"):
        _replace(con, [(part, build_id, None, None, done, at) for part, build_id, done, at in rows])


def discard(con: duckdb.DuckDBPyConnection, parts: Iterable[str]) -> None:
    """Take stamps away, so that the parts are built again."""
    with transaction(con, doing="forgetting what was built"):
        con.execute("delete from raw.builds where part in (select unnest($parts))", {"parts": list(parts)})


def is_stamped(con: duckdb.DuckDBPyConnection, part: str) -> bool:
    """Whether a part has been built as a whole."""
    return (build := _builds(con).get(part)) is not None and build.is_finished


def standing(con: duckdb.DuckDBPyConnection, parts: Iterable[Part]) -> set[str]:
    """The names of the parts that were built as a whole by this code, from whatever they read."""
    builds = _builds(con)
    return {
        part.name
        for part in parts
        if (build := builds.get(part.name)) and build.is_finished and build.code_version == part.code_version
    }


def run_of(con: duckdb.DuckDBPyConnection, part: str) -> str | None:
    """The run that built a part as a whole, `None` if it has to be built.

    Args:
        con: the build database; may be read-only.
        part: the part.
    """
    build = _builds(con).get(part)
    return build.run_id if build is not None and build.is_finished else None


def is_up_to_date(con: duckdb.DuckDBPyConnection, part: Part) -> bool:
    """Whether a part was built by this code from what it reads as that is now."""
    builds = _builds(con)
    build = builds.get(part.name)
    return (
        build is not None
        and build.is_finished
        and build.code_version == part.code_version
        and build.inputs == _current(builds, part)
    )


def unlike_today(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], *, apart_from: str | None = None) -> list[str]:
    """The parts that a run would build: not built as a whole, by other code, or from other builds than those that are there.

    Args:
        con: the build database; may be read-only.
        parts: all parts of the warehouse, as today's code would build them.
        apart_from: a part whose build does not count.

    Returns:
        Their names, and those of parts that nothing defines any longer.
    """
    builds = _builds(con)
    named = {part.name for part in parts}
    unlike = [name for name in builds if name not in named and name != apart_from]
    for part in parts:
        build = builds.get(part.name)
        reads = [name for name in part.reads if name != apart_from]
        if (
            build is None
            or not build.is_finished
            or build.code_version != part.code_version
            or any(name not in builds or (build.inputs or {}).get(name) != builds[name].build_id for name in reads)
            or not set(build.inputs or {}) <= set(part.reads)
        ):
            unlike.append(part.name)
    return unlike


def read_builds(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Which build of each part there is, finished or not.

    Args:
        con: a build database or a published one; may be read-only.
    """
    return {name: f"{build.build_id} {build.is_finished}" for name, build in _builds(con).items()}


def read_by(con: duckdb.DuckDBPyConnection, part: str, read: str) -> str | None:
    """Which build of another part a part was built from, as `read_builds` names it; `None` if it was not built as a whole.

    Args:
        con: the build database; may be read-only.
        part: the part.
        read: the part that it reads.
    """
    build = _builds(con).get(part)
    if build is None or not build.is_finished or read not in (build.inputs or {}):
        return None
    return f"{(build.inputs or {})[read]} True"


def stamp(con: duckdb.DuckDBPyConnection, parts: Iterable[Part], *, run_id: str) -> None:
    """Note that a run has built parts of the warehouse, from what they read as it is now.

    Args:
        con: the build database, outside a transaction.
        parts: what was built, each after those that it reads.
        run_id: the run.
    """
    now = _now()
    builds = _builds(con)
    rows = []
    for part in parts:
        build_id = _build_id(run_id, now)
        inputs = [
            {"part": name, "build_id": builds[name].build_id, "code_version": builds[name].code_version}
            for name in part.reads
            if name in builds
        ]
        builds[part.name] = _Build(build_id, part.code_version, None, True)
        rows.append((part.name, build_id, part.code_version, inputs, True, now))
    with transaction(con, doing="stamping what was built"):
        _replace(con, rows)


def require_built(con: duckdb.DuckDBPyConnection, parts: Iterable[Part], *, doing: str) -> None:
    """Make sure that what some parts read, beside one another, has been built.

    Args:
        con: the build database; may be read-only.
        parts: what is about to be built.
        doing: what is being done, for the message.

    Raises:
        NotBuiltError: something has not; names it and what to run first.
    """
    builds = _builds(con)
    parts = list(parts)
    own = {part.name for part in parts}
    missing = dict.fromkeys(
        name for part in parts for name in part.reads if name not in own and not _is_finished(builds, name)
    )
    if not missing:
        return
    if not _is_finished(builds, LOAD) or RUNS in missing:
        cause, job = "nothing has been loaded", _BUILD_ALL
    elif not _is_finished(builds, CORE):
        cause, job = "nothing has been resolved (core)", _BUILD_ALL
    else:
        cause = f"{_listed(list(missing))} {'has' if len(missing) == 1 else 'have'} not been built"
        job = f"materialize what is missing too, or {_BUILD_MODELS}"
    raise NotBuiltError(f"{doing}: {cause} yet; {job} first")


def require_whole_build(con: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> None:
    """Make sure that every part was built by today's code from what is there now, and that no check has failed.

    Args:
        con: the build database; may be read-only.
        models: the SQL models, in their order.

    Raises:
        StaleBuildError: a part was not, a check failed and was not passed since, or there is a table that nothing defines.
    """
    if failed := read_failed_checks(con):
        told = "; ".join(
            f"check {f.check_name} of {f.table_name} failed in run {f.run_id}: {f.message}" for f in failed
        )
        raise StaleBuildError(f"{told}. Mend its cause and {_BUILD_ALL}")
    builds = _builds(con)
    if not _is_finished(builds, LOAD) or not _is_finished(builds, RUNS):
        raise StaleBuildError(f"{_unbuilt(builds, LOAD, 'nothing was loaded as a whole')}; {_BUILD_ALL}")
    core = builds.get(CORE)
    if core is None or not core.is_finished:
        cause = _unbuilt(builds, CORE, "core was not resolved from what is loaded now")
        raise StaleBuildError(f"{cause}; {_BUILD_ALL}")
    if (core.inputs or {}).get(LOAD) != builds[LOAD].build_id:
        raise StaleBuildError(
            f"core was not resolved from what is loaded now: run {core.run_id} resolved it, run {builds[LOAD].run_id} has loaded "
            f"since; {_BUILD_ALL}"
        )
    _require_models(builds, models)
    known = {model.qualified_name for model in models}
    foreign = sorted(part for part in builds if part not in known and part not in (LOAD, RUNS, CORE))
    if foreign:
        raise StaleBuildError(f"no model defines {_listed(foreign)} any longer; {_BUILD_MODELS}")


def _require_models(builds: Mapping[str, _Build], models: Sequence[Model]) -> None:
    causes: dict[str, str] = {}
    followers = []
    for model, part in zip(models, model_parts(models), strict=True):
        if cause := _cause(builds, part, model):
            causes[part.name] = cause
        elif any(name in causes or name in followers for name in part.reads):
            followers.append(part.name)
    if causes:
        names: dict[str, list[str]] = {}
        for name, cause in causes.items():
            names.setdefault(cause, []).append(name)
        told = "; ".join(f"{_listed(same)}: {cause}" for cause, same in list(names.items())[:_NAMED])
        more = f"; and {len(names) - _NAMED} more causes" if len(names) > _NAMED else ""
        behind = f"; made from these: {_listed(followers)}" if followers else ""
        raise StaleBuildError(f"stale models: {told}{more}{behind}. To mend it, {_BUILD_MODELS}")


def _cause(builds: Mapping[str, _Build], part: Part, model: Model) -> str | None:
    """Why a model cannot be published, None if it can."""
    build = builds.get(part.name)
    if build is None or not build.is_finished:
        return "not computed" if build is None else f"run {build.run_id} began to compute it and did not finish"
    if build.code_version != part.code_version:
        return f"computed by run {build.run_id} with another version of {model.path.name}"
    current = _current(builds, part)
    changed = [name for name in part.reads if (build.inputs or {}).get(name) != current.get(name)]
    if changed:
        runs = ", ".join(f"{name} (run {builds[name].run_id})" for name in changed if name in builds)
        return f"computed by run {build.run_id} before {runs or _listed(changed)} was built"
    return None


def _unbuilt(builds: Mapping[str, _Build], part: str, otherwise: str) -> str:
    build = builds.get(part)
    return otherwise if build is None else f"run {build.run_id} began to build {part} and did not finish"


def _is_finished(builds: Mapping[str, _Build], part: str) -> bool:
    return part in builds and builds[part].is_finished


def _current(builds: Mapping[str, _Build], part: Part) -> dict[str, str]:
    return {name: builds[name].build_id for name in part.reads if name in builds}


def _builds(con: duckdb.DuckDBPyConnection) -> dict[str, _Build]:
    rows = con.execute("select part, build_id, code_version, inputs, is_finished from raw.builds").fetchall()
    return {
        part: _Build(
            build_id,
            code_version,
            None if inputs is None else {read["part"]: read["build_id"] for read in inputs},
            bool(is_finished),
        )
        for part, build_id, code_version, inputs, is_finished in rows
    }


def _replace(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[object, ...]]) -> None:
    con.execute("delete from raw.builds where part in (select unnest($parts))", {"parts": [row[0] for row in rows]})
    if rows:
        places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(rows))
        con.execute(f"insert into raw.builds values {places}", [value for row in rows for value in row])


def _build_id(run_id: str, now: datetime) -> str:
    return f"{run_id}/{now.isoformat()}"


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
