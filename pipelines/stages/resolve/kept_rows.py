"""Rows of a large array that most runs only look into: they stay in the file that an earlier run wrote.

What belongs here: `KeptRows`, `RowsFile`. What does not: arrays that are put together anew in each run (`report_changes.py`),
which files there are (`kept_events.py`).

The next folder has the same file by another name (a hard link), the place of each row in it, and the rows that came since behind
those. Once these are many, or many rows of the file are no more, all is written.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import IO

import numpy as np

from pipelines.stages.resolve.kept_tables import link_or_copy

_STAYING_BYTES = 32 * 1024**2  # of a file that stays in memory once it was looked into
_MOST_CHANGED = 0.1  # above this share of its rows the whole array is written


class KeptRows:
    """The rows of an array, found by their place in a file or among those that came since.

    Args:
        base: rows in a file.
        path: of that file.
        place: for each row where it is: in the file, or, behind that, among those that came since.
        added: the rows that came since.
    """

    def __init__(self, base: np.ndarray, path: Path, place: np.ndarray, added: np.ndarray) -> None:
        self._base, self._path, self._place, self._added = base, path, place, added

    def __len__(self) -> int:
        return len(self._place)

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        at = self._place[rows]
        is_added = at >= len(self._base)
        if not is_added.any():
            return self._in_file(at)
        found = np.empty((len(at), *self._added.shape[1:]), dtype=self._added.dtype)
        found[~is_added] = self._in_file(at[~is_added])
        found[is_added] = self._added[at[is_added] - len(self._base)]
        return found

    def _in_file(self, at: np.ndarray) -> np.ndarray:
        """Rows of the file, whose pages are given back: looked into here and there, all of it would stay in memory.

        A small one stays: finding its pages again costs more than what is done with the rows.
        """
        found = np.asarray(self._base).take(at, axis=0)
        is_large = self._base.nbytes > _STAYING_BYTES
        if is_large and isinstance(self._base.base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._base.base.madvise(mmap.MADV_DONTNEED)
        return found

    def of_first(self, count: int) -> KeptRows:
        """The first so many rows."""
        return KeptRows(self._base, self._path, self._place[:count], self._added)

    def put_together(self, former: np.ndarray, is_fresh: np.ndarray, fresh: np.ndarray) -> KeptRows:
        """Rows of this array and new ones.

        Args:
            former: for each row its number in this array; anything for new ones.
            is_fresh: which rows are new.
            fresh: these, in their order.
        """
        place = np.empty(len(former), dtype=np.int64)
        place[~is_fresh] = self._place[former[~is_fresh]]
        place[is_fresh] = len(self._base) + len(self._added) + np.arange(len(fresh))
        return KeptRows(self._base, self._path, place, np.concatenate([self._added, fresh]))

    def write(self, path: Path) -> None:
        """Write what is not in a file yet.

        Args:
            path: of the file with the rows, which is not there yet; others are beside it.
        """
        in_file = int((self._place < len(self._base)).sum())
        if max(len(self._added), len(self._base) - in_file) > _MOST_CHANGED * len(self._base):
            np.save(path, self[np.arange(len(self))])
            return
        link_or_copy(self._path, path)
        np.save(_beside(path, "place"), self._place)
        np.save(_beside(path, "added"), self._added)

    @classmethod
    def read(cls, path: Path) -> KeptRows:
        """Read what was written, by this or as an array of its own; the rows stay in the file until they are looked at.

        Args:
            path: of the file with the rows.
        """
        base: np.ndarray = np.load(path, mmap_mode="r")
        if not _beside(path, "place").exists():
            return cls(base, path, np.arange(len(base)), base[:0])
        return cls(base, path, np.load(_beside(path, "place")), np.load(_beside(path, "added")))


class RowsFile:
    """Rows of an array that go to a file as they are made.

    Args:
        path: of the file, which is not there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] = path.open("wb")
        self._file.write(b"\0" * _HEADER)  # it tells how many rows there are, which is known at the end
        self._count = 0
        self._form: tuple[np.dtype, tuple[int, ...]] | None = None

    def add(self, rows: np.ndarray) -> None:
        """Write rows; all are of one type and shape."""
        self._file.write(np.ascontiguousarray(rows).data)  # numpy's tofile does not tell a full disk
        self._count += len(rows)
        self._form = rows.dtype, rows.shape[1:]

    def done(self, order: np.ndarray | None = None) -> KeptRows:
        """Close the file, to which at least one part was written.

        Args:
            order: for each row of the result its number in the file; `None`: as they are.
        """
        assert self._form is not None
        kind, shape = self._form
        described = repr(
            {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": (self._count, *shape)}
        )
        start = np.lib.format.magic(1, 0) + (_HEADER - 10).to_bytes(2, "little")
        self._file.seek(0)
        self._file.write(start + described.ljust(_HEADER - 11).encode("ascii") + b"\n")
        self._file.close()
        base: np.ndarray = np.load(self._path, mmap_mode="r")
        return KeptRows(base, self._path, np.arange(self._count) if order is None else order, base[:0])


_HEADER = 128  # bytes before the rows of a file: the form of NumPy's files, version 1.0


def _beside(path: Path, name: str) -> Path:
    return path.with_suffix(f".{name}.npy")
