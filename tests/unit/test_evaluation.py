"""The evaluation's own figures: goals, macro F1 by type, bins of confidence."""

from __future__ import annotations

import xml.dom.minidom

import pytest

from tests.e2e.article_rows import CodedEvent, Judged, JudgedRow, f1_by_type, limits, macro_f1, totals
from tests.e2e.reliability import bins, expected_error, picture
from tests.e2e.score_corpora import compare, raised, side_by_side

GOAL = {"floor": 0.5, "reach": 0.6, "aim": 0.7, "others": ""}


def rows(*confidences_and_right: tuple[float, bool]) -> list[JudgedRow]:
    return [JudgedRow("AID", confidence, is_there=right, is_right=right) for confidence, right in confidences_and_right]


def test_macro_f1_counts_each_type_the_same():
    judged = Judged(
        rows=[
            JudgedRow("AID", 0.9, is_there=True, is_right=True),
            JudgedRow("AID", 0.9, is_there=False, is_right=False),
        ],
        coded=[CodedEvent("AID", is_found=True, is_right=True), CodedEvent("COERCE", is_found=False, is_right=False)],
    )
    assert f1_by_type(judged) == pytest.approx({"AID": 2 / 3, "COERCE": 0.0})
    assert macro_f1(judged) == pytest.approx(1 / 3)
    assert totals(judged)["type_f1"] == totals(judged)["who_f1"] == pytest.approx(0.5)
    assert macro_f1(Judged([], [])) == 0.0


def test_bins_of_confidence():
    found = bins(rows((0.05, False), (0.95, True), (0.97, False), (1.0, True)))
    assert [b.count if b else 0 for b in found] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    assert found[9] is not None
    assert found[9].share_right == pytest.approx(2 / 3)
    assert expected_error(bins(rows((0.5, True), (0.5, False)))) == pytest.approx(0.0)
    assert expected_error(bins([])) == 0.0


def test_the_picture_is_well_formed_and_names_its_series():
    drawn = picture([("ours", bins(rows((0.2, False), (0.8, True)))), ("others", bins([]))])
    xml.dom.minidom.parseString(drawn)
    assert "ours: 2 rows" in drawn
    assert picture([("ours", bins(rows((0.2, False))))]) == picture([("ours", bins(rows((0.2, False))))])


def test_false_alarms_and_calibration_error_count_down():
    goals = {"articles": {"ece": GOAL, "who_f1": GOAL, "false_alarms_per_article": GOAL}}
    reached = {"articles": {"ece": 0.4, "who_f1": 0.4, "false_alarms_per_article": 0.55}}
    amiss = {row[1]: row[-1] for row in compare(reached, goals)}
    assert amiss == {"ece": "", "who_f1": "below the floor", "false_alarms_per_article": "below the floor"}
    floors = {name: goal["floor"] for name, goal in raised(reached, goals)["articles"].items()}
    assert floors == {"ece": 0.4, "who_f1": 0.5, "false_alarms_per_article": 0.5}


def test_articles_of_others_and_our_own_stand_side_by_side():
    figures = {"articles": {"who_f1": 0.61}, "own_articles": {"who_f1": 0.52}}
    assert list(side_by_side(figures, {"articles": {"who_f1": GOAL}})) == [("who_f1", 0.6, 0.7, "0.610", "0.520")]


def test_what_a_limit_of_confidence_leaves():
    judged = Judged(
        rows=[
            JudgedRow("AID", 0.65, is_there=True, is_right=True, is_required=True),
            JudgedRow("AID", 0.15, is_there=True, is_right=False, is_required=True),
        ],
        coded=[CodedEvent("AID", is_found=True, is_right=True), CodedEvent("AID", is_found=True, is_right=False)],
    )
    found = {limit: (rows, precision, recall) for limit, rows, precision, recall in limits(judged)}
    assert found["0.0"] == (2, "0.500", "0.500")
    assert found["0.5"] == (1, "1.000", "0.500")
    assert found["0.7"] == (0, "0.000", "0.000")
