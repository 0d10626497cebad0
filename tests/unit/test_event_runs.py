"""Many runs give what one run gives: events resolved as documents come, change and go, and all of them from nothing.

The bounds are lowered, so that blocks, lists of neighbours and windows are full and new documents part others.
"""

from __future__ import annotations

import itertools
import zlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import generated_reports
from pipelines.stages.resolve import (
    alike_texts,
    event_source,
    event_tables,
    half_links,
    kept_pairs,
    link_files,
    pair_blocks,
    report_pairs,
)
from pipelines.stages.resolve.corrections import Corrections, correct_mentions
from pipelines.stages.resolve.event_source import EventReader
from pipelines.stages.resolve.event_tables import ResolvedEvents
from pipelines.stages.resolve.events import Memory, resolve_events
from pipelines.stages.resolve.pair_blocks import Bound
from pipelines.stages.resolve.reports import told_reports

_KEYS = {
    "events": ["event_id"],
    "event_links": ["event_mention_id"],
    "event_parties": ["event_mention_id", "role", "ordinal"],
    "event_relations": ["event_id", "related_event_id", "relation"],
}


class Stream:
    """Invented reports of few days and parties, so that many can be one event, and what became of them."""

    def __init__(self, seed: int, count: int = 180) -> None:
        self.rng = np.random.default_rng(seed)
        stream = generated_reports.generate(count, seed)
        self.documents = stream.documents
        self.mentions = stream.mentions.copy()
        # Half the texts tell of the past, and one town is told for another, so that events recall others and contradict
        # themselves.
        past = self.documents.loc[self.rng.random(len(self.documents)) < 0.5, "document_id"]
        self.mentions.loc[self.mentions["document_id"].isin(past), "modality"] = "historical"
        places = [name for name in self.mentions if name.startswith("place_")]
        towns = self.mentions.drop_duplicates("place_geonames_id").dropna(subset="place_geonames_id")[places]
        some = self.rng.random(count)
        for at, share in ((0, 0.12), (1, 0.24)):
            self.mentions.loc[(some < share) & (some >= share - 0.12), places] = towns.iloc[at].to_list()
        self.mentions.loc[some > 0.6, places] = None
        self.participants = stream.participants
        self.entities = stream.entities
        self.countries: dict[str, str] = {}

    def rows(self, documents: set[str]) -> tuple[pd.DataFrame, ...]:
        """The frames of some documents, in another order each time."""
        held = self.documents[self.documents["document_id"].isin(documents)]
        mentions = self.mentions[self.mentions["document_id"].isin(documents)]
        told = self.participants[self.participants["event_mention_id"].isin(mentions["event_mention_id"])]
        seed = int(self.rng.integers(1 << 30))
        return tuple(frame.sample(frac=1, random_state=seed) for frame in (held, mentions, told, self.entities))

    def change(self) -> None:
        """Some documents come out on another day, some mentions are coded otherwise, an entity has another country."""
        some = self.rng.random(len(self.documents)) < 0.05
        self.documents = self.documents.copy()
        self.documents.loc[some, "published_date"] += pd.Timedelta(days=int(self.rng.integers(1, 4)))
        self.mentions = self.mentions.copy()
        self.mentions.loc[self.rng.random(len(self.mentions)) < 0.03, "modality"] = "future"
        self.participants = self.participants.copy()
        self.participants.loc[self.rng.random(len(self.participants)) < 0.02, "country"] = "AAX"
        self.entities = self.entities.copy()
        self.entities.loc[self.rng.random(len(self.entities)) < 0.02, "country"] = "AAX"


class Core:
    """The tables of events as a database keeps them."""

    def __init__(self) -> None:
        self.tables = {name: pd.DataFrame() for name in _KEYS}

    def take(self, found: ResolvedEvents) -> None:
        """Replace what a run says is replaced."""
        for name in _KEYS:
            rows, old = getattr(found, name), self.tables[name]
            if found.replaced is not None and name != "event_relations":
                links = self.tables["event_links"]
                gone = set(found.replaced)
                events = set(links.loc[links["event_mention_id"].isin(gone), "event_id"])
                held = old[~(old["event_id"].isin(events) if name == "events" else old["event_mention_id"].isin(gone))]
                rows = pd.concat([held, rows]) if len(rows) and len(held) else rows if len(rows) else held
            self.tables[name] = rows

    def state(self) -> dict[str, list]:
        return {name: _sorted(table, _KEYS[name]) for name, table in self.tables.items()}


def _sorted(table: pd.DataFrame, keys: list[str]) -> list[str]:
    plain = table.astype(object).where(table.notna(), None)
    return sorted(map(repr, plain.sort_values(keys).to_dict("records")))


@pytest.fixture(autouse=True)
def _low_bounds(monkeypatch):
    monkeypatch.setattr(generated_reports, "_DAYS", 40)
    monkeypatch.setattr(generated_reports, "_COUNTRIES", 6)
    monkeypatch.setattr(report_pairs, "LARGEST_BLOCK", 6)
    monkeypatch.setattr(report_pairs, "_BLOCK", Bound(6, 3))
    monkeypatch.setattr(alike_texts, "MOST_NEIGHBOURS", 4)
    monkeypatch.setattr(alike_texts, "WINDOW_DAYS", 13)
    monkeypatch.setattr(report_pairs, "WINDOW_DAYS", 13)
    monkeypatch.setattr(pair_blocks, "_ROWS_OF_SHELF", 12)
    monkeypatch.setattr(pair_blocks, "_MOST_HELD", 16 * 40)
    monkeypatch.setattr(link_files, "_HELD", 300)
    monkeypatch.setattr(half_links, "_FEW", 50)
    monkeypatch.setattr(kept_pairs, "_SEARCHED", 30)
    monkeypatch.setattr(event_tables, "_MOST_REPORTS", 50)


def run(
    stream: Stream, documents: set[str], memory: Memory | None, corrections: Corrections | None = None
) -> ResolvedEvents:
    return resolve_events(*stream.rows(documents), corrections=corrections, memory=memory)


def run_by_reading(
    stream: Stream,
    documents: set[str],
    memory: Memory | None,
    corrections: Corrections | None = None,
    *,
    is_told: bool = False,
) -> ResolvedEvents:
    """The same, rows read where they are needed, or what the texts tell read before."""
    held, mentions, told, entities = stream.rows(documents)
    texts = dict(zip(held["document_id"], held["text"], strict=True))
    document_of = dict(zip(mentions["event_mention_id"], mentions["document_id"], strict=True))
    prints = dict.fromkeys(texts, 0)
    for frame in (mentions, told):
        for row in frame.drop(columns="document_id", errors="ignore").astype(str).to_dict("records"):
            prints[document_of[row["event_mention_id"]]] += zlib.crc32(repr(row).encode())
    said = entities.set_index("entity_id")["country"].to_dict()
    other = {entity for entity, country in said.items() if stream.countries.get(entity, country) != country}
    stream.countries = said
    of_other = told.loc[told["entity_id"].isin(other), "event_mention_id"]

    def rows_of(some):
        frames = (mentions, told) if some is None else (f[f["event_mention_id"].isin(some)] for f in (mentions, told))
        return *frames, entities

    others = {document_of[name] for name in of_other}
    reports = None
    if is_told:
        corrected = correct_mentions(mentions, corrections or Corrections())
        reports = told_reports(held, corrected, told.assign(entity_id=None))
    reader = EventReader(lambda some: {name: texts[name] for name in some}, rows_of, lambda: prints, others, reports)
    ids = mentions[["event_mention_id", "document_id"]]
    return resolve_events(held.drop(columns="text"), ids, told.iloc[:0], entities.iloc[:0], corrections, memory, reader)


def memories(folder: Path):
    """Where each run finds what the run before kept."""
    number = 0
    while True:
        yield Memory(folder, "code", f"run-{number - 1}" if number else None, f"run-{number}")
        number += 1


def assert_as_from_nothing(core: Core, stream: Stream, documents: set[str], corrections: Corrections | None = None):
    plain = Core()
    plain.take(run(stream, documents, None, corrections))
    assert core.state() == plain.state()


# Every two of a draw, a bound and a way of reading meet in these; all three, and more draws, are slow.
_MET = ((0, 20_000, run), (0, 25, run_by_reading), (1, 20_000, run_by_reading), (1, 25, run))


@pytest.mark.parametrize(
    ("seed", "most_texts", "run"),
    [
        pytest.param(*case, marks=[] if case in _MET else pytest.mark.slow)
        for case in itertools.product(range(3), (20_000, 25), (run, run_by_reading))
    ],
)
def test_runs_as_documents_come_change_and_go(seed, most_texts, run, monkeypatch, tmp_path):
    monkeypatch.setattr(alike_texts, "MOST_TEXTS", most_texts)
    monkeypatch.setattr(event_source, "_DOCUMENTS_AT_ONCE", most_texts)
    # Some runs write no file of pairs again, whatever came and went.
    monkeypatch.setattr(kept_pairs, "_MOST_CHANGED", (0.1, 100.0)[seed % 2])
    stream, core, here = Stream(seed), Core(), set()
    all_ids = stream.documents["document_id"].tolist()
    looked_at = []
    for number, memory in zip(range(5), memories(tmp_path), strict=False):
        come = stream.rng.choice(all_ids, len(all_ids) // (4, 40, 10, 20, 2)[number], replace=False)
        gone = {name for name in here if stream.rng.random() < (0, 0, 0.05, 0.1, 0)[number]}
        here = (here | set(come)) - gone
        if number == 3:
            stream.change()
        found = run(stream, here, memory)
        core.take(found)
        looked_at.append((found.replaced is None, len(found.event_links), len(core.tables["event_links"])))
        assert_as_from_nothing(core, stream, here)
    assert [is_whole for is_whole, _, _ in looked_at] == [True, False, False, False, False]
    assert looked_at[1][1] < looked_at[1][2]


def test_what_the_texts_tell_may_be_read_before_it_is_known_whom_they_name():
    stream = Stream(0)
    documents = set(stream.documents["document_id"])
    mention = stream.rows(documents)[1]["event_mention_id"].iloc[0]
    corrections = Corrections(codes={mention: ("PROTEST", "riot")})
    found = []
    for read in (run, partial(run_by_reading, is_told=True)):
        core = Core()
        core.take(read(stream, documents, None, corrections))
        found.append(core.state())
    assert found[0] == found[1]
    assert found[0]["event_parties"]


@pytest.mark.parametrize("seed", range(2))
def test_one_document_after_the_other(seed, monkeypatch, tmp_path):
    monkeypatch.setattr(kept_pairs, "_MOST_CHANGED", 1.0)
    stream, core, here = Stream(seed, 40), Core(), set()
    names = stream.rng.permutation(stream.documents["document_id"]).tolist()
    for name, memory in zip(names, memories(tmp_path), strict=False):
        here = here | {name}
        core.take(run(stream, here, memory))
    assert_as_from_nothing(core, stream, here)


def test_runs_without_any_report_between_others(tmp_path):
    stream, core = Stream(1, 40), Core()
    everything = set(stream.documents["document_id"])
    for here, memory in zip((set(), everything, set(), everything), memories(tmp_path), strict=False):
        core.take(run(stream, here, memory))
        assert_as_from_nothing(core, stream, here)


def test_what_people_correct_is_looked_at_alone(tmp_path):
    stream, core = Stream(5), Core()
    here = set(stream.documents["document_id"])
    names = stream.mentions["event_mention_id"].tolist()
    steps = (
        Corrections(),
        Corrections(same=[(names[0], names[100])]),
        Corrections(same=[(names[0], names[100]), (names[3], names[50])], not_events={names[7]}),
        Corrections(different=[(names[0], names[100])]),
        Corrections(),
    )
    for corrections, memory in zip(steps, memories(tmp_path), strict=False):
        found = run(stream, here, memory, corrections)
        core.take(found)
        assert_as_from_nothing(core, stream, here, corrections)
        assert found.replaced is None or len(found.replaced) < len(names) / 2


def test_nothing_new_replaces_nothing(tmp_path):
    stream = Stream(6, 80)
    here = set(stream.documents["document_id"])
    first, second = Memory(tmp_path, "code", None, "a"), Memory(tmp_path, "code", "a", "b")
    run(stream, here, first)
    found = run(stream, here, second)
    assert found.replaced == []
    assert len(found.events) == len(found.event_links) == len(found.event_parties) == 0


def test_other_code_or_a_torn_folder_resolves_from_nothing(tmp_path):
    stream = Stream(7, 80)
    here = set(stream.documents["document_id"])
    memory = Memory(tmp_path, "code", None, "a")
    run(stream, here, memory)
    assert run(stream, here, replace(memory, version="other", former="a", name="b")).replaced is None
    assert run(stream, here, replace(memory, former="lost", name="c")).replaced is None
    (tmp_path / "a" / "about.json").unlink()
    assert run(stream, here, replace(memory, former="a", name="d")).replaced is None


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_rows_in_files_are_those_in_memory(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From nothing the sketches and rows of many reports stay in files, which the next run goes on from."""
    stream = Stream(seed)
    documents = sorted(stream.documents["document_id"])
    monkeypatch.setattr(event_source, "_DOCUMENTS_AT_ONCE", 30)
    states = []
    for name, most in (("memory", 1_000_000), ("files", 0)):
        monkeypatch.setattr(event_tables, "_MOST_IN_MEMORY", most)
        core = Core()
        for number, some in enumerate((documents[:-5], documents)):
            memory = Memory(tmp_path / name, "1", str(number - 1) if number else None, str(number))
            stream.countries = {}
            core.take(run_by_reading(stream, set(some), memory))
            # Days of frames are times, those of files are days.
            states.append(
                {table: [row.replace(" 00:00:00", "") for row in _plain(rows)] for table, rows in core.tables.items()}
            )
    assert states[:2] == states[2:]


def _plain(table: pd.DataFrame) -> list[str]:
    rows = table.astype(object).where(table.notna(), None)
    return sorted("|".join(str(value) for value in row) for row in rows.itertuples(index=False))
