"""What whole runs cost, from files to the published warehouse: all documents, then nothing new, then one document more.

    python -m benchmarks.run_pipeline --documents 3000 --corpus news.jsonl --spacy
    python -m benchmarks.run_pipeline --documents 20000 --words 65 --keep /tmp/short

Without a corpus (JSON Lines with "text") the documents are generated: short reports of named parties, the same every time.
Prints a line for each run: wall seconds, CPU seconds of the run and all its processes, the most memory that the main process
and the largest worker held, and, where it extracted something, words a wall second, words a second and core, and words a CPU
second. With `--spacy` also what spaCy alone takes for the first of the same documents (`nlp.pipe`, every component, batches of
16, one process), before and after, and the ratio. Each run is a process of its own, as from a terminal. Nothing else should run
on the machine: look at the load that is printed. With `--steps` (Linux) a table says of each step of the first run, and of the
one with a document more, what it would take alone on these cores, and how much of them it leaves idle (`idle_cores.py`): that
holds on a busy machine as well.

With `--keep` seeds, warehouse and Dagster's records stay in that folder, and documents extracted there before are not
extracted again.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from benchmarks.idle_cores import Timeline, steps_of
from pipelines.settings import PROJECT_ROOT, Settings

_SAMPLE_SECONDS = 0.1
_PR_SET_CHILD_SUBREAPER = 36
_RAW_DOCUMENTS = 300  # that spaCy alone reads: enough for a rate
_PLACES = "Norway Kenya Chile Japan Ghana Peru Nepal Malta Fiji Togo Chad Oman Qatar Latvia Cyprus Samoa Benin Laos Gabon".split()
_PARTIES = "ministers officials lawmakers rebels police soldiers envoys judges farmers students miners doctors".split()
_DEEDS = (
    *(
        "met in the capital with",
        "signed an agreement on trade with",
        "protested against",
        "accused",
        "promised aid to",
    ),
    *(
        "rejected talks with",
        "threatened to attack",
        "lifted sanctions on",
        "arrested",
        "called for talks with",
        "fired on",
    ),
)
_MATTERS = (
    "fish grain copper timber fuel water steel roads ports schools borders visas prices loans debt rail coffee".split()
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True)
class Measured:
    """What a run took."""

    wall: float
    cpu: float
    main_mb: float
    worker_mb: float  # 0 if it started none
    words: int  # extracted

    def line(self, name: str) -> str:
        rates = (
            f", {self.words / self.wall:,.0f} words/s, {self.words / self.wall / cores():,.0f} a core, "
            f"{self.words / self.cpu:,.0f} words a CPU second"
            if self.words
            else ""
        )
        worker = f", worker {self.worker_mb:,.0f} MB" if self.worker_mb else ""
        return f"{name}: {self.wall:.1f} s, CPU {self.cpu:.1f} s, main {self.main_mb:,.0f} MB{worker}{rates}"


def main() -> None:
    """Measure and print."""
    options = _options()
    _adopt_orphans()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="communique-"))
    try:
        texts = list(
            islice(_corpus(options.corpus) if options.corpus else _generated(options.words), options.documents + 1)
        )
        _write(folder / "seeds" / "documents.jsonl", texts[:-1])
        words = sum(len(text.split()) for text in texts[:-1])
        say(f"{len(texts) - 1:,} documents, {words:,} words; load {os.getloadavg()[0]:.1f}")
        spacy = [_raw_spacy(folder, texts)] if options.spacy else []
        first = _measured(folder, "all", has_steps=options.steps)
        if options.spacy:
            spacy.append(_raw_spacy(folder, texts))
            raw = sum(spacy) / 2
            say(
                f"spaCy alone: {raw:,.0f} words a CPU second ({spacy[0]:,.0f}, {spacy[1]:,.0f}); ratio a core "
                f"{first.words / first.wall / cores() / raw:.2f}, by CPU seconds {first.words / first.cpu / raw:.2f}"
            )
        _measured(folder, "nothing new")
        _write(folder / "seeds" / f"more-{time.time_ns()}.jsonl", texts[-1:])
        _measured(folder, "one document more", has_steps=options.steps)
        say(f"load {os.getloadavg()[0]:.1f}")
    finally:
        if options.keep is None:
            shutil.rmtree(folder)


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201


def cores() -> int:
    """The cores that a run may use."""
    return len(os.sched_getaffinity(0))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--corpus", type=Path, help="JSON Lines with a field text")
    parser.add_argument("--words", type=int, default=65, help="of a generated document")
    parser.add_argument("--keep", type=Path, help="folder for what is made; otherwise it is deleted at the end")
    parser.add_argument("--steps", action="store_true", help="where runs leave cores idle")
    parser.add_argument("--spacy", action="store_true", help="compare with spaCy alone")
    return parser.parse_args()


def _corpus(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def _generated(words: int) -> Iterator[str]:
    chance = random.Random(14)
    while True:
        sentences: list[str] = []
        while sum(len(sentence.split()) for sentence in sentences) < words:
            (a, b), (x, y) = chance.sample(_PLACES, 2), chance.sample(_MATTERS, 2)
            who, whom = (f"{chance.choice(_PARTIES)} of {place}" for place in (a, b))
            sentences.append(f"On {chance.choice(_DAYS)} {who} {chance.choice(_DEEDS)} {whom} over {x} and {y}.")
        yield " ".join(sentences)


def _write(path: Path, texts: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"text": text, "published_date": "2024-05-06", "source": "Benchmark"}) + "\n" for text in texts)
    path.write_text("".join(lines), encoding="utf-8")


def run_once(folder: Path, timeline: Timeline | None = None) -> Measured:
    """One `communique run` on the seeds and the warehouse of a folder, and what it took."""
    home = folder / "dagster_home"
    home.mkdir(exist_ok=True)
    shutil.copy(PROJECT_ROOT / "dagster_home" / "dagster.yaml", home)
    (folder / "corrections.csv").touch()
    own = {
        "COMMUNIQUE_SEEDS": str(folder / "seeds"),
        "COMMUNIQUE_WAREHOUSE": str(folder / "warehouse"),
        "COMMUNIQUE_CORRECTIONS": str(folder / "corrections.csv"),
        "DAGSTER_HOME": str(home),
    }
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run"],
        env=os.environ | own, cwd=PROJECT_ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    main_mb = worker_mb = 0.0
    try:
        while process.poll() is None:
            peaks = dict(_peaks(process.pid))
            if timeline is not None:
                timeline.sample(peaks)
            for pid, peak in peaks.items():
                if pid == process.pid:
                    main_mb = max(main_mb, peak)
                else:
                    worker_mb = max(worker_mb, peak)
            time.sleep(_SAMPLE_SECONDS)
    finally:
        process.terminate()
    wall = time.perf_counter() - started
    _wait_for_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in (0, 2):
        raise SystemExit(f"the run failed with status {process.returncode}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, cpu, main_mb, worker_mb, _words(Settings(warehouse=folder / "warehouse")))


def _measured(folder: Path, name: str, *, has_steps: bool = False) -> Measured:
    """Run once and print what that took, with the steps of the run where they are wanted."""
    timeline = Timeline() if has_steps else None
    measured = run_once(folder, timeline)
    say(measured.line(name))
    if timeline is not None:
        say("\n".join(timeline.lines(steps_of(folder / "dagster_home"), cores=cores())))
    return measured


def _adopt_orphans() -> None:
    """Become the parent of processes whose parent ends before them: of the server that forks workers, whose time counts too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait_for_orphans() -> None:
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _peaks(session: int) -> Iterator[tuple[int, float]]:
    """The most memory that each process of a session has held, MB."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, ProcessLookupError):
            pid = int(entry.name)
            if os.getsid(pid) == session:
                status = (entry / "status").read_text(encoding="utf-8")
                if (
                    held := re.search(r"VmHWM:\s+(\d+) kB", status)
                ) is not None:  # one that has just ended holds nothing
                    yield pid, int(held[1]) / 1024


def _words(settings: Settings) -> int:
    """The words that the last run extracted."""
    with closing(duckdb.connect(str(settings.build_database), read_only=True)) as con:
        ((words,),) = con.execute("select arg_max(word_count, started_at) from raw.ingestion_runs").fetchall()
    return int(words)


_RAW = """
import json, sys, time, spacy
from importlib.util import find_spec
from pipelines.nlp.packages import PACKAGED_SUFFIX
texts = json.loads(open(sys.argv[1], encoding="utf-8").read())
name = sys.argv[2]
nlp = spacy.load(name if find_spec(name) else name + PACKAGED_SUFFIX)
list(nlp.pipe(texts[:16], batch_size=16))
start = time.process_time()
words = sum(len(text.split()) for text in texts)
for doc in nlp.pipe(texts, batch_size=16):
    pass
print(words / (time.process_time() - start))
"""


def _raw_spacy(folder: Path, texts: list[str]) -> float:
    """Words a CPU second of spaCy alone, on one thread."""
    folder.mkdir(parents=True, exist_ok=True)
    given = folder / "raw.json"
    given.write_text(json.dumps(texts[:_RAW_DOCUMENTS]), encoding="utf-8")
    alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-c", _RAW, str(given), Settings().model],
        env=os.environ | alone, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout)


if __name__ == "__main__":
    main()
