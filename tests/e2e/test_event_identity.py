"""Which reports are one event, on scenarios coded by hand: from texts to the published warehouse.

The scenarios of `series.jsonl` and `series_2.jsonl` are held out: a failure shows totals, never a sentence. Those of
`training.jsonl` were read while the evidence was worked on, and are a floor only.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT_ROOT
from tests.e2e.marked_scenarios import PASSED, UNCODED, Judge, read_scenarios
from tests.e2e.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.model]

SCENARIOS = PROJECT_ROOT / "tests" / "cases" / "identity"


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Counter[tuple[str, str]]:
    """How often each kind of expectation passed, failed, or could not be asked, after one run on all scenarios."""
    return _verdicts("series.jsonl", tmp_path_factory.mktemp("identity"))


def _verdicts(name: str, folder: Path) -> Counter[tuple[str, str]]:
    scenarios = read_scenarios(SCENARIOS / name)
    project = Project(folder)
    _write_seeds(
        project.seeds / "reports.jsonl", [story.fields for scenario in scenarios for story in scenario.stories]
    )
    done = project("run")
    assert done.returncode == 0, done.stdout + done.stderr
    with closing(duckdb.connect(str(project.settings.published_database), read_only=True)) as con:
        judge = Judge(con)
        found = Counter(verdict for scenario in scenarios for verdict in judge.verdicts(scenario))
    print(dict(sorted(found.items())))  # noqa: T201 - the totals, where a floor is missed
    return found


# Expectation: the share that passes of those that could be asked, with room for one or two; and how many must be asked.
@pytest.mark.parametrize(
    ("what", "floor", "least_asked"),
    [
        ("together", 0.62, 40),  # measured 28 of 42; 24 of 43 before decision 0203
        ("apart", 0.93, 66),  # 81 of 81
        ("dates", 0.90, 70),  # 83 of 86
        ("occurred", 0.42, 12),  # 13 of 16
        ("participants", 0.87, 7),  # 8 of 8
        ("not_occurred", 0.66, 2),  # 3 of 3
    ],
)
def test_enough_expectations_hold(
    verdicts: Counter[tuple[str, str]], what: str, floor: float, least_asked: int
) -> None:
    asked = sum(count for (asked_for, verdict), count in verdicts.items() if asked_for == what and verdict != UNCODED)
    passed = verdicts[what, PASSED]
    assert asked >= least_asked, f"{what}: only {asked} could be asked"
    assert passed >= floor * asked, f"{what}: {passed} of {asked}"


def test_enough_expectations_hold_in_all(verdicts: Counter[tuple[str, str]]) -> None:
    """Floor: 81 of 100, measured 186 of 221."""
    passed = sum(count for (_, verdict), count in verdicts.items() if verdict == PASSED)
    asked = sum(count for (_, verdict), count in verdicts.items() if verdict != UNCODED)
    assert passed >= 0.81 * asked, f"{passed} of {asked}"


# Expectation: likewise of the second series, which is small, so counts in place of shares.
def test_enough_expectations_hold_in_the_second_series(tmp_path: Path) -> None:
    found = _verdicts("series_2.jsonl", tmp_path)
    passed = {what: found[what, PASSED] for what in ("together", "apart", "dates")}
    assert passed["together"] >= 6, passed  # measured 7 of 10, 5 not asked
    assert passed["apart"] >= 13, passed  # 14 of 14
    assert passed["dates"] >= 16, passed  # 17 of 19


# Expectation: how many pass on the scenarios that were read, and so should.
def test_enough_expectations_hold_on_training_scenarios(tmp_path: Path) -> None:
    found = _verdicts("training.jsonl", tmp_path)
    passed = {what: found[what, PASSED] for what in ("together", "apart", "dates")}
    assert passed["together"] >= 59, passed  # measured 62 of 78
    assert passed["apart"] >= 95, passed  # 96 of 104
    assert passed["dates"] >= 107, passed  # 110 of 118


def _write_seeds(path: Path, documents: list) -> None:
    path.write_text(
        "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents), encoding="utf-8"
    )
