"""Amounts of memory as people write them: "2GB", "300 MiB".

What belongs here: reading and writing such amounts. What does not: which setting has one (`settings.py`).
"""

from __future__ import annotations

import re

_UNITS = ("", "K", "M", "G", "T")
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([KMGT]?)(I?)B", re.IGNORECASE | re.ASCII)


def parse_size(text: str) -> int:
    """The bytes of an amount of memory.

    Args:
        text: a number and B, KB, MB, GB or TB (powers of 1,000), or KiB, MiB, GiB or TiB (powers of 1,024), as DuckDB has them.

    Returns:
        Bytes.

    Raises:
        ValueError: it is written in another way.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None or (found[3] and not found[2]):
        raise ValueError("a size is a number and a unit, such as 300MB or 2GiB")
    return int(float(found[1]) * (1024 if found[3] else 1000) ** _UNITS.index(found[2].upper()))
