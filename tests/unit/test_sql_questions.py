"""The tables that answer an analyst's questions, from given events: by month, week and place, who first, who else, what else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.unit.event_rows import Given, add_mention, warehouse
from tests.unit.warehouse_rows import given, run_up_to, select

RUS, UKR, VEN = ("RUS", "GOV"), ("UKR", "GOV"), ("VEN", "GOV")
FIGHT: dict[str, Any] = {"event_type": "ASSAULT", "quad_class": 4, "intensity": -9.0}
MARCH: dict[str, Any] = {"event_type": "PROTEST", "quad_class": 4, "intensity": -5.0}
SURE = {"confidence": 0.9}
UNSURE = {"confidence": 0.1}
CARACAS = {
    "place_name": "Caracas", "place_country": "VEN", "place_geonames_id": 3646738, "place_latitude": 10.48,
    "place_longitude": -66.87, "place_precision": "town", "place_confidence": 0.8,
}  # fmt: skip
ACROSS_MONTHS = {"start": date(2023, 5, 29), "end": date(2023, 6, 4), "precision": "week"}


def test_a_pair_of_countries_by_month_and_type():
    con = warehouse([
        Given("talk", {"P": RUS}, {"Z": UKR}, more=SURE, **ACROSS_MONTHS),
        Given("fight", {"P": RUS}, {"Z": UKR}, more=UNSURE | {"fatalities": 7}, **FIGHT),
        Given("threat", {"P": RUS}, {"Z": UKR}, event_type="THREATEN", modality="future"),
    ])  # fmt: skip
    run_up_to(con, "main.agg_dyad_type_months")
    columns = (
        "country_a, country_b, event_month::varchar, event_type, quad_class, round(event_count, 3), "
        "round(asserted_event_count, 3), round(net_intensity, 3), round(asserted_net_intensity, 3), "
        "round(mention_count, 3), fatalities"
    )
    assert select(con, f"select {columns} from agg_dyad_type_months order by 3, 4") == [
        ("RUS", "UKR", "2023-05-01", "ASSAULT", 4, 1, 0, -9, 0, 1, 7),
        ("RUS", "UKR", "2023-05-01", "CONSULT", 1, 0.429, 0.429, 1.071, 1.071, 0.429, None),
        ("RUS", "UKR", "2023-06-01", "CONSULT", 1, 0.571, 0.571, 1.429, 1.429, 0.571, None),
    ]  # fmt: skip


def test_a_pair_of_entities_by_month():
    con = warehouse([
        Given("talk", {"Abe": RUS, "Zed": UKR}, more=SURE),
        Given("fight", {"Zed": UKR}, {"Abe": RUS}, more=UNSURE, **FIGHT),
        Given("later", {"Abe": RUS}, {"Zed": UKR}, start=date(2023, 6, 1), end=date(2023, 6, 1), more=SURE),
        Given("denied", {"Abe": RUS}, {"Zed": UKR}, is_negated=True),
    ])  # fmt: skip
    run_up_to(con, "main.agg_entity_pair_months")
    columns = (
        "entity_a_name, entity_b_name, event_month::varchar, event_count, a_to_b_event_count, b_to_a_event_count, "
        "mutual_event_count, cooperation_count, conflict_count, net_intensity, asserted_event_count, asserted_net_intensity"
    )
    assert select(con, f"select {columns} from agg_entity_pair_months order by 3") == [
        ("Abe", "Zed", "2023-05-01", 2, 0, 1, 1, 1, 1, -6.5, 1, 2.5),
        ("Abe", "Zed", "2023-06-01", 1, 1, 0, 0, 1, 0, 2.5, 1, 2.5),
    ]  # fmt: skip


def test_deaths_by_country_and_month():
    con = warehouse([
        Given("raid", more=SURE | CARACAS | {"fatalities": 4, "injuries": 9}, **FIGHT),
        Given("siege", more=UNSURE | CARACAS | {"fatalities": 14}, **FIGHT, **ACROSS_MONTHS),
        Given("harmless", more=SURE | CARACAS, **FIGHT),
        Given("feared", more=SURE | CARACAS | {"fatalities": 100}, modality="hypothetical", **FIGHT),
        Given("nowhere", more=SURE | {"fatalities": 2}, **FIGHT),
    ])  # fmt: skip
    add_mention(
        con, Given("raid", document_id="a"), "m-late", {"event_type": "ASSAULT", "modality": "actual", "fatalities": 6}
    )
    run_up_to(con, "main.agg_fatality_months")
    columns = (
        "country, event_month::varchar, round(event_count, 3), round(asserted_event_count, 3), fatalities_min, fatalities, "
        "fatalities_max, injuries, asserted_fatalities, asserted_injuries"
    )
    rows = select(con, f"select {columns} from agg_fatality_months order by 1 nulls first, 2")
    assert rows == [
        (None, "2023-05-01", 1, 1, 2, 2, 2, 0, 2, 0),
        ("VEN", "2023-05-01", 1.429, 1, 4 + 6, 4 + 6, 6 + 6, 9, 4, 9),
        ("VEN", "2023-06-01", 0.571, 0, 8, 8, 8, 0, 0, 0),
    ]  # fmt: skip


def test_protests_by_country_and_week():
    con = warehouse([
        Given("big", {"workers": VEN}, more=SURE | CARACAS | {"crowd_size": 5000}, **MARCH),
        Given("small", {"students": UKR}, more=UNSURE | CARACAS | {"crowd_size": 200}, **MARCH),
        Given("uncounted", {"P": RUS}, more=SURE, **MARCH),
        Given("two weeks", {"P": RUS}, more=SURE | {"crowd_size": 100}, start=date(2023, 5, 14), end=date(2023, 5, 15), **MARCH),
        Given("fight", {"workers": VEN}, more=SURE | CARACAS | {"crowd_size": 9}, **FIGHT),
        Given("planned", {"workers": VEN}, more=SURE | CARACAS | {"crowd_size": 9}, modality="future", **MARCH),
    ])  # fmt: skip
    run_up_to(con, "main.agg_protest_weeks")
    columns = (
        "country, event_week::varchar, event_count, asserted_event_count, sized_event_count, crowd_size, largest_crowd_size, "
        "asserted_crowd_size"
    )
    assert select(con, f"select {columns} from agg_protest_weeks order by 1, 2") == [
        ("RUS", "2023-05-08", 1.5, 1.5, 1, 50, 100, 50), ("RUS", "2023-05-15", 0.5, 0.5, 1, 50, 100, 50),
        ("VEN", "2023-05-08", 2, 1, 2, 5200, 5000, 5000),
    ]  # fmt: skip


def test_places_by_month():
    con = warehouse([
        Given("talk", more=SURE | CARACAS),
        Given("fight", more=UNSURE | CARACAS | {"fatalities": 3, "place_confidence": 0.4}, **FIGHT),
        Given("nowhere", more=SURE),
        Given("denied", more=SURE | CARACAS, is_negated=True),
    ])  # fmt: skip
    run_up_to(con, "main.agg_place_months")
    columns = (
        "place_id, place_name, place_country, place_precision, event_month::varchar, event_count, asserted_event_count, "
        "cooperation_count, conflict_count, fatalities, round(mean_place_confidence, 3)"
    )
    assert select(con, f"select {columns} from agg_place_months") == [
        ("geonames:3646738", "Caracas", "VEN", "town", "2023-05-01", 2, 1, 1, 1, 3, 0.6)
    ]


def test_who_reported_first():
    alone = [Given(f"only {document_id}", document_id=document_id) for document_id in "cd"]
    con = warehouse([Given("e", {"P": RUS}, document_id="b", more=UNSURE), *alone], duplicates=["f"])
    for document_id, mention_id in (("a", "m-a"), ("d", "m-d"), ("f", "m-f")):
        add_mention(con, Given("e", document_id=document_id), mention_id, {"confidence": 0.9})
    con.execute("update raw.documents set source_key = 'daily', source_name = 'Daily' where document_id in ('a', 'f')")
    con.execute("update raw.documents set published_date = date '2023-05-01' where document_id = 'f'")
    con.execute("update raw.documents set published_date = date '2023-05-11' where document_id = 'a'")
    run_up_to(con, "main.fct_event_reports")
    columns = (
        "event_id, source_name, first_published_date::varchar, first_document_id, document_count, mention_count, is_asserted, "
        "report_rank, days_after_first, source_count"
    )
    assert select(con, f"select {columns} from fct_event_reports where event_id = 'e' order by 2") == [
        ("e", "Daily", "2023-05-11", "a", 1, 1, True, 1, 0, 2), ("e", "Wire", "2023-05-11", "b", 2, 2, True, 1, 0, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "fields"),
    [
        ({"fatalities": 9}, {"fatalities": 11}, {"fatalities": ["11", "9"]}),
        ({"fatalities": 9}, {"fatalities": 9}, {}),
        ({"fatalities": 9}, {}, {}),
        ({}, {"is_negated": True}, {"is_negated": ["false", "true"]}),
        ({}, {"event_date_start": date(2023, 5, 8)}, {"event_date_start": ["2023-05-08", "2023-05-09"]}),
        ({}, {"event_date_start": date(2023, 5, 1), "event_date_precision": "month"}, {}),
        ({}, {"event_date_start": date(2023, 5, 8), "event_date_source": "publication"}, {}),
        (CARACAS, CARACAS | {"place_name": "Maracay"}, {"place_name": ["Caracas", "Maracay"]}),
        (CARACAS, {"place_name": "Venezuela", "place_country": "VEN", "place_precision": "country"}, {}),
        (CARACAS, {"place_name": "Russia", "place_country": "RUS", "place_precision": "country"},
         {"place_name": ["Caracas", "Russia"]}),
    ],
    ids=[
        "tolls", "one toll", "a toll and none", "a denial", "days", "a day and its month", "a day of publication", "towns",
        "a town and its country", "a town and another country",
    ],
)  # fmt: skip
def test_where_reports_disagree(first, second, fields):
    con = warehouse([Given("e", {"P": RUS}, more=first)])
    coding = {
        "event_type": "CONSULT", "modality": "actual", "is_negated": False, "event_date_start": date(2023, 5, 9),
        "event_date_precision": "day", "event_date_source": "text", **second,
    }  # fmt: skip
    add_mention(con, Given("e", document_id="a"), "m-2", coding)
    run_up_to(con, "main.fct_event_disagreements")
    rows = select(con, "select field, value, value_count, source_count from fct_event_disagreements order by 1, 2")
    assert rows == [(field, value, 2, 1) for field, values in fields.items() for value in values]


def test_who_gives_which_value():
    con = warehouse([Given("e", more={"fatalities": 9}), Given("other", document_id="b")], duplicates=["c"])
    for document_id, toll in (("b", 11), ("c", 50)):
        add_mention(
            con, Given("e", document_id=document_id), f"m-{document_id}", {"event_type": "CONSULT", "fatalities": toll}
        )
    con.execute("update raw.documents set source_key = 'daily' where document_id = 'b'")
    run_up_to(con, "main.fct_event_disagreements")
    columns = "value, mention_count, document_count, source_keys, event_mention_ids, value_count, source_count"
    assert select(
        con, f"select {columns} from fct_event_disagreements where field = 'fatalities' order by value::int"
    ) == [
        ("9", 1, 1, ["wire"], ["m-e"], 2, 2), ("11", 1, 1, ["daily"], ["m-b"], 2, 2),
    ]  # fmt: skip


def test_the_timeline_of_a_person():
    con = warehouse([
        Given("talk", {"Abe": RUS, "Zed": UKR}, {"Abe": RUS, "Zed": UKR}, more=SURE),
        Given("said", {"Abe": RUS}, {"Zed": UKR}, more=SURE, event_type="THREATEN"),
    ])  # fmt: skip
    given(con, "nlp.event_participants", [
        {"event_mention_id": "m-said", "document_id": "a", "role": "attribution", "text": "a paper"}
    ])  # fmt: skip
    given(con, "core.event_parties", [{"event_mention_id": "m-said", "role": "attribution", "party_id": "pty-paper"}])
    run_up_to(con, "main.fct_entity_timeline")
    columns = "event_id, role, other_names, is_attributed, attributed_to_names, is_asserted, first_sentence"
    sentence = "They met in Caracas on Tuesday."
    assert select(con, f"select {columns} from fct_entity_timeline where entity_name = 'Abe' order by all") == [
        ("said", "actor", ["Zed"], True, ["a paper"], False, sentence),
        ("talk", "actor", ["Zed"], False, [], True, sentence),
        ("talk", "recipient", ["Zed"], False, [], True, sentence),
    ]


def test_the_timeline_names_once_whom_reports_name_as_two_parties():
    con = warehouse([
        Given("said", {"Abe": RUS}, {"Zed": UKR, "Zed's men": UKR}, more=SURE, event_type="THREATEN"),
    ])  # fmt: skip
    con.execute("update core.entity_links set entity_id = 'e-Zed' where entity_id = 'e-Zed''s men'")
    run_up_to(con, "main.fct_entity_timeline")
    columns = "entity_name, role, other_names"
    assert select(con, f"select {columns} from fct_entity_timeline order by all") == [
        ("Abe", "actor", ["Zed"]),
        ("Zed", "recipient", ["Abe"]),
    ]
