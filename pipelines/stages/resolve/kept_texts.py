"""What the search for copies keeps for the next run.

What belongs here: `KeptTexts`, its tables, the columns of texts that are compared (`ABOUT_TEXTS`). What does not: tables in
general (`kept_tables.py`), what is done with these (`copies.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import pyarrow as pa

from pipelines.stages.resolve.kept_tables import KeptTable, Schema, read_tables, write_tables

_TEXT = pa.string()
ABOUT_TEXTS: Schema = {"document_id": _TEXT, "published_date": pa.date32(), "source_key": _TEXT, "url": _TEXT}
_SCHEMAS: dict[str, Schema] = {
    # The signature is that of the text without boilerplate; there is none where a text cannot be compared.
    "texts": {**ABOUT_TEXTS, "signature": pa.binary()},
    # Lines that may be boilerplate: a hash of the source and the line.
    "lines": dict.fromkeys(("key", "document_id", "page"), _TEXT),
    "duplicates": {"document_id": _TEXT, "duplicate_of": _TEXT, "similarity_score": pa.float64()},
}


@dataclass(frozen=True, slots=True)
class KeptTexts:
    """The texts that were compared, their long lines, and which are copies."""

    texts: KeptTable
    lines: KeptTable
    duplicates: KeptTable

    @classmethod
    def nothing(cls) -> KeptTexts:
        """What there is before the first run."""
        return cls(**{name: KeptTable.of(schema) for name, schema in _SCHEMAS.items()})

    def moved(self, folder: Path) -> KeptTexts:
        """The same in files of a folder that is not there yet."""
        self.write(folder, "")
        return KeptTexts(**{field.name: KeptTable.read(folder / f"{field.name}.arrow") for field in fields(self)})

    def write(self, folder: Path, version: str) -> None:
        """Write all of it to a folder that is not there yet."""
        write_tables(folder, {field.name: getattr(self, field.name) for field in fields(self)}, version=version)

    @classmethod
    def read(cls, folder: Path, version: str) -> KeptTexts | None:
        """Read what is kept, if it is whole and the same code wrote it."""
        found = read_tables(folder, _SCHEMAS, version)
        return None if found is None else cls(**found[0])
