"""Links between clusters in a file: too many to hold while the first clusters are joined.

What belongs here: `united_links`, `links_within`. What does not: what a link is and joining (`half_linkage.py`).

Links are put together by ranges of the lesser cluster: each portion is cut by range and appended to the range's own file, then
one range after the other is read, put together and written to the file of all. So one range is in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from pipelines.stages.resolve.half_links import Links, joined

_HELD = 500_000  # links that are put together in memory
_PORTION = 250_000  # links read at once, and those of whole parts that are given at once
_RANGES, _CLUSTERS_OF_RANGE = 16, 3_000  # at least so many, and more where clusters are more
_MOST_RANGES = 200
_RECORD = np.dtype([("first", np.int32), ("second", np.int32), ("total", np.float64)])

ReadLinks = Callable[[], Iterable[Links]]


def united_links(portions: Iterable[Links], count: int, path: Path) -> ReadLinks:
    """Links as one list, those of the same two clusters as one link, in the order of the lesser cluster.

    Args:
        portions: links, a portion at a time; each is put together by itself first, as most of its links are of few clusters.
        count: number of clusters.
        path: of the file that they are written to if they are too many to hold; replaced.

    Returns:
        Gives the links, in portions, as often as it is called.
    """
    held: list[Links] = []
    shelves: list[Path] = []
    ranges = max(_RANGES, min(count // _CLUSTERS_OF_RANGE, _MOST_RANGES))
    bounds = np.linspace(0, count, ranges + 1).astype(np.int64)
    for links in portions:
        held.append(links.united(count))
        if sum(len(part.first) for part in held) > _HELD:
            shelves = shelves or [path.with_suffix(f".{number}") for number in range(ranges)]
            _shelve(held, bounds, shelves)
    if not shelves:
        return joined(held).united(count).portions
    _shelve(held, bounds, shelves)
    with path.open("wb") as file:
        for shelf in shelves:
            file.write(_records(_links(np.fromfile(shelf, _RECORD)).united(count)).data)
            shelf.unlink()
    return lambda: _portions(path)


def links_within(read: ReadLinks, part: np.ndarray, folder: Path) -> Iterator[Links]:
    """The links within parts, whole parts of them at once; links are read once for each part of them, as they may be many.

    Args:
        read: gives all links.
        part: that of each cluster.
        folder: for files, where the links are too many to hold.

    Yields:
        Links of some parts, in the order in which they were read.
    """
    counts = np.zeros(len(part), dtype=np.int64)
    for links in read():
        counts += np.bincount(part[links.first[_is_within(links, part)]], minlength=len(part))
    # Whole parts until a portion is full.
    portion = np.cumsum(counts) // _PORTION
    numbers = np.unique(portion[counts > 0])
    if int(counts.sum()) <= _HELD:
        inside = joined([links.at(_is_within(links, part)) for links in read()])
        yield from (inside.at(portion[part[inside.first]] == number) for number in numbers)
        return
    shelves = [folder / f"part.{number}" for number in range(len(numbers))]
    bounds = np.append(numbers, numbers[-1:] + 1)
    for links in read():
        links = links.at(_is_within(links, part))
        of_links = portion[part[links.first]]
        order = np.argsort(of_links, kind="stable")
        _append(links.at(order), np.searchsorted(of_links[order], bounds), shelves)
    for shelf in shelves:
        yield _links(np.fromfile(shelf, _RECORD))
        shelf.unlink()


def _is_within(links: Links, part: np.ndarray) -> np.ndarray:
    return np.asarray(part[links.first] == part[links.second])


def _shelve(held: list[Links], bounds: np.ndarray, shelves: list[Path]) -> None:
    """Append links, each list of them in order, to the files of their ranges; takes the lists."""
    while held:
        part = held.pop()
        _append(part, np.searchsorted(part.first, bounds), shelves)


def _append(links: Links, ends: np.ndarray, shelves: list[Path]) -> None:
    """Append links to files, those between two of the ends to each."""
    for shelf, begin, end in zip(shelves, ends[:-1], ends[1:], strict=True):
        if end > begin or not shelf.exists():
            with shelf.open("ab") as file:
                file.write(_records(links.at(slice(begin, end))).data)  # numpy's tofile does not tell a full disk


def _portions(path: Path) -> Iterator[Links]:
    with path.open("rb") as file:
        while len(records := np.fromfile(file, _RECORD, _PORTION)):
            yield _links(records)


def _records(links: Links) -> np.ndarray:
    records = np.empty(len(links.first), dtype=_RECORD)
    for name in _RECORD.names or ():
        records[name] = getattr(links, name)
    return records


def _links(records: np.ndarray) -> Links:
    return Links(*(np.ascontiguousarray(records[name]) for name in ("first", "second", "total")))
