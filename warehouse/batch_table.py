"""The Arrow table of an extraction batch, by a function that can be named without Arrow.

What belongs here: `batch_table`, which whoever starts the workers of extraction names for them, without the time to load Arrow.
What does not: the schema and the making (`extraction_schema.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def batch_table(records: Iterable[Mapping[str, Any]], *, extractor_version: str) -> pa.Table:
    """See `extraction_schema.extraction_table`."""
    from warehouse.extraction_schema import extraction_table

    return extraction_table(records, extractor_version=extractor_version)
