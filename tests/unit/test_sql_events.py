"""From reports to events: who, when, where, counted once, and what the aggregates make of them."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.event_rows import Given, add_mention, warehouse
from tests.unit.warehouse_rows import given, run_up_to, select

RUS, UKR, VEN, IRN = ("RUS", "GOV"), ("UKR", "GOV"), ("VEN", "GOV"), ("IRN", "MIL")


def test_an_event_in_one_row():
    place = {
        "place_name": "Caracas", "place_country": "VEN", "place_geonames_id": 3646738, "place_latitude": 10.48,
        "place_longitude": -66.87,
    }  # fmt: skip
    con = warehouse(
        [Given("e", {"Faría": VEN, "Petrov": RUS}, {"Rossi": (None, None)}, more=place | {"fatalities": 3})]
    )
    run_up_to(con, "main.fct_events")
    columns = (
        "actor_names, actor_countries, actor_sectors, recipient_names, recipient_countries, place_id, place_name, "
        "event_date_start, has_occurred, mention_count, document_count, source_count, fatalities, first_sentence, "
        "first_document_id"
    )
    assert select(con, f"select {columns} from fct_events") == [
        (["Faría", "Petrov"], ["RUS", "VEN"], ["GOV"], ["Rossi"], [], "geonames:3646738", "Caracas", date(2023, 5, 9), True,
         1, 1, 1, 3, "They met in Caracas on Tuesday.", "a")
    ]  # fmt: skip


def test_a_mention_keeps_the_order_and_gaps_of_its_parties():
    con = warehouse([Given("e", {"Zed": VEN, "Abe": (None, "MIL")}, {"Rossi": IRN})])
    given(con, "nlp.event_participants", [
        {"event_mention_id": "m-e", "document_id": "a", "role": "attribution", "text": "the Kremlin", "country": "RUS"}
    ])  # fmt: skip
    run_up_to(con, "main.fct_event_mentions")
    columns = "actor_names, actor_texts, actor_countries, actor_sectors, attributed_to_name, attributed_to_country, sentence_text"
    assert select(con, f"select {columns} from fct_event_mentions") == [
        (["Zed", "Abe"], ["the Zed", "the Abe"], ["VEN", None], ["GOV", "MIL"], "the Kremlin", "RUS",
         "They met in Caracas on Tuesday.")
    ]  # fmt: skip


def test_what_the_phrase_says_wins_over_what_is_known_of_the_entity():
    con = warehouse([Given("e", {"Faría": (None, None)}, {"Petrov": ("RUS", "OPP")})])
    con.execute("update core.entities set country = 'VEN', sector = 'GOV'")
    run_up_to(con, "main.bridge_event_participants")
    assert select(con, "select role, name, country, sector from bridge_event_participants order by 1") == [
        ("actor", "Faría", "VEN", "GOV"), ("recipient", "Petrov", "RUS", "OPP"),
    ]  # fmt: skip


def test_a_party_without_a_mention_is_found_by_its_entity_in_the_document():
    con = warehouse([Given("e", {"Faría": VEN})])
    con.execute("update nlp.entity_mentions set entity_id = 'local'")
    given(con, "nlp.event_participants", [
        {"event_mention_id": "m-e", "document_id": "a", "role": "recipient", "entity_id": "local", "text": "himself"},
        {"event_mention_id": "m-e", "document_id": "a", "role": "recipient", "ordinal": 2, "text": "Officials"},
    ])  # fmt: skip
    given(con, "core.event_parties", [
        {"event_mention_id": "m-e", "role": "recipient", "ordinal": ordinal, "party_id": party_id}
        for ordinal, party_id in ((1, "e-Faría"), (2, "pty-officials"))
    ])  # fmt: skip
    run_up_to(con, "main.bridge_event_participants")
    assert select(con, "select role, participant_id, entity_id, name from bridge_event_participants order by all") == [
        ("actor", "e-Faría", "e-Faría", "Faría"), ("recipient", "e-Faría", "e-Faría", "Faría"),
        ("recipient", "pty-officials", None, "Officials"),
    ]  # fmt: skip


def test_the_members_of_a_group_are_parties_though_one_mention_names_them():
    con = warehouse([Given("e", {"Faría": VEN}, {"Petrov": RUS})])
    for name in ("Faría", "Petrov"):
        con.execute("update nlp.entity_mentions set entity_id = $1 where mention_id in "
                    "(select mention_id from core.entity_links where entity_id = $2)",
                    [f"local-{name}", f"e-{name}"])  # fmt: skip
    given(con, "core.entities", [{"entity_id": "e-both", "name": "both countries", "label": "GROUP"}])
    given(con, "nlp.entity_mentions", [{"mention_id": "both", "document_id": "a", "entity_id": "local-both"}])
    given(con, "core.entity_links", [{"mention_id": "both", "entity_id": "e-both"}])
    con.execute("delete from nlp.event_participants")
    given(con, "nlp.event_participants", [
        {"event_mention_id": "m-e", "document_id": "a", "ordinal": n, "mention_id": "both", "entity_id": f"local-{name}",
         "text": "both countries"} for n, name in enumerate(("Faría", "Petrov"), 1)
    ])  # fmt: skip
    con.execute("delete from core.event_parties")
    given(con, "core.event_parties", [
        {"event_mention_id": "m-e", "role": "actor", "ordinal": n, "party_id": f"e-{name}"}
        for n, name in enumerate(("Faría", "Petrov"), 1)
    ])  # fmt: skip
    run_up_to(con, "main.fct_events")
    assert select(con, "select actor_names from fct_events") == [(["Faría", "Petrov"],)]


def test_reports_in_near_duplicates_add_no_count():
    event = Given("e", {"Faría": VEN}, {"Petrov": RUS})
    con = warehouse([event], duplicates=["b"])
    add_mention(con, Given("e", {"Faría": VEN}, {"Petrov": RUS}, document_id="b"), "m-b", {"fatalities": 9})
    run_up_to(con, "main.fct_events")
    assert select(con, "select mention_count, document_count, fatalities from fct_events") == [(1, 1, None)]
    assert select(con, "select event_mention_id, is_counted from fct_event_mentions order by 1") == [
        ("m-b", False),
        ("m-e", True),
    ]


def test_an_event_that_only_superseded_documents_report_stays_without_a_count():
    con = warehouse([Given("e", {"Faría": VEN}, {"Petrov": RUS})])
    con.execute("update raw.files set is_current = false")
    for name in ("main.agg_dyad_months", "main.gdelt_events", "main.fct_events"):
        run_up_to(con, name)
    assert select(con, "select document_count, first_sentence from fct_events") == [
        (0, "They met in Caracas on Tuesday.")
    ]
    assert select(con, "select * from agg_dyad_months") == []
    assert select(con, "select * from gdelt_events") == []


def test_the_sentence_shown_is_the_first_that_counts():
    con = warehouse([Given("e", {"Faría": VEN}, document_id="b")], duplicates=["c"])
    for document_id in ("c", "d"):
        add_mention(con, Given("e", document_id=document_id), f"m-{document_id}", {"confidence": 0.9})
    con.execute("update raw.documents set published_date = date '2023-05-01' where document_id = 'c'")
    run_up_to(con, "main.fct_events")
    assert select(con, "select first_document_id, first_event_mention_id from fct_events") == [("b", "m-e")]


FIGHT = {"event_type": "ASSAULT", "quad_class": 4, "intensity": -9.0}
DYAD = "country_a, country_b, event_month::varchar, event_count, a_to_b_event_count, b_to_a_event_count, mutual_event_count"


@pytest.mark.parametrize(
    ("actors", "recipients", "rows"),
    [
        ({"P": RUS}, {"Z": UKR}, [("RUS", "UKR", "2023-05-01", 1, 1, 0, 0)]),
        ({"Z": UKR}, {"P": RUS}, [("RUS", "UKR", "2023-05-01", 1, 0, 1, 0)]),
        ({"P": RUS, "Z": UKR}, {}, [("RUS", "UKR", "2023-05-01", 1, 0, 0, 1)]),
        ({"P": RUS, "Q": RUS}, {"Z": UKR, "Y": UKR}, [("RUS", "UKR", "2023-05-01", 1, 1, 0, 0)]),
        ({"P": RUS, "V": VEN}, {"Z": UKR}, [("RUS", "UKR", "2023-05-01", 1, 1, 0, 0), ("UKR", "VEN", "2023-05-01", 1, 0, 1, 0)]),
        ({"P": RUS, "V": VEN, "Z": UKR}, {}, [
            ("RUS", "UKR", "2023-05-01", 1, 0, 0, 1), ("RUS", "VEN", "2023-05-01", 1, 0, 0, 1),
            ("UKR", "VEN", "2023-05-01", 1, 0, 0, 1)]),
        ({"P": RUS}, {"Q": RUS}, []),
        ({"P": RUS}, {"rebels": (None, "REB")}, []),
        ({"P": RUS, "V": VEN}, {"rebels": (None, "REB")}, []),
        ({"P": RUS}, {"NATO": ("IGO", "IGO")}, []),
        ({"P": RUS}, {}, []),
    ],
    ids=[
        "a on b", "b on a", "together", "two of each side are one event", "two on one", "three together", "within a country",
        "on a party without a country", "two countries on such a party",
        "on an organisation", "alone",
    ],
)  # fmt: skip
def test_an_event_counts_once_for_each_pair_of_countries(actors, recipients, rows):
    con = warehouse([Given("e", actors, recipients)])
    run_up_to(con, "main.agg_dyad_months")
    assert select(con, f"select {DYAD} from agg_dyad_months order by all") == rows


@pytest.mark.parametrize(
    ("options", "months"),
    [
        ({}, {"2023-05-01": 1}),
        ({"precision": "week", "start": date(2023, 5, 29), "end": date(2023, 6, 4)}, {"2023-05-01": 3 / 7, "2023-06-01": 4 / 7}),
        ({"precision": "month", "start": date(2023, 4, 1), "end": date(2023, 4, 30)}, {"2023-04-01": 1}),
        ({"precision": "quarter", "start": date(2023, 4, 1), "end": date(2023, 6, 30)},
         {"2023-04-01": 30 / 91, "2023-05-01": 31 / 91, "2023-06-01": 30 / 91}),
        ({"precision": "year", "start": date(2022, 12, 1), "end": date(2023, 1, 31)}, {"2022-12-01": 0.5, "2023-01-01": 0.5}),
        ({"precision": "decade", "start": date(1990, 1, 1), "end": date(1999, 12, 31)}, {}),
        ({"precision": "year", "start": date(1950, 1, 1), "end": date(1999, 12, 31)}, {}),
        ({"precision": None, "start": None, "end": None}, {}),
        ({"modality": "historical"}, {"2023-05-01": 1}),
        ({"modality": "future"}, {}),
        ({"modality": "hypothetical"}, {}),
        ({"is_negated": True}, {}),
    ],
    ids=["a day", "a week counts by its days", "a month", "a quarter", "a year", "a decade", "half a century", "no date",
         "told again", "to come", "imagined", "denied"],
)  # fmt: skip
def test_events_that_happened_count_in_their_months_by_their_days(options, months):
    con = warehouse([Given("e", {"P": RUS}, {"Z": UKR}, **options)])
    for name in ("main.agg_dyad_months", "main.agg_country_months"):
        run_up_to(con, name)
    found = dict(select(con, "select event_month::varchar, event_count from agg_dyad_months"))
    assert found == pytest.approx(months)
    assert select(con, "select count(*) from agg_country_months") == [(2 * len(months),)]


def test_empty_months_are_rows_and_trends_go_by_the_calendar():
    con = warehouse([
        Given("e1", {"P": RUS}, {"Z": UKR}, intensity=3.0, start=date(2023, 1, 9), end=date(2023, 1, 9)),
        Given("e2", {"P": RUS}, {"Z": UKR}, intensity=-6.0, start=date(2023, 5, 9), end=date(2023, 5, 9), document_id="b"),
    ])  # fmt: skip
    con.execute("update raw.documents set published_date = '2023-01-10' where document_id = 'a'")
    run_up_to(con, "main.agg_dyad_months")
    columns = (
        "(event_month::varchar)[:7], event_count, net_intensity, event_count_3_months, net_intensity_3_months, "
        "net_intensity_change"
    )
    assert select(con, f"select {columns} from agg_dyad_months order by 1") == [
        ("2023-01", 1, 3, 1 / 3, 1, 3), ("2023-02", 0, 0, 1 / 3, 1, -3), ("2023-03", 0, 0, 1 / 3, 1, 0),
        ("2023-04", 0, 0, 0, 0, 0), ("2023-05", 1, -6, 1 / 3, -2, -6),
    ]  # fmt: skip


def test_asserted_events_are_told_by_the_writer_with_confidence():
    con = warehouse([
        Given("e1", {"P": RUS}, {"Z": UKR}, more={"confidence": 0.7}),
        Given("e2", {"P": RUS}, {"Z": UKR}, more={"confidence": 0.2}),
        Given("e3", {"P": RUS}, {"Z": UKR}, more={"confidence": 0.9}),
    ])  # fmt: skip
    given(con, "nlp.event_participants", [
        {"event_mention_id": "m-e3", "document_id": "a", "role": "attribution", "text": "the Kremlin", "country": "RUS"}
    ])  # fmt: skip
    for name in ("main.agg_dyad_months", "main.fct_events"):
        run_up_to(con, name)
    assert select(con, "select event_count, asserted_event_count, asserted_net_intensity from agg_dyad_months") == [
        (3, 1, 2.5)
    ]
    assert select(con, "select event_id, is_attributed, is_asserted from fct_events order by 1") == [
        ("e1", False, True), ("e2", False, False), ("e3", True, False)
    ]  # fmt: skip


def test_cooperation_and_conflict_are_summed():
    con = warehouse([
        Given("e1", {"P": RUS}, {"Z": UKR}, **FIGHT),
        Given("e2", {"Z": UKR}, {"P": RUS}, "ACCUSE", quad_class=3, intensity=-3.0),
        Given("e3", {"P": RUS, "Z": UKR}),
        Given("e4", {"P": RUS}, {"Z": UKR}, "AID", quad_class=2, intensity=10.0),
        Given("e5", {"P": RUS}, {"Z": UKR}, "REQUEST", quad_class=3, intensity=0.0),
    ])  # fmt: skip
    run_up_to(con, "main.agg_dyad_months")
    columns = (
        "country_a_name, event_count, verbal_cooperation_count, material_cooperation_count, verbal_conflict_count, "
        "material_conflict_count, cooperation_count, conflict_count, cooperation_intensity, conflict_intensity, "
        "net_intensity, mean_intensity, mention_count"
    )
    assert select(con, f"select {columns} from agg_dyad_months") == [
        ("Russia", 5, 1, 1, 2, 1, 2, 3, 12.5, -12.0, 0.5, 0.1, 5)
    ]


def test_a_country_counts_as_actor_recipient_and_ground():
    con = warehouse([
        Given("e1", {"P": RUS}, {"Z": UKR}, **FIGHT, more={"place_name": "Kyiv", "place_country": "UKR", "fatalities": 4}),
        Given("e2", {"P": RUS}, {"Q": RUS}),
    ])  # fmt: skip
    run_up_to(con, "main.agg_country_months")
    columns = (
        "country, event_count, actor_event_count, recipient_event_count, internal_event_count, located_event_count, "
        "net_intensity, located_fatalities"
    )
    assert select(con, f"select {columns} from agg_country_months order by 1") == [
        ("RUS", 2, 2, 1, 1, 0, -6.5, None), ("UKR", 1, 0, 1, 0, 1, -9.0, 4),
    ]  # fmt: skip


def test_a_country_where_others_act_appears():
    con = warehouse([Given("e", {"P": RUS}, {"Z": UKR}, more={"place_name": "Minsk", "place_country": "BLR"})])
    run_up_to(con, "main.agg_country_months")
    assert select(con, "select event_count, located_event_count, net_intensity, mean_intensity from agg_country_months "
                  "where country = 'BLR'") == [(0, 1, 0.0, None)]  # fmt: skip


def test_event_types_by_day_spread_intervals():
    month = {"precision": "month", "start": date(2023, 5, 1), "end": date(2023, 5, 31)}
    con = warehouse(
        [Given("e1", **FIGHT), Given("e2", **FIGHT, more={"fatalities": 2}), Given("e3"), Given("e4", **month)]
    )
    run_up_to(con, "main.agg_event_type_days")
    columns = "event_type, event_count, day_event_count, mean_intensity, fatalities"
    assert select(con, f"select {columns} from agg_event_type_days where event_day = '2023-05-09' order by 1") == [
        ("ASSAULT", 2, 2, -9.0, 2), ("CONSULT", pytest.approx(1 + 1 / 31), 1, 2.5, None),
    ]  # fmt: skip
    assert select(con, "select count(*), sum(event_count) from agg_event_type_days") == [(32, pytest.approx(4))]


def test_places_of_mentions_and_events_are_one_dimension():
    place = {"place_name": "Caracas", "place_country": "VEN", "place_geonames_id": 3646738}
    unknown = {"place_name": "Lake Example", "place_country": "VEN", "place_latitude": 9.0, "place_longitude": -66.0}
    con = warehouse([Given("e1", more=place), Given("e2", more=unknown), Given("e3", more=place, modality="future")])
    given(con, "nlp.place_mentions", [
        {"document_id": "a", "name": "Caracas", "country": "VEN", "geonames_id": 3646738, "text": word, "start_char": start}
        for start, word in ((31, "Caracas"), (40, "city"))
    ] + [{"document_id": "a", "name": "Oslo", "country": "NOR", "geonames_id": 3143244, "start_char": 50}])  # fmt: skip
    run_up_to(con, "main.dim_places")
    columns = "place_name, country_name, mention_count, document_count, event_count"
    assert select(con, f"select {columns} from dim_places order by 1") == [
        ("Caracas", "Venezuela", 2, 1, 1), ("Lake Example", "Venezuela", 0, 0, 1), ("Oslo", "Norway", 1, 1, 0),
    ]  # fmt: skip
    assert select(
        con, "select count(*) from fct_events anti join dim_places using (place_id) where place_id is not null"
    ) == [(0,)]


GDELT = (
    '"Actor1Name", "Actor1CountryCode", "Actor1Code", "Actor2Name", "Actor2Code", "EventCode", "QuadClass", "SQLDATE"'
)


@pytest.mark.parametrize(
    ("actors", "recipients", "rows"),
    [
        ({"P": RUS}, {"Z": UKR}, [("P", "RUS", "RUSGOV", "Z", "UKRGOV", "042", 1, 20230509)]),
        ({"P": RUS, "Z": UKR}, {}, [
            ("P", "RUS", "RUSGOV", "Z", "UKRGOV", "042", 1, 20230509),
            ("Z", "UKR", "UKRGOV", "P", "RUSGOV", "042", 1, 20230509)]),
        ({"P": RUS}, {}, [("P", "RUS", "RUSGOV", None, "", "042", 1, 20230509)]),
        ({}, {"Z": UKR}, [(None, None, "", "Z", "UKRGOV", "042", 1, 20230509)]),
        ({}, {}, [(None, None, "", None, "", "042", 1, 20230509)]),
    ],
    ids=["actor and recipient", "together: both ways", "actor alone", "recipient alone", "nobody"],
)  # fmt: skip
def test_gdelt_has_a_row_for_each_pair(actors, recipients, rows):
    con = warehouse([Given("e", actors, recipients, event_mode="visit")])
    run_up_to(con, "main.gdelt_events")
    assert select(con, f"select {GDELT} from gdelt_events order by 1") == rows
    assert select(con, 'select count(distinct "GLOBALEVENTID") from gdelt_events') == [(len(rows),)]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"event_type": "AGREE"}, "030"),
        ({"event_type": "AGREE", "contexts": ("military",)}, "0312"),
        ({"event_type": "AGREE", "contexts": ("gender", "economic", "military")}, "0311"),
        ({"event_type": "COERCE", "event_mode": "arrest", "contexts": ("legal",)}, "173"),
        ({"event_type": "COERCE", "event_mode": "restrict", "contexts": ("economic",)}, "163"),
        ({"event_type": "ASSAULT", "event_mode": "of-a-new-kind", "contexts": ("military",)}, "190"),
    ],
    ids=["type", "context", "first context with a code", "mode", "mode and context", "unknown mode"],
)
def test_cameo_codes_follow_type_mode_and_context(options, code):
    con = warehouse([Given("e", {"P": RUS}, {"Z": UKR}, **options)])
    run_up_to(con, "main.gdelt_events")
    assert select(con, 'select "EventCode", "EventRootCode" from gdelt_events') == [(code, code[:2])]


def test_gdelt_makes_up_no_day():
    con = warehouse([
        Given("e1", precision="month", start=date(2022, 7, 1), end=date(2022, 7, 31)),
        Given("e2", precision="year", start=date(2018, 1, 1), end=date(2018, 12, 31)),
        Given("e3", precision="decade", start=date(1990, 1, 1), end=date(1999, 12, 31)),
        Given("e4", precision=None, start=None, end=None), Given("e5"), Given("e6", modality="future"),
    ])  # fmt: skip
    run_up_to(con, "main.gdelt_events")
    assert select(con, 'select "SQLDATE", "MonthYear", "Year" from gdelt_events order by "Year", "SQLDATE" nulls first') == [
        (None, None, 2018), (None, 202207, 2022), (20230509, 202305, 2023), (None, None, None), (None, None, None),
    ]  # fmt: skip


def test_polecat_has_a_row_for_each_mention_that_counts():
    con = warehouse(
        [Given("e", {"P": RUS, "V": VEN}, {"Z": UKR}, contexts=("military", "diplomatic"))], duplicates=["b"]
    )
    add_mention(con, Given("e", document_id="b"), "m-b", {})
    run_up_to(con, "main.polecat_events")
    columns = (
        '"Event ID", "Event Date", "Actor Name", "Actor Country", "Primary Recipient Sector", "Contexts", "Source"'
    )
    assert select(con, f"select {columns} from polecat_events") == [
        ("m-e", date(2023, 5, 9), "P; V", "Russia; Venezuela", "GOV", "military; diplomatic", "Wire")
    ]
