"""A client of the library asks the server of `communique serve --mcp`: it answers reading queries, and nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import PROJECT_ROOT
from tests.unit.warehouse_rows import SQL_DIR, given, models
from warehouse.connection import open_build
from warehouse.macros import create_macros
from warehouse.models import run_model
from warehouse.publish import publish
from warehouse.search_words import update_word_stems

mcp = pytest.importorskip("mcp", reason="the package mcp, an optional extra, is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A warehouse folder with a published document."""
    folder = tmp_path_factory.mktemp("mcp")
    con = open_build(folder / "build.duckdb")
    text = "Ferries stopped.\nThe harbour's pilots went on strike."
    given(con, "raw.documents", [{"document_id": "d1", "title": "Strike", "text": text}])
    given(con, "nlp.sentences", [{"document_id": "d1", "start_char": 17, "end_char": len(text)}])
    update_word_stems(con)
    for model in models():
        run_model(con, model)
    create_macros(con, SQL_DIR)
    con.close()
    publish(folder / "build.duckdb", folder / "communique.duckdb", run_id="run-1")
    return folder


def asked(folder: Path, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """The results of calls in one session, on standard input and output."""

    async def ask() -> list[Any]:
        server = mcp.StdioServerParameters(
            command=sys.executable,
            args=["-m", "pipelines.cli", "serve", "--mcp"],
            env={**os.environ, "COMMUNIQUE_WAREHOUSE": str(folder), "PYTHONPATH": str(PROJECT_ROOT)},
        )
        async with mcp.stdio_client(server) as (read, write), mcp.ClientSession(read, write) as session:
            await session.initialize()
            names = {tool.name for tool in (await session.list_tools()).tools}
            assert names == {"query", "tables", "describe", "search"}
            return [await session.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(asyncio.wait_for(ask(), 120))


def test_tools_answer(folder):
    found = asked(
        folder,
        ("query", {"sql": "select document_id, published_date, title from dim_documents"}),
        ("tables", {}),
        ("describe", {"table": "nlp.sentences"}),
        ("search", {"text": "striking' pilot"}),
        ("query", {"sql": "from range(501)"}),
    )
    texts, tables, columns, passages, many = (json.loads(result.content[0].text) for result in found)
    assert texts["rows"] == [["d1", texts["rows"][0][1], "Strike"]]
    assert {"fct_events", "dim_documents"} <= {name for name, _ in tables["rows"]}
    assert ["start_char", "INTEGER"] in [row[:2] for row in columns["rows"]]
    assert passages["rows"][0][passages["columns"].index("text")] == "The harbour's pilots went on strike."
    assert (len(many["rows"]), many["is_cut"], texts["is_cut"]) == (500, True, False)


def test_only_published_tables_are_read(folder):
    calls = ["drop table fct_events", "select * from read_csv('/etc/passwd')", "select 1; select 2", "from nowhere"]
    results = asked(folder, *(("query", {"sql": sql}) for sql in calls))
    assert [result.is_error for result in results] == [True] * len(calls)
    assert "can be read, not changed" in results[0].content[0].text
