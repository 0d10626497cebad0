"""Corrections by people from the file to the published tables: they win, survive the next run, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest

from pipelines.defs import steps
from pipelines.errors import CorrectionsError
from pipelines.settings import Settings
from pipelines.stages.resolve.corrections import COLUMNS, ENTITY_COLUMNS
from tests.unit.warehouse_rows import fill
from warehouse import builds
from warehouse.checks import model_checks, run_checks, sql_checks, table_checks
from warehouse.connection import WriterLock, open_build
from warehouse.models import discover_models

pytestmark = pytest.mark.model

STORIES = {
    "2024-05-06_radio.txt": "Rebels bombed a market in Tamale on Sunday, killing 12 people.\n",
    "2024-05-07_wire.txt": "Rebels bombed the market in Tamale on Sunday, killing 12 people.\n\nPolice gave no details.\n",
    "2024-05-08_paper.txt": "Chile condemned Peru on Tuesday.\n",
    "2024-05-09_gazette.txt": "Thousands of people demonstrated in Santiago on Wednesday against the government of Chile.\n",
}
_TABLES = ("fct_events", "fct_event_mentions", "agg_country_months", "agg_source_coverage", "dim_documents")

Mentions = Mapping[str, Mapping[str, Any]]


class Warehouse:
    """A warehouse with the stories as seeds, whose runs are made of the functions that the assets call."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.models = discover_models(settings.sql)
        for name, text in STORIES.items():
            path = settings.seeds / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, run_id: str, *rows: str) -> bool:
        """Run with these corrections; whether core was resolved anew."""
        self.settings.corrections.write_text(
            "\n".join([",".join((*COLUMNS, *ENTITY_COLUMNS)), *rows]) + "\n", encoding="utf-8"
        )
        quiet = lambda done, total, unit: None  # noqa: E731
        with WriterLock(self.settings.build_database, run_id):
            with closing(open_build(self.settings.build_database)) as con:
                steps.ingest(con, self.settings, run_id=run_id, progress=quiet)
                steps.extract(con, self.settings, progress=quiet)
            steps.load(self.settings, run_id=run_id)
            with closing(open_build(self.settings.build_database)) as con:
                is_resolved = steps.resolve_core(con, self.settings, run_id=run_id)
                fill(con, self.models)
                builds.stamp(con, builds.model_parts(self.models), run_id=run_id)
        return is_resolved

    def select(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(open_build(self.settings.build_database, read_only=True)) as con:
            return con.execute(sql).fetchall()

    def mentions(self) -> Mentions:
        """The mention of each story, by the publisher's part of its file's name."""
        columns = "event_mention_id, event_id, event_type, event_mode, quad_class, intensity, correction, is_counted, link_method"
        rows = self.select(
            f"select path, {columns} from fct_event_mentions "
            "join (select document_id, paths[1] as path from dim_documents) using (document_id)"
        )
        assert len(rows) == len({path for path, *_ in rows})
        return {
            path.split("_")[1].removesuffix(".txt"): dict(zip(columns.split(", "), row, strict=True))
            for path, *row in rows
        }

    def tables(self) -> list[list[tuple[Any, ...]]]:
        return [self.select(f"select * from {table} order by all") for table in _TABLES]

    def failed_checks(self) -> list[str]:
        checks = (*table_checks(), *model_checks(self.models), *sql_checks(self.settings.sql))
        checks = tuple(check for check in checks if "warehouse_version" not in check.table)
        with closing(open_build(self.settings.build_database, read_only=True)) as con:
            return [result.check.name for result in run_checks(con, checks) if not result.passed]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("corrections")
    made = Warehouse(
        Settings(
            seeds=folder / "seeds", warehouse=folder / "warehouse", corrections=folder / "corrections.csv", workers=1
        )
    )
    assert made.run("uncorrected")
    assert set(made.mentions()) == {"radio", "wire", "paper", "gazette"}
    return made


def test_corrections_win_survive_and_can_be_taken_back(warehouse: Warehouse) -> None:
    before, tables = warehouse.mentions(), warehouse.tables()
    ids = {name: row["event_mention_id"] for name, row in before.items()}
    assert before["radio"]["event_id"] == before["wire"]["event_id"]
    assert before["paper"]["event_id"] != before["gazette"]["event_id"]
    rows = (
        f"different,{ids['radio']},{ids['wire']},,,,Ana,2024-06-01",
        f"same,{ids['paper']},{ids['gazette']},,,,Ana,2024-06-01",
        f"code,{ids['radio']},,ACCUSE,allege,,Ana,2024-06-01",
        f"not_event,{ids['wire']},,,,,Ana,2024-06-01",
    )
    assert warehouse.run("corrected", *rows)
    corrected, corrected_tables = warehouse.mentions(), warehouse.tables()
    _assert_corrected(warehouse, corrected)
    assert not warehouse.run("corrected again", *rows)
    assert warehouse.tables() == corrected_tables
    # A new document has core resolved anew.
    story = warehouse.settings.seeds / "2024-05-10_other.txt"
    story.write_text("Officials of Kenya met in Nairobi on Friday.\n", encoding="utf-8")
    assert warehouse.run("one more document", *rows)
    _assert_corrected(warehouse, warehouse.mentions())
    story.unlink()
    assert warehouse.run("taken back")
    left = {name: row for name, row in warehouse.mentions().items() if name != "other"}
    assert left == before
    assert [row for row in warehouse.tables()[0] if row in tables[0]] == tables[0]
    assert warehouse.select("select * from fct_event_corrections") == []


def _assert_corrected(warehouse: Warehouse, mentions: Mentions) -> None:
    radio, wire, paper, gazette = (mentions[name] for name in ("radio", "wire", "paper", "gazette"))
    assert radio["event_id"] != wire["event_id"]
    assert paper["event_id"] == gazette["event_id"]
    assert (radio["event_type"], radio["event_mode"], radio["quad_class"]) == ("ACCUSE", "allege", 3)
    assert radio["intensity"] == -3.5
    assert (wire["is_counted"], wire["link_method"]) == (False, "corrected")
    assert (paper["link_method"], gazette["link_method"]) == ("corrected", "corrected")
    assert [row["correction"] for row in (radio, wire, paper, gazette)] == [
        *("code, different", "different, not_event", "same", "same")
    ]
    events = {event_id: row for event_id, *row in warehouse.select(
        "select event_id, event_type, event_mode, mention_count, document_count from fct_events"
    )}  # fmt: skip
    assert events[radio["event_id"]] == ["ACCUSE", "allege", 1, 1]
    assert events[wire["event_id"]][2:] == [0, 0]
    assert events[paper["event_id"]][2:] == [2, 2]
    assert warehouse.select("select * from agg_event_type_days where event_type = 'ASSAULT'") == []
    counted = dict(warehouse.select("select paths[1], event_mention_count from dim_documents"))
    assert (counted["2024-05-06_radio.txt"], counted["2024-05-07_wire.txt"]) == (1, 0)
    assert warehouse.select("select distinct is_applied, reason from fct_event_corrections") == [(True, None)]
    assert warehouse.failed_checks() == []


def test_entities_are_corrected_and_can_be_taken_back(warehouse: Warehouse) -> None:
    names = "select e.text, max(e.mention_id), max(e.entity_id) from fct_entity_mentions e where e.is_name group by 1"
    before = {text: (mention, entity) for text, mention, entity in warehouse.select(names)}
    tamale = warehouse.select("select mention_id from fct_entity_mentions where text = 'Tamale' order by 1")
    rows = (
        f"same_entity,,,,,,Ana,2024-06-01,{before['Chile'][0]},{before['Peru'][0]}",
        f"different_entity,,,,,,Ana,2024-06-01,{tamale[0][0]},{tamale[1][0]}",
        "same_entity,,,,,,Ana,2024-06-01,men_gone,men_lost",
    )
    assert warehouse.run("entities", *rows)
    told = (
        "select kind, is_applied, reason, entity_id = other_entity_id from fct_entity_corrections order by line_number"
    )
    assert warehouse.select(told) == [
        ("same_entity", True, None, True),
        ("different_entity", True, None, False),
        ("same_entity", False, "there is no entity mention men_gone (any more)", None),
    ]
    assert warehouse.select(
        "select count(*) from fct_entity_mentions e join fct_entity_corrections c on e.mention_id = c.entity_mention_id "
        "where e.link_method = 'corrected'"
    ) == [(1,)]
    assert warehouse.failed_checks() == ["entity_corrections_applied"]
    assert not warehouse.run("entities again", *rows)
    assert warehouse.run("entities taken back")
    after = {text: (mention, entity) for text, mention, entity in warehouse.select(names)}
    assert after == before
    assert warehouse.select("select * from fct_entity_corrections") == []


def test_a_file_that_someone_named_must_be_there(warehouse: Warehouse) -> None:
    warehouse.settings.corrections.unlink()
    with (
        closing(open_build(warehouse.settings.build_database)) as con,
        pytest.raises(CorrectionsError, match="COMMUNIQUE_CORRECTIONS names .* no such file"),
    ):
        steps.ingest(con, warehouse.settings, run_id="x", progress=lambda *_: None)


def test_what_cannot_be_applied_is_told(warehouse: Warehouse) -> None:
    assert warehouse.run("useless", "merge,x,y,,,,,", "not_event,evm_gone,,,,,Ben,")
    rows = warehouse.select("select line_number, kind, who, is_applied, reason from fct_event_corrections order by 1")
    assert [row[:4] for row in rows] == [(2, "merge", None, False), (3, "not_event", "Ben", False)]
    assert rows[1][4] == "there is no event mention evm_gone (any more)"
    assert warehouse.failed_checks() == ["event_corrections_applied"]


def test_another_header_stops_the_run_before_it_writes(warehouse: Warehouse) -> None:
    build = "select build_id from raw.builds where part = 'core'"
    before = warehouse.select(build)
    warehouse.settings.corrections.write_text("kind,mention\n", encoding="utf-8")
    with closing(open_build(warehouse.settings.build_database)) as con:
        for step in (
            lambda: steps.ingest(con, warehouse.settings, run_id="x", progress=lambda *_: None),
            lambda: steps.resolve_core(con, warehouse.settings, run_id="x"),
        ):
            with pytest.raises(CorrectionsError, match="columns of corrections must be kind, event_mention_id"):
                step()
    assert warehouse.select(build) == before
