"""Filling the gazetteer: places with their names, one after the other, to the columns that are looked up.

What belongs here: which place a name means first. What does not: look-up (`gazetteer.py`), where the places come from
(`sources.py`).
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable, Sized
from itertools import accumulate

from pipelines.nlp.places.gazetteer import PlaceTable, compact_acronym, fold_name, name_hash
from pipelines.nlp.places.patterns import KINDS

# Least share of a region's people in a city of its name, or of that other name, that makes the city the usual sense.
SHARE_OF_NAMESAKE = 0.1
SHARE_OF_CITY = 0.25
REGION_PENALTY = 0.7

_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
_CITY, _ADMIN1 = (_KIND_NUMBERS[kind] for kind in ("city", "admin1"))
_ACRONYM = re.compile(r"(?:[A-Z]\.? ?){2,5}")


class PlaceFiller:
    """Collects places and their names; `table` gives what a `Gazetteer` looks up."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._kinds = bytearray()
        self._countries = array("H")
        self._admin1 = array("H")
        self._points = array("f")  # latitude and longitude in turn
        self._ids = array("I")
        self._priors = array("f")
        self._codes: list[str] = [""]  # country and admin1 codes; rows hold positions in it
        self._code_positions = {"": 0}
        # A folded name's row, or rows; ~row where the name is another name of the place.
        self._rows: dict[str, int | tuple[int, ...]] = {}
        self._acronyms: dict[str, int] = {}
        self._abbreviations: dict[str, tuple[int, bool]] = {}
        self._country_rows: dict[str, int] = {}
        self._admin1_rows: dict[tuple[str, str], int] = {}

    def add(
        self,
        name: str,
        kind: str,
        point: tuple[float, float],
        *,
        prior: float,
        country: str = "",
        admin1_code: str = "",
        geonames_id: int = 0,
    ) -> int:
        """Add a place under its name and return its row, the handle for `add_alias`."""
        row = len(self._names)
        self._names.append(name)
        self._kinds.append(_KIND_NUMBERS[kind])
        self._countries.append(self._code(country))
        self._admin1.append(self._code(admin1_code))
        self._points.extend(point)
        self._ids.append(geonames_id)
        self._priors.append(prior)
        self._add_name(name, row)
        if kind == "country":
            self._country_rows[country] = row
        elif kind == "admin1":
            self._admin1_rows.setdefault((country, admin1_code), row)
        return row

    def add_alias(self, name: str, row: int, *, is_usual: bool = False) -> None:
        """Add another name of a place, as good as the first when `is_usual`; an acronym is looked up as written only."""
        if _ACRONYM.fullmatch(name):
            self._acronyms[compact_acronym(name)] = row
        else:
            self._add_name(name, row if is_usual else ~row)

    def add_abbreviation(self, text: str, country: str, admin1_code: str, *, is_standalone: bool) -> bool:
        """Add an abbreviation of a first-level region already added; False when there is no such region."""
        row = self._admin1_rows.get((country, admin1_code))
        if row is None:
            return False
        self._abbreviations[text] = (row, is_standalone)
        return True

    def city_row(self, name: str, country: str) -> int | None:
        """The handle of the largest city of a country (alpha-3) that bears a name first."""
        rows = [row for row in self._row_tuple(fold_name(name)) if row >= 0 and self._kinds[row] == _CITY]
        rows = [row for row in rows if self._home(row)[0] == country]
        return max(rows, key=lambda row: self._priors[row], default=None)

    def prefer_cities(self) -> None:
        """Rank a first-level region behind its city of the same name where that city holds much of its people.

        "New York" and "Mecca" mean the city unless the text says state or province.
        """
        for key, rows in self._rows.items():
            if isinstance(rows, int):
                continue
            for region in rows:
                region = region if region >= 0 else ~region
                if self._kinds[region] != _ADMIN1:
                    continue
                city = self._main_city(region, rows)
                if city is not None:
                    self._priors[region] = min(self._priors[region], self._priors[city] - REGION_PENALTY)
                    rows = tuple(city if row == ~city else row for row in rows)
            self._rows[key] = rows

    def _main_city(self, region: int, rows: tuple[int, ...]) -> int | None:
        """The city among the bearers of a region's name that lies in it and holds much of its people."""
        for row in rows:
            city, share = (row, SHARE_OF_NAMESAKE) if row >= 0 else (~row, SHARE_OF_CITY)
            if (
                self._kinds[city] == _CITY
                and self._home(city) == self._home(region)
                and self._priors[city] - self._priors[region] >= math.log10(share)
            ):
                return city
        return None

    def _home(self, row: int) -> tuple[str, str]:
        return self._codes[self._countries[row]], self._codes[self._admin1[row]]

    def _row_tuple(self, key: str) -> tuple[int, ...]:
        rows = self._rows.get(key, ())
        return (rows,) if isinstance(rows, int) else rows

    def _add_name(self, name: str, row: int) -> None:
        key = fold_name(name)
        if key not in self._rows:
            self._rows[key] = row
            return
        rows = self._row_tuple(key)
        if row not in rows and not (row < 0 and ~row in rows):
            self._rows[key] = (*(other for other in rows if other != ~row), row)

    def _code(self, code: str) -> int:
        position = self._code_positions.get(code)
        if position is None:
            position = self._code_positions[code] = len(self._codes)
            self._codes.append(code)
        return position

    def table(self) -> PlaceTable:
        """The places and names that were added, as columns.

        Raises:
            ValueError: two names have one hash; a name then needs another spelling.
        """
        names = [name.encode() for name in self._names]
        by_hash = {name_hash(key): key for key in self._rows}
        if len(by_hash) != len(self._rows):
            raise ValueError("two names of places have one hash")
        hashes = sorted(by_hash)
        bearers = [self._row_tuple(by_hash[number]) for number in hashes]
        return PlaceTable(
            names=memoryview(b"".join(names)),
            name_ends=_ends(names),
            kinds=memoryview(self._kinds),
            countries=memoryview(self._countries),
            admin1=memoryview(self._admin1),
            points=memoryview(self._points),
            ids=memoryview(self._ids),
            priors=memoryview(self._priors),
            hashes=memoryview(array("Q", hashes)),
            bearer_ends=_ends(bearers),
            bearers=memoryview(array("i", (row for rows in bearers for row in rows))),
            codes=tuple(self._codes),
            acronyms=self._acronyms,
            abbreviations=self._abbreviations,
            country_rows=self._country_rows,
            admin1_rows=self._admin1_rows,
        )


def _ends(parts: Iterable[Sized]) -> memoryview:
    """Where each part ends when all are laid one behind the other."""
    return memoryview(array("I", accumulate(len(part) for part in parts)))
