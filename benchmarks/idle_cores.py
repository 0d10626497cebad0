"""Where a run leaves cores idle: by step, what it computes, how many threads want a core, and what it would take alone.

What belongs here: `Timeline`, which `run_pipeline --steps` fills and prints. What does not: running anything.

Linux tells of each thread how long it ran and how long it was ready and waited for a core. On a machine with others on it the
clock says little, but the sum of both over the time gone by is how many threads could have run: with fewer of them than cores,
cores would be idle though nobody else were there. So the time alone is estimated as CPU time over that number, at most that of
the cores, and time in which no thread was ready (files written to the end, locks) as it went by.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from pipelines.defs.launch import open_instance

_SAMPLE_SECONDS = 0.25  # shorter ones would tell how the machine deals out its cores
_BEFORE = "(before the first step)"
_AFTER = "(after the last step)"


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float  # seconds since 1970
    seconds: float  # since the sample before
    cpu: float  # of all threads
    ready: float  # seconds that threads waited for a core, of all threads


class Timeline:
    """What the processes of a run did, sample by sample."""

    def __init__(self) -> None:
        self._threads: dict[tuple[int, str], tuple[float, float]] = {}
        self._at = time.time()
        self._samples: list[_Sample] = []

    def sample(self, pids: Iterable[int]) -> None:
        """Note what the threads of some processes did since the sample before, if that is some time ago."""
        if time.time() - self._at < _SAMPLE_SECONDS:
            return
        now = {(pid, thread): told for pid in pids for thread, told in _threads(pid)}
        nothing = (0.0, 0.0)
        cpu, ready = (
            sum(told[which] - self._threads.get(key, nothing)[which] for key, told in now.items()) for which in (0, 1)
        )
        at = time.time()
        self._samples.append(_Sample(at, at - self._at, cpu, ready))
        self._threads.update(now)
        self._at = at

    def lines(self, steps: Sequence[tuple[str, float]], *, cores: int) -> Iterator[str]:
        """A table by step.

        Args:
            steps: their names and when each began, seconds since 1970, in order.
            cores: of the machine.
        """
        by_step: dict[str, list[float]] = {}
        for sample in self._samples:
            begun = [name for name, at in steps if at <= sample.at - sample.seconds / 2]
            row = by_step.setdefault(begun[-1] if begun else _BEFORE, [0.0] * 4)
            for number, value in enumerate((sample.seconds, sample.cpu, *_alone(sample, cores))):
                row[number] += value
        yield f"{'step':28}{'elapsed':>9}{'CPU':>9}{'alone':>9}{'idle cores':>12}   (seconds)"
        for name, row in [*by_step.items(), ("all", [sum(column) for column in zip(*by_step.values(), strict=True)])]:
            yield f"{name:28}" + "".join(f"{value:{width}.2f}" for value, width in zip(row, (9, 9, 9, 12), strict=True))


def steps_of(home: Path) -> list[tuple[str, float]]:
    """The steps of the last run that Dagster recorded in a folder, and when each began, seconds since 1970."""
    os.environ["DAGSTER_HOME"] = str(home)  # which its dagster.yaml asks for
    with open_instance() as instance:
        (record,) = instance.get_run_records(limit=1)
        entries = instance.all_logs(record.dagster_run.run_id)
    types = {dg.DagsterEventType.STEP_START: None, dg.DagsterEventType.RUN_SUCCESS: _AFTER}
    return [
        (types[entry.dagster_event_type] or entry.step_key or "", entry.timestamp)
        for entry in entries
        if entry.dagster_event_type in types
    ]


def _alone(sample: _Sample, cores: int) -> tuple[float, float]:
    """What a sample would have taken on a machine of its own, and the seconds of cores that nothing used."""
    threads = (sample.cpu + sample.ready) / sample.seconds
    blocked = max(0.0, 1.0 - threads) * sample.seconds
    seconds = sample.cpu / min(max(threads, 1.0), cores) + blocked
    return seconds, cores * seconds - sample.cpu


def _threads(pid: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Seconds that each thread of a process ran, and that it was ready to."""
    with suppress(OSError):  # it has ended
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                ran, ready, _ = Path(f"/proc/{pid}/task/{thread}/schedstat").read_text(encoding="utf-8").split()
                yield thread, (int(ran) / 1e9, int(ready) / 1e9)
