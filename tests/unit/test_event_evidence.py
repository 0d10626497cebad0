"""Single pieces of evidence on two reports: whose day it is, what the act is about, who may be taken for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from pipelines.stages.resolve.day_words import own_day
from pipelines.stages.resolve.pair_evidence import PairEvidence
from pipelines.stages.resolve.reports import _dates
from tests.unit.event_reports import CONGO, GOMA, MONDAY, TUESDAY, WEDNESDAY, Party, Report, frames, state

BOMBING = Report("a", "Rebels [bombed] a fish market in Goma.", place=GOMA, actors=(Party("the rebels", "COD", "REB"),))
VISIT = Report("a", "The president of Chad [met] his counterpart from Niger in Niamey on Monday.", event_type="CONSULT",
               actors=(state("Chad", "TCD"),), recipients=(state("Niger", "NER"),))  # fmt: skip


def log_odds(one: Report, other: Report) -> dict[str, float]:
    """The evidence on a pair that says something."""
    found = PairEvidence(frames([one, other]).read(), np.array([0]), np.array([1])).log_odds()
    return {name: float(value[0]) for name, value in found.items() if value[0] != 0}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Police ", " ten people two weeks ago.", (True, 3)),
        ("Two weeks ago police ", " ten people.", (True, 3)),
        ("Three days ago police ", " ten people.", (True, 0)),
        ("Police ", " ten people in May.", (True, 0)),
        ("Traders closed their shops on Wednesday after gunmen who may be rebels ", " a market.", (False, 0)),
        ("Traders closed their shops on Wednesday after police broke up a march and ", " ten people.", (False, 0)),
        ("Earlier, gunmen ", " a trader.", (False, 0)),
    ],
)
def test_words_that_name_a_day(before, after, expected):
    assert own_day(before, after) == expected


def test_some_days_are_no_exact_day():
    days = {"event_date_start": [MONDAY, MONDAY], "event_date_end": [MONDAY, WEDNESDAY]}
    mentions = pd.DataFrame(days | {"event_date_precision": "day", "event_date_source": "text"})
    assert _dates(mentions, [("On Monday police ", ".")] * 2)["is_day"].tolist() == [True, False]


def test_a_day_that_is_of_another_act_of_the_sentence_may_be_later_but_not_earlier():
    told = replace(BOMBING, text="Rebels [bombed] a fish market in Goma on Monday.")
    after = "Traders closed their shops on Wednesday after rebels [bombed] a fish market in Goma."
    since = replace(BOMBING, name="b", text=after, day=WEDNESDAY, published=WEDNESDAY)
    assert log_odds(told, since)["published_later"] < 0
    assert log_odds(told, replace(since, day=date(2024, 5, 3)))["other_day"] < 0
    assert log_odds(told, replace(since, text="Rebels [bombed] a fish market on Wednesday."))["other_day"] < 0


def test_an_act_that_is_later_than_the_one_whose_day_it_has_is_no_earlier():
    told = replace(BOMBING, text="Rebels [bombed] a fish market in Goma on Monday.")
    text = "Rebels have [bombed] a fish market in Goma after soldiers shelled their camp on {}."
    later = replace(BOMBING, name="b", text=text.format("Sunday"), day=date(2024, 5, 12), published=date(2024, 5, 13))
    assert log_odds(told, later)["other_day"] < 0
    before = replace(later, text=text.format("Saturday"), day=date(2024, 5, 4))
    assert "other_day" not in log_odds(told, before)


def test_a_count_of_weeks_is_only_about_right():
    told = replace(BOMBING, text="Rebels [bombed] a fish market in Goma on Monday.")
    text = "Rebels killed a nurse, two weeks after they [bombed] a fish market in Goma."
    counted = replace(BOMBING, name="b", text=text, day=TUESDAY, published=date(2024, 5, 21))
    assert log_odds(told, counted)["about_day"] < 0
    assert log_odds(told, replace(counted, day=date(2024, 5, 12)))["other_day"] < 0


def test_few_days_tell_more_than_a_month():
    def of(days: int) -> float:
        wide = (("event_date_end", MONDAY + timedelta(days - 1)), ("event_date_precision", "week"))
        return log_odds(BOMBING, replace(BOMBING, name="b", more=wide)).get("few_days", 0.0)

    assert of(2) > of(7) > of(31) == 0


def test_what_the_act_is_about():
    one = Report("a", "Chad [signed] a truce.", event_type="AGREE", more=(("theme", "truce with the rebels"),))
    other = Report("b", "Chad [agreed] on a lasting truce.", event_type="AGREE", more=(("theme", "lasting truce"),))
    assert log_odds(one, other)["same_theme"] > 0
    assert log_odds(one, replace(other, text="Chad agreed on a [truce].", more=()))["same_theme"] > 0
    assert log_odds(one, replace(other, more=(("theme", "water"),)))["other_theme"] < 0
    assert not {"same_theme", "other_theme"} & log_odds(one, replace(other, more=())).keys()


def test_sectors_that_reports_take_for_each_other():
    def of(sector: str, actor: str) -> float:
        return log_odds(BOMBING, replace(BOMBING, name="b", actors=(Party(actor, "COD", sector),)))["actors"]

    assert of("UAF", "gunmen") > 0 > of("COP", "the police")


def test_both_partners_of_talks_are_more_than_each():
    assert log_odds(VISIT, replace(VISIT, name="b"))["same_partners"] > 0
    other = replace(VISIT, name="b", recipients=(state("Mali", "MLI"),))
    assert "same_partners" not in log_odds(VISIT, other)


def test_a_country_that_is_a_partys_is_no_sure_place():
    away = replace(BOMBING, name="b", place=("Chad", "TCD", None, 15.0, 19.0, 2434508, "country"))
    assert log_odds(BOMBING, away)["other_place"] < 0
    of_chad = replace(away, actors=(Party("rebels", "TCD", "REB"),))
    assert {"other_place", "doubtful_place"} & log_odds(BOMBING, of_chad).keys() == {"doubtful_place"}


def test_a_country_that_is_a_partys_says_less_of_what_lies_in_it_and_of_other_countries():
    alone = replace(BOMBING, place=CONGO, actors=())
    of_rebels = replace(BOMBING, name="b", place=CONGO)
    in_goma = replace(BOMBING, name="c", actors=())
    within = log_odds(alone, in_goma)["place_within"]
    assert within > log_odds(of_rebels, in_goma)["doubtful_within"] > 0
    assert log_odds(of_rebels, replace(in_goma, document=of_rebels.name))["place_within"] == within
    chad = replace(BOMBING, name="d", place=("Chad", "TCD", None, 15.0, 19.0, 2434508, "country"), actors=())
    assert log_odds(alone, chad)["other_area"] < log_odds(of_rebels, chad)["doubtful_area"] < 0


def test_other_means_of_a_deed_say_less_than_other_things_that_are_asked():
    guns, bombs = (replace(BOMBING, name=mode, event_mode=mode) for mode in ("firearms", "explosives"))
    assert {"other_mode", "other_request"} & log_odds(guns, bombs).keys() == {"other_mode"}
    aid, peace = (replace(BOMBING, name=mode, event_type="REQUEST", event_mode=mode) for mode in ("assist", "yield"))
    assert {"other_mode", "other_request"} <= log_odds(aid, peace).keys()
