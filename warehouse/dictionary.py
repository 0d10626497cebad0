"""The data dictionary: every table and column with its meaning, as a page in Markdown.

What belongs here: rendering it from the contracts and the models' .yml. What does not: any description; change it where the
table is defined and write the page again: `python -m warehouse.dictionary`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from warehouse.contracts.form import Table
from warehouse.models import Model, discover_models
from warehouse.tables import TABLES

_HEADER = """\
# Data dictionary

Every table of the warehouse, made from the contracts in `warehouse/contracts/` and the .yml files in `sql/` by
`python -m warehouse.dictionary`; change a description there. The same texts are in the database:
`select comment from duckdb_columns()`.

Ids are hashes of content. Spans are half open and count characters of `raw.documents.text`. Timestamps are UTC.
"""

_SCHEMAS = (
    ("main", "What users query: dimensions, facts, bridges and aggregates."),
    ("core", "What is one thing or one event across all documents."),
    ("nlp", "What was found in each document."),
    ("raw", "What was read, what was refused, and the reference lists."),
    ("intermediate", "Steps of the computation of main; may change without notice."),
    ("staging", "The tables of raw, nlp and core under the names that the SQL models use."),
)


def render_data_dictionary(models: Sequence[Model], tables: Sequence[Table] = TABLES) -> str:
    """The page, in Markdown.

    Args:
        models: the SQL models (`models.discover_models`).
        tables: the contracts.
    """
    parts = [_HEADER]
    for schema, text in _SCHEMAS:
        sections = {
            **{table.name: _table_section(table) for table in tables if table.schema == schema},
            **{model.name: _model_section(model) for model in models if model.schema == schema},
        }
        contents = ", ".join(f"[{name}](#{schema}{name})" for name in sorted(sections))
        parts.append(f"## {schema}\n\n{text} {contents}.\n")
        parts += [sections[name] for name in sorted(sections)]
    return "\n".join(parts)


def write_data_dictionary(sql_dir: Path, path: Path) -> None:
    """Render the page from the models of a folder and write it.

    Args:
        sql_dir: the folder of the SQL models.
        path: the page, such as `docs/data_dictionary.md`.

    Raises:
        ModelError: a model cannot be read.
    """
    path.write_text(render_data_dictionary(discover_models(sql_dir)), encoding="utf-8")


def _table_section(table: Table) -> str:
    references = {
        column: f"{key.table}.{other}"
        for key in table.foreign_keys
        for column, other in zip(key.columns, key.references, strict=True)
    }
    rows = (
        (
            column.name,
            column.type,
            "yes" if column.nullable else "",
            column.description
            + (f" One of {', '.join(column.one_of)}." if column.one_of else "")
            + (f" Refers to `{references[column.name]}`." if column.name in references else ""),
        )
        for column in table.columns
    )
    return _section(table.schema, table.name, table.grain, table.description, table.primary_key, rows)


def _model_section(model: Model) -> str:
    required = {*model.primary_key} | {test.columns[0] for test in model.tests if test.kind == "not_null"}
    references = {test.columns[0]: f"{test.to}.{test.field}" for test in model.tests if test.kind == "relationships"}
    rows = (
        (
            column.name,
            column.data_type.upper(),
            "" if column.name in required else "yes",
            column.description + (f" Refers to `{references[column.name]}`." if column.name in references else ""),
        )
        for column in model.columns
    )
    description = f"{model.description} Limitation: {model.limitation}" if model.limitation else model.description
    return _section(model.schema, model.name, model.grain, description, model.primary_key, rows)


def _section(
    schema: str,
    name: str,
    grain: str,
    description: str,
    primary_key: Iterable[str],
    rows: Iterable[tuple[str, str, str, str]],
) -> str:
    lines = [
        f"### {schema}.{name}",
        "",
        f"{description} Grain: {grain}. Key: {', '.join(f'`{column}`' for column in primary_key)}.",
        "",
        "| column | type | may be null | meaning |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{column}` | {kind} | {nullable} | {_cell(text)} |" for column, kind, nullable, text in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    write_data_dictionary(root / "sql", root / "docs" / "data_dictionary.md")
