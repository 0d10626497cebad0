"""`make eval`: score the extraction on labelled corpora and hold the figures against the floors in tests/cases/scores.json.

The corpora are third-party work and no part of this repository. COMMUNIQUE_EVAL names their folder, which holds the scorer,
score.py, beside them; without the variable, shared/eval beside the clone is used if it is there. Where they are absent this
says so and succeeds. `--update` raises the floors to what was reached, never lowers one.
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

FLOORS = PROJECT_ROOT / "tests" / "cases" / "scores.json"
# Figures may differ this much between machines (threads add up numbers in another order).
TOLERANCE = 0.002
# Of these figures less is better.
COUNTED_DOWN = {"events_per_sentence", "parties_per_gold", "predicted_per_gold"}


def main() -> int:
    """Score, show, compare; returns the exit status."""
    parser = argparse.ArgumentParser(description="Score the extraction against the floors in tests/cases/scores.json.")
    parser.add_argument("suites", nargs="*", help="suites to run; default: all")
    parser.add_argument("--update", action="store_true", help="raise the floors to the figures reached")
    arguments = parser.parse_args()
    console = Console(width=100)
    folder = corpora()
    if folder is None:
        console.print("Skipped: no labelled corpora here. Set COMMUNIQUE_EVAL to the folder that holds score.py.")
        return 0
    figures = score(folder, arguments.suites)
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    rows = list(compare(figures, floors))
    write_table(console, ("suite", "figure", "reached", "floor", ""), rows)
    if arguments.update:
        FLOORS.write_text(json.dumps(raised(figures, floors), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    missed = [row for row in rows if row[4]]
    console.print(f"{len(missed)} of {len(rows)} figures are below their floor." if missed else "Every floor holds.")
    return 1 if missed else 0


def corpora() -> Path | None:
    """The folder with score.py, if there is one."""
    named = os.environ.get("COMMUNIQUE_EVAL")
    folder = Path(named) if named else PROJECT_ROOT.parent / "shared" / "eval"
    return folder if (folder / "score.py").exists() else None


def score(folder: Path, suites: list[str]) -> dict[str, dict[str, float]]:
    """Run the scorer; its own lines go to the screen as they come."""
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "figures.json"
        extract = f"{sys.executable} -m pipelines.cli extract"
        command = [sys.executable, str(folder / "score.py"), "--extract", extract, "--out", str(out), *suites]
        subprocess.run(command, check=True, cwd=PROJECT_ROOT)
        return dict(json.loads(out.read_text(encoding="utf-8")))


def compare(
    figures: dict[str, dict[str, float]], floors: dict[str, dict[str, float]]
) -> Iterator[tuple[str, str, float, Any, str]]:
    """A row for each figure that has a floor: suite, figure, reached, floor, and whether it is missed."""
    for suite, reached in figures.items():
        for name, floor in floors.get(suite, {}).items():
            value = reached[name]
            worse = value - floor if name in COUNTED_DOWN else floor - value
            yield suite, name, value, floor, "below" if worse > TOLERANCE else ""


def raised(figures: dict[str, dict[str, float]], floors: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The floors, each as good as what was reached if that is better; a suite without floors gets none."""
    result = {suite: dict(values) for suite, values in floors.items()}
    for suite, values in result.items():
        for name, floor in values.items():
            reached = round(figures.get(suite, {}).get(name, floor), 3)
            values[name] = min(floor, reached) if name in COUNTED_DOWN else max(floor, reached)
    return result


if __name__ == "__main__":
    sys.exit(main())
