"""Quantities: numbers read, units and currencies matched, what is measured and when."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.quantities import patterns
from pipelines.nlp.quantities.component import TOKENS_KEY
from pipelines.nlp.quantities.numbers import find_numbers, word_value
from pipelines.nlp.quantities.units import load_units

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "cases" / "quantities.jsonl").read_text(encoding="utf-8").splitlines()
]

NUMBERS = [
    ("1,234,567.8", 1_234_567.8),
    ("1.234.567,8", 1_234_567.8),
    ("1,5", 1.5),
    ("12.75", 12.75),
    ("2-1/2", 2.5),
    ("5½", 5.5),
    ("1/4", 0.25),
    ("3.2 million", 3_200_000),
    ("149.7 million", 149_700_000),
    ("10m", 10_000_000),
    ("7bn", 7_000_000_000),
    ("1.5-billion", 1_500_000_000),
    ("4 lakh", 400_000),
    ("twenty-six", 26),
    ("nine hundred", 900),
    ("two million three hundred thousand and four", 2_300_004),
    ("a dozen", 12),
    ("half a million", 500_000),
    ("one and a half million", 1_500_000),
    ("a few thousand", 2_000),
    ("hundreds of thousands of", 100_000),
    ("three-quarters", 75),
]


def _numbers(text: str) -> list[tuple[str, float]]:
    words = [(match.group().lower(), match.start()) for match in re.finditer(r"[^\W\d_]+", text)]
    return [(text[number.start : number.end], number.value) for number in find_numbers(text, words)]


@pytest.mark.parametrize(("text", "value"), NUMBERS, ids=[text for text, _ in NUMBERS])
def test_number_is_read_whole(text, value):
    assert _numbers(f"about {text} sheep") == [(text.removesuffix(" of"), value)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("two and three", [2, 3]),
        ("five six", [5, 6]),
        ("twenty-fifth", []),
        ("12345678901234567890", []),
        ("v1.2.3.4", []),
        ("a 5 10", [5, 10]),
    ],
)
def test_numbers_apart(text, values):
    assert [value for _, value in _numbers(text)] == values


def test_word_value_stops_where_a_second_number_begins():
    assert word_value("one hundred and five") == (105.0, 20, 100.0)
    assert word_value("two three") == (2.0, 3, 1.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US$ 5", "USD"),
        ("$5", "USD"),
        ("NZ$5", "NZD"),
        ("R$5", "BRL"),
        ("GBP 5", "GBP"),
        ("₦5", "NGN"),
    ],
)
def test_currency_sign_before_a_number(text, code):
    currency, start = load_units().currency_before(text, text.index("5"))
    assert (currency.code, start) == (code, 0)


def test_no_currency_sign_inside_a_word():
    assert load_units().currency_before("xRs 5", 4) is None


@pytest.mark.parametrize(
    ("text", "code", "factor"),
    [
        (" Hong Kong dollars were", "HKD", 1.0),
        (" Australian dlrs", "AUD", 1.0),
        (" Russian roubles.", "RUB", 1.0),
        (" Canadian cents", "CAD", 0.01),
        (" pence", "GBP", 0.01),
        (" dinars", None, 1.0),
        (" USD", "USD", 1.0),
    ],
)
def test_currency_name_after_a_number(text, code, factor):
    currency, _ = load_units().currency_after("5" + text, 1)
    assert (currency.code, currency.factor) == (code, factor)


def test_words_that_name_no_currency_or_unit():
    assert load_units().currency_after("5 ministers met", 1) is None
    assert load_units().unit_after("5 ministers met", 1) is None


@pytest.mark.parametrize(
    ("text", "unit", "end"),
    [
        ("5km wide", "kilometre", 3),
        ("5 sq km.", "square kilometre", 7),
        ("5 barrels", "barrel", 9),
        ("5°C", "degree Celsius", 3),
    ],
)
def test_unit_after_a_number(text, unit, end):
    assert load_units().unit_after(text, 1) == (unit, end)


def _doc(nlp, text: str, published: str | None):
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext("d", text, date.fromisoformat(published) if published else None)
    return nlp(doc)


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_quantities_of_case(nlp, case):
    doc = _doc(nlp, case["text"], case["published"])
    found = doc._.quantities
    assert [q.text for q in found] == [q["text"] for q in case["quantities"]]
    for quantity, expected in zip(found, case["quantities"], strict=True):
        values = {name: getattr(quantity, name) for name in expected}
        assert {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()} == expected
        assert case["text"][quantity.start_char : quantity.end_char] == quantity.text


@pytest.mark.model
def test_tokens_of_quantities_are_kept_for_the_events(nlp):
    doc = _doc(nlp, "At least 48 people died near the 300-km pipeline.", None)
    spans = [(doc[start:end].text, quantity.value) for start, end, quantity in doc.user_data[TOKENS_KEY]]
    assert spans == [("At least 48 people", 48.0), ("300-km", 300.0)]


@pytest.mark.model
def test_masked_characters_hold_no_quantity(nlp):
    text = "The envoy [who owns 12 horses] met three ministers."
    doc = nlp.make_doc(text.replace("[who owns 12 horses]", " " * 20))
    doc._.context = DocumentContext("d", text)
    assert [q.text for q in nlp(doc)._.quantities] == ["three ministers"]


def test_no_name_of_a_currency_or_unit_is_passed_over_by_its_first_word() -> None:
    lexicon = load_units()
    for name in lexicon.names:
        if name.replace(" ", "").isalpha() and len(name.split()) <= 3:
            assert lexicon.currency_after(f"5 {name}.", 1) is not None, name
    for name in lexicon.units:
        if name.isalpha():
            assert lexicon.unit_after(f"5 {name}’s", 1) is not None, name


@pytest.mark.parametrize("form", [form for forms in patterns.MODIFIERS.values() for form in forms.split("|")])
def test_no_modifier_is_passed_over_by_its_end(form: str) -> None:
    written = form.replace("\\.?", ".").replace("\\.", ".").capitalize()
    assert patterns.MODIFIER_BEFORE.search(f"{written} ") is not None
    assert written.rstrip(".").lower().endswith(patterns.MODIFIER_ENDS)
