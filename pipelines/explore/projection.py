"""The map's ground: Equal Earth projection, outlines of land and borders, and the areas one can look at.

What belongs here: geometry. What does not: the places of events (`places.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

OUTLINES = Path(__file__).parent / "outlines.txt"
WIDTH, HEIGHT = 1080.0, 520.0  # of the drawn map, pixels

# West, south, east, north in degrees.
AREAS: Mapping[str, tuple[float, float, float, float]] = {
    "world": (-170, -56, 190, 80),
    "europe": (-12, 35, 45, 66),
    "middle-east": (24, 12, 66, 43),
    "africa": (-25, -36, 58, 38),
    "asia": (58, -12, 150, 55),
    "north-america": (-130, 8, -55, 62),
    "south-america": (-95, -56, -30, 16),
    "oceania": (108, -48, 180, 4),
}

# Šavrič, Patterson and Jenny (2018): areas are true, and continents look as people know them.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = sqrt(3) / 2
_CENTRE = 10.0  # longitude in the middle: no land but the tip of Siberia is cut


def equal_earth(longitude: float, latitude: float) -> tuple[float, float]:
    """Project a place in degrees to the plane; x to the east, y to the north."""
    turned = (longitude - _CENTRE + 180) % 360 - 180
    t = asin(_M * sin(radians(latitude)))
    t2 = t * t
    t6 = t2**3
    x = radians(turned) * cos(t) / (_M * (_A1 + 3 * _A2 * t2 + t6 * (7 * _A3 + 9 * _A4 * t2)))
    return x, t * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the plane that an area shows, fitted into the drawing."""

    scale: float  # pixels for each unit of the plane
    x: float  # of the middle
    y: float

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place is in the drawing, pixels from its upper left corner."""
        x, y = equal_earth(longitude, latitude)
        return WIDTH / 2 + (x - self.x) * self.scale, HEIGHT / 2 - (y - self.y) * self.scale


def frame_of(area: str) -> Frame:
    """The frame that shows all of an area of `AREAS`."""
    west, south, east, north = AREAS[area]
    longitudes = [west + (east - west) * part / 8 for part in range(9)]
    if area == "world":
        longitudes = [_CENTRE - 179.9, _CENTRE + 179.9]
    edge = [equal_earth(lon, lat) for lon in longitudes for lat in (south, (south + north) / 2, north)]
    xs, ys = [x for x, _ in edge], [y for _, y in edge]
    scale = min(WIDTH / (max(xs) - min(xs)), HEIGHT / (max(ys) - min(ys)))
    return Frame(scale, (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)


@cache
def ground(area: str) -> Mapping[str, str]:
    """The SVG paths of an area: graticule, land and border."""
    frame = frame_of(area)
    drawn: dict[str, list[str]] = {"graticule": [], "land": [], "border": []}
    for meridian in range(-180, 180, 30):
        drawn["graticule"] += _path(frame, [(meridian, lat) for lat in range(-80, 81, 4)])
    for parallel in range(-60, 61, 30):
        drawn["graticule"] += _path(frame, [(lon, parallel) for lon in range(-168, 189, 4)])
    for kind, line in _outlines():
        drawn[kind] += _path(frame, line, is_closed=kind == "land")
    return {kind: "".join(paths) for kind, paths in drawn.items()}


@cache
def _outlines() -> tuple[tuple[str, tuple[tuple[float, float], ...]], ...]:
    found = []
    for line in OUTLINES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, *pairs = line.split(" ")
            points = tuple((float(lon), float(lat)) for lon, lat in (pair.split(",") for pair in pairs))
            found.append((kind, points))
    return tuple(found)


def _path(frame: Frame, line: Iterable[tuple[float, float]], *, is_closed: bool = False) -> list[str]:
    """An SVG path, begun anew where it jumps over the edge of the plane; nothing where it is all outside the drawing."""
    points = [frame.at(lon, lat) for lon, lat in line]
    if not any(-WIDTH < x < 2 * WIDTH and -HEIGHT < y < 2 * HEIGHT for x, y in points):
        return []
    pieces, before = [], None
    for x, y in points:
        is_jump = before is None or abs(x - before) > frame.scale * 2
        pieces.append(f"{'M' if is_jump else 'L'}{x:.1f} {y:.1f}")
        before = x
    return ["".join(pieces) + ("Z" if is_closed else "")]
