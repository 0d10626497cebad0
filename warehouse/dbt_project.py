"""The SQL models as a dbt project, which builds them from the tables of the published file.

What belongs here: writing the project: `dbt_project.yml`, an example profile, `sources.yml` from the contracts, the models with
`ref()` and `source()`, their tests. What does not: the models (`models.py`) and their rules (`checks.py`); the project is a copy
and is written anew after a change.

A model's text stays as it is, comments included, but for the names of the tables that it reads.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlglot
import yaml
from sqlglot.tokens import TokenType

from pipelines.errors import ModelError
from warehouse.checks import Check, sql_checks
from warehouse.contracts.form import Table
from warehouse.layout import quoted
from warehouse.models import FOLDERS, Model, ModelTest, discover_models
from warehouse.tables import TABLES

PROJECT = "communique"
# Alias under which the profile attaches the published file.
SOURCE_DATABASE = "communique"
_FOLDER_OF = {schema: folder for folder, (schema, _) in FOLDERS.items()}
_GENERATE_SCHEMA = """\
-- Schemas are named as they are in the warehouse, without the target's own in front.
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
"""


def write_dbt_project(sql_dir: Path, folder: Path, *, published_path: Path) -> int:
    """Write the project; files of a project that was written before are replaced, others stay.

    Args:
        sql_dir: the folder of the SQL models and checks.
        folder: the project; made if it is missing.
        published_path: the published warehouse, whose tables of raw, nlp and core are the sources; it need not be there yet.

    Returns:
        The models.

    Raises:
        ModelError: a model or a check cannot be read, or a name in it not be found.
    """
    models = discover_models(sql_dir)
    references = _references(models)
    sources = [table for table in TABLES if table.schema != "main"]
    relative = Path(os.path.relpath(published_path.resolve(), folder.resolve()))
    files = {
        "dbt_project.yml": _yaml(_project()),
        "profiles.yml": _yaml(_profile(relative)),
        "macros/generate_schema_name.sql": _GENERATE_SCHEMA,
        "models/sources.yml": _yaml({"version": 2, "sources": _sources(sources)}),
    }
    for model in models:
        stem = f"models/{_FOLDER_OF[model.schema]}/{model.name}"
        files[f"{stem}.sql"] = with_references(model.sql, references, path=model.path) + "\n"
        files[f"{stem}.yml"] = _yaml({"version": 2, "models": [_model(model)]})
        files[f"tests/unique_key_{model.name}.sql"] = _unique_key(model)
    for check in sql_checks(sql_dir):
        files[f"tests/{check.name}.sql"] = _check(check, references)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return len(models)


def with_references(sql: str, references: Mapping[str, str], *, path: Path) -> str:
    """A query with `ref()` and `source()` for the tables that it reads by qualified name.

    Args:
        sql: the query.
        references: what stands for each table, by "schema.table".
        path: where the query is from, for the message.

    Raises:
        ModelError: the SQL cannot be read.
    """
    try:
        tokens = sqlglot.tokenize(sql, read="duckdb")
    except sqlglot.errors.SqlglotError as err:
        raise ModelError(f"{path}: cannot read the SQL: {err}") from err
    parts, done = [], 0
    for before, schema, dot, table in zip([None, *tokens], tokens, tokens[1:], tokens[2:], strict=False):
        name = f"{schema.text}.{table.text}"
        if dot.token_type is TokenType.DOT and name in references and (before is None or before.text != "."):
            parts += [_escaped(sql[done : schema.start]), references[name]]
            done = table.end + 1
    return "".join([*parts, _escaped(sql[done:])])


def _escaped(sql: str) -> str:
    """SQL in which Jinja finds nothing of its own: nested structs begin with two braces."""
    for sign in ("{{", "{%", "{#"):
        sql = sql.replace(sign, f"{sign[0]} {sign[1]}" if sign == "{{" else "{{ '" + sign + "' }}")
    return sql


def _references(models: Iterable[Model]) -> dict[str, str]:
    names = {table.qualified_name: f"{{{{ source('{table.schema}', '{table.name}') }}}}" for table in TABLES}
    return names | {model.qualified_name: f"{{{{ ref('{model.name}') }}}}" for model in models}


def _project() -> dict[str, Any]:
    layers = {
        folder: {"+schema": schema, "+materialized": materialized} for folder, (schema, materialized) in FOLDERS.items()
    }
    return {
        "name": PROJECT, "version": "1.0.0", "config-version": 2, "profile": PROJECT, "model-paths": ["models"],
        "test-paths": ["tests"], "macro-paths": ["macros"], "models": {PROJECT: layers},
    }  # fmt: skip


def _profile(published_path: Path) -> dict[str, Any]:
    attached = {
        "path": f"{{{{ env_var('COMMUNIQUE_PUBLISHED', '{published_path.as_posix()}') }}}}",
        "alias": SOURCE_DATABASE,
        "read_only": True,
    }
    output = {"type": "duckdb", "path": "communique_dbt.duckdb", "schema": "main", "threads": 1, "attach": [attached]}
    return {PROJECT: {"target": "dev", "outputs": {"dev": output}}}


def _sources(tables: Sequence[Table]) -> list[dict[str, Any]]:
    return [
        {
            "name": schema,
            "database": SOURCE_DATABASE,
            "schema": schema,
            "tables": [_source(table) for table in tables if table.schema == schema],
        }
        for schema in dict.fromkeys(table.schema for table in tables)
    ]


def _source(table: Table) -> dict[str, Any]:
    columns = [
        {"name": column.name, "description": column.description, "data_type": column.type.lower()}
        | ({} if column.nullable else {"data_tests": ["not_null"]})
        for column in table.columns
    ]
    meta = {"grain": table.grain, "primary_key": list(table.primary_key)}
    return {"name": table.name, "description": table.description, "config": {"meta": meta}, "columns": columns}


def _model(model: Model) -> dict[str, Any]:
    columns = []
    for column in model.columns:
        described: dict[str, Any] = {
            "name": column.name,
            "description": column.description,
            "data_type": column.data_type,
        }
        if not column.name.isidentifier():
            described["quote"] = True
        # The first test of a model is that of its primary key, which has a file of its own.
        if tests := [_test(test) for test in model.tests[1:] if test.columns == (column.name,)]:
            described["data_tests"] = tests
        columns.append(described)
    meta = {"grain": model.grain, "primary_key": list(model.primary_key)}
    if model.limitation:
        meta["limitation"] = model.limitation
    config = {"materialized": model.materialized, "meta": meta}
    return {"name": model.name, "description": model.description, "config": config, "columns": columns}


def _test(test: ModelTest) -> str | dict[str, Any]:
    config = {} if test.is_blocking else {"config": {"severity": "warn"}}
    if test.kind == "relationships":
        return {test.kind: {"arguments": {"to": f"ref('{test.to}')", "field": test.field}} | config}
    if test.kind == "accepted_values":
        return {test.kind: {"arguments": {"values": list(test.values)}} | config}
    return {test.kind: config} if config else test.kind


def _unique_key(model: Model) -> str:
    keys = ", ".join(map(quoted, model.primary_key))
    return f"select {keys} from {{{{ ref('{model.name}') }}}} group by {keys} having count(*) > 1\n"


def _check(check: Check, references: Mapping[str, str]) -> str:
    severity = "" if check.is_blocking else "{{ config(severity='warn') }}\n"
    return f"{severity}-- {check.description}\n{with_references(check.sql, references, path=Path(check.name))}\n"


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
