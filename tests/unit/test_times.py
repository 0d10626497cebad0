"""Time expressions: the cases of tests/cases/times.jsonl by words alone and by the model, robustness, and the calendar."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.times.engine import find_time_expressions
from pipelines.nlp.times.lexer import lex
from pipelines.nlp.times.patterns import HOLIDAY_WORDS, HOLIDAYS, LEXICON
from pipelines.nlp.times.values import holiday_date, moved, period_of, weekday_date
from pipelines.records import Precision

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases" / "times.jsonl").read_text("utf-8").splitlines()
]
WEDNESDAY = date(2022, 8, 10)


def case_name(case: dict) -> str:
    return f"{case['family']}: {case['text'][:60]}"


def published_date(case: dict) -> date | None:
    return date.fromisoformat(case["published_date"]) if case["published_date"] else None


def found(expressions) -> list[tuple]:
    return [(e.text, e.type, e.value, e.modifier) for e in expressions]


def expected(case: dict) -> list[tuple]:
    return [(text, kind, value, *(modifier or [None])) for text, kind, value, *modifier in case["expected"]]


# A case marked "model" has a tense that only the parse shows.
@pytest.mark.parametrize("case", [case for case in CASES if not case.get("model")], ids=case_name)
def test_by_words_alone(case):
    assert found(find_time_expressions(case["text"], reference_date=published_date(case))) == expected(case)


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_by_the_model(nlp, case):
    doc = nlp.make_doc(case["text"])
    doc._.context = DocumentContext("doc", case["text"], published_date=published_date(case))
    assert found(nlp(doc)._.time_expressions) == expected(case)


@pytest.mark.model
def test_row_text_is_the_canonical_text_where_the_doc_is_masked(nlp):
    canonical = "The [sic] pact of May\u00a03 failed."
    doc = nlp.make_doc("The       pact of May 3 failed.")
    doc._.context = DocumentContext("doc", canonical, published_date=WEDNESDAY)
    (expression,) = nlp(doc)._.time_expressions
    assert expression.text == canonical[expression.start_char : expression.end_char] == "May\u00a03"


@pytest.mark.model
def test_without_a_context_nothing_is_known_of_the_published_date(nlp):
    (expression,) = nlp("The two ministers met on Wednesday.")._.time_expressions
    assert (expression.value, expression.date_start, expression.date_end) == ("XXXX-WXX-3", None, None)


WORDS = [
    *LEXICON,
    "May",
    "Friday",
    "Sept.",
    "1990",
    "2021",
    "9" * 30,
    "12",
    "31",
    "0",
    "31st",
    "'96",
    "1990s",
    "'s",
    "-",
    ",",
]
WORDS += [
    "(",
    ")",
    ".",
    "7:15",
    "p.m.",
    "2022-02-30",
    "2022-08-10",
    "31/02/2021",
    "½",
    "\n\n",
    "Q3",
    "1430",
    "Easter",
    "٣",
]


@settings(max_examples=300, deadline=None)
@given(
    words=st.lists(st.sampled_from(WORDS), max_size=14),
    reference_date=st.one_of(st.none(), st.dates(date(1, 1, 1), date(9999, 12, 31))),
)
def test_any_words_give_ordered_spans_with_whole_intervals(words, reference_date):
    text = " ".join(words)
    position = 0
    for e in find_time_expressions(text, reference_date=reference_date):
        assert position <= e.start_char < e.end_char <= len(text)
        assert text[e.start_char : e.end_char] == e.text
        assert e.type in ("DATE", "TIME", "DURATION", "SET")
        assert (e.date_start is None) == (e.date_end is None) == (e.precision is None)
        assert e.date_start is None or e.date_start <= e.date_end
        position = e.end_char


@pytest.mark.parametrize("run", ["two hundred ", "1, ", "the last ", "- ", "12 to ", "early ", "the "])
def test_long_runs_cost_no_more_than_their_length(run):
    started = time.process_time()
    find_time_expressions(run * 10_000, reference_date=WEDNESDAY)
    assert time.process_time() - started < 10  # when cost grew with the square, minutes


@pytest.mark.parametrize(
    ("value", "start", "end", "precision"),
    [
        ("2022-08-10", date(2022, 8, 10), date(2022, 8, 10), Precision.DAY),
        ("2022-08-10TNI", date(2022, 8, 10), date(2022, 8, 10), Precision.DAY),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), Precision.MONTH),
        ("1998-Q1", date(1998, 1, 1), date(1998, 3, 31), Precision.QUARTER),
        ("1998-H2", date(1998, 7, 1), date(1998, 12, 31), Precision.YEAR),
        ("1998-WI", date(1998, 12, 1), date(1999, 2, 28), Precision.SEASON),
        ("1998-W12", date(1998, 3, 16), date(1998, 3, 22), Precision.WEEK),
        ("1998-W12-WE", date(1998, 3, 21), date(1998, 3, 22), Precision.WEEK),
        ("2018", date(2018, 1, 1), date(2018, 12, 31), Precision.YEAR),
        ("199", date(1990, 1, 1), date(1999, 12, 31), Precision.DECADE),
        ("19", date(1900, 1, 1), date(1999, 12, 31), Precision.CENTURY),
        ("2019-09-03/2019-09-05", date(2019, 9, 3), date(2019, 9, 5), Precision.DAY),
    ],
)
def test_value_stands_for_an_interval(value, start, end, precision):
    period = period_of(value)
    assert (period.value, period.start, period.end, period.precision) == (value, start, end, precision)


@pytest.mark.parametrize("value", ["PAST_REF", "XXXX-03", "P3M", "2022-02-30", "0000", "1998-W60", "", "2019/XXXX"])
def test_value_that_fixes_no_interval(value):
    assert period_of(value) is None


@pytest.mark.parametrize(
    ("day", "count", "unit", "expected_day"),
    [
        (date(2022, 3, 31), -1, "M", date(2022, 2, 28)),
        (date(2020, 2, 29), -1, "Y", date(2019, 2, 28)),
        (date(2022, 8, 10), 2, "W", date(2022, 8, 24)),
        (date(2022, 8, 10), -1, "Q", date(2022, 5, 10)),
        (date(2022, 8, 10), -1e9, "Y", None),
        (date(2022, 8, 10), -1e12, "D", None),
        (date(2022, 8, 10), 1, "TH", None),
    ],
)
def test_move_by_units(day, count, unit, expected_day):
    assert moved(day, count, unit) == expected_day


@pytest.mark.parametrize(("weekday", "back", "ahead"), [(3, 10, 10), (2, 9, 16), (4, 4, 11)])
def test_nearest_weekday_includes_the_day_itself(weekday, back, ahead):
    assert weekday_date(WEDNESDAY, weekday, ahead=False) == date(2022, 8, back)
    assert weekday_date(WEDNESDAY, weekday, ahead=True) == date(2022, 8, ahead)


@pytest.mark.parametrize(
    ("name", "expected_day"),
    [
        ("thanksgiving", date(2022, 11, 24)),
        ("labor day", date(2022, 9, 5)),
        ("memorial day", date(2022, 5, 30)),
        ("good friday", date(2022, 4, 15)),
        ("christmas eve", date(2022, 12, 24)),
    ],
)
def test_holiday(name, expected_day):
    assert holiday_date(HOLIDAYS[name], 2022) == expected_day


@pytest.mark.parametrize("name", HOLIDAYS)
def test_no_holiday_is_missed_by_the_words_that_are_looked_for_first(name):
    written = " ".join(word.capitalize() for word in name.split())
    assert any(word in written for word in HOLIDAY_WORDS)


def test_words_that_are_read_together_are_tokens_of_their_own():
    lexed = lex("The vote is due  in May\nnext year's end, 3am")
    words = ["The", "vote", "is", "due", "in", "May", "next", "year", "'s", "end", ",", "3", "am"]
    assert [lexed.word(i) for i in range(len(lexed.classes))] == words
    assert lexed.starts == sorted(lexed.starts)
