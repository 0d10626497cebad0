"""Rows of the build database that are changed on purpose: `communique check` names each by table, rule and key.

Every case leaves a database which loads, joins and looks right. A case passes when the rule named, a check of the table named,
fails and its message has the key and what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import duckdb
import pytest
from test_warehouse_checks import all_checks, template

from tests.unit.warehouse_rows import ONE_THREAD
from warehouse.checks import run_check, run_checks

__all__ = ["template"]  # the shared build

# (what is wrong, the change, table, rule, what the message has)
BROKEN_ROWS = (
    ("a death toll", "update main.fct_events set fatalities = 9, fatalities_min = 9, fatalities_max = 9",
     "main.fct_events", "equals_its_query", "event_id=evt_.*fatalities: 9, not"),
    ("a death toll of a report", "update main.fct_event_mentions set fatalities = 9",
     "main.fct_event_mentions", "equals_its_query", "event_mention_id=evm_.*fatalities: 9"),
    ("a net intensity", "update main.agg_dyad_months set net_intensity = -net_intensity",
     "main.agg_dyad_months", "equals_its_query", "country_a=EST, country_b=NOR.*net_intensity"),
    ("rows of a view", "create or replace view staging.stg_events as select * from core.events limit 0",
     "staging.stg_events", "equals_its_query", "event_id=evt_.*missing"),
    ("the count of a pair of entities", "update main.agg_entity_pair_months set event_count = event_count + 1",
     "main.agg_entity_pair_months", "equals_its_query", "ent_.*event_count"),
    ("a reversed pair of countries", "update main.agg_dyad_months set country_a = country_b, country_b = country_a",
     "main.agg_dyad_months", "equals_its_query", "country_a=EST, country_b=NOR.*missing"),
    ("the direction of a pair", "update main.agg_dyad_months set a_to_b_event_count = b_to_a_event_count + 1",
     "main.agg_dyad_months", "dyad_months_add_up", "country_a=EST"),
    ("the sides of an event", "update main.bridge_event_participants set role = 'recipient' where role = 'actor'",
     "main.bridge_event_participants", "equals_its_query", "role=actor.*missing"),
    ("an end before its start", "update core.events set event_date_end = event_date_start - interval 3 day",
     "core.events", "values_in_range", "event_id=evt_.*event_date_end"),
    ("an end before its start in a report", "update nlp.event_mentions set event_date_end = event_date_start - interval 3 day",
     "nlp.event_mentions", "event_mentions_dates_ordered", "event_mention_id=evm_"),
    ("a share of an event's days", "update intermediate.int_event_days set share = share + 0.25",
     "intermediate.int_event_days", "equals_its_query", "event_id=evt_.*share: 1.25"),
    ("a speaker", "update main.fct_quotations set speaker_name = 'Another'",
     "main.fct_quotations", "equals_its_query", "start_char=.*speaker_name: Another"),
    ("a value of Goldstein", "update main.gdelt_events set GoldsteinScale = GoldsteinScale - 12",
     "main.gdelt_events", "equals_its_query", "GLOBALEVENTID=.*GoldsteinScale"),
    ("a removed row of POLECAT", "delete from main.polecat_events", "main.polecat_events", "equals_its_query", "missing"),
    ("the type of an event", "update core.events set event_type = 'ASSAULT'",
     "core.events", "told_by_a_mention", "event_id=evt_.*event_type: ASSAULT"),
    ("the day of an event", "update core.events set event_date_start = date '1999-01-01'",
     "core.events", "told_by_a_mention", "event_date_start: 1999-01-01"),
    ("the place of an event", "update core.events set place_country = 'FIN'",
     "core.events", "told_by_a_mention", "place_country: FIN"),
    ("a confidence beyond 1", "update core.events set confidence = 1.4", "core.events", "values_in_range", "confidence=1.4"),
    ("a report of another event", "update core.event_links set event_id = 'evt_nobody'",
     "core.event_links", "reference_event_id", "evt_nobody"),
    ("mentions of another entity", "update core.entity_links set entity_id = (select max(entity_id) from core.entities)",
     "main.fct_entity_mentions", "equals_its_query", "mention_id=men_.*entity_id"),
    ("a count of mentions", "update core.entities set mention_count = mention_count + 5",
     "main.dim_entities", "equals_its_query", "entity_id=ent_.*mention_count"),
    ("a count of mentions, there and in the mart",
     "update core.entities set mention_count = mention_count + 5; update main.dim_entities set mention_count = mention_count + 5",
     "main.dim_entities", "entities_counted_once", "entity_id=ent_"),
    ("an intensity that its type has not", "update nlp.event_mentions set intensity = 9.5",
     "nlp.event_mentions", "event_mentions_as_their_type", "event_mention_id=evm_"),
    ("a point on no map", "update nlp.place_mentions set latitude = latitude + 90",
     "nlp.place_mentions", "values_in_range", "start_char="),
    ("a word of the search", "update main.search_passages set word_count = 99",
     "main.search_passages", "equals_its_query", "passage_id=.*word_count: 99"),
    ("a document's day", "update main.dim_documents set published_date = date '2001-01-01'",
     "main.dim_documents", "equals_its_query", "document_id=doc_.*published_date: 2001-01-01"),
)  # fmt: skip


@pytest.fixture(scope="module")
def con(template, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("broken") / "copy.duckdb"
    path.write_bytes(template.read_bytes())
    with closing(duckdb.connect(str(path), config=ONE_THREAD)) as con:
        yield con


@pytest.mark.parametrize(
    ("change", "table", "rule", "named"), [case[1:] for case in BROKEN_ROWS], ids=[case[0] for case in BROKEN_ROWS]
)
def test_a_changed_row_is_named(con, change, table, rule, named):
    con.execute("begin")
    try:
        con.execute(change)
        (found,) = (check for check in all_checks() if (check.table, check.name) == (table, rule))
        message = run_check(con, found).message
    finally:
        con.execute("rollback")
    assert re.search(named, message), message


def test_whole_rows_break_no_rule(con):
    assert [result.message for result in run_checks(con, all_checks()) if not result.passed] == []
