"""The data dictionary on disk is the one that contracts and models give."""

from __future__ import annotations

from pathlib import Path

from tests.unit.warehouse_rows import SQL_DIR, models
from warehouse.dictionary import render_data_dictionary, write_data_dictionary
from warehouse.tables import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "data_dictionary.md"


def test_the_page_is_up_to_date(tmp_path):
    write_data_dictionary(SQL_DIR, tmp_path / "page.md")
    assert PAGE.read_text() == (tmp_path / "page.md").read_text(), "run python -m warehouse.dictionary"


def test_every_table_and_column_is_in_it():
    page = render_data_dictionary(models())
    for table in (*TABLES, *models()):
        section = page.split(f"### {table.qualified_name}\n", 1)[1].split("\n### ", 1)[0]
        assert all(f"| `{column.name}` |" in section for column in table.columns)
