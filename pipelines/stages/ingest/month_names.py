"""Names of months: English ones, and those of the other languages that the Unicode CLDR has.

What belongs here: `month_number` and `foreign_month_number`.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from babel import Locale, localedata
from babel.dates import get_month_names

_MIN_LETTERS = 3
_LANGUAGE_LETTERS = 2  # of the languages with a code in ISO 639-1, which have a press


@lru_cache(maxsize=4_096)
def month_number(name: str) -> int:
    """The number of an English month name, whole or abbreviated to three letters or more; 0 for any other word."""
    name = name.lower()
    if len(name) < _MIN_LETTERS:
        return 0
    names = get_month_names("wide", locale="en")
    return next((number for number, month in names.items() if month.lower().startswith(name)), 0)


def foreign_month_number(name: str) -> int:
    """The number of a month by its name in any language; 0 for other words, and for names that mean several ("listopad")."""
    return _foreign_months().get(name.lower().strip("."), 0)


@lru_cache(maxsize=1)
def _foreign_months() -> dict[str, int]:
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for language in localedata.locale_identifiers():
        if len(language) != _LANGUAGE_LETTERS:
            continue
        for widths in Locale.parse(language).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in widths.get(width, {}).items():
                    numbers[name.lower().strip(". ")].add(number)
    return {name: found.pop() for name, found in numbers.items() if len(found) == 1 and not name.isdecimal()}
