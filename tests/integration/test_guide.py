"""The guide's questions, asked of a small corpus of invented news: their outputs in docs/guide.md are what the queries give.

After an intended change: COMMUNIQUE_UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/integration/test_guide.py
"""

from __future__ import annotations

import os
import re
import shutil
import time
from contextlib import closing
from io import StringIO
from pathlib import Path

import duckdb
import pytest

from pipelines.definitions import build_defs
from pipelines.defs.launch import launch
from pipelines.output import console_for, write_table
from pipelines.settings import PROJECT_ROOT, Settings
from tests.integration.conftest import Silent

pytestmark = [pytest.mark.slow, pytest.mark.model, pytest.mark.usefixtures("dagster_home")]

GUIDE = PROJECT_ROOT / "docs" / "guide.md"
CORPUS = PROJECT_ROOT / "tests" / "cases" / "guide"
ANSWERED = re.compile(r"```sql\n(?P<query>[^`]+)```\n\n```text\n(?P<output>[^`]*)```")
QUERY_SECONDS = 0.2
ATTEMPTS = 5  # the machine may be busy; the fastest counts


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, dagster_home: Path) -> Path:
    folder = tmp_path_factory.mktemp("guide")
    shutil.copytree(CORPUS, folder / "seeds")
    (folder / "corrections.csv").touch()
    settings = Settings(
        seeds=folder / "seeds", warehouse=folder / "warehouse", corrections=folder / "corrections.csv", workers=1
    )
    outcome = launch("ingest_and_publish", build_defs, watcher=Silent(), settings=settings)
    assert outcome.failures == ()
    return settings.published_database


def answer(con: duckdb.DuckDBPyConnection, query: str) -> str:
    cursor = con.execute(query)
    stream = StringIO()
    write_table(console_for(stream), [column[0] for column in cursor.description], cursor.fetchall())
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def test_the_guide_shows_what_its_queries_give(published: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    answers = {found["query"]: found["output"] for found in ANSWERED.finditer(guide)}
    assert len(answers) == len(re.findall("```text", guide)) >= 10
    with closing(duckdb.connect(str(published), read_only=True)) as con:
        given = {query: answer(con, query) for query in answers}
    if os.environ.get("COMMUNIQUE_UPDATE_SNAPSHOTS"):
        GUIDE.write_text(
            ANSWERED.sub(
                lambda found: f"```sql\n{found['query']}```\n\n```text\n{given[found['query']]}```",
                guide,
            ),
            encoding="utf-8",
        )
        return
    assert given == answers


def test_every_question_has_an_answer_in_time(published: Path) -> None:
    queries = [found["query"] for found in ANSWERED.finditer(GUIDE.read_text(encoding="utf-8"))]
    slow, empty = {}, []
    with closing(duckdb.connect(str(published), read_only=True)) as con:
        for query in queries:
            seconds = []
            for _ in range(ATTEMPTS):
                started = time.perf_counter()
                rows = con.execute(query).fetchall()
                seconds.append(time.perf_counter() - started)
            if min(seconds) >= QUERY_SECONDS:
                slow[query] = min(seconds)
            if not rows:
                empty.append(query)
    assert (slow, empty) == ({}, [])
