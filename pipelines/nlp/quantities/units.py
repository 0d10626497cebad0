"""Currencies and units of measure as objects: which sign or word beside a number means which.

What belongs here: reading and checking `pipelines/lexicons/currencies.csv` and `units.csv`, and the full currency names of
CLDR (through Babel). What does not: numbers (`numbers.py`) and what they measure (`measures.py`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel import Locale

from pipelines.errors import LexiconError
from pipelines.immutable import dataclass

LEXICONS = Path(__file__).resolve().parents[2] / "lexicons"
_POSITIONS = {"before", "after", "code", "scaled", "weight"}
_PHRASE = re.compile(r"[\s-]?([^\W\d_°][^\s,;:()\"”]*|°[CFcf]|[€₽])((?:[\s-][^\W\d_][^\s,;:()\"”]*){0,2})")
_SEPARATOR, _SEPARATORS = re.compile(r"[\s-]"), re.compile(r"[\s-]+")
_TAILS = ("", ".", "’s", "'s")  # what may stand at the end of a name


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency form; `code` is None where the form alone leaves it open."""

    code: str | None
    factor: float = 1.0
    is_scaled: bool = False  # money from a thousand on only
    is_weight: bool = False  # and a unit of weight otherwise


@dataclass(frozen=True, slots=True)
class UnitLexicon:
    """Signs before a number and words after it."""

    sign_before: re.Pattern[str]
    signs: dict[str, Currency]
    names: dict[str, Currency]
    codes: frozenset[str]
    units: dict[str, str]
    first_words: frozenset[str]  # of names, codes and units, in lower case without what may end them

    def currency_before(self, text: str, start: int) -> tuple[Currency, int] | None:
        """The currency whose sign ends where a number starts, and where the sign starts."""
        match = self.sign_before.search(text, max(0, start - 6), start)
        return (self.signs[match.group().strip()], match.start()) if match else None

    def currency_after(self, text: str, end: int) -> tuple[Currency, int] | None:
        """The currency whose name begins after a number, and where the name ends."""
        for phrase, phrase_end in self._phrases_after(text, end):
            if phrase in self.codes:
                return Currency(phrase), phrase_end
            currency = self.names.get(phrase.lower())
            if currency is not None:
                return currency, phrase_end
        return None

    def unit_after(self, text: str, end: int) -> tuple[str, int] | None:
        """The unit of measure whose name begins after a number, and where the name ends."""
        for phrase, phrase_end in self._phrases_after(text, end):
            unit = self.units.get(phrase.lower())
            if unit is not None:
                return unit, phrase_end
        return None

    def _phrases_after(self, text: str, end: int) -> Iterator[tuple[str, int]]:
        """The three, two and one words after a number, longest first, with where they end; none that no name begins with."""
        match = _PHRASE.match(text, end)
        if match is None or _first_word(match[1]) not in self.first_words:
            return
        words = _SEPARATOR.split(match[1] + match[2])
        start = match.start(1)
        for count in range(len(words), 0, -1):
            phrase = " ".join(words[:count])
            phrase_end = start + len(phrase)
            phrase = _SEPARATORS.sub(" ", phrase)
            for tail in _TAILS:
                if phrase.endswith(tail):
                    yield phrase[: len(phrase) - len(tail)], phrase_end - len(tail)


def _first_word(phrase: str) -> str:
    """The first word of a phrase in lower case, without any tail."""
    return _SEPARATOR.split(phrase, 1)[0].lower().rstrip("".join(_TAILS))


@cache
def load_units() -> UnitLexicon:
    """The lexicon of currencies and units.

    Raises:
        LexiconError: a row has no form, an unknown position or a factor that is no number.
    """
    signs, names, codes = _currencies(LEXICONS / "currencies.csv")
    for name, currency in _cldr_names():
        names.setdefault(name, currency)
    units = _units(LEXICONS / "units.csv")
    ordered = "|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))
    return UnitLexicon(
        sign_before=re.compile(rf"(?<![A-Za-z$])(?:{ordered})\s?$"),
        signs=signs,
        names=names,
        codes=frozenset(codes),
        units=units,
        first_words=frozenset(map(_first_word, (*names, *codes, *units))),
    )


def _currencies(path: Path) -> tuple[dict[str, Currency], dict[str, Currency], set[str]]:
    signs: dict[str, Currency] = {}
    names: dict[str, Currency] = {}
    codes: set[str] = set()
    for line, row in _rows(path):
        form, position = row["form"], row["position"]
        try:
            factor = float(row["factor"] or 1)
        except ValueError as err:
            raise LexiconError(f"{path}, row {line}: factor {row['factor']!r} is no number") from err
        if not form or position not in _POSITIONS:
            raise LexiconError(
                f"{path}, row {line}: {row!r} needs a form and one of the positions {sorted(_POSITIONS)}"
            )
        is_scaled = position in ("scaled", "weight")
        currency = Currency(row["code"] or None, factor, is_scaled=is_scaled, is_weight=position == "weight")
        if position in ("before", "code"):
            signs[form] = currency
        if position == "code":
            codes.add(form)
        elif position != "before":
            names[form.lower()] = currency
            names.setdefault(f"{form.lower()}s", currency)
    return signs, names, codes


def _cldr_names() -> Iterator[tuple[str, Currency]]:
    """Full English currency names, singular and plural, with the spellings of the wires."""
    locale = Locale("en")
    for code in map(str, locale.currencies):
        for name in {locale.currencies[code], *dict(locale._data["currency_names_plural"].get(code, {})).values()}:
            lower = str(name).lower()
            if "(" in lower:
                continue  # a withdrawn currency, told apart by its years
            currency = Currency(code)
            yield lower, currency
            for usual, other in (("dollar", "dlr"), ("ruble", "rouble")):
                if usual in lower:
                    yield lower.replace(usual, other), currency
            if "dollar" in lower:
                yield lower.replace("dollar", "cent"), Currency(code, 0.01)


def _units(path: Path) -> dict[str, str]:
    units: dict[str, str] = {}
    for line, row in _rows(path):
        forms = [form.strip().lower() for form in row["forms"].split(";") if form.strip()]
        if not row["unit"] or not forms:
            raise LexiconError(f"{path}, row {line}: {row!r} needs a unit and its forms")
        for form in forms:
            units[form] = row["unit"]
            if len(form) > 3 and not form.endswith("s"):
                units.setdefault(f"{form}s", row["unit"])
    return units


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        for number, row in enumerate(rows, start=1):
            yield number, {key: (value or "").strip() for key, value in row.items() if key}
