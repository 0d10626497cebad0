"""How long resolving events takes, and how much memory, as the number of event mentions grows.

    python -m benchmarks.resolve_events 10000 50000 200000 1000000

Prints for each size: mentions, documents, pairs compared, pairs that the bounds left out, CPU and elapsed seconds by step, and
the most memory that the process held. Each size runs in processes of its own: one invents the stream, one resolves it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.stages.resolve import events

STEPS = (
    "read_reports",
    "candidate_pairs",
    "_judge",
    "cluster",
    "_links",
    "event_rows",
    "event_parties",
    "event_relations",
)
_FRAMES = ("documents", "mentions", "participants", "entities")


def main(sizes: list[int]) -> None:
    """Print a line a size."""
    print("mentions documents pairs left_out events " + " ".join(s.strip("_") for s in STEPS) + " cpu wall MB")  # noqa: T201
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for step in ("--generate", "--measure"):
                subprocess.run([sys.executable, "-m", __spec__.name, step, str(size), folder], check=True)


def generate_to(size: int, folder: Path) -> None:
    """Write the frames of a stream."""
    from benchmarks.generated_reports import generate

    stream = generate(size)
    for name in _FRAMES:
        getattr(stream, name).to_parquet(folder / f"{name}.parquet")


def measure(folder: Path) -> None:
    """Resolve the stream of a folder and print the line."""
    frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in _FRAMES}
    start_mb = _peak_mb()
    seconds = dict.fromkeys(STEPS, 0.0)
    seen: dict[str, Any] = {}
    for step in STEPS:
        setattr(events, step, _timed(step, getattr(events, step), seconds, seen))
    cpu, wall = time.process_time(), time.perf_counter()
    resolved = events.resolve_events(
        frames["documents"], frames["mentions"], frames["participants"], frames["entities"]
    )
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    pairs = seen["candidate_pairs"]
    cells = [
        len(frames["mentions"]), len(frames["documents"]), len(pairs.first), pairs.left_out, len(resolved.events),
        *(round(seconds[s], 1) for s in STEPS), round(cpu, 1), round(wall, 1), f"{_peak_mb():.0f} (frames: {start_mb:.0f})",
    ]  # fmt: skip
    print(*cells, flush=True)  # noqa: T201
    largest = resolved.event_links.groupby("event_id").size().nlargest(5).tolist()
    print(json.dumps({"largest": largest}), flush=True)  # noqa: T201


def _timed(step: str, call: Callable[..., Any], seconds: dict[str, float], seen: dict[str, Any]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        result = call(*args, **kwargs)
        seconds[step] += time.process_time() - start
        if step == "candidate_pairs":
            seen[step] = result
        print(step, round(time.process_time() - start, 1), f"{_peak_mb():.0f} MB", file=sys.stderr, flush=True)  # noqa: T201
        return result

    return timed


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1] == "--generate":
        generate_to(int(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1] == "--measure":
        measure(Path(sys.argv[3]))
    else:
        main([int(value) for value in sys.argv[1:]])
