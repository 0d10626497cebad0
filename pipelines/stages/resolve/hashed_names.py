"""Names as numbers that are the same in every run.

What belongs here: `Names`, `NONE`, `number_rows`. What does not: which names there are (`reports.py`, `report_parties.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

NONE = -1  # the number of no name


class Names:
    """Numbers for names: 31 bits of a hash, so that a name has the same one in every run; nothing has `NONE`.

    Of a billion comparisons of two names that differ, one in two takes them for the same.
    """

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def number(self, name: Hashable | None) -> int:
        """The number of a name, or of a name with another one beside it."""
        if name is None:
            return NONE
        found = self._numbers.get(name)
        if found is None:
            data = (name if isinstance(name, str) else repr(name)).encode("utf-8", "surrogatepass")
            found = self._numbers[name] = int.from_bytes(blake2b(data, digest_size=4).digest(), "little") >> 1
        return found

    def numbers(self, names: pd.Series) -> np.ndarray:
        """The numbers of a column of names; missing values count as none."""
        codes, known = pd.factorize(names)
        numbers = np.array([*(self.number(present(name)) for name in known), NONE], dtype=np.int32)
        return numbers[codes]

    def numbers_of_pairs(self, names: pd.Series, others: pd.Series) -> np.ndarray:
        """The numbers of names with another one beside it, which may be missing."""
        (codes, known), (beside, other) = pd.factorize(names), pd.factorize(others)
        keys, pairs = pd.factorize(np.where(codes < 0, -1, codes.astype(np.int64) * (len(other) + 1) + beside + 1))
        numbers = [NONE] * len(pairs)
        for at, pair in enumerate(pairs.tolist()):
            if pair >= 0:
                i, j = divmod(pair, len(other) + 1)
                numbers[at] = self.number((known[i], present(other[j - 1]) if j else None))
        return np.array([*numbers, NONE], dtype=np.int32)[keys]


def number_rows(texts: Iterable[str], words: Names, read: Callable[[str], list[str]], width: int) -> np.ndarray:
    """The words that are read from each text as numbers, `width` a row.

    Args:
        texts: one a row.
        words: numbers of names.
        read: gives the words of a text.
        width: so many of them count.
    """
    known: dict[str, int] = {}
    rows: list[list[int]] = []

    def number(text: str) -> int:
        if text not in known:
            known[text] = len(rows)
            rows.append([*(words.number(stem) for stem in read(text)[:width]), *([NONE] * width)][:width])
        return known[text]

    numbers = np.fromiter(map(number, texts), dtype=np.int32)
    return np.array(rows, dtype=np.int32).reshape(-1, width)[numbers]


def present(value: Any) -> Any:
    """A value of a frame, or nothing where it is missing."""
    return None if value is None or value is pd.NA or value is pd.NaT or value != value else value
