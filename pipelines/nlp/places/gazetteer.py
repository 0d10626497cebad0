"""The gazetteer: every place a name may mean, with coordinates and how likely it is before any context.

What belongs here: compact storage of places and look-up by name. What does not: how it is filled (`filling.py`), where the
places come from (`sources.py`, whose `load_gazetteer()` gives the process's one gazetteer), which spans of a text are names of
places (`spans.py`), which of several namesakes is meant (`disambiguation.py`).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from hashlib import blake2b

from pipelines.immutable import dataclass
from pipelines.nlp.places.patterns import ADMIN_WORDS, EXPANSIONS, FOLDED_LETTERS, KINDS
from pipelines.records import PlacePrecision

MAX_CANDIDATES = 60  # namesakes kept for one name, the largest first
ALIAS_PENALTY = 1.3  # of the prior: another name of a place stands back behind the places that bear the name first
CACHED_NAMES = 50_000
LONGEST_ACRONYM = 4
KNOWN_CITY = 5.5  # prior: about 300,000 people

_COUNTRY = KINDS.index("country")
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


def compact_acronym(acronym: str) -> str:
    return acronym.replace(".", "").replace(" ", "")


def _opens_with_acronym(name: str) -> bool:
    """Whether the first word of a name of several stands for others: "US State", not a town called Us."""
    first, _, rest = name.partition(" ")
    return bool(rest) and first.isupper() and len(first) < LONGEST_ACRONYM and not name.isupper()


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """Places as columns, which may lie in a file, and the names that mean them.

    A place is a row of `kinds` to `priors`; `points` has latitude and longitude in turn, `name_ends` the end of each name in
    `names` (UTF-8), `countries` and `admin1` positions in `codes`. A folded name is one of `hashes`, which ascend, and
    means the `bearers` up to the end of the same position in `bearer_ends`: rows, or ~row where it is another name of the place.
    """

    names: memoryview
    name_ends: memoryview
    kinds: memoryview
    countries: memoryview
    admin1: memoryview
    points: memoryview
    ids: memoryview
    priors: memoryview
    hashes: memoryview
    bearer_ends: memoryview
    bearers: memoryview
    codes: tuple[str, ...]
    acronyms: dict[str, int]
    abbreviations: dict[str, tuple[int, bool]]
    country_rows: dict[str, int]
    admin1_rows: dict[tuple[str, str], int]


def name_hash(folded: str) -> int:
    """The number under which a folded name is found: 64 bits, so that of a billion words none is taken for another."""
    return int.from_bytes(blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class Gazetteer:
    """Places by name; `sources.load_gazetteer()` makes it."""

    def __init__(self, table: PlaceTable) -> None:
        self._table = table
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
        entry = self._table.abbreviations.get(text) or self._table.abbreviations.get(text + ".")
        return self._toponym(entry[0]) if entry else None

    def country(self, alpha3: str) -> Toponym | None:
        """The country of an ISO 3166 alpha-3 code."""
        row = self._table.country_rows.get(alpha3)
        return None if row is None else self._toponym(row)

    def country_point(self, alpha3: str) -> tuple[float, float] | None:
        """Latitude and longitude, in degrees, of a country's reference point; None for an unknown code."""
        country = self.country(alpha3)
        return (country.latitude, country.longitude) if country else None

    def admin1(self, country: str | None, code: str | None) -> Toponym | None:
        """The first-level region of a country (alpha-3) with that GeoNames code."""
        row = self._table.admin1_rows.get((country or "", code or ""))
        return None if row is None else self._toponym(row)

    def __len__(self) -> int:
        return len(self._table.kinds)

    def _lookup(self, name: str) -> tuple[Toponym, ...]:
        compact = compact_acronym(name)
        if compact in self._table.acronyms:
            return (self._toponym(self._table.acronyms[compact]),)
        entry = self._table.abbreviations.get(name)
        if entry and entry[1]:
            return (self._toponym(entry[0]),)
        key = fold_name(name)
        places = self._places(key, name) or (() if _opens_with_acronym(name) else self._admin_phrase(key))
        if places and len(compact) <= LONGEST_ACRONYM and compact.isupper():
            # In capitals a short word is an acronym ("NATO"), or a city that everyone knows in a dateline ("ROME").
            return places if len(compact) == LONGEST_ACRONYM and places[0].prior >= KNOWN_CITY else ()
        return places

    def _places(self, key: str, written: str = "") -> tuple[Toponym, ...]:
        """The places of a folded name; where it was written with accents, those that bear it so, if any do."""
        rows = self._row_tuple(key)
        if not rows:
            return ()
        if not written.isascii():
            exact = unicodedata.normalize("NFC", written).casefold()
            rows = tuple(r for r in rows if self._name(r if r >= 0 else ~r).casefold() == exact) or rows
        if any(row >= 0 and self._table.kinds[row] == _COUNTRY for row in rows):
            rows = tuple(row for row in rows if row >= 0)  # "Mexico" is not another name of Mexico City
        places = [self._toponym(row) for row in rows]
        places.sort(key=lambda place: (-place.prior, place.geonames_id or 0, place.name))
        return tuple(places[:MAX_CANDIDATES])

    def _admin_phrase(self, key: str) -> tuple[Toponym, ...]:
        """ "Misiones province", "the state of Sonora": the region of that name, or else the place it is named after."""
        if " " not in key:
            return ()
        words = key.split()
        if words[-1] in ADMIN_WORDS:
            places = self._places(" ".join(words[:-1]))
        elif len(words) > 2 and words[1] == "of" and words[0] in ADMIN_WORDS:
            places = self._places(" ".join(words[2:]))
        else:
            return ()
        return tuple(place for place in places if place.kind in ("admin1", "admin2")) or places

    def _toponym(self, row: int) -> Toponym:
        table, at = self._table, row if row >= 0 else ~row
        return Toponym(
            name=self._name(at),
            kind=KINDS[table.kinds[at]],
            country=table.codes[table.countries[at]] or None,
            admin1_code=table.codes[table.admin1[at]] or None,
            latitude=round(table.points[2 * at], 5),
            longitude=round(table.points[2 * at + 1], 5),
            geonames_id=table.ids[at] or None,
            prior=table.priors[at] - (ALIAS_PENALTY if row < 0 else 0.0),
        )

    def _name(self, row: int) -> str:
        ends = self._table.name_ends
        return str(self._table.names[ends[row - 1] if row else 0 : ends[row]], "utf-8")

    def _row_tuple(self, key: str) -> tuple[int, ...]:
        table, wanted = self._table, name_hash(key)
        at = bisect_left(table.hashes, wanted)
        if at == len(table.hashes) or table.hashes[at] != wanted:
            return ()
        return tuple(table.bearers[table.bearer_ends[at - 1] if at else 0 : table.bearer_ends[at]])
