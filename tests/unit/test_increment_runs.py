"""Many runs give what one run gives: models computed by what changed hold the rows of their queries, whatever changed.

Documents share events, entities, days and near-duplicates, so that what changes in one concerns others.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from test_increments import rebuild, stored

from tests.unit.warehouse_rows import SQL_DIR, empty_warehouse, given, given_reference, models
from warehouse import builds, changed_keys
from warehouse.changed_checks import ChangedRows
from warehouse.changed_keys import ChangedKeys
from warehouse.checks import model_checks, run_checks, sql_checks
from warehouse.derived_checks import derived_checks
from warehouse.models import Increment, Model
from warehouse.narrow_checks import tables_read
from warehouse.publications import record_publication

PARTIAL = tuple(model for model in models() if model.increment is not None)
NEEDED = {"main.fct_event_counts"}  # without which no publication is compared
for one in reversed(models()):
    if one in PARTIAL or one.qualified_name in NEEDED:
        NEEDED |= {one.qualified_name, *one.depends_on}
RUN = tuple(model for model in models() if model.qualified_name in NEEDED)
_TABLES = (
    "raw.documents", "raw.document_sources", "nlp.sentences", "nlp.quantities", "nlp.quotations", "nlp.entities",
    "nlp.entity_mentions", "nlp.event_mentions", "nlp.event_participants",
)  # fmt: skip
KINDS = "come go title vanish back link event_link entity event copy party date lone".split()
_COUNTRIES = (None, "NOR", "EST", "PER")


class World:
    """Rows of raw, nlp and core that change as documents come, change and go."""

    def __init__(self, con: duckdb.DuckDBPyConnection, seed: int) -> None:
        self.con, self.draw = con, random.Random(seed)
        self.count = 0
        for number in range(12):
            self.entity(number)
        for number in range(16):
            self.event(number)
        for _ in range(24):
            self.come()

    def entity(self, number: int) -> None:
        draw = self.draw
        row = {"entity_id": f"e{number}", "name": f"Name {draw.randrange(99)}", "country": draw.choice(_COUNTRIES),
               "sector": draw.choice((None, "GOV")), "mention_count": draw.randrange(9), "label": "PERSON"}  # fmt: skip
        self.con.execute("delete from core.entities where entity_id = ?", [row["entity_id"]])
        given(self.con, "core.entities", [row])

    def event(self, number: int) -> None:
        draw = self.draw
        row = {
            "event_id": f"v{number}", "event_type": draw.choice(("ASSAULT", "AGREE")),
            "modality": draw.choice(("actual", "future")),
            "event_date_start": self.day(), "event_date_precision": "day", "place_country": draw.choice(_COUNTRIES),
            "place_name": draw.choice((None, "Oslo")), "intensity": float(draw.randrange(-9, 9)),
        }  # fmt: skip
        row["event_date_end"] = row["event_date_start"]
        self.con.execute("delete from core.events where event_id = ?", [row["event_id"]])
        given(self.con, "core.events", [row])

    def day(self) -> date:
        return date(2023, 5, 1) + timedelta(days=self.draw.randrange(4))

    def come(self) -> None:
        """A document with its mentions, each linked to one of the entities and events."""
        draw, key = self.draw, f"d{self.count:03d}"
        self.count += 1
        text = f"Tin imports {self.count} fell by 3 ports.\nZinc is under sanctions {draw.randrange(5)}."
        given(self.con, "raw.documents", [{"document_id": key, "title": draw.choice((None, "Ports")), "text": text,
              "source_key": f"s{draw.randrange(3)}", "published_date": draw.choice((None, self.day()))}])  # fmt: skip
        file = {"file_id": f"f{key}", "path": f"{key}.txt", "status": "loaded", "is_current": True}
        given(self.con, "raw.files", [file])
        given(self.con, "raw.document_sources", [{"document_id": key, "file_id": f"f{key}", "path": f"{key}.txt"}])
        sentence = {"document_id": key, "sentence_number": 1, "start_char": 0, "end_char": text.index("\n")}
        given(self.con, "nlp.sentences", [sentence, {**sentence, "sentence_number": 2, "start_char": text.index("\n") + 1,
              "end_char": len(text)}])  # fmt: skip
        given(self.con, "nlp.quantities", [{"document_id": key, "start_char": 22, "end_char": 23, "value": 3.0}])
        self.told(key, text)

    def told(self, key: str, text: str) -> None:
        draw, con = self.draw, self.con
        named = draw.sample(range(12), draw.randrange(1, 4))
        entities, mentions, links = [], [], []
        for entity in named:
            own = {"document_id": key, "entity_id": f"n{entity}", "label": "PERSON", "name": f"N {entity}"}
            entities.append(own)
            for number in range(draw.randrange(1, 3)):
                mention = f"{key}:{entity}:{number}"
                mentions.append(
                    {**own, "mention_id": mention, "start_char": number, "end_char": number + 2, "text": "N"}
                )
                mentions[-1].pop("name")
                links.append({"mention_id": mention, "entity_id": f"e{entity}"})
        given(con, "nlp.entities", entities)
        given(con, "nlp.entity_mentions", mentions)
        given(con, "core.entity_links", links)
        given(con, "nlp.quotations", [{"document_id": key, "start_char": 0, "end_char": 9, "text": text[:9],
              "speaker_entity_id": draw.choice((None, f"n{named[0]}"))}])  # fmt: skip
        for number in range(draw.randrange(3)):
            self.report(key, number, named)

    def report(self, key: str, number: int, named: list[int]) -> None:
        draw, mention = self.draw, f"m{key}{number}"
        row: dict[str, Any] = {
            "event_mention_id": mention, "document_id": key, "start_char": 4 + number, "end_char": 6 + number,
            "sentence_start_char": 0, "sentence_end_char": 30, "event_type": draw.choice(("ASSAULT", "SANCTION", "ACCUSE")),
            "modality": draw.choice(("actual", "future")), "event_date_start": self.day(), "event_date_precision": "day",
            "confidence": draw.choice((0.2, 0.9)), "fatalities": draw.choice((None, 3, 4)),
        }  # fmt: skip
        given(self.con, "nlp.event_mentions", [row])
        event = draw.choice((None, draw.randrange(16)))
        if event is not None:
            given(self.con, "core.event_links", [{"event_mention_id": mention, "event_id": f"v{event}"}])
        for ordinal, entity in enumerate(named[:2], 1):
            party = {"event_mention_id": mention, "ordinal": ordinal, "role": draw.choice(("actor", "recipient"))}
            self.con.execute(
                "delete from nlp.event_participants where event_mention_id = ? and ordinal = ?", [mention, ordinal]
            )
            given(self.con, "nlp.event_participants", [{**party, "document_id": key, "text": "N", "entity_id": f"n{entity}",
                  "mention_id": f"{key}:{entity}:0", "country": draw.choice(_COUNTRIES)}])  # fmt: skip
            given(self.con, "core.event_parties", [{**party, "party_id": f"e{entity}"}])

    def some(self, table: str, column: str) -> str:
        found = self.con.execute(f"select distinct {column} from {table} order by all").fetchall()
        return str(self.draw.choice(found)[0])

    def go(self, key: str) -> None:
        con = self.con
        for table, column, of in (
            ("core.entity_links", "mention_id", "nlp.entity_mentions"),
            ("core.event_links", "event_mention_id", "nlp.event_mentions"),
            ("core.event_parties", "event_mention_id", "nlp.event_mentions"),
        ):
            con.execute(
                f"delete from {table} where {column} in (select {column} from {of} where document_id = ?)", [key]
            )
        con.execute("delete from core.document_duplicates where document_id = $1 or duplicate_of = $1", [key])
        for table in _TABLES:
            con.execute(f"delete from {table} where document_id = ?", [key])

    def change(self, kind: str) -> None:
        """One thing that a run may find changed."""
        draw, con = self.draw, self.con
        key = self.some("raw.documents", "document_id")
        other = self.some("raw.documents", "document_id")
        if kind == "come":
            self.come()
        elif kind == "go":
            self.go(key)
        elif kind == "title":
            con.execute("update raw.documents set title = ? where document_id = ?", [f"Ships {draw.randrange(9)}", key])
        elif kind == "date":
            con.execute("update raw.documents set published_date = ? where document_id = ?", [self.day(), key])
        elif kind in ("vanish", "back"):
            is_current = kind == "back"
            con.execute("update raw.files set is_current = ?, status = ? where file_id = ?",
                        [is_current, "loaded" if is_current else "vanished", f"f{key}"])  # fmt: skip
        elif kind == "link":
            con.execute("update core.entity_links set entity_id = ? where mention_id = ?",
                        [f"e{draw.randrange(12)}", self.some("core.entity_links", "mention_id")])  # fmt: skip
        elif kind == "event_link":
            con.execute("update core.event_links set event_id = ? where event_mention_id = ?",
                        [f"v{draw.randrange(16)}", self.some("core.event_links", "event_mention_id")])  # fmt: skip
        elif kind == "entity":
            self.entity(draw.randrange(12))
        elif kind == "event":
            self.event(draw.randrange(16))
        elif kind == "lone":  # nobody names it
            self.entity(draw.randrange(20, 30))
        elif kind == "party":
            con.execute("update core.event_parties set party_id = ? where event_mention_id = ?",
                        [f"p{draw.randrange(5)}", self.some("core.event_parties", "event_mention_id")])  # fmt: skip
        elif key != other:
            con.execute(
                "delete from core.document_duplicates where document_id = $1 or document_id = $2 or duplicate_of = $1",
                [key, other],
            )
            if draw.random() < 0.7:
                given(con, "core.document_duplicates", [{"document_id": key, "duplicate_of": other}])


@pytest.mark.parametrize(("seed", "runs"), [(0, 2), pytest.param(1, 4, marks=pytest.mark.slow)])
def test_rows_are_those_of_the_queries_after_every_run(
    tmp_path: Path, seed: int, runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed_keys, "_MOST_CHANGED", 2.0)
    checks = derived_checks(stored(RUN))
    rules = [
        check
        for check in model_checks(models())
        if check.is_blocking and {check.table, check.reference.parent if check.reference else check.table} <= NEEDED
    ]
    rules += [check for check in sql_checks(SQL_DIR) if check.narrow_key and {*tables_read(check.sql)} <= NEEDED]
    with empty_warehouse() as con:
        given_reference(con)
        world = World(con, seed)
        kinds = world.draw.sample(KINDS, len(KINDS))
        rebuild(con, tmp_path / "prints", "run-0", RUN)
        now = run_checks(con, rules)
        for run in range(1, runs + 1):
            record_publication(con, run_id="run", published_at=datetime(2023, 5, 5))
            published = builds.read_builds(con)
            kept_before = [result.passed for result in now]
            changes = kinds[run - 1 :: runs]
            for kind in changes:
                world.change(kind)
            in_part = rebuild(con, tmp_path / "prints", f"run-{run}", RUN)
            assert {model.qualified_name for model in PARTIAL} == in_part, changes
            unlike = [result.message for result in run_checks(con, checks) if not result.passed]
            assert unlike == [], changes
            # A rule that all rows kept before is broken by the changed rows if it is broken at all.
            changed = ChangedRows(tmp_path / "prints", builds.read_builds(con), published)
            few = [changed.few(con, rule) for rule in rules]
            assert sum(bool(rule.few) for rule in few) > 100
            now = run_checks(con, rules)
            for was_kept, of_all, of_few in zip(kept_before, now, run_checks(con, few), strict=True):
                assert not was_kept or of_all.passed == of_few.passed, of_few.check
            con.begin()
            assert publication(con, run, None)
            whole = publication_rows(con)
            con.rollback()
            con.begin()
            publication(con, run, changed)
            assert publication_rows(con) == whole
            con.rollback()


def test_a_change_in_a_column_that_a_model_does_not_read_concerns_it_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed_keys, "_MOST_CHANGED", 2.0)
    found: dict[str, int | None] = {}
    of_model = ChangedKeys.find

    def noted(self: ChangedKeys, model: Model, increment: Increment) -> int | None:
        found[model.name] = of_model(self, model, increment)
        return found[model.name]

    monkeypatch.setattr(ChangedKeys, "find", noted)
    with empty_warehouse() as con:
        given_reference(con)
        World(con, 0)
        rebuild(con, tmp_path / "prints", "run-0", RUN)
        con.execute("update core.event_links set score = 0.125")
        assert {model.qualified_name for model in PARTIAL} == rebuild(con, tmp_path / "prints", "run-1", RUN)
        assert found["fct_event_mentions"]  # it shows the score
        for name in ("int_event_participants", "fct_accusations", "fct_quotations", "fct_sanctions", "polecat_events"):
            assert found[name] == 0
        assert [result.message for result in run_checks(con, derived_checks(stored(RUN))) if not result.passed] == []


def publication(con: duckdb.DuckDBPyConnection, run: int, changed: ChangedRows | None) -> bool:
    assert con.execute("select count(*) from main.published_rows").fetchall() != [(0,)]
    record_publication(con, run_id=f"run-{run}", published_at=datetime(2023, 5, run), changed=changed)
    return True


def publication_rows(con: duckdb.DuckDBPyConnection) -> list[list[Any]]:
    return [
        con.execute(f"select * from main.{table} order by all").fetchall()
        for table in ("published_rows", "agg_changes", "publications")
    ]
