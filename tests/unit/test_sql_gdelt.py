"""GDELT and POLECAT to the letter: the codes of their codebooks, pairs, numbers that add up, dates and places."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime
from itertools import chain

import duckdb
import pytest

from tests.unit.event_rows import Given, add_mention, warehouse
from tests.unit.warehouse_rows import given, models, run_up_to, select

RUS, UKR, VEN = ("RUS", "GOV"), ("UKR", "GOV"), ("VEN", "GOV")
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
        ({"P": RUS}, {}, [("P", "RUS", "RUSGOV", None, None, "042", 1, 20230509)]),
        ({}, {"Z": UKR}, [(None, None, None, "Z", "UKRGOV", "042", 1, 20230509)]),
        ({}, {}, [(None, None, None, None, None, "042", 1, 20230509)]),
    ],
    ids=["actor and recipient", "together: both ways", "actor alone", "recipient alone", "nobody"],
)  # fmt: skip
def test_gdelt_has_a_row_for_each_pair(actors, recipients, rows):
    con = warehouse([Given("e", actors, recipients, event_mode="visit")])
    run_up_to(con, "main.gdelt_events")
    assert select(con, f"select {GDELT} from gdelt_events order by 1") == rows
    assert select(con, 'select count(distinct "GLOBALEVENTID") from gdelt_events') == [(len(rows),)]


@pytest.mark.parametrize(
    ("party", "code", "country", "kind", "group"),
    [
        (("ROU", "MIL"), "ROMMIL", "ROM", "MIL", None),
        (("FRA", "JRN"), "FRAMED", "FRA", "MED", None),
        (("FRA", "MED"), "FRAHLH", "FRA", "HLH", None),
        (("IGO", "UNO"), "IGOUNO", None, "IGO", "UNO"),
        (("EUR", "EUR"), "EURIGO", "EUR", "IGO", None),
        (("VEN", None), "VEN", "VEN", None, None),
        ((None, "REB"), "REB", None, "REB", None),
        (("GBR", "PTY"), "GBR", "GBR", None, None),
        ((None, None), None, None, None, None),
    ],
    ids=["a country with a code of its own", "media", "medicine", "United Nations", "European body", "a state",
         "without a country", "a sector without a type", "nothing known"],
)  # fmt: skip
def test_parties_have_the_codes_of_cameo(party, code, country, kind, group):
    con = warehouse([Given("e", {"P": party})])
    run_up_to(con, "main.gdelt_events")
    columns = '"Actor1Code", "Actor1CountryCode", "Actor1Type1Code", "Actor1KnownGroupCode"'
    assert select(con, f"select {columns} from gdelt_events") == [(code, country, kind, group)]


@pytest.mark.parametrize(
    ("options", "code", "quad_class"),
    [
        ({"event_type": "AGREE"}, "030", 1),
        ({"event_type": "AGREE", "contexts": ("military",)}, "0312", 1),
        ({"event_type": "AGREE", "contexts": ("gender", "economic", "military")}, "0311", 1),
        ({"event_type": "CONCEDE"}, "080", 2),
        ({"event_type": "COERCE", "event_mode": "arrest", "contexts": ("legal",)}, "173", 4),
        ({"event_type": "COERCE", "event_mode": "restrict", "contexts": ("economic",)}, "163", 4),
        ({"event_type": "ACCUSE", "event_mode": "investigate"}, "090", 3),
        ({"event_type": "ASSAULT", "event_mode": "of-a-new-kind", "contexts": ("military",)}, "190", 4),
    ],
    ids=["type", "context", "first context with a code", "verbal in PLOVER, material in CAMEO", "mode", "mode and context",
         "root of its own", "unknown mode"],
)  # fmt: skip
def test_cameo_codes_follow_type_mode_and_context_and_the_quad_class_the_root(options, code, quad_class):
    con = warehouse([Given("e", {"P": RUS}, {"Z": UKR}, **options)])
    run_up_to(con, "main.gdelt_events")
    columns = '"EventCode", "EventBaseCode", "EventRootCode", "QuadClass"'
    assert select(con, f"select {columns} from gdelt_events") == [(code, code[:3], code[:2], quad_class)]


def test_the_numbers_of_an_events_pairs_add_up():
    event = Given("e", {"P": RUS, "V": VEN}, {"Z": UKR})
    con = warehouse([event], duplicates=[])
    given(
        con,
        "raw.documents",
        [{"document_id": "b", "text": "x", "published_date": date(2023, 5, 11), "source_key": "press"}],
    )
    given(con, "raw.document_sources", [{"document_id": "b", "file_id": "f"}])
    add_mention(con, Given("e", {"V": VEN}, {"Z": UKR}, document_id="b"), "m-b", {})
    add_mention(con, Given("e", {"V": VEN}, {"Z": UKR}, document_id="b"), "m-c", {})
    for name in ("main.gdelt_events", "main.gdelt_mentions"):
        run_up_to(con, name)
    columns = '"Actor1Name", "NumMentions", "NumSources", "NumArticles"'
    assert select(con, f"select {columns} from gdelt_events order by 1") == [("P", 0, 0, 0), ("V", 3, 2, 2)]
    assert select(con, "select mention_count, source_count, document_count from fct_events") == [(3, 2, 2)]
    counted = 'select count(*) from gdelt_mentions join gdelt_events using ("GLOBALEVENTID") group by "Actor1Name"'
    assert select(con, counted) == [(3,)]


def test_a_mention_counts_in_a_pair_that_it_names():
    con = warehouse([Given("e", {"P": RUS, "V": VEN}, {"Z": UKR})])
    add_mention(con, Given("e", {"P": RUS}, {"Z": UKR}), "m-b", {})
    add_mention(con, Given("e", {"P": RUS}, {"Z": UKR}), "m-c", {})
    add_mention(con, Given("e", {"V": VEN}, {"Z": UKR}), "m-d", {})
    run_up_to(con, "main.gdelt_events")
    assert select(con, 'select "Actor1Name", "NumMentions" from gdelt_events order by 1') == [("P", 3), ("V", 1)]


def test_every_row_has_a_day():
    con = warehouse([
        Given("e1", precision="month", start=date(2022, 7, 1), end=date(2022, 7, 31)),
        Given("e2", precision="year", start=date(2018, 1, 1), end=date(2018, 12, 31)),
        Given("e3", precision=None, start=None, end=None), Given("e4"), Given("e5", modality="future"),
    ])  # fmt: skip
    run_up_to(con, "main.gdelt_events")
    columns = '"SQLDATE", "MonthYear", "Year", "FractionDate", "DATEADDED"'
    assert select(con, f"select {columns} from gdelt_events order by 1") == [
        (20180101, 201801, 2018, 2018.0027, 20230510000000), (20220701, 202207, 2022, 2022.4959, 20230510000000),
        (20230509, 202305, 2023, 2023.3534, 20230510000000), (20230510, 202305, 2023, 2023.3562, 20230510000000),
    ]  # fmt: skip


def test_without_any_date_and_address_the_day_of_ingestion_and_the_document_stand_in():
    con = warehouse([Given("e", {"P": RUS}, precision=None, start=None, end=None)])
    con.execute("update raw.documents set published_date = null, url = null, source_name = null")
    con.execute("update core.events set first_published_date = null")
    con.execute("update raw.files set seen_at = ?", [datetime(2024, 2, 3, 4, 5)])
    for name in ("main.gdelt_events", "main.gdelt_mentions"):
        run_up_to(con, name)
    assert select(con, 'select "SQLDATE", "DATEADDED", "SOURCEURL" from gdelt_events') == [
        (20240203, 20240203000000, "document:a")
    ]
    columns = '"MentionTimeDate", "MentionType", "MentionSourceName", "MentionIdentifier"'
    assert select(con, f"select {columns} from gdelt_mentions") == [(20240203000000, 2, "wire", "document:a")]


def place(name, country, precision, admin1=None):
    return {
        "place_name": name, "place_country": country, "place_admin1": admin1, "place_precision": precision,
        "place_latitude": 1.5, "place_longitude": 2.5, "place_geonames_id": 77,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "row"),
    [
        (place("France", "FRA", "country"), (1, "France", "FR", "FR", "FR", 1.5)),
        (place("Ohio", "USA", "region"), (2, "Ohio, United States", "US", "USOH", "USOH", 1.5)),
        (place("Dayton", "USA", "town", "Ohio"), (3, "Dayton, Ohio, United States", "US", "USOH", "77", 1.5)),
        (place("Lyon", "FRA", "town", "Île-de-France"), (4, "Lyon, Île-de-France, France", "FR", "FR11", "77", 1.5)),
        (place("a plant", "RUS", "point"), (4, "a plant, Russia", "RS", "RS", "77", 1.5)),
        (place("Île-de-France", "FRA", "region"), (5, "Île-de-France, France", "FR", "FR11", "FR11", 1.5)),
        (place("Black Sea", None, "area"), (0, None, None, None, None, None)),
        ({}, (0, None, None, None, None, None)),
    ],
    ids=["country", "US state", "US town", "town", "a site without a division", "division", "a sea", "no place"],
)
def test_places_have_the_kinds_and_codes_of_gdelt(where, row):
    con = warehouse([Given("e", {"P": RUS}, more=where)])
    run_up_to(con, "main.gdelt_events")
    columns = ", ".join(f'"ActionGeo_{c}"' for c in ("Type", "Fullname", "CountryCode", "ADM1Code", "FeatureID", "Lat"))
    assert select(con, f"select {columns} from gdelt_events") == [row]


def test_parties_are_in_their_countries():
    con = warehouse([Given("e", {"P": RUS}, {"U": ("IGO", "UNO")})])
    run_up_to(con, "main.gdelt_events")
    columns = '"Actor1Geo_Type", "Actor1Geo_CountryCode", "Actor2Geo_Type", "Actor2Geo_CountryCode"'
    assert select(con, f"select {columns} from gdelt_events") == [(1, "RS", 0, None)]


def test_a_mention_leads_back_to_the_text():
    con = warehouse([Given("e", {"P": RUS}, {"Z": UKR}, more={"confidence": 0.76})])
    given(con, "nlp.sentences", [{"document_id": "a", "sentence_number": 2, "start_char": 19, "end_char": 50}])
    add_mention(con, Given("e", {"P": RUS}), "m-b", {"confidence": 0.01})
    con.execute("update nlp.event_participants set start_char = if(role = 'actor', 19, 30)")
    run_up_to(con, "main.gdelt_mentions")
    columns = (
        '"EventTimeDate", "MentionTimeDate", "MentionType", "MentionSourceName", "MentionIdentifier", "SentenceID", '
        '"Actor1CharOffset", "Actor2CharOffset", "ActionCharOffset", "InRawText", "Confidence", "MentionDocLen", "Extras"'
    )
    assert select(con, f'select {columns} from gdelt_mentions order by "Extras"') == [
        (20230510000000, 20230510000000, 1, "news.example", "https://news.example/a", 2, 19, -1, 24, 1, 10, 50, "m-b"),
        (20230510000000, 20230510000000, 1, "news.example", "https://news.example/a", 2, 19, 30, 24, 1, 80, 50, "m-e"),
    ]


def test_polecat_has_a_row_for_each_mention_that_counts():
    con = warehouse(
        [Given("e", {"P": RUS, "V": VEN}, {"Z": UKR}, contexts=("military", "diplomatic"))], duplicates=["b"]
    )
    add_mention(con, Given("e", document_id="b"), "m-b", {})
    run_up_to(con, "main.polecat_events")
    columns = (
        '"Event ID", "Event Date", "Actor Name", "Actor Country", "Primary Recipient Sector", "Contexts", "Source", '
        '"Story ID"'
    )
    assert select(con, f"select {columns} from polecat_events") == [
        ("m-e", date(2023, 5, 9), "P; V", "Russia; Venezuela", "GOV", "military; diplomatic", "Wire", "a")
    ]


def test_the_lists_of_polecat_have_an_entry_for_each_party():
    con = warehouse([Given("e", {"P": (None, None), "V": VEN, "H": ("HKG", "BUS")}, {"N": (None, None)})])
    run_up_to(con, "main.polecat_events")
    columns = (
        '"Actor Name", "Actor Country", "Actor COW", "Actor Sectors", "Actor Title", "Primary Actor Sector", '
        '"Recipient Country", "Recipient COW", "Primary Recipient Sector"'
    )
    assert select(con, f"select {columns} from polecat_events") == [
        ("P; V; H", "; Venezuela; Hong Kong SAR China", "; 101; ", "; GOV; BUS", "; ; ", "GOV", "", "", None)
    ]


@pytest.mark.parametrize(
    ("where", "row"),
    [
        (place("Lyon", "FRA", "town", "Rhône"), ("Lyon", None, "Rhône")),
        (place("Kent", "GBR", "district", "England"), (None, "Kent", "England")),
        (place("Ohio", "USA", "region"), (None, None, "Ohio")),
        (place("France", "FRA", "country"), (None, None, None)),
    ],
    ids=["town", "district", "division", "country"],
)
def test_a_place_of_polecat_stands_in_the_column_of_its_kind(where, row):
    con = warehouse([Given("e", {"P": RUS}, more=where)])
    run_up_to(con, "main.polecat_events")
    assert select(con, 'select "City", "District", "Province" from polecat_events') == [row]


def given_event(rng: random.Random, kind: str) -> tuple[list[tuple], list[tuple], list[tuple]]:
    """Pairs, mentions and named participants of an event by chance."""
    parties = [f"p{number}" for number in range(rng.randrange(1, 5))]
    sides = {
        "directed": [(a, b, False) for a in parties for b in (*parties, "q") if a != b and rng.random() < 0.7],
        "mutual": [(a, b, True) for a in parties for b in parties if a != b],
        "actors": [(a, None, False) for a in parties],
        "recipients": [(None, a, False) for a in parties],
        "nobody": [(None, None, False)],
    }[kind]
    pairs = [(f"e-{kind}", rng.getrandbits(50), *side) for side in sides]
    mentions = [(f"m-{kind}-{n}", f"e-{kind}", f"d{rng.randrange(4)}", f"s{rng.randrange(2)}") for n in range(9)]
    named = [
        (mention, role, party)
        for mention, *_ in mentions for role in ("actor", "recipient", "attribution") for party in (*parties, "q", "unpaired")
        if rng.random() < 0.25
    ]  # fmt: skip
    return pairs, mentions, named


def by_looking_at_all(pairs: list[tuple], mentions: list[tuple], named: set[tuple]) -> dict[str, int]:
    """The pair of each mention, each compared with every pair of its event."""

    def names(mention: str, pair: tuple) -> int:
        _, _, first, second, is_mutual = pair
        return ((mention, "actor", first) in named) + (
            (mention, "actor" if is_mutual else "recipient", second) in named
        )

    sides = {pair[1]: sum(side is not None for side in pair[2:4]) for pair in pairs}
    of_event = {mention: [pair for pair in pairs if pair[0] == event] for mention, event, *_ in mentions}
    naming = Counter(p[1] for m, those in of_event.items() for p in those if names(m, p) == sides[p[1]])
    return {
        mention: min((-names(mention, pair), -naming[pair[1]], pair[1]) for pair in those)[2]
        for mention, those in of_event.items()
        if those
    }


@pytest.mark.parametrize("seed", range(12))
def test_a_mention_has_the_pair_that_looking_at_all_gives(seed):
    rng = random.Random(seed)
    kinds = [given_event(rng, kind) for kind in ("directed", "mutual", "actors", "recipients", "nobody")]
    pairs, mentions, named = (list(chain.from_iterable(rows)) for rows in zip(*kinds, strict=True))
    con = duckdb.connect()
    con.execute(
        "create schema intermediate; "
        "create table intermediate.int_gdelt_pairs (event_id varchar, global_event_id bigint, first_participant_id varchar, "
        "second_participant_id varchar, is_mutual boolean); "
        "create table intermediate.int_event_mentions (event_mention_id varchar, event_id varchar, document_id varchar, "
        "source_key varchar, is_counted boolean default true); "
        "create table intermediate.int_event_participants (event_mention_id varchar, role varchar, participant_id varchar)"
    )
    con.executemany("insert into intermediate.int_gdelt_pairs values (?, ?, ?, ?, ?)", pairs)
    con.executemany("insert into intermediate.int_event_mentions values (?, ?, ?, ?, true)", mentions)
    con.executemany("insert into intermediate.int_event_participants values (?, ?, ?)", named)
    found = con.execute(next(model.sql for model in models() if model.name == "int_gdelt_mentions")).df()
    expected = by_looking_at_all(pairs, mentions, set(named))
    assert dict(zip(found["event_mention_id"], found["global_event_id"], strict=True)) == expected
