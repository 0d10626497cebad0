"""The checks of the tables as asset checks: blocking ones stop what is downstream, publication above all.

What belongs here: which checks make one asset check, and the steps that run them. Dagster spends more time on recording an asset
check than DuckDB on running it, so all the rules of a table's contract that block are the asset check `contract`, those that
only report are `expectations`, and each hand-written check of `sql/checks/` is one of its own. A failed check names the rule and
the keys of offending rows. What does not: the rules themselves (`warehouse/checks.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from pipelines.defs.asset_metadata import metadata_table
from pipelines.defs.asset_specs import table_key
from pipelines.defs.failures import OFFENDING_ROWS, check_message
from pipelines.defs.resources import Warehouse, step_failures
from pipelines.defs.sql_assets import changed_rows
from pipelines.settings import Settings
from warehouse.checks import Check, CheckResult, model_checks, run_side_by_side, sql_checks, table_checks
from warehouse.contracts.publications import PUBLICATIONS
from warehouse.models import Model

# Step: the schemas whose tables it checks, all built by the step before it.
CHECK_STEPS = {
    "check_loaded": ("raw", "nlp"),
    "check_resolved": ("core",),
    "check_models": ("staging", "intermediate", "main"),
}
Views = Mapping[str, tuple[str, Collection[str]]]
# Written by the publication itself, after every check.
_UNCHECKED = {table.qualified_name for table in PUBLICATIONS}


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """Checks of a table that are one asset check."""

    name: str
    table: str
    is_blocking: bool
    description: str
    checks: tuple[Check, ...]

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """The asset check."""
        return dg.AssetCheckSpec(
            self.name, asset=table_key(self.table), description=self.description, blocking=self.is_blocking
        )


def group_checks(models: Sequence[Model], sql_dir: Path) -> tuple[CheckGroup, ...]:
    """All checks, in the groups that are asset checks.

    Args:
        models: the SQL models.
        sql_dir: the folder whose `checks/` holds the hand-written ones.
    """
    by_table: dict[tuple[str, bool], list[Check]] = defaultdict(list)
    for check in (*table_checks(), *model_checks(models)):
        by_table[(check.table, check.is_blocking)].append(check)
    ruled = [
        CheckGroup(
            "contract" if is_blocking else "expectations",
            table,
            is_blocking,
            "\n".join(f"- {check.description}" for check in checks),
            tuple(checks),
        )
        for (table, is_blocking), checks in by_table.items()
    ]
    written = [CheckGroup(c.name, c.table, c.is_blocking, c.description, (c,)) for c in sql_checks(sql_dir)]
    return tuple(group for group in (*ruled, *written) if group.table not in _UNCHECKED)


def build_checks(models: Sequence[Model], sql_dir: Path, *, pool: str) -> list[dg.AssetChecksDefinition]:
    """The steps that check tables, one for each step that builds some.

    Args:
        models: the SQL models.
        sql_dir: the folder whose `checks/` holds the hand-written ones.
        pool: the pool that the steps claim.
    """
    groups = group_checks(models, sql_dir)
    steps = []
    for step, schemas in CHECK_STEPS.items():
        own = [group for group in groups if group.table.partition(".")[0] in schemas]
        if own:
            steps.append(_check_step(step, own, seen_through(models), pool=pool))
    return steps


def seen_through(models: Sequence[Model]) -> dict[str, tuple[str, frozenset[str]]]:
    """The views of staging of one table each, row by row: the table, and the columns of the view."""
    return {
        model.qualified_name: (next(iter(model.depends_on)), frozenset(column.name for column in model.columns))
        for model in models
        if model.schema == "staging" and model.materialized == "view" and len(model.depends_on) == 1
    }


def _check_step(name: str, groups: Sequence[CheckGroup], views: Views, *, pool: str) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(name=name, specs=[group.spec for group in groups], can_subset=True, pool=pool)
    def check_step(
        context: dg.AssetCheckExecutionContext,
        settings: dg.ResourceParam[Settings],
        warehouse: dg.ResourceParam[Warehouse],
    ) -> Iterator[dg.AssetCheckResult]:
        selected = [group for group in groups if group.spec.key in context.selected_asset_check_keys]
        results = []
        with step_failures(), warehouse.connect(read_only=True) as con:
            found = run_side_by_side(con, _of_few_rows(con, settings, [group.checks for group in selected], views))
            with closing(found):
                for group, judged in zip(selected, found, strict=True):
                    results.append(_result(group, judged))
                    yield results[-1]
        with step_failures():
            _note(warehouse, groups, selected, results, run_id=context.run.run_id)

    return check_step


def _of_few_rows(
    con: duckdb.DuckDBPyConnection, settings: Settings, groups: Sequence[Sequence[Check]], views: Views
) -> list[Sequence[Check]]:
    """The checks, of the changed rows alone where the others passed them in the last publication, by the same program."""
    changed = changed_rows(con, settings)
    if changed is None:
        return list(groups)
    changed.see_through(views)
    return [[changed.few(con, check) for check in checks] for checks in groups]


def _note(
    warehouse: Warehouse,
    groups: Sequence[CheckGroup],
    selected: Sequence[CheckGroup],
    results: Sequence[dg.AssetCheckResult],
    *,
    run_id: str,
) -> None:
    """Keep in the warehouse which blocking checks failed, so that publication can refuse and say why."""
    from warehouse import builds
    from warehouse.failed_checks import FailedCheck, note_failed_checks, read_failed_checks

    failed = [
        FailedCheck(group.table, group.name, run_id, check_message(result.description, result.metadata or {}))
        for group, result in zip(selected, results, strict=True)
        if group.is_blocking and not result.passed
    ]
    schemas = {group.table.partition(".")[0] for group in groups}
    known = {(group.table, group.name) for group in groups}
    with warehouse.connect(read_only=True) as con:
        noted = {(f.table_name, f.check_name) for f in read_failed_checks(con)}
    run = {(group.table, group.name) for group in selected}
    gone = {key for key in noted if key not in known and key[0].partition(".")[0] in schemas}
    if not failed and not noted & (run | gone):
        return
    with warehouse.connect() as con:
        note_failed_checks(con, run | gone, failed)
        if failed:  # tables that break a rule are not kept, though nothing new may be loaded
            builds.discard(con, [builds.CORE])


def _result(group: CheckGroup, results: Iterable[CheckResult]) -> dg.AssetCheckResult:
    failed = [result for result in results if not result.passed]
    offending = [{"rule": result.check.name, **row} for result in failed for row in result.sample]
    count = len(group.checks)
    metadata: dict[str, Any] = {"rules": f"{count} rule{'s' if count > 1 else ''}, {len(failed)} broken"}
    if offending:
        columns = list(dict.fromkeys(name for row in offending for name in row))
        metadata[OFFENDING_ROWS] = metadata_table(offending, columns=columns)
    return dg.AssetCheckResult(
        passed=not failed,
        asset_key=table_key(group.table),
        check_name=group.name,
        severity=dg.AssetCheckSeverity.ERROR if group.is_blocking else dg.AssetCheckSeverity.WARN,
        description="; ".join(result.finding for result in failed) or None,
        metadata=metadata,
    )
