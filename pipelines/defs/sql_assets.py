"""The SQL models as assets: one asset a file, of the same name, with the dependencies found in its SQL.

What belongs here: the multi-asset that runs `sql/`. All models run in one step, each after those that it reads
(`warehouse/model_order.py`); one step a model costs more time in Dagster than in DuckDB (see `docs/decisions/`). What does not:
finding and running models (`warehouse/models.py`), checking them (`checks.py`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb

from pipelines.defs.asset_metadata import table_result
from pipelines.defs.asset_specs import model_spec, table_key
from pipelines.defs.resources import Warehouse, step_failures
from pipelines.defs.unchanged import is_whole_run
from pipelines.settings import Settings
from warehouse.kept_answers import LINEAGE_FILE
from warehouse.models import PRINTS_FOLDER, Model, ModelRun

if TYPE_CHECKING:
    from warehouse.changed_checks import ChangedRows
    from warehouse.increments import Increments


def build_sql_assets(models: Sequence[Model], settings: Settings, *, pool: str) -> dg.AssetsDefinition:
    """The step that runs models.

    Args:
        models: all models, in an order in which they can run.
        settings: where the documentation is.
        pool: the pool that the step claims.
    """

    @dg.multi_asset(
        name="sql_models",
        specs=[model_spec(model, docs_url=settings.docs_url) for model in models],
        can_subset=True,
        pool=pool,
    )
    def sql_models(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult]:
        selected = [model for model in models if table_key(model.qualified_name) in context.selected_asset_keys]
        with step_failures():
            yield from _run(context, settings, warehouse, models, selected)

    return sql_models


def _run(
    context: dg.AssetExecutionContext,
    settings: Settings,
    warehouse: Warehouse,
    models: Sequence[Model],
    selected: Sequence[Model],
) -> Iterator[dg.MaterializeResult]:
    from warehouse import builds, kept_open
    from warehouse.increments import Increments
    from warehouse.lineage import column_lineage
    from warehouse.macros import create_macros
    from warehouse.model_order import run_side_by_side, turn_of_whole
    from warehouse.models import drop_removed_models

    lineage = column_lineage(models, settings.warehouse / LINEAGE_FILE)
    parts = {part.name: part for part in builds.model_parts(selected)}
    with warehouse.connect() as con:
        builds.require_built(con, parts.values(), doing=f"computing {', '.join(list(parts)[:3])}")
        is_whole = is_whole_run(context.run)
        kept = _kept(con, models, selected) if is_whole else set()
        increments = Increments(
            con.cursor(), settings.warehouse / PRINTS_FOLDER, models, is_told=is_whole and warehouse.is_sealed
        )
        is_same_program = is_whole and _is_same_program(settings)
        standing = builds.standing(con, parts.values()) if is_same_program else set()
        builds.begin(con, [name for name in parts if name not in kept], run_id=context.run.run_id)
        for name in drop_removed_models(con, models):
            builds.discard(con, [name])
            context.log.info("dropped %s, whose model was removed", name)

        build = _build_by(increments, standing, turn_of_whole(warehouse.build_database))
        runs = run_side_by_side(con, [model for model in selected if model.qualified_name not in kept], build)
        done = []
        try:
            for model in selected:
                figures: dict[str, Any] = _lineage_metadata(lineage[model.qualified_name])
                if model.qualified_name not in kept:
                    run = next(runs)
                    done.append(parts[model.qualified_name])
                    figures |= {"row_count": run.row_count, "seconds": round(run.seconds, 3)}
                yield table_result(
                    con,
                    model.qualified_name,
                    [column.name for column in model.columns],
                    has_preview=model.schema != "staging",  # the same rows as the table that it reads
                    **figures,
                )
            # Macros read tables of several models; where nobody has written since this program's publication they are there.
            if not (is_same_program and warehouse.is_sealed) and _all_stand(con, models):
                create_macros(con, settings.sql)
        finally:
            runs.close()
            builds.stamp(con, done, run_id=context.run.run_id)
        kept_open.fold_log(warehouse.build_database)
        increments.note(selected)
        warehouse.can_be_sealed = is_whole


def _build_by(
    increments: "Increments", standing: Set[str], turn: AbstractContextManager[Any]
) -> Callable[[duckdb.DuckDBPyConnection, Model], ModelRun]:
    """How one model is built: by what changed where it stands and can be, else whole, a whole one when it has its turn."""
    from warehouse.models import run_model

    def build(cursor: duckdb.DuckDBPyConnection, model: Model) -> ModelRun:
        is_standing = model.qualified_name in standing
        if is_standing and model.increment is not None:
            run = increments.run(model, cursor)
            if run is not None:
                return run
        with turn:
            return run_model(cursor, model, is_refilled=is_standing)

    return build


def changed_rows(con: duckdb.DuckDBPyConnection, settings: Settings) -> "ChangedRows | None":
    """The rows of models that have changed since the last publication, if that was by this program and no check failed since."""
    from warehouse.builds import read_builds
    from warehouse.changed_checks import ChangedRows
    from warehouse.failed_checks import read_failed_checks
    from warehouse.standing import noted_standing, published_builds

    note = noted_standing(settings.published_database)
    if note is None or not _is_same_program(settings) or read_failed_checks(con):
        return None
    if con.execute("select run_id from main.warehouse_version").fetchall() != [(note.run_id,)]:
        return None
    published = published_builds(settings.published_database, note.run_id)
    return None if published is None else ChangedRows(settings.warehouse / PRINTS_FOLDER, read_builds(con), published)


def _kept(con: duckdb.DuckDBPyConnection, models: Sequence[Model], selected: Sequence[Model]) -> set[str]:
    """The models that stay as they are: nothing that they are made from was built since, nor their SQL changed."""
    from warehouse import builds

    parts = builds.model_parts(models)
    unlike = set(builds.unlike_today(con, parts)) & {part.name for part in parts}
    for part in parts:  # in their order: what reads a model that is computed is computed
        if unlike & set(part.reads):
            unlike.add(part.name)
    there = _tables(con)
    return {model.qualified_name for model in selected if model.qualified_name in there} - unlike


def _is_same_program(settings: Settings) -> bool:
    """Whether the last publication is of this program: other code, even of a table that is read, may give other columns."""
    from pipelines.no_work import program_version
    from warehouse.standing import noted_standing

    note = noted_standing(settings.published_database)
    return note is not None and note.program == program_version(settings)


def _all_stand(con: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> bool:
    return {model.qualified_name for model in models} <= _tables(con)


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    rows = con.execute(
        "select table_schema || '.' || table_name from information_schema.tables where table_catalog = current_database()"
    ).fetchall()
    return {name for (name,) in rows}


def _lineage_metadata(lineage: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, Any]:
    if not lineage:
        return {}
    deps = {
        column: [dg.TableColumnDep(table_key(table), name) for table, name in sources]
        for column, sources in lineage.items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}
