"""The gazetteer: every place a name may mean, with coordinates and how likely it is before any context.

What belongs here: compact storage of places and look-up by name. What does not: where the places come from (`sources.py`,
whose `load_gazetteer()` gives the process's one gazetteer), which spans of a text are names of places (`spans.py`), which
of several namesakes is meant (`disambiguation.py`).
"""

from __future__ import annotations

import math
import re
import unicodedata
from array import array
from dataclasses import dataclass

from pipelines.nlp.places.patterns import ADMIN_WORDS, EXPANSIONS, FOLDED_LETTERS, KINDS
from pipelines.records import PlacePrecision

MAX_CANDIDATES = 60  # namesakes kept for one name, the largest first
ALIAS_PENALTY = 1.3  # of the prior: another name of a place stands back behind the places that bear the name first
CACHED_NAMES = 50_000
LONGEST_ACRONYM = 4
KNOWN_CITY = 5.5  # prior: about 300,000 people
# Least share of a region's people in a city of its name, or of that other name, that makes the city the usual sense.
SHARE_OF_NAMESAKE = 0.1
SHARE_OF_CITY = 0.25
REGION_PENALTY = 0.7

_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
_CITY, _ADMIN1, _COUNTRY = (_KIND_NUMBERS[kind] for kind in ("city", "admin1", "country"))
# What seas, ranges, islands and parts of the world are depends on whether one country has them.
_AREAS = frozenset(("continent", "region", "water", "relief", "island"))
_PRECISIONS = {
    "country": PlacePrecision.COUNTRY,
    "historic": PlacePrecision.COUNTRY,
    "admin1": PlacePrecision.REGION,
    "admin2": PlacePrecision.DISTRICT,
    "city": PlacePrecision.TOWN,
    "landmark": PlacePrecision.POINT,
}
_ACRONYM = re.compile(r"(?:[A-Z]\.? ?){2,5}")


@dataclass(frozen=True, slots=True)
class Toponym:
    """A place that a name may mean.

    `kind` is country, admin1, admin2, city or a kind of `places_regions.csv`; `prior` the base-10 logarithm of how many
    people's place it is.
    """

    name: str
    kind: str
    country: str | None
    admin1_code: str | None
    latitude: float
    longitude: float
    geonames_id: int | None
    prior: float

    @property
    def precision(self) -> PlacePrecision:
        """How large it is; what is neither a place people live in nor a country's own region is an area."""
        if self.kind in _AREAS:
            return PlacePrecision.REGION if self.country else PlacePrecision.AREA
        return _PRECISIONS[self.kind]

    @property
    def is_area(self) -> bool:
        """Whether other places lie inside it as inside a country or an administrative region."""
        return self.kind in ("country", "admin1", "admin2")


def fold_name(name: str) -> str:
    """The form under which names are compared: no accents, case, apostrophes or stops; hyphens as spaces; "St" as "saint"."""
    if name.isascii() and name.isalpha():
        word = name.lower()  # nine names in ten, and ten times as fast
        return EXPANSIONS.get(word, word)
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name.translate(FOLDED_LETTERS))
        name = "".join(letter for letter in name if not unicodedata.combining(letter))
    words = name.lower().replace("-", " ").replace("'", "").replace(".", " ").replace(",", " ").split()
    return " ".join(EXPANSIONS.get(word, word) for word in words)


def _compact(acronym: str) -> str:
    return acronym.replace(".", "").replace(" ", "")


class Gazetteer:
    """Places by name; `sources.load_gazetteer()` fills it."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._kinds = bytearray()
        self._countries = array("H")
        self._admin1 = array("H")
        self._points = array("f")  # latitude and longitude in turn
        self._ids = array("L")
        self._priors = array("f")
        self._codes: list[str] = [""]  # country and admin1 codes; rows hold positions in it
        self._code_positions = {"": 0}
        # A folded name's row, or rows; ~row where the name is another name of the place.
        self._rows: dict[str, int | tuple[int, ...]] = {}
        self._acronyms: dict[str, int] = {}
        self._abbreviations: dict[str, tuple[int, bool]] = {}
        self._country_rows: dict[str, int] = {}
        self._admin1_rows: dict[tuple[str, str], int] = {}
        self._cache: dict[str, tuple[Toponym, ...]] = {}

    def lookup(self, name: str) -> tuple[Toponym, ...]:
        """Every place of that name, the likeliest first.

        Args:
            name: a name as written, in any case; accents, hyphens and apostrophes do not matter. Acronyms ("UK") and
                abbreviations that are places wherever they stand ("Ky.") must be written as such.

        Returns:
            At most `MAX_CANDIDATES` places; empty when the gazetteer has none of that name.
        """
        found = self._cache.get(name)
        if found is None:
            if len(self._cache) > CACHED_NAMES:
                self._cache.clear()
            found = self._cache[name] = self._lookup(name)
        return found

    def abbreviation(self, text: str) -> Toponym | None:
        """The state or province that an abbreviation means after a place and a comma ("Salem, Mass.", "Reno, NV")."""
        entry = self._abbreviations.get(text) or self._abbreviations.get(text + ".")
        return self._toponym(entry[0]) if entry else None

    def country(self, alpha3: str) -> Toponym | None:
        """The country of an ISO 3166 alpha-3 code."""
        row = self._country_rows.get(alpha3)
        return None if row is None else self._toponym(row)

    def country_point(self, alpha3: str) -> tuple[float, float] | None:
        """Latitude and longitude, in degrees, of a country's reference point; None for an unknown code."""
        country = self.country(alpha3)
        return (country.latitude, country.longitude) if country else None

    def admin1(self, country: str | None, code: str | None) -> Toponym | None:
        """The first-level region of a country (alpha-3) with that GeoNames code."""
        row = self._admin1_rows.get((country or "", code or ""))
        return None if row is None else self._toponym(row)

    def __len__(self) -> int:
        return len(self._names)

    def _lookup(self, name: str) -> tuple[Toponym, ...]:
        compact = _compact(name)
        if compact in self._acronyms:
            return (self._toponym(self._acronyms[compact]),)
        entry = self._abbreviations.get(name)
        if entry and entry[1]:
            return (self._toponym(entry[0]),)
        key = fold_name(name)
        places = self._places(key, name) or self._admin_phrase(key)
        if compact.isupper() and len(compact) <= LONGEST_ACRONYM and places:
            # In capitals a short word is an acronym ("NATO"), or a city that everyone knows in a dateline ("ROME").
            return places if len(compact) == LONGEST_ACRONYM and places[0].prior >= KNOWN_CITY else ()
        return places

    def _places(self, key: str, written: str = "") -> tuple[Toponym, ...]:
        """The places of a folded name; where it was written with accents, those that bear it so, if any do."""
        rows = self._row_tuple(key)
        if not written.isascii():
            exact = unicodedata.normalize("NFC", written).casefold()
            rows = tuple(r for r in rows if self._names[r if r >= 0 else ~r].casefold() == exact) or rows
        if any(row >= 0 and self._kinds[row] == _COUNTRY for row in rows):
            rows = tuple(row for row in rows if row >= 0)  # "Mexico" is not another name of Mexico City
        places = [self._toponym(row) for row in rows]
        places.sort(key=lambda place: (-place.prior, place.geonames_id or 0, place.name))
        return tuple(places[:MAX_CANDIDATES])

    def _admin_phrase(self, key: str) -> tuple[Toponym, ...]:
        """ "Misiones province", "the state of Sonora": the region of that name, or else the place it is named after."""
        words = key.split()
        if len(words) > 1 and words[-1] in ADMIN_WORDS:
            places = self._places(" ".join(words[:-1]))
        elif len(words) > 2 and words[1] == "of" and words[0] in ADMIN_WORDS:
            places = self._places(" ".join(words[2:]))
        else:
            return ()
        return tuple(place for place in places if place.kind in ("admin1", "admin2")) or places

    def _toponym(self, row: int) -> Toponym:
        at = row if row >= 0 else ~row
        return Toponym(
            name=self._names[at],
            kind=KINDS[self._kinds[at]],
            country=self._codes[self._countries[at]] or None,
            admin1_code=self._codes[self._admin1[at]] or None,
            latitude=round(self._points[2 * at], 5),
            longitude=round(self._points[2 * at + 1], 5),
            geonames_id=self._ids[at] or None,
            prior=self._priors[at] - (ALIAS_PENALTY if row < 0 else 0.0),
        )

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
            self._acronyms[_compact(name)] = row
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
