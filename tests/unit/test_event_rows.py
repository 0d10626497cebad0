"""An event's row from its reports, and its participants: which coding, day and place, and who is whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from pipelines.stages.resolve.corrections import Corrections, correct_mentions
from pipelines.stages.resolve.event_parties import event_parties
from pipelines.stages.resolve.event_rows import event_rows
from tests.unit.event_reports import (
    BUKAVU,
    CONGO,
    GOMA,
    MONDAY,
    NORTH_KIVU,
    TUESDAY,
    WEDNESDAY,
    Party,
    Report,
    body,
    frames,
    person,
    state,
)

REPORT = Report("a", "Rebels [bombed] a market.")
WEEK = (("event_date_end", date(2024, 5, 12)), ("event_date_precision", "week"))


def row_of(*reports: Report) -> pd.Series:
    """The row of the event that the reports are said to be."""
    rows = frames(reports)
    links = rows.mentions[["event_mention_id"]].assign(event_id="event")
    mentions = correct_mentions(rows.mentions, Corrections())
    (row,) = event_rows(rows.documents, mentions, links).to_dict("records")
    return pd.Series(row)


def reports(*changes: dict) -> list[Report]:
    return [replace(REPORT, **{"name": name, **change}) for name, change in zip("abcdefgh", changes, strict=False)]


class TestEventRows:
    def test_the_day_that_most_reports_give(self):
        row = row_of(*reports({"day": TUESDAY}, {}, {}))
        assert (row["event_date_start"], row["event_date_end"], row["event_date_source"]) == (MONDAY, MONDAY, "text")

    def test_a_day_that_the_text_names_stands_before_those_of_publication(self):
        published = {"day": TUESDAY, "is_day_told": False}
        assert row_of(*reports(published, published, {}))["event_date_start"] == MONDAY
        assert row_of(*reports(published, {"day": None}))["event_date_source"] == "publication"

    def test_a_day_stands_before_a_week(self):
        row = row_of(*reports({"more": WEEK}, {"more": WEEK}, {"day": WEDNESDAY}))
        assert (row["event_date_start"], row["event_date_precision"]) == (WEDNESDAY, "day")

    def test_no_day(self):
        row = row_of(*reports({"day": None}, {"day": None}))
        assert (row["event_date_source"], pd.isna(row["event_date_start"])) == ("none", True)

    def test_the_town_stands_before_region_and_country(self):
        row = row_of(*reports({"place": CONGO}, {"place": CONGO}, {"place": NORTH_KIVU}, {"place": GOMA}))
        assert (row["place_name"], row["place_admin1"], row["place_geonames_id"]) == ("Goma", "Nord-Kivu", GOMA[5])

    def test_of_two_towns_the_one_that_most_reports_give(self):
        assert (
            row_of(*reports({"place": BUKAVU, "confidence": 0.9}, {"place": GOMA}, {"place": GOMA}))["place_name"]
            == "Goma"
        )

    def test_copied_texts_have_no_voice(self):
        copy = {"day": TUESDAY, "place": BUKAVU, "is_counted": False}
        row = row_of(*reports({"place": GOMA}, copy, copy))
        assert (row["place_name"], row["event_date_start"]) == ("Goma", MONDAY)
        assert row_of(*reports(copy, copy))["place_name"] == "Bukavu"

    def test_a_town_whose_region_is_not_known_is_no_country(self):
        town = ("Malabo", "GNQ", None, 3.75, 8.78, 2309527, "town")
        country = ("Equatorial Guinea", "GNQ", None, 1.7, 10.5, 2309096, "country")
        row = row_of(*reports({"place": country}, {"place": country}, {"place": town}))
        assert row["place_name"] == "Malabo"

    def test_the_country_where_no_report_tells_more(self):
        assert row_of(*reports({}, {"place": CONGO}))["place_name"] == "DR Congo"

    def test_type_and_mode_are_those_that_the_reports_are_surest_of_together(self):
        row = row_of(*reports(
            {"event_type": "COERCE", "event_mode": "arrest", "confidence": 0.95},
            {"event_mode": "kill", "confidence": 0.6}, {"event_mode": "kill", "confidence": 0.7},
        ))  # fmt: skip
        assert (row["event_type"], row["event_mode"], row["confidence"]) == ("ASSAULT", "kill", 0.95)

    def test_reports_without_a_mode_are_one_coding(self):
        row = row_of(*reports({"event_mode": "kill", "confidence": 0.9}, {"confidence": 0.5}, {"confidence": 0.6}))
        assert row["event_mode"] is None or pd.isna(row["event_mode"])

    def test_only_documents_that_count_are_counted(self):
        row = row_of(*reports({}, {"document": "a"}, {}, {"is_counted": False, "published": date(2024, 5, 1)}))
        assert (row["mention_count"], row["document_count"], row["first_published_date"]) == (3, 2, date(2024, 5, 1))
        assert row_of(*reports({"is_counted": False}))["mention_count"] == 0


def parties_of(*told: Report | tuple[Party, ...]) -> list[str]:
    """The participants of an event by its reports' actors, each as the texts that name it, in the order of the reports."""
    said = [replace(REPORT, name=f"r{n}", actors=actors) for n, actors in enumerate(told)]
    rows = frames(said)
    links = rows.mentions[["event_mention_id"]].assign(event_id="event")
    found = event_parties(rows.participants, links, rows.entities)
    texts = found.merge(rows.participants, on=["event_mention_id", "role", "ordinal"])
    assert len(texts) == len(rows.participants)
    return sorted(" = ".join(sorted(group)) for _, group in texts.groupby("party_id")["text"])


TORRES, VEGA = person("Ana Torres", "PER", "GOV"), person("Luis Vega", "PER", "OPP")
UNION, COURT = body("Miners Union", "PER", "LAB"), body("Supreme Court", "PER", "JUD")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(TORRES,), (TORRES,)], ["Ana Torres = Ana Torres"]),
        ([(TORRES,), (VEGA,)], ["Ana Torres", "Luis Vega"]),
        ([(Party("the rebels", "PHL"),), (Party("six rebels", "PHL"),)], ["six rebels = the rebels"]),
        ([(Party("rebels", "PHL"),), (Party("rebels", "IDN"),)], ["rebels", "rebels"]),
        ([(Party("rebels", "PHL"),), (Party("rebels"),)], ["rebels = rebels"]),
        ([(Party("communist rebels"),), (Party("Muslim rebels"),)], ["Muslim rebels", "communist rebels"]),
        ([(Party("soldiers", "PHL", "MIL"),), (Party("troops", "PHL", "MIL"),)], ["soldiers = troops"]),
        ([(Party("soldiers", "PHL", "MIL"),), (Party("strikers", "PHL", "LAB"),)], ["soldiers", "strikers"]),
        ([(UNION,), (Party("the union"),)], ["Miners Union = the union"]),
        ([(UNION, body("Teachers Union", "PER", "EDU")), (Party("the union"),)],
         ["Miners Union", "Teachers Union", "the union"]),
        ([(COURT,), (Party("judges", "PER", "JUD"),)], ["Supreme Court = judges"]),
        ([(UNION,), (Party("the union", "BOL"),)], ["Miners Union", "the union"]),
        ([(TORRES,), (Party("officials", "PER", "GOV"),)], ["Ana Torres", "officials"]),
        ([(state("Peru", "PER"),), (Party("Peruvian officials", "PER", "GOV"),)], ["Peru", "Peruvian officials"]),
        ([(Party("rebels", "PHL"), Party("armed rebels", "PHL"))], ["armed rebels", "rebels"]),
        ([(Party("rebels", "PHL"), UNION), (UNION, Party("the rebels"))], ["Miners Union = Miners Union", "rebels = the rebels"]),
    ],
    ids=[
        "one person", "two persons", "one word", "other countries", "country untold", "other words beside it",
        "one country and sector", "other sector", "the body a word stands for", "a word for two bodies",
        "the body an office stands for", "a body of another country", "an office is no person", "a group is no state",
        "two of one report", "each with its own",
    ],
)  # fmt: skip
def test_one_participant_once(told, expected):
    assert parties_of(*told) == expected


def test_a_named_participant_is_its_entity_and_a_group_has_an_id_of_its_own():
    rows = frames([replace(REPORT, actors=(TORRES,), recipients=(Party("the rebels"),))])
    links = rows.mentions[["event_mention_id"]].assign(event_id="event")
    found = event_parties(rows.participants, links, rows.entities).set_index("role")["party_id"]
    assert found["actor"] == "ent-Ana Torres"
    assert found["recipient"].startswith("pty_")


def test_the_order_of_rows_does_not_matter():
    said = [
        (Party("rebels"), UNION),
        (Party("communist rebels", "PHL"),),
        (Party("Muslim rebels"),),
        (Party("the union"),),
    ]
    rows = frames([replace(REPORT, name=f"r{n}", actors=actors) for n, actors in enumerate(said)])
    links = rows.mentions[["event_mention_id"]].assign(event_id="event")
    keys = ["event_mention_id", "role", "ordinal"]

    def parties(given) -> list[dict]:
        found = event_parties(given.participants, links, given.entities)
        return found.sort_values(keys).to_dict("records")

    assert all(parties(rows.shuffled(seed)) == parties(rows) for seed in range(5))
