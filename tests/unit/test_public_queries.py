"""Published queries and scripts for GDELT and POLECAT run here with nothing but the table's name changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.errors import ModelError
from tests.unit.event_rows import Given, add_mention, warehouse
from tests.unit.warehouse_rows import SQL_DIR, fill, models, select
from warehouse.macros import create_macros

CASES = Path(__file__).parents[1] / "cases" / "public_queries.sql"
TABLES = {
    "[gdelt-bq:gdeltv2.events]": "gdelt_events", "`gdelt-bq.gdeltv2.events`": "gdelt_events",
    "`gdelt-bq.full.events`": "gdelt_events", "[gdelt-bq:gdeltv2.eventmentions]": "gdelt_mentions",
    "`gdelt-bq.gdeltv2.eventmentions`": "gdelt_mentions", "FROM polecat": "FROM polecat_events",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublicQuery:
    """A query as it is published, and its rows on the warehouse below."""

    name: str
    source: str
    expected: list[list[object]]
    sql: str


def public_queries() -> list[PublicQuery]:
    """The queries of the case file."""
    form = re.compile(r"-- query: (.+)\n-- source: (.+)\n-- expect: (.+)\n((?:.+\n)+)")
    return [
        PublicQuery(name, source, json.loads(rows), sql)
        for name, source, rows, sql in form.findall(CASES.read_text(encoding="utf-8"))
    ]


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    caracas = {"place_name": "Caracas", "place_country": "VEN", "place_admin1": "Distrito Capital", "place_precision": "town",
               "place_latitude": 10.48, "place_longitude": -66.87}  # fmt: skip
    paris = {"place_name": "Paris", "place_country": "FRA", "place_admin1": "Île-de-France", "place_precision": "town",
             "place_latitude": 48.85, "place_longitude": 2.35}  # fmt: skip
    sure = {"confidence": 0.9}
    attack = Given("attack", {"P": ("RUS", "MIL")}, {"Z": ("UKR", "GOV")}, "ASSAULT", "aerial", 4, -9.0, more=sure)
    con = warehouse([
        attack,
        Given("charge", {"Z": ("UKR", "GOV")}, {"P": ("RUS", "MIL")}, "ACCUSE", "allege", 3, -12.0, more=sure),
        Given("talks", {"V": ("VEN", "GOV"), "R": ("RUS", "GOV")}, more=sure),
        Given("march", {"crowd": ("VEN", "CVL")}, {}, "PROTEST", "demo", 4, -5.0, date(2023, 4, 2), date(2023, 4, 2),
              more=caracas | sure),
        Given("walkout", {"union": ("FRA", "LAB")}, {"M": ("FRA", "GOV")}, "PROTEST", "strike", 4, -5.0, date(2023, 5, 1),
              date(2023, 5, 1), more=paris | sure),
        Given("plan", {"P": ("RUS", "MIL")}, document_id="b", modality="future"),
    ])  # fmt: skip
    again = Given("attack", attack.actors, attack.recipients, document_id="b")
    add_mention(con, again, "m-again", {"confidence": 0.9, "is_negated": True})
    fill(con, models())  # macros read tables of several models
    create_macros(con, SQL_DIR)
    return con


@pytest.mark.parametrize("query", public_queries(), ids=lambda query: query.name)
def test_a_published_query_runs_with_the_table_name_changed(con, query):
    sql = query.sql
    for published, ours in TABLES.items():
        sql = sql.replace(published, ours)
    assert sql != query.sql
    assert json.loads(json.dumps(select(con, sql), default=str)) == query.expected


def test_there_are_ten_and_each_names_its_source():
    queries = public_queries()
    assert len(queries) >= 10
    assert CASES.read_text(encoding="utf-8").count("-- query:") == len(queries)


# The 61 columns of the GDELT 2.0 event codebook, the 16 of its mentions table, and the 40 of POLECAT's weekly files, in order.
ACTOR = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code"
GEO = "Type Fullname CountryCode ADM1Code ADM2Code Lat Long FeatureID"
GDELT_COLUMNS = [
    *"GLOBALEVENTID SQLDATE MonthYear Year FractionDate".split(),
    *(f"Actor{n}{column}" for n in (1, 2) for column in ACTOR.split()),
    *"IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles".split(),
    "AvgTone",
    *(f"{what}Geo_{column}" for what in ("Actor1", "Actor2", "Action") for column in GEO.split()),
    *"DATEADDED SOURCEURL".split(),
]
MENTION_COLUMNS = (
    "GLOBALEVENTID EventTimeDate MentionTimeDate MentionType MentionSourceName MentionIdentifier SentenceID Actor1CharOffset "
    "Actor2CharOffset ActionCharOffset InRawText Confidence MentionDocLen MentionDocTone MentionDocTranslationInfo Extras"
).split()
PARTY = "{0} Name|{0} Country|{0} COW|Primary {0} Sector|{0} Sectors|{0} Title|{0} Name Raw|Wikipedia {0} ID"
POLECAT_COLUMNS = (
    f"Event ID|Event Date|Event Type|Event Mode|Intensity|Quad Code|Contexts|{PARTY.format('Actor')}|{PARTY.format('Recipient')}|"
    "Placename|City|District|Province|Country|Latitude|Longitude|GeoNames ID|Raw Placename|Feature Type|Source|Publication Date|"
    "Story People|Story Organizations|Story Locations|Language|Version|Headline|Story ID"
).split("|")


@pytest.mark.parametrize(
    ("table", "columns"),
    [("gdelt_events", GDELT_COLUMNS), ("gdelt_mentions", MENTION_COLUMNS), ("polecat_events", POLECAT_COLUMNS)],
)
def test_columns_stand_in_the_order_of_the_files_that_scripts_read_by_position(con, table, columns):
    assert [name for name, *_ in select(con, f"describe {table}")] == columns


# What scripts do with the columns, in pandas; those in R with the same steps.
def daily_features(rows: pd.DataFrame) -> object:
    """sabinejo/kfe, gdelt_clean.R: daily protest and conflict counts by country, root events only."""
    rows = rows[rows.IsRootEvent == 1].assign(
        event_date=pd.to_datetime(rows.SQLDATE.astype(str), format="%Y%m%d"),
        protest=rows.EventRootCode.astype(int) == 14,
        negative=rows.GoldsteinScale <= -3,
    )
    daily = rows.groupby(["event_date", "ActionGeo_CountryCode"]).agg(
        total=("protest", "size"), protests=("protest", "sum")
    )
    return daily.reset_index()[["ActionGeo_CountryCode", "total", "protests"]].to_numpy().tolist()


def country_points(rows: pd.DataFrame) -> object:
    """ahalterman/gdeltr, subsetEventCountry: points of one kind of event in a country by FIPS code."""
    found = rows[(rows.ActionGeo_CountryCode == "FR") & (rows.EventRootCode == "14")]
    return found[["ActionGeo_Lat", "ActionGeo_Long"]].to_numpy().tolist()


def protest_kinds(rows: pd.DataFrame) -> object:
    """XicaFelix/gdelt_global_protests_2017_2022: protests by code of four digits at most and by year."""
    protests = rows[rows.EventRootCode == "14"].assign(
        day=lambda all_: pd.to_datetime(all_.SQLDATE.astype(str), format="%Y%m%d")
    )
    return protests.groupby([protests.day.dt.year, "EventCode"]).size().to_dict()


def countries_involved(rows: pd.DataFrame) -> object:
    """A World Bank risk monitor's write_polecat_csv (R): countries by COW number, one row each."""
    involved = (rows["Actor COW"].fillna("") + "; " + rows["Recipient COW"].fillna("")).str.split("; ").explode()
    return sorted(involved[involved != ""].astype(int).unique().tolist())


def parties_by_country(rows: pd.DataFrame) -> object:
    """A converter of POLECAT files to temporal graphs (Python): names and countries of the actors, entry by entry."""
    found = set()
    for names, countries in rows[["Actor Name", "Actor Country"]].dropna().to_numpy():
        found |= set(zip(names.split("; "), countries.split("; "), strict=True))
    return sorted(found)


SCRIPTS: list[tuple[Callable[[pd.DataFrame], object], str, object]] = [
    (daily_features, "gdelt_events", [["VE", 1, 1], ["FR", 1, 1]]),
    (country_points, "gdelt_events", [[48.85, 2.35]]),
    (protest_kinds, "gdelt_events", {(2023, "141"): 1, (2023, "143"): 1}),
    (countries_involved, "polecat_events", [101, 220, 365, 369]),
    (parties_by_country, "polecat_events", [("P", "Russia"), ("R", "Russia"), ("V", "Venezuela"), ("Z", "Ukraine"),
                                            ("crowd", "Venezuela"), ("union", "France")]),
]  # fmt: skip


@pytest.mark.parametrize(("script", "table", "expected"), SCRIPTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_published_script_finds_its_columns(con, script, table, expected):
    assert script(con.sql(f"from {table}").df()) == expected


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("parse_date('%Y%m%d', 20230509)", date(2023, 5, 9)),
        ("format_date('%b %Y', date '2023-05-09')", "May 2023"),
        ("cast(timestamp_seconds(86400) as varchar)", "1970-01-02 00:00:00"),
        ("date_sub(date '2023-05-09', interval 7 day)", date(2023, 5, 2)),
        ("date_sub('day', date '2023-05-02', date '2023-05-09')", 7),
        ("regexp_extract('a.example/x', '[.]([a-z]+)')", "example"),
        ("regexp_extract('a.example/x', '[a-z]+e')", "example"),
        ("regexp_extract('f(x)', 'f\\(')", "f("),
        ("regexp_extract('abc', '(?:a)b')", "ab"),
        ("regexp_extract('abc', '(z)')", None),
        ("regexp_extract('abc', 'a(b)', 0)", "ab"),
        ("regexp_extract('ABC', 'a(b)', 1, 'i')", "B"),
        ("net.reg_domain('https://www.news.co.uk/x')", "news.co.uk"),
        ("net.reg_domain('https://en.news.example/x')", "news.example"),
        ("net.host('document:1')", None),
        ("safe_divide(1, 0)", None),
        ("cast('1.5' as float64) + cast('1' as int64)", 2.5),
    ],
)
def test_the_macros_do_what_bigquery_does(con, call, value):
    assert select(con, f"select {call}") == [(value,)]


def test_a_wrong_macro_is_named_and_none_is_created(tmp_path):
    (tmp_path / "macros").mkdir()
    (tmp_path / "macros" / "a.sql").write_text("create macro one() as 1; create macro two() as no_such_function();")
    con = duckdb.connect()
    con.execute("create macro two() as 2")
    with pytest.raises(ModelError, match=r"a\.sql: .*two"):
        create_macros(con, tmp_path)
    with pytest.raises(duckdb.CatalogException):
        con.execute("select one()")


def test_models_write_the_group_of_a_pattern_since_the_macro_reads_two_arguments_otherwise():
    calls = re.compile(r"\bregexp_extract\(((?:[^()']|'[^']*'|\([^()]*\))*)\)")
    for path in SQL_DIR.glob("[ims]*/*.sql"):
        for (arguments,) in (match.groups() for match in calls.finditer(path.read_text(encoding="utf-8"))):
            plain = re.sub(r"'[^']*'|\([^()]*\)", "", arguments)
            assert path.parent.name == "macros" or plain.count(",") >= 2, f"{path}: {arguments}"
