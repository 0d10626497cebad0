"""What the reports of an event count: least, best and most, where each figure is from, and one report a day."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.unit.event_rows import Given, add_mention, warehouse
from tests.unit.warehouse_rows import given, run_up_to, select

RUS, UKR, VEN = ("RUS", "GOV"), ("UKR", "GOV"), ("VEN", "GOV")
MAY_9, MAY_10 = date(2023, 5, 9), date(2023, 5, 10)


def told(*figures: tuple[str, int | None, str | None], duplicates: tuple[str, ...] = ()) -> duckdb.DuckDBPyConnection:
    """An event whose reports tell figures of fatalities: document, figure, and how the text qualifies it ("at least").

    Documents a, b, c are published on successive days.
    """
    con = warehouse([Given("e", document_id="a")], duplicates=duplicates)
    con.execute("delete from nlp.event_mentions; delete from core.event_links")
    for document_id in sorted({document for document, *_ in figures} - {"a", *duplicates}):
        given(con, "raw.documents", [
            {"document_id": document_id, "text": "They met in Caracas on Tuesday.", "source_key": "wire",
             "published_date": date(2023, 5, 10 + "abcdef".index(document_id))}
        ])  # fmt: skip
        given(con, "raw.document_sources", [{"document_id": document_id, "file_id": "f"}])
    for number, (document_id, figure, modifier) in enumerate(figures):
        start = 1000 * number
        span = {
            "sentence_start_char": start,
            "sentence_end_char": start + 100,
            "start_char": start,
            "end_char": start + 3,
        }
        add_mention(con, Given("e", document_id=document_id), f"m{number}", {**span, "fatalities": figure})
        given(con, "nlp.quantities", [
            {"document_id": document_id, "value": float(figure or 0), "start_char": start + 10, "end_char": start + 20,
             "modifier": modifier}
        ])  # fmt: skip
    run_up_to(con, "main.fct_events")
    run_up_to(con, "main.fct_event_counts")
    return con


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([("a", 3, None), ("b", 5, None), ("c", 4, None)], (3, 4, 5)),
        ([("a", 5, None), ("c", 9, "AT_LEAST")], (5, 5, 9)),
        ([("a", 5, "AT_LEAST"), ("b", 7, "APPROX")], (5, 7, 7)),
        ([("a", 5, None), ("b", None, None)], (5, 5, 5)),
        ([("a", 0, None), ("b", 2, None)], (0, 2, 2)),
    ],
    ids=[
        "the latest",
        "exact before at least",
        "the latest where none is exact",
        "a report without a figure",
        "nobody died",
    ],
)
def test_least_best_and_most(figures, expected):
    con = told(*figures)
    columns = "fatalities_min, fatalities, fatalities_max"
    assert select(con, f"select {columns} from fct_events") == [expected]
    columns = "measure, count_min, count_best, count_max"
    assert select(con, f"select {columns} from fct_event_counts") == [("fatalities", *expected)]


def test_where_the_figures_are_from():
    con = told(("b", 5, None), ("a", 3, None), ("c", 9, "AT_LEAST"), ("c", None, None))
    columns = "mention_count, best_event_mention_id, event_mention_ids"
    assert select(con, f"select {columns} from fct_event_counts") == [(3, "m0", ["m1", "m0", "m2"])]


def test_of_one_document_the_surest_mention_counts():
    con = told(("a", 3, None), ("a", 4, None))
    con.execute("update nlp.event_mentions set confidence = 0.9 where event_mention_id = 'm1'")
    run_up_to(con, "main.fct_events")
    assert select(con, "select fatalities_min, fatalities, fatalities_max from fct_events") == [(3, 4, 4)]


def test_figures_of_near_duplicates_do_not_count():
    con = told(("a", 3, None), ("b", 9, None), duplicates=("b",))
    assert select(con, "select count_min, count_best, count_max, mention_count from fct_event_counts") == [(3, 3, 3, 1)]


def test_every_measure_has_its_own_row():
    con = warehouse([Given("e", more={"fatalities": 2, "injuries": 11, "crowd_size": 400}), Given("f")])
    run_up_to(con, "main.fct_events")
    run_up_to(con, "main.fct_event_counts")
    assert select(con, "select event_id, measure, count_best from fct_event_counts order by 2") == [
        ("e", "crowd_size", 400), ("e", "fatalities", 2), ("e", "injuries", 11),
    ]  # fmt: skip
    columns = "injuries_min, injuries, injuries_max, arrests_min, arrests, arrests_max, crowd_size, displaced"
    assert select(con, f"select {columns} from fct_events order by event_id") == [
        (11, 11, 11, None, None, None, 400, None),
        (None,) * 8,
    ]


def test_monthly_deaths_are_the_best_figure():
    con = warehouse([Given("e", {"P": RUS}, more={"place_name": "Kyiv", "place_country": "UKR", "fatalities": 9})])
    given(con, "nlp.quantities", [
        {"document_id": "a", "value": 9.0, "start_char": 20, "end_char": 30, "modifier": "AT_LEAST"}
    ])  # fmt: skip
    add_mention(con, Given("e", document_id="a"), "exact", {"fatalities": 7, "sentence_start_char": 0,
                                                            "sentence_end_char": 18, "event_type": "ASSAULT"})  # fmt: skip
    run_up_to(con, "main.agg_country_months")
    assert select(con, "select located_fatalities from agg_country_months where country = 'UKR'") == [(7,)]


@pytest.mark.parametrize(
    ("other", "firsts"),
    [
        ({}, ["m-e1"]),
        ({"actors": {"Q": RUS}}, ["m-e1"]),
        ({"actors": {"P": VEN}}, ["m-e1", "m-e2"]),
        ({"recipients": {}}, ["m-e1", "m-e2"]),
        ({"actors": {"Z": UKR}, "recipients": {"P": RUS}}, ["m-e1", "m-e2"]),
        ({"event_type": "AID"}, ["m-e1", "m-e2"]),
        ({"start": MAY_10, "end": MAY_10}, ["m-e1", "m-e2"]),
        ({"precision": "week"}, ["m-e1"]),
        ({"modality": "future"}, ["m-e1"]),
        ({"is_negated": True}, ["m-e1"]),
    ],
    ids=["one day, source, target and type", "another official of the country", "other source", "no target", "swapped",
         "other type", "other day", "no day", "planned", "denied"],
)  # fmt: skip
def test_the_first_report_of_a_day(other, firsts):
    con = warehouse([
        Given("e1", {"P": RUS}, {"Z": UKR}),
        Given("e2", **{"actors": {"P": RUS}, "recipients": {"Z": UKR}, "document_id": "b", **other}),
    ])  # fmt: skip
    assert first_of_day(con) == firsts


def test_the_first_report_of_a_day_is_the_earliest_that_counts():
    event = {"actors": {"P": RUS}, "recipients": {"Z": UKR}}
    con = warehouse([Given(f"e{d}", document_id=d, **event) for d in "bcd"], duplicates=["b"])
    con.execute("update raw.documents set published_date = date '2023-05-09' where document_id = 'd'")
    assert first_of_day(con) == ["m-ed"]


def test_groups_without_a_country_are_told_apart_by_their_words():
    con = warehouse([
        Given("e1", {"rebels": (None, None)}), Given("e2", {"farmers": (None, None)}, document_id="b"),
        Given("e3", {"rebels": (None, None)}, document_id="c"),
    ])  # fmt: skip
    assert first_of_day(con) == ["m-e1", "m-e2"]


def first_of_day(con: duckdb.DuckDBPyConnection) -> list[str]:
    run_up_to(con, "main.fct_event_mentions")
    sql = "select event_mention_id from fct_event_mentions where is_first_of_day order by 1"
    return [name for (name,) in select(con, sql)]
