"""`make eval`: score the extraction on labelled corpora and hold the figures against the floors in tests/cases/scores.json.

The corpora are third-party work and no part of this repository. COMMUNIQUE_EVAL names their folder, which holds the scorer,
score.py, beside them; without the variable, shared/eval beside the clone is used if it is there. Where they are absent this
says so and succeeds. The suite `own_articles` is the test part of our own articles, scored by the same ruler; it needs the
scorer too. `--update` raises the floors to what was reached, never lowers one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.output import write_table
from pipelines.settings import PROJECT_ROOT
from tests.e2e.article_rows import OWN_TEST_PART, judge, macro_f1

FLOORS = PROJECT_ROOT / "tests" / "cases" / "scores.json"
# By suite and figure: the floor that must hold, the goal, the aim, and what others reach on the same kind of data.
Goals = dict[str, dict[str, dict[str, Any]]]
# Figures may differ this much between machines (threads add up numbers in another order).
TOLERANCE = 0.002
# Of these figures less is better.
COUNTED_DOWN = {"events_per_sentence", "parties_per_gold", "predicted_per_gold", "false_alarms_per_article", "ece"}
# Suites of the ruler of identity, which runs the pipeline: is each event one event, each entity one entity?
IDENTITY = ("ecb", "ecb_undated", "series", "entities")
SHARED, OWN = "articles", "own_articles"  # whole articles: those of others, and our own test part


def main() -> int:
    """Score, show, compare; returns the exit status."""
    parser = argparse.ArgumentParser(description="Score the extraction against the floors in tests/cases/scores.json.")
    parser.add_argument("suites", nargs="*", help="suites to run; default: all")
    parser.add_argument("--update", action="store_true", help="raise the floors to the figures reached")
    arguments = parser.parse_args()
    console = Console(width=140)
    folder = corpora()
    if folder is None:
        console.print("Skipped: no labelled corpora here. Set COMMUNIQUE_EVAL to the folder that holds score.py.")
        return 0
    figures = score(folder, arguments.suites)
    goals = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    rows = list(compare(figures, goals))
    write_table(console, ("suite", "figure", "reached", "goal", "aim", "floor", "others reach", ""), rows)
    if SHARED in figures and OWN in figures:
        write_table(console, ("whole articles", "goal", "aim", SHARED, OWN), list(side_by_side(figures, goals)))
    if arguments.update:
        FLOORS.write_text(json.dumps(raised(figures, goals), indent=1) + "\n", encoding="utf-8")
        return 0
    missed = [row for row in rows if row[-1]]
    console.print(f"{len(missed)} of {len(rows)} figures are below their floor." if missed else "Every floor holds.")
    return 1 if missed else 0


def corpora() -> Path | None:
    """The folder with score.py, if there is one."""
    named = os.environ.get("COMMUNIQUE_EVAL")
    folder = Path(named) if named else PROJECT_ROOT.parent / "shared" / "eval"
    return folder if (folder / "score.py").exists() else None


def score(folder: Path, suites: list[str]) -> dict[str, dict[str, float]]:
    """Run the scorer on the corpora and on our own test part; its own lines go to the screen as they come."""
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        data, own = Path(temporary) / "data", Path(temporary) / "own"
        _usable_data(folder, data)
        if identity := [suite for suite in IDENTITY if suite in suites or not suites]:
            figures |= _identity(folder, identity)
        shared = [suite for suite in suites if suite != OWN and suite not in IDENTITY]
        if shared or not suites:
            figures |= _scored(folder, data, shared)
        if OWN in suites or not suites:
            own.mkdir()
            (own / "articles.jsonl").symlink_to(OWN_TEST_PART)
            figures[OWN] = _scored(folder, own, [SHARED])[SHARED]
        for suite, path in ((SHARED, data / "articles.jsonl"), (OWN, OWN_TEST_PART)):
            if suite in figures:
                figures[suite]["type_macro_f1"] = macro_f1(judge([path]))
    return figures


def _scored(folder: Path, data: Path, suites: list[str]) -> dict[str, dict[str, float]]:
    """The scorer's figures for the corpora of a folder."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        extract = f"{sys.executable} -m pipelines.cli extract"
        command = [sys.executable, str(folder / "score.py"), "--extract", extract, "--data", str(data)]
        subprocess.run([*command, "--out", out.name, *suites], check=True, cwd=PROJECT_ROOT)
        return dict(json.loads(Path(out.name).read_text(encoding="utf-8")))


def _identity(folder: Path, suites: list[str]) -> dict[str, dict[str, float]]:
    """Figures of the ruler of identity; each suite is one run of the pipeline."""
    ruler = folder / "score_identity.py"
    if not ruler.exists():
        return {}
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [sys.executable, str(ruler), "--communique", str(Path(sys.executable).parent / "communique")]
        subprocess.run([*command, "--data", str(folder), "--out", out.name, *suites], check=True, cwd=PROJECT_ROOT)
        found = json.loads(Path(out.name).read_text(encoding="utf-8"))
    return {suite: _identity_figures(figures) for suite, figures in found.items()}


def _identity_figures(figures: dict[str, Any]) -> dict[str, float]:
    if "total" in figures:
        return {"expectations": figures["total"].get("passed", 0), "whole_cases": figures["cases"].get("passed", 0)}
    ours = figures["communique"]
    return {
        "b3_precision": ours["b3"][0],
        "b3_f1": ours["b3"][2],
        "pair_f1": ours["pairs"][2],
        "cross_document_pair_f1": ours["cross_document_pairs"][2],
    }


def _usable_data(folder: Path, data: Path) -> None:
    """The corpora under another folder; the scorer stops at quotations whose annotation is empty, so those are left out."""
    data.mkdir()
    for path in sorted(folder.glob("*.jsonl")):
        if path.name != "quotes.jsonl":
            (data / path.name).symlink_to(path.resolve())
            continue
        with path.open(encoding="utf-8") as lines, (data / path.name).open("w", encoding="utf-8") as kept:
            for line in lines:
                document = json.loads(line)
                document["attributions"] = [a for a in document["attributions"] if a.get("content")]
                kept.write(json.dumps(document) + "\n")


def compare(figures: dict[str, dict[str, float]], goals: Goals) -> Iterator[tuple[Any, ...]]:
    """A row for each figure that has a goal: suite, figure, reached, goal, aim, floor, others' figures, what is amiss."""
    for suite, reached in figures.items():
        for name, goal in goals.get(suite, {}).items():
            value, sign = reached[name], -1 if name in COUNTED_DOWN else 1
            amiss = "below the floor" if sign * (goal["floor"] - value) > TOLERANCE else ""
            shown = f"{value:.3f}" + ("" if sign * (value - goal["reach"]) >= 0 else " *")
            yield suite, name, shown, goal["reach"], goal["aim"], goal["floor"], goal["others"], amiss


def side_by_side(figures: dict[str, dict[str, float]], goals: Goals) -> Iterator[tuple[Any, ...]]:
    """A row for each figure of whole articles: goal, aim, reached on the articles of others and on our own test part."""
    for name, goal in goals.get(SHARED, {}).items():
        yield name, goal["reach"], goal["aim"], f"{figures[SHARED][name]:.3f}", f"{figures[OWN][name]:.3f}"


def raised(figures: dict[str, dict[str, float]], goals: Goals) -> Goals:
    """The goals, each floor as good as what was reached if that is better."""
    result = {suite: {name: dict(goal) for name, goal in entries.items()} for suite, entries in goals.items()}
    for suite, entries in result.items():
        for name, goal in entries.items():
            reached = round(figures.get(suite, {}).get(name, goal["floor"]), 3)
            goal["floor"] = min(goal["floor"], reached) if name in COUNTED_DOWN else max(goal["floor"], reached)
    return result


if __name__ == "__main__":
    sys.exit(main())
