"""Many short documents in one run: none is lost, and a worker takes no more memory at the end than at the begin.

COMMUNIQUE_TEST_DOCUMENTS sets how many; every text has names of its own, as what a worker keeps of words it never saw before
is what would grow.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import duckdb
import pytest

from tests.e2e.project import Project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.model,
    pytest.mark.skipif(sys.platform != "linux", reason="the memory of processes is read from /proc"),
]

DOCUMENTS = int(os.environ.get("COMMUNIQUE_TEST_DOCUMENTS", "1200"))
FILES = 12
WORKERS = 2
SEED = 20_000
# What one worker may take more in the last quarter of its life than in the second, megabytes. The first is the warming up.
GROWTH_MB = 40

_SYLLABLES = "ba do fe gu ka lo mi nu pa re so ti va we xo yu zha bor dran kel mon sten tur vik".split()
_SENTENCES = (
    "President {a} of {p} met Foreign Minister {b} in {q} on {day} to discuss the border dispute.",
    "{a}, the mayor of {p}, accused {b} of ordering police to arrest {n} demonstrators.",
    "Troops loyal to General {b} shelled the town of {q}, killing {n} people, according to {a}.",
    '"We will not withdraw," {a} told reporters in {p} on {day}.',
    "The government of {p} promised {n} million dollars in aid to {q} after the floods.",
    "Workers of {a} Industries went on strike in {q} and demanded that {b} resign.",
    "{b} signed an agreement on fishing rights with {p}, the ministry said on {day}.",
)


def texts(count: int) -> Iterator[str]:
    """Short reports with invented names, the same ones in every process."""
    draw = random.Random(SEED)

    def name() -> str:
        return "".join(draw.choices(_SYLLABLES, k=draw.randrange(2, 5))).capitalize()

    for _ in range(count):
        values = {
            "a": f"{name()} {name()}", "b": f"{name()} {name()}", "p": name(), "q": name(), "n": draw.randrange(3, 900),
            "day": draw.choice(("Monday", "Tuesday", "Friday")),
        }  # fmt: skip
        yield " ".join(draw.sample(_SENTENCES, 4)).format(**values)


def memory(pid: int) -> dict[int, float]:
    """Resident memory of the processes that a run has started, or its server has forked, megabytes."""
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            pages[int(entry.name)] = int((entry / "statm").read_text().split()[1])
    return {
        one: pages[one] * os.sysconf("SC_PAGE_SIZE") / 1024**2
        for one, parent in parents.items()
        if one in pages and pid in (parent, parents.get(parent))
    }


def test_many_documents_are_all_there_and_workers_do_not_grow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(tmp_path, COMMUNIQUE_WORKERS=str(WORKERS))
    lines = [json.dumps({"text": text, "date": "2024-05-06"}) for text in texts(DOCUMENTS)]
    for number in range(FILES):
        (project.seeds / f"{number:02}.jsonl").write_text("\n".join(lines[number::FILES]), encoding="utf-8")
    process = project.start("run")
    samples: dict[int, list[float]] = defaultdict(list)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.25):
            for pid, megabytes in memory(process.pid).items():
                samples[pid].append(megabytes)

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.monotonic()
    out, err = process.communicate(timeout=3600)
    seconds = time.monotonic() - started
    over.set()
    watcher.join()
    assert process.returncode == 0, out + err

    with closing(duckdb.connect(str(project.settings.published_database), read_only=True)) as con:
        counts = con.execute(
            "select count(*), count(distinct document_id), count(extractor_version), "
            "(select count(*) from raw.document_sources), (select count(distinct document_id) from nlp.sentences), "
            "(select count(*) from raw.quarantine), (select count(*) from fct_events) from raw.documents"
        ).fetchall()[0]
    assert counts[:6] == (DOCUMENTS,) * 5 + (0,)
    assert counts[6] > DOCUMENTS

    grown = {}
    for pid, values in samples.items():
        quarter = len(values) // 4
        if quarter:
            grown[pid] = [statistics.median(values[quarter * n : quarter * (n + 1)]) for n in range(4)]
    # With the model: the workers and the server, which loads it for them; those that live shortly read files.
    longest = max(map(len, samples.values()))
    workers = [quarters for pid, quarters in grown.items() if quarters[3] > 200 and len(samples[pid]) > longest / 3]
    with capsys.disabled():
        shown = "; ".join(" ".join(f"{value:.0f}" for value in quarters) for quarters in workers)
        print(f"\n{DOCUMENTS} documents in {seconds:.0f} s; MB of each worker by quarters of its life: {shown}")  # noqa: T201
    assert len(workers) == WORKERS + 1
    assert all(quarters[3] - quarters[1] < GROWTH_MB for quarters in workers)
