"""Which reports are one event, on scenarios coded by hand: from texts to the published warehouse.

The scenarios are held out: a failure shows totals, never a sentence.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT_ROOT
from tests.e2e.marked_scenarios import FAILED, PASSED, UNCODED, Judge, read_scenarios
from tests.e2e.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.model]

SCENARIOS = PROJECT_ROOT / "tests" / "cases" / "identity" / "series.jsonl"


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Counter[tuple[str, str]]:
    """How often each kind of expectation passed, failed, or could not be asked, after one run on all scenarios."""
    scenarios = read_scenarios(SCENARIOS)
    project = Project(tmp_path_factory.mktemp("identity"))
    _write_seeds(project.seeds / "reports.jsonl", [story.fields for scenario in scenarios for story in scenario.stories])
    done = project("run")
    assert done.returncode == 0, done.stdout + done.stderr
    with closing(duckdb.connect(str(project.settings.published_database), read_only=True)) as con:
        judge = Judge(con)
        found = Counter(verdict for scenario in scenarios for verdict in judge.verdicts(scenario))
    print(dict(sorted(found.items())))  # noqa: T201 - the totals, where a floor is missed
    return found


def _write_seeds(path: Path, documents: list) -> None:
    path.write_text("".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents), encoding="utf-8")
