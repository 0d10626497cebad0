"""What a load and a resolution write is told by its keys, and the rules asked of these rows alone find what all rows tell."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines.defs.checks import seen_through
from pipelines.records import Document
from tests.unit.warehouse_rows import (
    NOW,
    ONE_THREAD,
    TEXT,
    a_document,
    a_file,
    a_run,
    a_source,
    empty_warehouse,
    given,
    models,
    select,
    write_batch,
)
from warehouse import builds
from warehouse.builds import CORE, LOAD
from warehouse.changed_checks import ChangedRows
from warehouse.checks import NO_ROW, model_checks, run_checks, table_checks
from warehouse.load import load_run, replace_core
from warehouse.models import run_model
from warehouse.staging import StagedDocuments, StagedExtractions
from warehouse.touched import COLUMNS, CoreTouched, Touched, documents_touched, note_touched, read_touched

# Columns that a test leaves without a value, which the database itself would refuse.
_EMPTIED = (
    ("nlp.quantities", "kind"), ("nlp.entities", "document_id"), ("core.entities", "label"), ("core.entities", "entity_id"),
    ("core.entity_links", "entity_id"),
)  # fmt: skip
Con = duckdb.DuckDBPyConnection
DOCUMENTS = [a_document(f"{TEXT} {number}", source=f"paper{number}") for number in range(3)]
FIRST, SECOND, THIRD = (document.document_id for document in DOCUMENTS)
TABLES = {table: part for part, tables in COLUMNS.items() for table in tables}
RULES = [check for check in table_checks() if check.table in TABLES]


def load(con: Con, folder: Path, documents: list[Document], *, name: str, version: str = "v1", **other: Any) -> Touched:
    """Load documents, each in a file of its own, or what is given; what the load said before."""
    files = other.get("files", [a_file(document, f"{name}{document.source_key}.txt") for document in documents])
    sources = other.get("sources", [a_source(*pair) for pair in zip(documents, files, strict=False)])
    ids = other.get("document_ids", [document.document_id for document in documents])
    new = other.get("new", documents)
    path = write_batch(folder / f"{name}.parquet", documents, version=version)
    staged = StagedDocuments(name, NOW, {}, new, tuple(sources), tuple(files), ())
    extractions = StagedExtractions(name, version, (str(path),), (), tuple(ids), (), 0, 0, 0, 0.0)
    touched = documents_touched(con, staged, extractions)
    load_run(
        con, documents=new, document_sources=sources, files=files, quarantine=[], run=a_run(name), batches=[[path]],
        extractor_version=version, document_ids=ids,
    )  # fmt: skip
    return touched


def resolve_one_to_one(con: Con) -> None:
    """Each entity is one of core, each event mention an event."""
    con.execute(
        "insert into core.entities by name select distinct on (entity_id) entity_id, name, label, true as is_named, "
        "[] as aliases, titles, 1 as mention_count, 1 as document_count from nlp.entities order by all; "
        "insert into core.entity_links select mention_id, entity_id, 'name', 1.0, null from nlp.entity_mentions; "
        "insert into core.event_links by name select event_mention_id, 'e' || event_mention_id as event_id, "
        "'only_report' as method, 1.0 as score from nlp.event_mentions; "
        "insert into core.event_parties select event_mention_id, role, ordinal, text from nlp.event_participants; "
        "insert into core.entity_affiliations by name select entity_id, 'NOR' as country, 1 as mention_count from core.entities"
    )
    given(con, "core.events", [{"event_id": key} for (key,) in select(con, "select event_id from core.event_links")])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three documents, loaded and resolved; a party of the second is named in an event of the third."""
    folder = tmp_path_factory.mktemp("touched")
    con = empty_warehouse()
    load(con, folder, DOCUMENTS, name="run-1")
    resolve_one_to_one(con)
    con.execute(
        "update nlp.event_participants set mention_id = (select min(mention_id) from nlp.entity_mentions "
        "where document_id = $1) where document_id = $2 and role = 'actor'",
        [SECOND, THIRD],
    )
    builds.stamp(con, [builds.Part(LOAD), builds.Part(CORE, (LOAD,))], run_id="run-1")
    con.execute(f"attach '{folder / 'build.duckdb'}' as copy")
    con.execute("copy from database memory to copy")
    con.close()
    return folder / "build.duckdb"


@pytest.fixture
def con(template: Path, tmp_path: Path) -> Con:
    path = tmp_path / "build.duckdb"
    path.write_bytes(template.read_bytes())
    con = duckdb.connect(str(path), config=ONE_THREAD)
    for table, column in _EMPTIED:
        con.execute(f"alter table {table} alter {column} drop not null")
    con.execute(
        "attach ':memory:' as former; create schema former.raw; create schema former.nlp; create schema former.core"
    )
    remember(con)
    return con


def remember(con: Con) -> None:
    con.execute("; ".join(f"create or replace table former.{table} as from {table}" for table in TABLES))


def written(con: Con, part: str) -> Touched:
    """The keys of all rows that came or went, and whether any went."""
    keys: dict[str, set[str]] = {}
    has_lost = False
    for table, columns in COLUMNS[part].items():
        gone = f"(from former.{table} except all from {table})"
        has_lost |= select(con, f"select count(*) from {gone}") != [(0,)]
        for column in columns:
            rows = select(con, f"select {column} from ({gone} union all (from {table} except all from former.{table}))")
            keys.setdefault(column, set()).update(key for (key,) in rows if key is not None)
    return Touched(keys, has_lost or part == CORE)


BROKEN = (
    "update nlp.sentences set end_char = end_char + 500 where document_id = '{first}'",
    "update nlp.quotations set text = 'I do not' where document_id = '{first}'",
    "update raw.documents set text = 'Nothing' where document_id = '{first}'",
    "insert into nlp.entity_mentions from nlp.entity_mentions where document_id = '{first}'",
    "update nlp.entity_mentions set mention_id = (select min(mention_id) from nlp.entity_mentions where document_id = "
    "'{second}') where document_id = '{first}'",
    "update nlp.event_mentions set event_mention_id = (select event_mention_id from nlp.event_mentions where document_id = "
    "'{second}') where document_id = '{first}'",
    "insert into raw.documents from raw.documents where document_id = '{first}'",
    "update nlp.quantities set kind = null where document_id = '{first}'",
    "update nlp.time_expressions set type = 'ERA' where document_id = '{first}'",
    "update nlp.entities set document_id = null where document_id = '{first}'",
    "update nlp.sentences set document_id = 'nobody' where document_id = '{first}'",
    "update nlp.event_participants set event_mention_id = 'none' where document_id = '{first}'",
    "update raw.document_sources set file_id = 'none' where document_id = '{first}'",
    "delete from raw.documents where document_id = '{first}'",
    "delete from nlp.entities where document_id = '{first}'",
    "delete from nlp.entity_mentions where document_id = '{second}'",  # another document refers to one
    "delete from nlp.event_mentions where document_id = '{first}'",
    "delete from core.events where event_id = (select min(event_id) from core.events)",
    "delete from core.entities where entity_id = (select min(entity_id) from core.entities)",
    "insert into core.events from core.events limit 1",
    "insert into core.entity_links from core.entity_links limit 1",
    "insert into core.entity_affiliations from core.entity_affiliations limit 1",
    "update core.entities set label = null where entity_id = (select min(entity_id) from core.entities)",
    "update core.entities set entity_id = null where entity_id = (select min(entity_id) from core.entities)",
    "update core.entity_links set entity_id = null where mention_id = (select min(mention_id) from core.entity_links)",
    "update core.entity_links set mention_id = 'none' where mention_id = (select min(mention_id) from core.entity_links)",
    "update core.event_links set event_id = 'none' where event_id = (select min(event_id) from core.event_links)",
    "update core.event_parties set event_mention_id = 'none' where ordinal = 1",
    "update core.entity_affiliations set entity_id = 'none' where entity_id = (select min(entity_id) from core.entities)",
)
SOUND = (
    "update raw.documents set title = 'Ferries' where document_id = '{first}'",
    "update core.event_links set event_id = (select max(event_id) from core.events) where score = 1",
)


@pytest.mark.parametrize("change", [*BROKEN, *SOUND])
def test_a_wrong_row_is_found_among_those_that_were_written(con: Con, tmp_path: Path, change: str) -> None:
    con.execute(change.format(first=FIRST, second=SECOND))
    published = builds.read_builds(con)
    builds.stamp(con, [builds.Part(LOAD), builds.Part(CORE, (LOAD,))], run_id="run-2")
    for part in COLUMNS:
        note_touched(con, tmp_path, part, published[part], written(con, part))
    few = judged(con, ChangedRows(tmp_path, builds.read_builds(con), published))
    assert few == {(check.table, check.name) for check in RULES} - holding(con, change)


def judged(con: Con, changed: ChangedRows) -> set[tuple[str, str]]:
    """The rules that are broken, of the rows that were written alone; what few rows tell is not asked of all again."""
    broken = set()
    for check in RULES:
        few = changed.few(con, check)
        rows = f"with _rows as materialized ({few.rows}) " if few.rows else ""
        if select(con, f"{rows}select count(*) from ({few.few or few.sql}\n) as offending") != [(0,)]:
            broken.add((check.table, check.name))
    return broken


def holding(con: Con, change: str) -> set[tuple[str, str]]:
    results = run_checks(con, RULES)
    assert all(result.passed for result in results) == (change in SOUND)
    return {(result.check.table, result.check.name) for result in results if result.passed}


def first_alone_told(con: Con, folder: Path) -> ChangedRows:
    """What a load is known to have changed that wrote the first document."""
    published = builds.read_builds(con)
    builds.stamp(con, [builds.Part(LOAD)], run_id="run-2")
    note_touched(con, folder, LOAD, published[LOAD], Touched({"document_id": {FIRST}}))
    return ChangedRows(folder, builds.read_builds(con), published)


def test_the_rows_that_broke_a_rule_are_told_as_by_the_check_of_all(con: Con, tmp_path: Path) -> None:
    con.execute("update nlp.sentences set end_char = 9000 where document_id = ?", [FIRST])
    changed = first_alone_told(con, tmp_path)
    few = [changed.few(con, check) for check in RULES]
    assert [(r.check.name, r.failure_count, r.sample) for r in run_checks(con, few)] == [
        (r.check.name, r.failure_count, r.sample) for r in run_checks(con, RULES)
    ]
    # Of core nothing was written, so nothing is asked.
    assert {check.few for check in few if check.table.startswith("core.")} == {NO_ROW}


def test_an_old_row_that_was_changed_outside_is_found_by_the_check_of_all(con: Con, tmp_path: Path) -> None:
    con.execute("update nlp.sentences set end_char = 9000 where document_id = ?", [SECOND])
    changed = first_alone_told(con, tmp_path)
    assert all(result.passed for result in run_checks(con, [changed.few(con, check) for check in RULES]))
    assert [result.check.name for result in run_checks(con, RULES) if not result.passed] == ["span_start"]


def test_rows_of_a_key_of_a_view_are_made_of_those_of_its_table(con: Con, tmp_path: Path) -> None:
    seen = 0
    for view, (table, columns) in seen_through(models()).items():
        if table not in TABLES:
            continue
        (model,) = (model for model in models() if model.qualified_name == view)
        run_model(con, model)
        for key in {*COLUMNS[TABLES[table]][table]} & columns:
            for (value,) in select(con, f"select distinct {key} from {table} limit 3"):
                rows = f"select * from {view} where {key} = '{value}' order by all"
                before = select(con, rows)
                con.begin()
                con.execute(f"delete from {table} where {key} <> '{value}'")
                assert select(con, rows) == before and before
                con.rollback()
                seen += 1
    assert seen > 20


def test_rules_of_a_view_are_asked_of_what_was_written_to_its_table(con: Con, tmp_path: Path) -> None:
    rules = [
        check for check in model_checks(models()) if check.table == "staging.stg_entity_mentions" and check.is_blocking
    ]
    for model in models():
        if model.materialized == "view" and model.depends_on <= {*TABLES}:
            run_model(con, model)
    con.execute("insert into nlp.entity_mentions from nlp.entity_mentions where document_id = ? limit 1", [FIRST])
    for document, is_found in ((FIRST, True), (SECOND, False)):
        published = builds.read_builds(con)
        builds.stamp(con, [builds.Part(LOAD)], run_id=f"run-{document}")
        note_touched(con, tmp_path, LOAD, published[LOAD], Touched({"document_id": {document}}))
        changed = ChangedRows(tmp_path, builds.read_builds(con), published)
        changed.see_through(seen_through(models()))
        results = run_checks(con, [changed.few(con, check) for check in rules])
        assert all(result.passed for result in results) != is_found


LOADS = (
    {"documents": [a_document(f"{TEXT} new")]},
    {"documents": DOCUMENTS[:1]},  # read again, in another file
    {"documents": DOCUMENTS[:1], "new": [], "version": "v2"},  # extracted anew
    {"documents": DOCUMENTS[:2], "new": [], "document_ids": [], "files": [a_file(DOCUMENTS[0], "else.txt")]},
    {"documents": [], "files": [a_file(DOCUMENTS[0], "run-1paper0.txt")]},  # nothing is in it any more
    {"documents": [], "files": [a_file(DOCUMENTS[0], "run-1paper0.txt", status="vanished", is_current=False)]},
)


@pytest.mark.parametrize("arguments", LOADS)
def test_a_load_writes_what_it_says(con: Con, tmp_path: Path, arguments: dict[str, Any]) -> None:
    touched = load(con, tmp_path, name="run-2", **arguments)
    found = written(con, LOAD)
    assert found.keys["document_id"] <= {*touched.keys["document_id"]}
    gone = select(
        con,
        "select 1 from former.nlp.entity_mentions anti join nlp.entity_mentions using (mention_id) union all "
        "select 1 from former.nlp.event_mentions anti join nlp.event_mentions using (event_mention_id)",
    )
    assert touched.has_lost or not gone
    assert len(touched.keys["document_id"]) < 3


@pytest.mark.parametrize("seed", range(3))
def test_a_resolution_writes_what_it_says(con: Con, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    mentions = [key for (key,) in select(con, "select event_mention_id from nlp.event_mentions order by 1")]
    entities = [key for (key,) in select(con, "select entity_id from core.entities order by 1")]
    replaced, other = draw.sample(mentions, 2), draw.sample(entities, 2)
    con.execute("create temporary table _picked as select unnest($1) as key", [[*replaced, *other]])
    one = draw.choice(replaced)
    of_mentions = "where event_mention_id in (from _picked)"
    rows = {
        "core.events": f"select * replace ('e{one}' as event_id) from core.events limit 1",
        "core.event_links": f"select * replace ('e{one}' as event_id) from core.event_links {of_mentions}",
        "core.event_parties": f"select * replace ('p' as party_id) from core.event_parties {of_mentions}",
        "core.entities": f"select * replace ('P' as name) from core.entities where entity_id = '{other[0]}'",
        "core.entity_affiliations": "select * from core.entity_affiliations limit 0",
        "core.entity_links": f"select * replace ('{other[0]}' as entity_id) from core.entity_links "
        f"where entity_id = '{other[1]}'",
    }
    tables = {name: con.sql(sql).to_arrow_table() for name, sql in rows.items()}
    told = CoreTouched(con, tmp_path)
    former = builds.read_builds(con)[CORE]
    builds.begin(con, [CORE], run_id="run-2")
    told.find(tables, replaced, other)
    replace_core(con, tables, run_id="run-2", replaced=replaced, entities=other)
    builds.stamp(con, [builds.Part(CORE, (LOAD,))], run_id="run-2")
    told.note()
    touched = read_touched(tmp_path, CORE, since=former, build=builds.read_builds(con)[CORE])
    assert touched is not None and touched.has_lost
    found = written(con, CORE)
    assert {name: keys - {*touched.keys[name]} for name, keys in found.keys.items()} == dict.fromkeys(found.keys, set())
    assert all(found.keys.values())


def test_a_resolution_of_which_links_went_with_their_mentions_tells_nothing(con: Con, tmp_path: Path) -> None:
    former = builds.read_builds(con)
    builds.stamp(con, [builds.Part(LOAD)], run_id="run-2")
    note_touched(con, tmp_path, LOAD, former[LOAD], Touched({"document_id": {FIRST}}, has_lost=True))
    told = CoreTouched(con, tmp_path)
    told.find({table: pa.table({}) for table in COLUMNS[CORE]}, [], [])
    builds.stamp(con, [builds.Part(CORE, (LOAD,))], run_id="run-2")
    told.note()
    assert read_touched(tmp_path, CORE, since=former[CORE], build=builds.read_builds(con)[CORE]) is None


def test_what_was_written_since_a_build_is_known_where_no_link_is_missing(
    con: Con, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [builds.read_builds(con)[LOAD]]

    def step(number: int, touched: Touched | None, former: str | None = None) -> None:
        builds.stamp(con, [builds.Part(LOAD)], run_id=f"run-{number}")
        note_touched(con, tmp_path, LOAD, former or made[-1], touched)
        made.append(builds.read_builds(con)[LOAD])

    def known(since: int, build: int = -1) -> set[str] | None:
        touched = read_touched(tmp_path, LOAD, since=made[since], build=made[build])
        return None if touched is None else {key for keys in touched.keys.values() for key in keys}

    step(2, Touched({"document_id": {"a"}}))
    step(3, Touched({"document_id": {"b"}}, has_lost=True))
    assert (known(0), known(1), known(2)) == ({"a", "b"}, {"b"}, set())
    touched = read_touched(tmp_path, LOAD, since=made[0], build=made[2])
    assert touched is not None and touched.has_lost
    assert known(0, 1) is None  # of an earlier build nothing is kept
    step(4, Touched({"document_id": {"c"}}), former="a build that was stopped")
    assert (known(0), known(2), known(3)) == (None, None, set())
    step(5, None)
    step(6, Touched({"document_id": {"d"}}))
    assert (known(3), known(4)) == (None, {"d"})
    monkeypatch.setattr("warehouse.touched._MOST_KEYS", 2)
    step(7, Touched({"document_id": {"e", "f"}}))
    assert (known(4), known(5)) == (None, {"e", "f"})
    (tmp_path / "touched.json").write_text("[odd", encoding="utf-8")
    assert known(5) is None and read_touched(tmp_path, LOAD, since=None, build=made[-1]) is None
