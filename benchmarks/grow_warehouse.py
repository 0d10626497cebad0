"""How long each step of a run takes, and how much memory, as the number of documents grows.

    python -m benchmarks.grow_warehouse 1000 10000 100000

Documents of a generated stream (`generated_reports.py`) are read from a file; what extraction would make of them is generated
too, for it is measured elsewhere. Of the persons a tenth bear one surname and are of one country. One line a step: documents,
event mentions, step, CPU and elapsed seconds, and the most memory that the process held in the step. Steps within another
one are indented. Each size is measured in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines import ids
from pipelines.defs import steps
from pipelines.settings import Settings
from pipelines.stages.batches import BatchStore, input_hash
from pipelines.stages.resolve import resolve
from pipelines.stages.versions import extractor_version
from warehouse import builds
from warehouse.checks import model_checks, run_checks, sql_checks, table_checks
from warehouse.connection import WriterLock, open_build
from warehouse.extraction_schema import extraction_table
from warehouse.models import discover_models, run_model
from warehouse.publish import publish
from warehouse.staging import StagedExtractions, read_staged_documents, write_staged_extractions

_MENTIONS_OF_DOCUMENT = 5.73
_BATCH_DOCUMENTS = 64
_LABELS = {"0": "GPE", "2": "ORG", "3": "PERSON"}  # by the kind that an entity's id of the stream begins with
_SURNAME, _SURNAME_COUNTRY = "Barado", "AAX"
_RUN = "grow"


def main(sizes: list[int]) -> None:
    """Print the steps of each size."""
    print("documents mentions step cpu wall MB")  # noqa: T201
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for step in ("--generate", "--measure"):
                subprocess.run([sys.executable, "-m", __spec__.name, step, str(size), folder], check=True)


def generate_to(size: int, folder: Path) -> None:
    """Write the seeds of so many documents, and the extraction records by title."""
    from benchmarks.generated_reports import generate

    stream = generate(round(size * _MENTIONS_OF_DOCUMENT))
    participants = _with_names(stream.participants)
    of_mention = dict(tuple(participants.groupby("event_mention_id")))
    of_document = dict(tuple(stream.mentions.groupby("document_id")))
    (folder / "seeds").mkdir()
    last = len(stream.documents) - 1
    with (
        (folder / "seeds" / "all.jsonl").open("w") as seeds,
        (folder / "one.jsonl").open("w") as one,
        (folder / "records.jsonl").open("w") as records,
    ):
        for number, row in enumerate(stream.documents.itertuples(index=False)):
            mentions = of_document[row.document_id].to_dict("records")
            parties = {m["event_mention_id"]: _rows(of_mention.get(m["event_mention_id"])) for m in mentions}
            text, record = _record(row.text, mentions, parties)
            day = None if pd.isna(row.published_date) else str(row.published_date.date())
            seed = {"title": f"Report {number}", "text": text, "published_date": day, "source": f"Paper {number % 40}"}
            (one if number == last else seeds).write(json.dumps(seed) + "\n")
            records.write(json.dumps(record) + "\n")


def _with_names(participants: pd.DataFrame) -> pd.DataFrame:
    """The participants, a tenth of the persons with one surname and country."""
    entity = participants["entity_id"]
    is_one = entity.str.startswith("ent_3").fillna(False) & (entity.str[9:14].astype(float).fillna(1) % 10 == 0)
    given = participants["text"].str.split().str[0] + "-" + entity.str[5:9].fillna("")
    return participants.assign(
        text=np.where(is_one, "X" + given.str.replace(r"-0*", "", regex=True) + f" {_SURNAME}", participants["text"]),
        country=np.where(is_one, _SURNAME_COUNTRY, participants["country"]),
    )


def _rows(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    return [] if frame is None else frame.astype(object).where(frame.notna(), None).to_dict("records")


def _record(text: str, mentions: list[dict[str, Any]], parties: dict[str, list[dict[str, Any]]]) -> tuple[str, dict]:
    """A document's text, its names in a last sentence, and its extraction record; spans of names are by `name`."""
    names = sorted({(row["text"], row["entity_id"]) for rows in parties.values() for row in rows if row["entity_id"]})
    spans: dict[str, tuple[int, int]] = {}
    end = len(text)
    for name, _ in names:
        text += f", {name}"
        spans[name] = (len(text) - len(name), len(text))
    told = {row["text"]: row for rows in parties.values() for row in rows}
    return text + ".", {
        "sentences": [{"start_char": 0, "end_char": end}],
        "mentions": [
            {
                "entity_id": entity, "label": _LABELS[entity[4]], "text": name, "start_char": spans[name][0],
                "end_char": spans[name][1], "is_name": True, "title": None, "country": told[name]["country"],
                "sector": told[name]["sector"],
            }
            for name, entity in names
        ],
        "entities": list(
            {
                entity: {
                    "entity_id": entity, "name": name, "label": _LABELS[entity[4]], "titles": [],
                    "country": told[name]["country"], "sector": told[name]["sector"],
                }
                for name, entity in names
            }.values()
        ),
        "events": [_event(mention, parties[mention["event_mention_id"]], spans) for mention in mentions],
    }  # fmt: skip


def _event(mention: dict[str, Any], parties: list[dict[str, Any]], spans: dict[str, tuple[int, int]]) -> dict:
    plain = {key: _plain(value) for key, value in mention.items()}
    place = None
    if plain["place_name"] and plain["place_latitude"] is not None:
        place = {name: plain[f"place_{name}"] for name in (
            "name", "country", "admin1", "latitude", "longitude", "geonames_id", "precision", "confidence")}  # fmt: skip
        place |= {"text": plain["trigger"], "start_char": plain["start_char"], "end_char": plain["end_char"]}
    roles: dict[str, list[dict]] = {"actor": [], "recipient": []}
    for row in parties:
        start, end = spans.get(row["text"], (plain["start_char"], plain["end_char"]))
        party = {name: row[name] for name in ("entity_id", "text", "country", "sector")}
        roles[row["role"]].append({"mention_id": None, "start_char": start, "end_char": end, **party})
    kept = {
        name: plain.get(name)
        for name in (
            "trigger", "start_char", "end_char", "sentence_start_char", "sentence_end_char", "event_type", "event_mode",
            "quad_class", "intensity", "confidence", "is_negated", "modality", "event_date_start", "event_date_end",
            "event_date_precision", "event_date_source", "fatalities", "injuries", "arrests", "crowd_size",
        )
    }  # fmt: skip
    kept |= {"event_id": plain["event_mention_id"], "contexts": ["military"], "attributed_to": None, "theme": None}
    return kept | {"actors": roles["actor"], "recipients": roles["recipient"], "place": place, "displaced": None}


def _plain(value: Any) -> Any:
    if isinstance(value, (list, np.ndarray)):
        return list(value)
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    return value.item() if isinstance(value, np.generic) else value


def measure(folder: Path) -> None:
    """Run the steps on the seeds of a folder, and print what each took."""
    (folder / "corrections.csv").touch()
    settings = Settings(
        seeds=folder / "seeds", warehouse=folder / "warehouse", corrections=folder / "corrections.csv", workers=1
    )
    models = discover_models(settings.sql)
    timer = _Timer()
    for name in ("change_copies", "resolve_entities", "resolve_events"):
        setattr(resolve, name, timer.timed(name, getattr(resolve, name), indent="  "))
    for name in ("read_resolve_input", "replace_core", "update_word_stems"):
        setattr(steps, name, timer.timed(name, getattr(steps, name), indent="  "))
    with WriterLock(settings.build_database, _RUN):
        _resolve(settings, folder, timer, _RUN)
        with closing(open_build(settings.build_database)) as con:
            timer.timed("models", lambda: [run_model(con, model) for model in models])()
            builds.stamp(con, builds.model_parts(models), run_id=_RUN)
            checks = [*table_checks(), *model_checks(models), *sql_checks(settings.sql)]
            results = timer.timed("checks", run_checks)(con, checks)
        timer.timed("publish", publish)(settings.build_database, settings.published_database, run_id=_RUN)
        print("one document more:")  # noqa: T201
        (folder / "one.jsonl").rename(settings.seeds / "one.jsonl")
        _resolve(settings, folder, timer, f"{_RUN}-one")
    slow = sorted(results, key=lambda result: -result.seconds)[:3]
    print("slowest checks:", *(f"{r.check.table}.{r.check.name} {r.seconds:.1f} s;" for r in slow))  # noqa: T201


def _resolve(settings: Settings, folder: Path, timer: _Timer, run_id: str) -> None:
    """The steps up to resolution."""
    with closing(open_build(settings.build_database)) as con:
        timer.timed("ingest", steps.ingest)(con, settings, run_id=run_id, progress=lambda *_: None)
    _write_extractions(settings, folder / "records.jsonl", timer)
    timer.timed("load", steps.load)(settings, run_id=run_id)
    with closing(open_build(settings.build_database)) as con:
        timer.timed("resolve", steps.resolve_core)(con, settings, run_id=run_id)


def _write_extractions(settings: Settings, records: Path, timer: _Timer) -> None:
    """Write the batches that extraction would have written."""
    staged = read_staged_documents(settings.staging)
    by_title = {document.title: document for document in staged.documents}
    version = extractor_version(settings.model)
    store = BatchStore(settings.batches / version)
    store.folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for rows in _portions(records, by_title):
        timer.mentions += sum(len(row["events"]) for _, row in rows)
        inputs = {input_hash(document): document.document_id for document, _ in rows}
        paths.append(store.write(extraction_table([row for _, row in rows], extractor_version=version), inputs))
    timer.documents += len(by_title)
    write_staged_extractions(
        settings.staging,
        StagedExtractions(
            run_id=staged.run_id, extractor_version=version, batch_paths=tuple(map(str, paths)), damaged_paths=(),
            document_ids=tuple(document.document_id for document in staged.documents), quarantine=(),
            extracted_count=len(by_title), reused_count=0, word_count=0, seconds=0.0,
        ),
    )  # fmt: skip


def _portions(records: Path, by_title: dict) -> Iterator[list]:
    found = []
    with records.open() as lines:
        for number, line in enumerate(lines):
            document = by_title.get(f"Report {number}")
            if document is None:  # a text that came twice
                continue
            row = json.loads(line)
            for mention in row["mentions"]:
                span = (mention["start_char"], mention["end_char"])
                mention["mention_id"] = ids.mention_id(document.document_id, *span)
            row["id"] = document.document_id
            row["document"] = {
                "published_date": document.published_date, "published_date_source": document.published_date_source,
                "published_date_evidence": document.published_date_evidence, "language": "en",
            }  # fmt: skip
            row |= {name: [] for name in ("time_expressions", "places", "quotes", "quantities")}
            found.append((document, row))
            if len(found) == _BATCH_DOCUMENTS:
                yield found
                found = []
    if found:
        yield found


class _Timer:
    """Prints what a step took; the most memory of each is counted from its beginning (Linux only)."""

    def __init__(self) -> None:
        self.documents = self.mentions = 0
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
            cells = self.documents, self.mentions, f"{indent}{step}", round(cpu, 1), round(wall, 1), self._peaks.pop()
            print(*cells, flush=True)  # noqa: T201
            return result

        return timed


def _peak_mb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    if sys.argv[1] == "--generate":
        generate_to(int(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1] == "--measure":
        measure(Path(sys.argv[3]))
    else:
        main([int(value) for value in sys.argv[1:]])
