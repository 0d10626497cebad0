"""What the catalogue knows of a table before it is made: key, group, owner, tags, columns, code, links.

What belongs here: from contracts and models to asset specs. What does not: what a materialization adds (`asset_metadata.py`),
running anything (`assets.py`, `sql_assets.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.settings import PROJECT_ROOT
from warehouse.contracts.form import Table
from warehouse.models import Model

# Groups of SQL models: by folder, and within the marts by what kind of table it is.
MODEL_GROUPS = ("staging", "intermediate", "facts", "dimensions", "aggregates", "exports")
_PREFIXES = {"fct_": "facts", "bridge_": "facts", "dim_": "dimensions", "agg_": "aggregates"}
# Who is asked about a table: the teams of the people that the design is made for.
ENGINEERS, RESEARCHERS, ANALYSTS = "team:data-engineering", "team:research", "team:analytics"
_OWNERS = {"extract": RESEARCHERS, "core": RESEARCHERS} | dict.fromkeys(MODEL_GROUPS, ANALYSTS)
_CODE = "dagster/code_references"
_CONTRACTS = PROJECT_ROOT / "warehouse" / "contracts"
_DICTIONARY = PROJECT_ROOT / "docs" / "data_dictionary.md"


def table_key(qualified_name: str) -> dg.AssetKey:
    """The asset key of a table: schema and name."""
    return dg.AssetKey(qualified_name.split("."))


def model_group(model: Model) -> str:
    """The group of a SQL model; a mart of no known prefix is an export, which has the columns of another data set."""
    if model.schema != "main":
        return model.schema
    return next((group for prefix, group in _PREFIXES.items() if model.name.startswith(prefix)), "exports")


def owner(group: str) -> str:
    """The team that is asked about the assets of a group."""
    return _OWNERS.get(group, ENGINEERS)


def layer_tags(schema: str, *, is_public: bool) -> dict[str, str]:
    """Tags by which the catalogue can be searched: the layer, and whom the table is for."""
    return {"layer": schema, "audience": "analysts" if is_public else "pipeline"}


def contract_spec(
    table: Table,
    *,
    group: str,
    deps: Iterable[dg.AssetKey],
    kinds: set[str],
    code_version: str,
    docs_url: str | None = None,
    **more: Any,
) -> dg.AssetSpec:
    """The asset of a table that Python builds.

    Args:
        table: its contract.
        group: its group.
        deps: what it is made from.
        kinds: what it is made with.
        code_version: of the step that writes it.
        docs_url: where the data dictionary is on the web.
        more: further arguments of the spec.
    """
    columns = [
        dg.TableColumn(
            column.name,
            column.type,
            column.description,
            constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=table.primary_key == (column.name,)),
        )
        for column in table.columns
    ]
    return dg.AssetSpec(
        table_key(table.qualified_name),
        description=f"{table.description}\n\nGrain: {table.grain}.",
        group_name=group,
        owners=[owner(group)],
        tags=layer_tags(table.schema, is_public=table.schema == "main"),
        deps=list(deps),
        kinds=kinds,
        code_version=code_version,
        metadata=_links(table.qualified_name, columns, _contract_place(table), docs_url),
        **more,
    )


def model_spec(model: Model, *, docs_url: str | None = None) -> dg.AssetSpec:
    """The asset of a SQL model; its code is linked, and its version says what a change of the SQL makes stale."""
    columns = [
        dg.TableColumn(
            column.name,
            column.data_type.upper(),  # as in the contracts
            column.description,
            constraints=dg.TableColumnConstraints(unique=model.primary_key == (column.name,)),
        )
        for column in model.columns
    ]
    group = model_group(model)
    return dg.AssetSpec(
        table_key(model.qualified_name),
        description=f"{model.description}\n\nGrain: {model.grain}.",
        group_name=group,
        owners=[owner(group)],
        tags=layer_tags(model.schema, is_public=model.schema == "main"),
        deps=[table_key(name) for name in sorted(model.depends_on)],
        kinds={"duckdb", "sql", model.materialized},
        code_version=model.code_version,
        metadata=_links(model.qualified_name, columns, (model.path, 1), docs_url),
    )


def _links(
    qualified_name: str, columns: list[dg.TableColumn], code: tuple[Path, int], docs_url: str | None
) -> Mapping[str, Any]:
    """Columns, name in the database, code and the table's place in the data dictionary."""
    references = [dg.LocalFileCodeReference(file_path=str(code[0]), line_number=code[1], label=code[0].name)]
    line = _dictionary_lines().get(qualified_name)
    if line is not None:
        label = "data dictionary"
        references.append(dg.LocalFileCodeReference(file_path=str(_DICTIONARY), line_number=line, label=label))
    anchor = f"data_dictionary.md#{re.sub(r'[^a-z0-9_ -]', '', qualified_name.lower())}"
    dictionary = (
        dg.MetadataValue.path(f"docs/{anchor}")
        if docs_url is None
        else dg.MetadataValue.url(f"{docs_url.rstrip('/')}/{anchor}")
    )
    return {
        "dagster/column_schema": dg.TableSchema(columns),
        "dagster/table_name": f"communique.{qualified_name}",
        _CODE: dg.CodeReferencesMetadataValue(code_references=references),
        "dictionary": dictionary,
    }


def _contract_place(table: Table) -> tuple[Path, int]:
    places = _contract_places()
    return places.get((table.schema, table.name), (_CONTRACTS / f"{table.schema}.py", 1))


@cache
def _contract_places() -> Mapping[tuple[str, str], tuple[Path, int]]:
    """File and line of each contract: the line that names schema and table."""
    found: dict[tuple[str, str], tuple[Path, int]] = {}
    for path in sorted(_CONTRACTS.glob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if match := re.search(r'"(\w+)", "(\w+)",', line):
                found.setdefault((match[1], match[2]), (path, number))
    return found


@cache
def _dictionary_lines() -> Mapping[str, int]:
    """The line of each table's heading in the data dictionary."""
    lines = _DICTIONARY.read_text(encoding="utf-8").splitlines() if _DICTIONARY.exists() else []
    return {line.split()[-1].strip("`"): number for number, line in enumerate(lines, 1) if line.startswith("### ")}
