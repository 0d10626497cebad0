"""The reference lists as a run loads them: made once, kept for all warehouses of a user.

What belongs here: `reference_lists`. What does not: making them (`warehouse/reference.py`), writing them (`warehouse/load.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines.nlp.kept import kept
from warehouse.versions import reference_lists_version

if TYPE_CHECKING:
    import pyarrow as pa


def reference_lists(asserted_confidence: float) -> Mapping[str, pa.Table]:
    """The rows of each list; making them takes half a second and 85 MB, for the capitals among 30,000 towns.

    Args:
        asserted_confidence: the confidence, 0 to 1, from which a report counts as asserted.

    Raises:
        LexiconError: a CSV file of a list has a row that cannot be used.
    """

    def make() -> Mapping[str, pa.Table]:
        from warehouse.reference import reference_tables

        return reference_tables(asserted_confidence=asserted_confidence)

    version = reference_lists_version(asserted_confidence=asserted_confidence)
    return kept("reference", make, packages=("pyarrow",), version=version)
