"""How long resolving events takes, and how much memory, as the number of event mentions grows.

    python -m benchmarks.resolve_events 10000 50000 200000 1000000

Prints two lines for each size: all mentions but about 1,000, from nothing; and these 1,000 beside them (the mentions of documents
taken by chance from all years). Each line: mentions, documents, pairs judged, pairs that count, pairs that the bounds left out,
events written, CPU seconds by step, CPU and elapsed seconds, the most memory that the process held. The frames are read first,
outside the time; what is kept from run to run is read and written within it. Each line is measured in a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.stages.resolve import events
from pipelines.stages.resolve.events import Memory

# Functions of `pipelines.stages.resolve.events`.
STEPS = (
    "_compare",
    "alike_texts",
    "pair_changes",
    "judge_pairs",
    "climb",
    "climb_again",
    "event_tables",
    "_keep",
)
_ADDED = 1_000  # mentions
_FRAMES = ("documents", "mentions", "participants", "entities")


def main(sizes: list[int]) -> None:
    """Print two lines a size."""
    print("mentions documents judged kept left_out events " + " ".join(s.strip("_") for s in STEPS) + " cpu wall MB")  # noqa: T201
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for step in ("--generate", "--measure", "--add"):
                subprocess.run([sys.executable, "-m", __spec__.name, step, str(size), folder], check=True)


def generate_to(size: int, folder: Path) -> None:
    """Write the frames of a stream, and those without the documents that are added afterwards."""
    from benchmarks.generated_reports import generate

    stream = generate(size)
    frames = {name: getattr(stream, name) for name in _FRAMES}
    for some in ("all", "before"):
        (folder / some).mkdir()
        for name, frame in frames.items():
            frame.to_parquet(folder / some / f"{name}.parquet")
        _leave_out_some(frames)


def measure(folder: Path, memory: Memory, *, is_all: bool) -> None:
    """Resolve the stream of a folder, or all but the documents that are added afterwards, and print the line."""
    some = folder / ("all" if is_all else "before")
    frames = {name: pd.read_parquet(some / f"{name}.parquet") for name in _FRAMES}
    start_mb = _peak_mb()
    seconds = dict.fromkeys(STEPS, 0.0)
    seen: dict[str, Any] = {}
    for step in STEPS:
        setattr(events, step, _timed(step, getattr(events, step), seconds, seen))
    cpu, wall = time.process_time(), time.perf_counter()
    resolved = events.resolve_events(*(frames[name] for name in _FRAMES), memory=memory)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    judged = seen["judge_pairs"]
    cells = [
        len(frames["mentions"]), len(frames["documents"]), judged.judged, len(judged.pairs), seen["pair_changes"].left_out,
        len(resolved.events), *(round(seconds[s], 1) for s in STEPS), round(cpu, 1), round(wall, 1),
        f"{_peak_mb():.0f} (frames: {start_mb:.0f})",
    ]  # fmt: skip
    print(*cells, flush=True)  # noqa: T201


def _leave_out_some(frames: dict[str, pd.DataFrame]) -> None:
    documents, mentions = frames["documents"], frames["mentions"]
    count = round(_ADDED * len(documents) / len(mentions))
    added = documents["document_id"].iloc[np.random.default_rng(1).choice(len(documents), count, replace=False)]
    frames["documents"] = documents[~documents["document_id"].isin(added)]
    frames["mentions"] = mentions[~mentions["document_id"].isin(added)]
    told = frames["participants"]["event_mention_id"].isin(frames["mentions"]["event_mention_id"])
    frames["participants"] = frames["participants"][told]


def _timed(step: str, call: Callable[..., Any], seconds: dict[str, float], seen: dict[str, Any]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        result = call(*args, **kwargs)
        seconds[step] += time.process_time() - start
        if step in ("pair_changes", "judge_pairs"):
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
        measure(Path(sys.argv[3]), Memory(Path(sys.argv[3]) / "kept", "", None, "before"), is_all=False)
    elif sys.argv[1] == "--add":
        measure(Path(sys.argv[3]), Memory(Path(sys.argv[3]) / "kept", "", "before", "after"), is_all=True)
    else:
        main([int(value) for value in sys.argv[1:]])
