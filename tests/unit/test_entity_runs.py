"""Many runs give what one run gives: entities resolved as documents come, change and go, and all of them from nothing.

Names, countries and offices are few, so that documents have many namesakes, and the bounds are low, so that blocks are full and
names become common and rare again.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines import ids
from pipelines.stages.resolve import (
    entities,
    entity_blocks,
    entity_changes,
    entity_hosts,
    entity_pairs,
    entity_profiles,
    filed_clusters,
    filed_pairs,
    filed_profiles,
    filed_rows,
    kept_tables,
    table_files,
)
from pipelines.stages.resolve.corrections import Correction
from pipelines.stages.resolve.entities import EntityChange, ResolvedEntities, resolve_entities
from pipelines.stages.resolve.entity_corrections import settle_entities
from pipelines.stages.resolve.kept_entities import SCHEMAS, KeptEntities
from pipelines.stages.resolve.other_parties import documents_with_other_parties
from pipelines.stages.resolve.report_parties import party_kind

_KEYS = {
    "entities": ["entity_id"],
    "entity_links": ["mention_id"],
    "affiliations": ["entity_id", "country", "sector"],
    "candidates": ["entity_id", "candidate_entity_id"],
}
_GIVEN = "Oleg Oleh Ana Anna Ruth R. Pavel Hassan Hussein".split()
_FAMILY = "Torres Tores Petrov Petrow Calloway Okafor".split()
_BODIES = (("Lake Basin Commission", "LBC"), ("Lima Bank Corp", "LBC"), ("Ruth Okafor Foundation", "ROF"))
_STATES = ("Peru", "Norway")


class Stream:
    """Documents of a few names, and what became of them."""

    def __init__(self, seed: int, count: int) -> None:
        self.draw = random.Random(seed)
        self.stories = {f"d{number:03d}": self.story() for number in range(count)}

    def story(self) -> dict[str, Any]:
        draw = self.draw
        day = date(1990, 1, 1) + timedelta(days=draw.choice((0, 3, 20, 400, 4_000, 9_000)) + draw.randrange(3))
        names: dict[str, tuple] = {}
        for _ in range(draw.randrange(1, 5)):
            family, given = draw.choice(_FAMILY), draw.choice(_GIVEN)
            full = draw.choice(
                (f"{given} {family}", f"{given} {family}", f"{family} {given}", family, f"{given} {family} Jr.")
            )
            names[full] = ("PERSON", (full, family), draw.choice((None, "trade minister", "senator")))
        for name, acronym in draw.sample(_BODIES, draw.randrange(3)):
            key = draw.choice((name, acronym))
            names[key] = ("ORG", (key, acronym) if draw.random() < 0.5 else (key,), None)
        names |= {name: ("GPE", (name,), None) for name in draw.sample(_STATES, draw.randrange(3))}
        told = {
            name: (*rest, draw.choice((None, "PER", "PER", "NOR")), draw.choice((None, "GOV", "BUS")))
            for name, rest in names.items()
        }
        return {"day": draw.choice((None, day, day, day)), "told": told, "counted": draw.random() < 0.8}

    def rows(self, documents: set[str], of: set[str] | None = None) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """The frames of some documents, in another order each time; entities and mentions `of` some alone."""
        held, entities, mentions = [], [], []
        for document in self.draw.sample(sorted(documents), len(documents)):
            story = self.stories[document]
            held.append({"document_id": document, "published_date": story["day"], "is_counted": story["counted"]})
            for name, (label, texts, title, country, sector) in (
                story["told"].items() if of is None or document in of else ()
            ):
                base = {"document_id": document, "entity_id": ids.entity_id(name.casefold()), "label": label,
                        "country": country, "sector": sector}  # fmt: skip
                entities.append({**base, "name": name, "titles": [title] if title else []})
                for number, text in enumerate((*texts, "it")):
                    mentions.append({**base, "mention_id": f"{document}:{name}:{number}", "text": text, "is_name": text != "it",
                                     "country": country if number else None})  # fmt: skip
        columns = (
            ["document_id", "published_date", "is_counted"],
            ["document_id", "entity_id", "label", "country", "sector", "name", "titles"],
            ["document_id", "entity_id", "label", "country", "sector", "mention_id", "text", "is_name"],
        )
        return tuple(pd.DataFrame(r, columns=c) for r, c in zip((held, entities, mentions), columns, strict=True))


class Core:
    """The tables of entities as a database keeps them."""

    def __init__(self) -> None:
        self.tables = {name: pd.DataFrame(columns=keys) for name, keys in _KEYS.items()}

    def take(self, found: ResolvedEntities, mentions: set[str]) -> None:
        """Replace what a run says is replaced."""
        for name in _KEYS:
            rows, old = getattr(found, name), self.tables[name]
            if found.replaced is not None and name in ("entities", "affiliations"):
                old = old[~old["entity_id"].isin(found.replaced)]
            elif found.replaced is not None and name == "entity_links":
                old = old[old["mention_id"].isin(mentions) & ~old["mention_id"].isin(rows["mention_id"])]
            else:
                old = old.iloc[:0]
            self.tables[name] = pd.concat([old, rows]) if len(old) and len(rows) else rows if len(rows) else old

    def state(self) -> dict[str, list[str]]:
        return {name: sorted(map(repr, map(_plain, table.to_dict("records")))) for name, table in self.tables.items()}


def _plain(row: dict[Any, Any]) -> dict[Any, Any]:
    """A row with lists and missing values of one kind, however a frame holds them."""
    return {
        name: list(value) if isinstance(value, list | np.ndarray) else None if pd.isna(value) else value
        for name, value in row.items()
    }


def told_of_parties(core: Core, found: ResolvedEntities, rows: pd.DataFrame) -> dict[str, set]:
    """What reports would say of all entities of each document, were they parties of its events: of their country, if theirs is
    missing.
    """
    columns = ["entity_id", "label", "country", "is_named"]
    facts = {id: fact for id, *fact in core.tables["entities"][columns].itertuples(index=False)}
    core_of, told = found.of_document(), {}
    for document, entity, country in rows[["document_id", "entity_id", "country"]].itertuples(index=False):
        label, home, is_named = facts[core_of[document, entity]]
        told.setdefault(document, set()).add(
            (entity, core_of[document, entity], party_kind(label, is_named=is_named), country or _plain({0: home})[0])
        )
    return told


@pytest.fixture(autouse=True)
def _low_bounds(monkeypatch):
    monkeypatch.setattr(entity_blocks, "MOST_IN_BLOCK", 5)
    monkeypatch.setattr(entity_hosts, "MOST_IN_BLOCK", 5)
    monkeypatch.setattr(entity_blocks, "NEIGHBOURS", 2)
    monkeypatch.setattr(entity_changes, "RARE", 4)
    monkeypatch.setattr(entity_profiles, "_MOST_CONTEXT", 3)
    monkeypatch.setattr(entity_profiles, "_FEW", 1)
    monkeypatch.setattr(entity_pairs, "_BLOCKS_AT_ONCE", 3)
    monkeypatch.setattr(entities, "_DOCUMENTS_AT_ONCE", 25)
    monkeypatch.setattr(entities, "_ENTITIES_AT_ONCE", 12)
    monkeypatch.setattr(kept_tables, "_ROWS_AT_ONCE", 40)
    monkeypatch.setattr(filed_pairs, "MOST_IN_BLOCK", 5)
    monkeypatch.setattr(filed_pairs, "NEIGHBOURS", 2)
    monkeypatch.setattr(filed_pairs, "_PAIRS_AT_ONCE", 30)
    monkeypatch.setattr(filed_pairs, "_NODES_AT_ONCE", 25)
    monkeypatch.setattr(filed_rows, "_NODES_AT_ONCE", 25)
    monkeypatch.setattr(filed_profiles, "RARE", 4)
    monkeypatch.setattr(filed_clusters, "_PROFILES_AT_ONCE", 4)
    monkeypatch.setattr(filed_clusters, "_ALONE_AT_ONCE", 3)
    monkeypatch.setattr(table_files, "ROWS_AT_ONCE", 30)


def assert_as_from_nothing(core: Core, stream: Stream, here: set[str], folder: Path):
    """From nothing in memory and in files; and what is kept of both is the same."""
    folder.mkdir()
    found = resolve_entities(*stream.rows(here)), resolve_entities(*stream.rows(here), folder=folder)
    now = core.state()
    for one in found:
        plain = Core()
        plain.take(one, set())
        then = plain.state()
        for name in now:
            assert set(now[name]) ^ set(then[name]) == set(), name
            assert now[name] == then[name]
    for name in SCHEMAS:
        held, filed = (sorted(map(repr, getattr(one.kept, name).all())) for one in found)
        assert held == filed, name
    some = set(sorted(here)[::3])
    assert found[0].of_document(some) == found[1].of_document(some)
    assert found[0].of_document() == found[1].of_document()
    return found[1].kept


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_runs_as_documents_come_change_and_go(seed, tmp_path):
    stream = Stream(seed, 110)
    core, here, before = Core(), set(), KeptEntities.nothing()
    everything = sorted(stream.stories)
    written, parties, spared = [], {}, 0
    for number, share in enumerate((0.5, 0.01, 0.1, 0.02, 0.3, 0.01)):
        come = {name for name in everything if stream.draw.random() < share} - here
        gone = {name for name in sorted(here) if number % 2 and stream.draw.random() < 0.05}
        changed = {name for name in sorted(here - gone) if number > 1 and stream.draw.random() < 0.03}
        for name in sorted(changed):
            stream.stories[name] = stream.story()
        for name in sorted(here - gone):  # another document may be found to be its original
            if stream.draw.random() < 0.01:
                stream.stories[name]["counted"] = not stream.stories[name]["counted"]
        here = (here | come) - gone
        fresh = come | changed
        all_mentions = stream.rows(here)[2]
        change = EntityChange(before, fresh, lambda some, rows=all_mentions: rows[rows["document_id"].isin(some)])
        found = resolve_entities(*stream.rows(here, fresh), change=change)
        columns = ["entity_id", "label", "country", "is_named"]
        former = core.tables["entities"].reindex(columns=columns)
        former = former[former["entity_id"].isin(found.replaced)]
        core.take(found, set(all_mentions["mention_id"]))
        all_parties = stream.rows(here)[1]
        others = documents_with_other_parties(
            found, former, lambda some, rows=all_parties: rows[rows["entity_id"].isin(some)]
        )
        now = told_of_parties(core, found, all_parties)
        assert {document for document in now if now[document] != parties.get(document)} <= others | fresh
        spared += len(found.nodes_of(found.replaced)) > 0 and not set(now) <= others
        parties = now
        written.append((len(found.entity_links), len(core.tables["entity_links"])))
        filed = assert_as_from_nothing(core, stream, here, tmp_path / f"files {number}")
        # What is kept is as good from nothing as by what changed.
        (filed if number == 2 else found.kept).write(tmp_path / str(number), "code")
        before = KeptEntities.read(tmp_path / str(number), "code")
        assert before is not None
    assert written[1][0] < written[1][1]
    assert spared
    assert KeptEntities.read(tmp_path / "0", "other code") is None


def test_a_document_more_about_a_known_entity_changes_no_other_ones_parties():
    """It gives an entity of many documents another country and is joined to it: what their texts tell stays as it was."""
    documents = [f"d{number}" for number in range(9)]

    def rows(those: list[str]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        base = [
            {"document_id": d, "entity_id": "ent_p", "label": "GPE", "name": "Georgia", "titles": [], "sector": None}
            | {"country": "GEO" if d == "d0" else "USA" if d < "d4" else None, "text": "Georgia", "is_name": True}
            | {"published_date": date(2024, 5, 1), "is_counted": True, "mention_id": f"{d}:{n}"}
            for d in those for n in range(9 if d == "d0" else 1)
        ]  # fmt: skip
        frame = pd.DataFrame(base)
        once = frame.drop_duplicates("document_id")
        return once, once, frame

    before = resolve_entities(*rows(documents[1:]))
    everything = rows(documents)
    change = EntityChange(before.kept, {"d0"}, lambda some: everything[2][everything[2]["document_id"].isin(some)])
    found = resolve_entities(everything[0], *rows(["d0"])[1:], change=change)
    (was,), (now,) = before.entities["country"], found.entities["country"]
    assert (was, now) == ("USA", "GEO")
    parties = everything[1][everything[1]["document_id"] != "d8"]  # which names it, and not as a party
    others = documents_with_other_parties(found, before.entities, lambda some: parties)
    assert others == {"d0", "d4", "d5", "d6", "d7"}


def test_people_win_from_nothing():
    stream = Stream(7, 40)
    here = set(stream.stories)
    mentions = stream.rows(here)[2].sort_values("mention_id")
    named = mentions[mentions["mention_id"].str.endswith(":0")]
    node_of = {
        m: (d, e)
        for m, d, e in zip(mentions["mention_id"], mentions["document_id"], mentions["entity_id"], strict=True)
    }
    some = named.groupby("entity_id")["mention_id"].apply(list)
    many = [found for found in some if len(found) > 2]
    rows = [Correction(2, "different_entity", entity_mention_id=f[0], other_entity_mention_id=f[1]) for f in many]
    rows += [Correction(3, "same_entity", entity_mention_id=many[0][0], other_entity_mention_id=many[1][0])]
    settled = settle_entities(rows, node_of)
    found = resolve_entities(*stream.rows(here), settled)
    core_of = dict(zip(found.entity_links["mention_id"], found.entity_links["entity_id"], strict=True))
    assert core_of[many[0][0]] == core_of[many[1][0]]
    assert all(core_of[f[0]] != core_of[f[1]] for f in many)
    assert found.kept.is_corrected
    assert found.in_core(stream.rows(here)[2])["entity_id"].notna().all()
