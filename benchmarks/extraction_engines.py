"""The pool of processes and Ray on the same documents: time, CPU, and whether they give the same rows.

What belongs here: `main`, which ingests, extracts and loads invented stories with each engine, kills an actor of Ray in the
midst (`--kill`), and compares batches and tables. What does not: the stories (`short_stories.py`). Linux only: it reads /proc.

    python -m benchmarks.extraction_engines --documents 10000 --workers 2 --kill
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.short_stories import write_stories
from pipelines.defs import steps
from pipelines.settings import Settings
from warehouse.connection import open_build

_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLE_SECONDS = 1.0
_SCHEMAS = ("raw", "nlp")
# What tells of the run, not of the documents.
_OF_THE_RUN = ("ingestion_runs", "builds")
_RUN_COLUMNS = ("run_id", "seen_at", "rejected_at")


@dataclass(slots=True)
class _Watch:
    """Looks at the processes below this one: CPU seconds and memory of each; kills an actor, if asked to."""

    batches: Path
    kills: bool
    cpu: dict[int, float] = field(default_factory=dict)
    peak: dict[int, int] = field(default_factory=dict)  # megabytes
    killed: int | None = None
    is_over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look every second until it is over."""
        while not self.is_over.wait(_SAMPLE_SECONDS):
            commands = self._sample()
            if self.kills and self.killed is None and len(list(self.batches.glob("*/*.parquet"))) > 20:
                busy = [pid for pid, command in commands.items() if command.startswith("ray::_Worker.run")]
                if busy:
                    self.killed = busy[0]
                    os.kill(busy[0], signal.SIGKILL)

    def _sample(self) -> dict[int, str]:
        stats = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    stats[int(entry.name)] = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
        ours = {os.getpid()}
        while more := {pid for pid, stat in stats.items() if int(stat[1]) in ours} - ours:
            ours |= more
        commands = {}
        for pid in ours & stats.keys():
            self.cpu[pid] = (int(stats[pid][11]) + int(stats[pid][12])) / _TICKS
            megabytes = int(stats[pid][21]) * os.sysconf("SC_PAGE_SIZE") // 1024**2
            self.peak[pid] = max(self.peak.get(pid, 0), megabytes)
            try:
                commands[pid] = Path(f"/proc/{pid}/cmdline").read_text()
            except OSError:
                continue
        return commands


def _extract(settings: Settings, *, kills: bool) -> dict[str, Any]:
    with closing(open_build(settings.build_database)) as con:
        steps.ingest(con, settings, run_id="run", progress=lambda *_: None)
        watch = _Watch(settings.batches, kills)
        thread = threading.Thread(target=watch.run, daemon=True)
        thread.start()
        before = time.process_time()
        done = steps.extract(con, settings, progress=lambda *_: None)
        own = time.process_time() - before
        watch.is_over.set()
        thread.join()
    started = time.perf_counter()
    steps.load(settings, run_id="run")
    others = sum(seconds for pid, seconds in watch.cpu.items() if pid != os.getpid())
    return {
        "documents": done.extracted_count,
        "refused": len(done.quarantine),
        "words": done.word_count,
        "extract_wall": round(done.seconds, 1),
        "workers_cpu": round(others, 1),
        "main_cpu": round(own, 1),
        "load_wall": round(time.perf_counter() - started, 1),
        "main_peak_mb": watch.peak.get(os.getpid()),
        "worker_peak_mb": max((peak for pid, peak in watch.peak.items() if pid != os.getpid()), default=None),
        "killed": watch.killed,
    }


def _differences(one: Settings, other: Settings) -> list[str]:
    """The tables of which two warehouses have different rows."""
    found = []
    with closing(open_build(one.build_database)) as con:
        con.execute(f"attach '{other.build_database}' as other (read_only)")
        tables = con.execute(
            "select table_schema, table_name, list(column_name) from information_schema.columns "
            "where table_catalog = current_catalog() and table_schema in ? and table_name not in ? group by all order by all",
            [list(_SCHEMAS), list(_OF_THE_RUN)],
        ).fetchall()
        for schema, name, columns in tables:
            chosen = ", ".join(f'"{column}"' for column in columns if column not in _RUN_COLUMNS)
            here, there = (f'select {chosen} from {prefix}"{schema}"."{name}"' for prefix in ("", "other."))
            count, different = con.execute(
                f"select (select count(*) from ({here})), "
                f"(select count(*) from (({here} except all {there}) union all ({there} except all {here})))"
            ).fetchall()[0]
            _tell(f"  {schema}.{name}: {count:,} rows, {different} different")
            if different:
                found.append(f"{schema}.{name}")
    return found


def _tell(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure both engines, and compare what they wrote."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill", action="store_true", help="kill -9 an actor of Ray in the midst of a batch")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    with TemporaryDirectory(prefix="engines-") as folder:
        root = Path(folder)
        (root / "seeds").mkdir()
        write_stories(root / "seeds" / "stories.jsonl", options.documents)
        runs = {}
        for engine in ("local", "ray"):
            settings = Settings(
                seeds=root / "seeds", warehouse=root / engine, workers=options.workers, extraction_engine=engine
            )
            _tell(engine, _extract(settings, kills=options.kill and engine == "ray"))
            runs[engine] = settings
        names = [{path.name for path in runs[engine].batches.rglob("*.parquet")} for engine in runs]
        _tell("batches:", *map(len, names), "with the same name and bytes:", len(names[0] & names[1]))
        _tell("tables that differ:", _differences(*runs.values()) or "none")


if __name__ == "__main__":
    main()
