"""Checks that stored models are what their queries give, and that columns stay filled.

What belongs here: `derived_checks`, which runs each model's query again beside the stored rows, and `fill_checks`. What does not:
checks of single rules (`checks.py`), and those that count the same thing in another way (`sql/checks`).
"""

from __future__ import annotations

from collections.abc import Iterable

from warehouse.checks import Check
from warehouse.layout import literal, quoted
from warehouse.models import Model

SMALLEST_SAMPLE = 50  # rows below which a share says nothing
_DECIMALS = 6  # sums of floating point numbers depend on the order in which they are added


def derived_checks(models: Iterable[Model]) -> tuple[Check, ...]:
    """One check a model: every stored row is what the model's query gives now, and none is missing.

    Args:
        models: the SQL models; the tables and views that they read are there.

    Returns:
        The checks, all blocking. A row that differs is named by its key, with each column that differs: stored, then given.
    """
    return tuple(_derived_check(model) for model in models)


def fill_checks(models: Iterable[Model]) -> tuple[Check, ...]:
    """Checks of the `minimum_fill` of the models' .yml: a column that is emptier than usual has changed its meaning.

    Args:
        models: the SQL models.

    Returns:
        The checks, none blocking; a table of fewer than `SMALLEST_SAMPLE` rows passes.
    """
    return tuple(
        Check(
            f"filled_{column}",
            model.qualified_name,
            f"{column} has a value in {share:.0%} of the rows or more",
            f"select count(*) as row_count, count({quoted(column)}) as filled_count from {_name(model)} "
            f"having count(*) >= {SMALLEST_SAMPLE} and count({quoted(column)}) < {share} * count(*)",
            is_blocking=False,
        )
        for model in models
        for column, share in model.minimum_fill.items()
    )


def _derived_check(model: Model) -> Check:
    keys = [quoted(column) for column in model.primary_key]
    join = " and ".join(f"_stored.{key} is not distinct from _given.{key}" for key in keys)
    shown = ", ".join(f"coalesce(_stored.{key}, _given.{key}) as {key}" for key in keys)
    others = [column for column in model.columns if column.name not in model.primary_key]
    differences = ", ".join(_difference(column.name, column.data_type) for column in others) or "null"
    return Check(
        "equals_its_query",
        model.qualified_name,
        "each row is what the model's query gives",
        # Materialized: some queries cannot stand inside a full join.
        f"with _stored as (select *, true as _is_there from {_name(model)}), "
        f"_given as materialized (select *, true as _is_there from ({model.sql}\n) as _query) "
        f"select {shown}, case when not coalesce(_stored._is_there, false) then 'missing' "
        f"when not coalesce(_given._is_there, false) then 'added' "
        f"else concat_ws('; ', {differences}) end as difference "
        f"from _stored full join _given on {join} "
        "where difference <> ''",
    )


def _difference(column: str, data_type: str) -> str:
    name = quoted(column)
    stored, given = f"_stored.{name}", f"_given.{name}"
    if data_type == "double":
        stored, given = f"round({stored}, {_DECIMALS})", f"round({given}, {_DECIMALS})"
    both = f"coalesce(cast(_stored.{name} as varchar), 'null') || ', not ' || coalesce(cast(_given.{name} as varchar), 'null')"
    return f"if({stored} is distinct from {given}, {literal(column + ': ')} || {both}, null)"


def _name(model: Model) -> str:
    return quoted(model.schema, model.name)
