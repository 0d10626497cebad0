"""Find the quantities of a document: money, percentages, counts and measures.

What belongs here: which numbers are quantities and of what kind, their modifier, ranges. What does not: reading numbers
(`numbers.py`), currencies and units (`units.py`), what a quantity measures and when (`measures.py`).

Years, dates, ages, ordinals, scores, codes and numbers inside names are no quantities; neither is a small number after a
definite word, which refers back ("the two countries"). A range gives two quantities, its lower bound with AT_LEAST and its
upper one with AT_MOST. A vague number has its lower bound with AT_LEAST ("hundreds of protesters": 100). Participants
without a noun ("12 killed") count persons. Percentages, percentage points, shares ("two-thirds") and ratios ("one in
five") are of kind percent; money in hundredths is in whole units ("20 cents": 0.2 USD); a bare "$" is USD; the currency of
a name that several states use ("pesos") stays open.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from spacy.tokens import Doc as SpacyDoc

from pipelines.immutable import dataclass
from pipelines.nlp.parsed import AnyDoc, Doc, parsed
from pipelines.nlp.quantities import patterns
from pipelines.nlp.quantities.counts import find_count
from pipelines.nlp.quantities.measures import Calendar, measured_phrase
from pipelines.nlp.quantities.numbers import Number, find_numbers
from pipelines.nlp.quantities.units import Currency, UnitLexicon, load_units
from pipelines.records import Quantity

TOKENS_KEY = "quantity_tokens"  # doc.user_data: [(first token, token after the last, Quantity)], by position


@dataclass(frozen=True, slots=True)
class _Reading:
    """A number with what it is; kind None: not known yet, a range may tell."""

    number: Number
    start: int
    end: int
    kind: str | None = None
    value: float = 0.0
    unit: str | None = None
    currency: str | None = None
    modifier: str | None = None
    factor: float = 1.0
    range_start: int | None = None  # bounds of the range that it is one end of
    range_end: int | None = None


class Quantities:
    """The component; one instance serves any number of documents."""

    def __init__(self, lexicon: UnitLexicon | None = None) -> None:
        self.lexicon = lexicon or load_units()

    def __call__(self, doc: SpacyDoc) -> SpacyDoc:
        self.set_annotations(doc, self.predict(doc))
        return doc

    def predict(self, document: AnyDoc) -> list[tuple[int, int, Quantity]]:
        """The quantities of a document with their tokens, by position."""
        doc = parsed(document)
        scan = _Scan(doc, self.lexicon)
        readings = [scan.read(number) for number in find_numbers(scan.text, scan.words)]
        if not readings:
            return []
        found = scan.with_ranges([reading for reading in readings if reading is not None])
        calendar = Calendar(doc, doc._.time_expressions or (), scan.starts)
        return [_finished(scan, reading, calendar) for reading in found if reading.kind is not None]

    def set_annotations(self, doc: AnyDoc, quantities: list[tuple[int, int, Quantity]]) -> None:
        """Write the quantities on a document, and with their tokens into its user data for the events."""
        doc._.quantities = [quantity for _, _, quantity in quantities]
        doc.user_data[TOKENS_KEY] = quantities


class _Scan:
    """One document while its numbers are read."""

    def __init__(self, doc: Doc, lexicon: UnitLexicon) -> None:
        self.doc = doc
        self.text = doc.text if doc._.context is None else doc._.context.text
        self.lexicon = lexicon
        self.starts = [token.idx for token in doc]
        self.words = [(token.lower_, token.idx) for token in doc if token.lower_ in patterns.START_WORDS]
        times = doc._.time_expressions
        if times is None:
            times = [ent for ent in doc.ents if ent.label_ in ("DATE", "TIME")]
        self.time_spans = [(time.start_char, time.end_char) for time in times]
        self.time_starts = [start for start, _ in self.time_spans]

    def token(self, character: int) -> int:
        """The token that covers a character."""
        return max(0, bisect_right(self.starts, character) - 1)

    def read(self, number: Number) -> _Reading | None:
        """What a number is, a reading without kind when only a range can tell, None when it is no quantity."""
        text = self.text
        before = text[number.start - 1] if number.start else " "
        if before == "-" and number.start > 1 and text[number.start - 2].isalpha():
            return None  # F-16
        if before == "-" and not self._ends_range(number):
            return None
        sign = self.lexicon.currency_before(text, number.start)
        if sign is not None:
            return self._money(number, sign[0], sign[1], number.end)
        percent = patterns.PERCENT.match(text, number.end)
        if percent is not None or number.is_share:
            return self._percent(number, percent)
        if self._is_time(number) or self.doc[self.token(number.start)].is_space:
            return None  # a masked character is a space in the document
        if number.value == 0 and number.is_word:
            return None
        of = patterns.OF_AFTER.match(text, number.end) if number.is_vague else None
        return self._named(number, of.end() if of else number.end) or self._counted(number)

    def _ends_range(self, number: Number) -> bool:
        """Whether a number after a hyphen can be the upper end of a range: 10-15, but not 3-1 or 2-1-1."""
        low = patterns.RANGE_LOW.search(self.text, max(0, number.start - 16), number.start)
        return low is None or float(low.group(1).replace(",", "")) < max(number.value, number.value / number.scale)

    def _is_time(self, number: Number) -> bool:
        at = bisect_right(self.time_starts, number.start) - 1
        return at >= 0 and number.start < self.time_spans[at][1]

    def _money(self, number: Number, currency: Currency, start: int, end: int) -> _Reading:
        rate = patterns.RATE.match(self.text, end)
        return _Reading(
            number,
            start,
            rate.end() if rate else end,
            kind="money",
            value=_product(number.value, currency.factor),
            unit=f"per {rate['per'].lower()}" if rate else None,
            currency=currency.code,
            factor=currency.factor,
        )

    def _percent(self, number: Number, match: re.Match[str] | None) -> _Reading:
        unit = "percent"
        if match is not None and (match["points"] or match["more_points"]):
            unit = "percentage point"
        elif match is not None and match["basis"]:
            unit = "basis point"
        end = match.end() if match is not None else number.end
        return _Reading(number, number.start, end, kind="percent", value=number.value, unit=unit)

    def _named(self, number: Number, start: int) -> _Reading | None:
        """A number with the name of a currency or a unit of measure, which begins at a character: millions of dollars."""
        text = self.text
        found = self.lexicon.currency_after(text, start)
        if found is not None and not self._is_verb(found[1]):
            currency, end = found
            if not currency.is_scaled or self._is_money(number, currency, end):
                return self._money(number, currency, number.start, end)
            if currency.is_weight:
                return _Reading(number, number.start, end, kind="measure", value=number.value, unit="pound")
        unit = self.lexicon.unit_after(text, start)
        if unit is not None:
            name, end = unit
            rate = patterns.RATE.match(text, end)
            if rate is not None:
                name, end = f"{name} per {rate['per'].lower()}", rate.end()
            return _Reading(number, number.start, end, kind="measure", value=number.value, unit=name)
        before = patterns.MAGNITUDE_BEFORE.search(text, max(0, number.start - 14), number.start)
        after = patterns.MAGNITUDE_AFTER.match(text, number.end)
        if before is None and after is None:
            return None
        start, end = before.start() if before else number.start, after.end() if after else number.end
        return _Reading(number, start, end, kind="measure", value=number.value, unit="magnitude")

    def _is_verb(self, end: int) -> bool:
        """Whether the word that ends at a character is no noun: 12 won medals."""
        return self.doc[self.token(end - 1)].tag_ in ("VB", "VBD", "VBP", "VBZ", "JJ")

    def _is_money(self, number: Number, currency: Currency, end: int) -> bool:
        """Whether a word that has other meanings is a currency: 2 million pounds, 150 million marks."""
        if patterns.OF_AFTER.match(self.text, end) and number.scale < 1e6:
            return False
        return number.scale >= 1000 or number.value >= 1000 or (currency.is_weight and "£" in self.text)

    def _counted(self, number: Number) -> _Reading | None:
        text = self.text
        if not number.is_vague and patterns.CODE_AFTER.match(text, number.end):
            return None
        if number.end < len(text) and text[number.end].isalnum():
            return None
        first, last = self.token(number.start), self.token(number.end - 1)
        after = patterns.MODIFIER_AFTER.match(text, number.end)
        last_counted = self.token(after.end() - 1) if after is not None else last
        count = find_count(self.doc, number, first, last_counted)
        if count is None:
            return _Reading(number, number.start, number.end)
        token = self.doc[count.end - 1]
        end = max(number.end, token.idx + len(token))
        return _Reading(number, number.start, end, kind="count", value=number.value, unit=count.unit)

    def with_ranges(self, readings: list[_Reading]) -> list[_Reading]:
        """Readings in which both ends of a range have its kind and know which bound they are."""
        done = list(readings)
        for at in range(len(done) - 1):
            ratio = self._ratio(done[at], done[at + 1])
            if ratio is not None:
                done[at], done[at + 1] = ratio, replace(done[at + 1], kind=None)
            else:
                done[at], done[at + 1] = self._linked(done[at], done[at + 1])
        return done

    def _ratio(self, part: _Reading, whole: _Reading) -> _Reading | None:
        """One in five voters: a percentage, of what the second number counts."""
        if part.kind is not None or whole.kind not in (None, "count"):
            return None
        base = whole.number.value
        if part.number.value >= base or base not in patterns.RATIO_BASES:
            return None
        if not patterns.RATIO_LINK.fullmatch(self.text, part.number.end, whole.start):
            return None
        value = round(100 * part.number.value / base, 2)
        return replace(part, kind="percent", value=value, unit="percent", end=whole.number.end)

    def _linked(self, low: _Reading, high: _Reading) -> tuple[_Reading, _Reading]:
        text = self.text
        link = text[low.end : high.start] if low.end <= high.start else text[low.number.end : high.start]
        if patterns.COMPARISON_LINK.fullmatch(link) and high.kind in (None, "count") and high.unit is None:
            return low, _like(high, low) if low.kind in ("money", "measure", "percent") else high
        if high.kind is None or not patterns.RANGE_LINK.fullmatch(link):
            return low, high
        word = link.strip().lower()
        head = text[max(0, low.start - 30) : low.start]
        if word == "to" and low.kind is None and high.kind == "count" and self._follows_change(low.start):
            return low, high  # shares fell 4 to 15
        is_range = word != "and" or patterns.BETWEEN_BEFORE.search(head) is not None
        is_change = word == "to" and patterns.FROM_BEFORE.search(head) is not None
        if low.kind is not None:
            is_same = (low.kind, low.currency) == (high.kind, high.currency) and low.unit in (None, high.unit)
            is_range = is_range and is_same and not (word == "to" and self._follows_change(low.start))
        if not is_range or low.number.value >= high.value:
            return low, high
        low = _like(low, high) if low.kind is None else replace(low, unit=high.unit)
        start, end = low.start, high.end
        if is_change:
            return low, high
        lower, upper = ("APPROX", "APPROX") if word == "or" else ("AT_LEAST", "AT_MOST")
        low = replace(low, modifier=lower, range_start=start, range_end=end)
        return low, replace(high, modifier=upper, range_start=start, range_end=end)

    def _follows_change(self, start: int) -> bool:
        """Whether a verb of change stands before a number: "rose 2% to 5%" is no range."""
        before = self.doc[max(0, self.token(start) - 1)]
        return before.lemma_ in patterns.MEASURING_VERBS or before.lemma_ in patterns.CHANGING_VERBS


def _product(value: float, factor: float) -> float:
    return round(value * factor, 6) if factor != 1 else value


def _like(low: _Reading, high: _Reading) -> _Reading:
    """A bare number with the kind, unit, currency and, where it fits, the scale of its neighbour: 45-50 million dollars."""
    scale = (
        high.number.scale if low.number.scale == 1 and low.number.value * high.number.scale <= high.number.value else 1
    )
    value = _product(low.number.value * scale, high.factor)
    return replace(low, kind=high.kind, value=value, unit=high.unit, currency=high.currency)


def _finished(scan: _Scan, reading: _Reading, calendar: Calendar) -> tuple[int, int, Quantity]:
    start, end, modifier = _modified(scan.text, reading)
    value = reading.value
    negative = patterns.NEGATIVE.search(scan.text, max(0, start - 7), start) if reading.kind != "count" else None
    if negative is not None and negative.group().strip():
        value, start = -value, negative.start()
    first, last = scan.token(start), scan.token(end - 1)
    date_start, date_end = calendar.dates_of(first, last + 1)
    range_first = scan.token(reading.range_start) if reading.range_start is not None else first
    range_last = scan.token(reading.range_end - 1) if reading.range_end is not None else last
    has_measure = reading.kind != "count" or reading.unit is None or "-" in scan.text[reading.number.end : reading.end]
    quantity = Quantity(
        text=scan.text[start:end],
        start_char=start,
        end_char=end,
        kind=reading.kind or "",
        value=value,
        unit=reading.unit,
        currency=reading.currency,
        modifier=modifier,
        measure=measured_phrase(scan.doc, range_first, range_last + 1) if has_measure else None,
        date_start=date_start,
        date_end=date_end,
    )
    return first, last + 1, quantity


def _modified(text: str, reading: _Reading) -> tuple[int, int, str | None]:
    """Bounds of a reading with the words that modify it, and the modifier."""
    start, end, modifier = reading.start, reading.end, reading.modifier
    first = max(0, start - patterns.MODIFIER_CHARACTERS)
    if text[first:start].rstrip().rstrip(".").lower().endswith(patterns.MODIFIER_ENDS):
        before = patterns.MODIFIER_BEFORE.search(text, first, start)
        if before is not None:
            start, modifier = before.start(), modifier or before.lastgroup
    after = patterns.MODIFIER_AFTER.match(text, reading.number.end) or patterns.MODIFIER_AFTER.match(text, end)
    if after is not None:
        end, modifier = max(end, after.end()), after.lastgroup
    if reading.number.is_vague:
        modifier = modifier if modifier in ("MORE_THAN", "LESS_THAN", "AT_MOST") else "AT_LEAST"
    return start, end, modifier
