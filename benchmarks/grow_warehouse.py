"""How long each step of a run takes, and how much memory, as the number of documents grows.

    python -m benchmarks.grow_warehouse 1000 10000 100000
    python -m benchmarks.grow_warehouse 100000 --keep /tmp/grown --little

Documents of a generated stream (`generated_records.py`) are read from files; what extraction would make of them is generated
too, for it is measured elsewhere. One line a step: documents, event mentions, step, CPU and elapsed seconds, and the most memory
that the process held in the step. Steps within another one are indented. The steps of each size are measured in processes of
their own: reading the seeds in one, all that follows in another. With `--little` whole runs follow (`communique run`): one that
finds all as it is and publishes it, one with nothing new, one with a document more; these are of all processes.

With `--keep` seeds and warehouse stay in that folder, by size.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from pipelines import ids
from pipelines.defs import steps
from pipelines.process import bound_memory
from pipelines.settings import Settings
from pipelines.stages.batches import BatchStore, input_hash
from pipelines.stages.versions import extractor_version
from warehouse import builds
from warehouse.connection import WriterLock, open_build
from warehouse.extraction_schema import extraction_table
from warehouse.staging import (
    StagedExtractions,
    read_staged_documents,
    read_staged_ids,
    write_staged_extractions,
)

_BATCH_DOCUMENTS = 64
_RUN = "grow"
_STEPS = ("generate", "read", "stage", "build", "little")


def main(options: argparse.Namespace) -> None:
    """Print the steps of each size."""
    print("documents mentions step cpu wall MB", flush=True)  # noqa: T201
    for size in options.sizes:
        folder = options.keep / str(size) if options.keep else Path(tempfile.mkdtemp(prefix="communique-"))
        try:
            for step in _STEPS[: None if options.little else -1]:
                subprocess.run(
                    [sys.executable, "-m", __spec__.name, str(size), "--step", step, "--keep", folder], check=True
                )
        finally:
            if not options.keep:
                shutil.rmtree(folder)


def generate(folder: Path, size: int) -> None:
    """Write the seeds of so many documents, and the extraction records by title."""
    from benchmarks.generated_records import write_documents

    (folder / "seeds").mkdir(parents=True)
    (folder / "corrections.csv").touch()
    write_documents(size, folder / "seeds", folder / "records.jsonl")


def read(folder: Path, size: int) -> None:
    """Read the seeds, and print what it took; the children that interpret the files are counted apart."""
    settings = _settings(folder)
    timer = _Timer(size)
    with WriterLock(settings.build_database, _RUN), closing(open_build(settings.build_database)) as con:
        timer.timed("ingest", steps.ingest)(con, settings, run_id=_RUN, progress=lambda *_: None)


def stage(folder: Path, size: int) -> None:
    """Write the batches that extraction would have written."""
    settings = _settings(folder)
    staged = read_staged_documents(settings.staging)
    version = extractor_version(settings.model)
    store = BatchStore(settings.batches / version)
    store.folder.mkdir(parents=True, exist_ok=True)
    paths, mentions = [], 0
    for rows in _portions(folder / "records.jsonl", staged.documents):
        mentions += sum(len(row["events"]) for _, row in rows)
        inputs = {input_hash(document): document.document_id for document, _ in rows}
        paths.append(store.write(extraction_table([row for _, row in rows], extractor_version=version), inputs))
        store.add_to_index(paths[-1], inputs)
    (folder / "mentions").write_text(str(mentions))
    (folder / "records.jsonl").unlink()
    write_staged_extractions(
        settings.staging,
        StagedExtractions(
            run_id=staged.run_id, extractor_version=version, batch_paths=tuple(map(str, paths)), damaged_paths=(),
            document_ids=tuple(read_staged_ids(settings.staging)), quarantine=(),
            extracted_count=len(staged.documents), reused_count=0, word_count=0, seconds=0.0,
        ),
    )  # fmt: skip


def build(folder: Path, size: int) -> None:
    """Run the steps after extraction, and print what each took."""
    from pipelines.stages.resolve import resolve
    from warehouse.checks import model_checks, run_checks, sql_checks, table_checks
    from warehouse.models import discover_models, run_model
    from warehouse.publish import publish

    settings = _settings(folder)
    models = discover_models(settings.sql)
    timer = _Timer(size, int((folder / "mentions").read_text()))
    for name in ("change_copies", "resolve_entities", "resolve_events"):
        setattr(resolve, name, timer.timed(name, getattr(resolve, name), indent="  "))
    with WriterLock(settings.build_database, _RUN):
        timer.timed("load", steps.load)(settings, run_id=_RUN)
        with closing(open_build(settings.build_database)) as con:
            timer.timed("resolve", steps.resolve_core)(con, settings, run_id=_RUN)
            builds.begin(con, [part.name for part in builds.model_parts(models)], run_id=_RUN)
            seconds = timer.timed("models", lambda: {m.name: run_model(con, m).seconds for m in models})()
            builds.stamp(con, builds.model_parts(models), run_id=_RUN)
            checks = [*table_checks(), *model_checks(models), *sql_checks(settings.sql)]
            results = timer.timed("checks", run_checks)(con, checks)
        timer.timed("publish", publish)(settings.build_database, settings.published_database, run_id=_RUN)
    _say_slowest("models", seconds)
    _say_slowest("checks", {f"{r.check.table}.{r.check.name}": r.seconds for r in results})
    size_mb = settings.build_database.stat().st_size / 1e6
    failed = [f"{r.check.table}.{r.check.name}" for r in results if not r.passed]
    print(f"build database {size_mb:,.0f} MB; failed checks: {failed}", flush=True)  # noqa: T201


def little(folder: Path, size: int) -> None:
    """Whole runs with little to do, and what each took."""
    from benchmarks.run_pipeline import run_once, say

    say(run_once(folder).line(f"{size} all there already"))
    say(run_once(folder).line(f"{size} nothing new"))
    one = {
        "text": "Rebels in Ghana attacked an army post near Kumasi on Monday, killing 4 soldiers.",
        "published_date": "2020-03-04",
    }
    (folder / "seeds" / "one.jsonl").write_text(json.dumps(one) + "\n")
    say(run_once(folder).line(f"{size} one document more"))


def _say_slowest(what: str, seconds: Mapping[str, float]) -> None:
    slow = sorted(seconds.items(), key=lambda item: -item[1])[:6]
    print(f"slowest {what}:", *(f"{name} {took:.1f} s;" for name, took in slow), flush=True)  # noqa: T201


def _settings(folder: Path) -> Settings:
    return Settings(
        seeds=folder / "seeds", warehouse=folder / "warehouse", corrections=folder / "corrections.csv", workers=1
    )


def _portions(records: Path, documents: Any) -> Iterator[list[Any]]:
    """Documents with their records, in the order of the documents."""
    places = []
    with records.open("rb") as lines:
        at = 0
        for line in lines:
            places.append(at)
            at += len(line)
        found = []
        for document in documents:
            lines.seek(places[int(document.title.removeprefix("Report "))])
            found.append((document, _finished(json.loads(lines.readline()), document)))
            if len(found) == _BATCH_DOCUMENTS:
                yield found
                found = []
    if found:
        yield found


def _finished(row: dict[str, Any], document: Any) -> dict[str, Any]:
    for mention in row["mentions"]:
        span = (mention["start_char"], mention["end_char"])
        mention["mention_id"] = ids.mention_id(document.document_id, *span)
    row["id"] = document.document_id
    row["document"] = {
        "published_date": document.published_date, "published_date_source": document.published_date_source,
        "published_date_evidence": document.published_date_evidence, "language": "en",
    }  # fmt: skip
    return row


class _Timer:
    """Prints what a step took; the most memory of each is counted from its beginning (Linux only)."""

    def __init__(self, documents: int, mentions: int = 0) -> None:
        self._size = documents, mentions
        self._peaks: list[int] = []

    def timed(self, step: str, call: Callable[..., Any], indent: str = "") -> Callable[..., Any]:
        """A function that prints what each call took."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            self._peaks = [max(peak, _peak_mb()) for peak in self._peaks] + [0]
            Path("/proc/self/clear_refs").write_text("5")
            cpu, wall = time.process_time(), time.perf_counter()
            result = call(*args, **kwargs)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            self._peaks = [max(peak, _peak_mb()) for peak in self._peaks]
            print(*self._size, f"{indent}{step}", round(cpu, 1), round(wall, 1), self._peaks.pop(), flush=True)  # noqa: T201
            return result

        return timed


def _peak_mb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="+", help="numbers of documents")
    parser.add_argument("--keep", type=Path, help="folder for what is made; otherwise it is deleted")
    parser.add_argument("--little", action="store_true", help="measure runs with little to do, too")
    parser.add_argument("--step", choices=_STEPS, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    options = _options()
    if options.step:
        bound_memory()  # as a command does
        {f.__name__: f for f in (generate, read, stage, build, little)}[options.step](options.keep, options.sizes[0])
    else:
        main(options)
