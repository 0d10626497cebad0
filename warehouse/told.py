"""Which keys of what models read may have changed, as the load and the resolution told it, so that their tables need no hashing.

What belongs here: `Told`. What does not: what they tell (`touched.py`), whether that is all that has changed (`seal.py`), and the
hashes that are compared where it may not be (`prints.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from warehouse.builds import CORE, LOAD
from warehouse.contracts.raw import REFERENCE
from warehouse.models import Model
from warehouse.prints import Source
from warehouse.touched import COLUMNS, WORD, Touched, read_touched

# By part the tables that it writes, and the columns in each of which all rows that came, changed or went have keys that are told;
# of those without a column none did where something is told at all.
TOLD: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    LOAD: {
        **COLUMNS[LOAD],
        "raw.files": ("file_id",),
        **{table.qualified_name: () for table in REFERENCE},
    },
    CORE: {**COLUMNS[CORE], "core.word_stems": (WORD,)},
}


class Told:
    """What was told from some builds of the parts to those that there are."""

    def __init__(
        self, folder: Path, since: Mapping[str, str | None], now: Mapping[str, str], models: Iterable[Model]
    ) -> None:
        """Read what was told.

        Args:
            folder: where models keep what they were made of.
            since: the earlier builds, by part (`builds.read_builds`).
            now: those that there are.
            models: the models; views of staging are seen through, whose rows are those of one table.
        """
        self._touched = {part: read_touched(folder, part, since=since.get(part), build=now.get(part)) for part in TOLD}
        self._tables = {
            model.qualified_name: (next(iter(model.depends_on)), {column.name for column in model.columns})
            for model in models
            if model.schema == "staging" and model.materialized == "view" and len(model.depends_on) == 1
        }

    def keys(self, source: Source) -> Collection[str] | None:
        """The keys of a source of which rows may have changed; `None` if that was not told.

        Args:
            source: what a model reads.
        """
        table, columns = self._tables.get(source.table, (source.table, {source.key}))
        for part, tables in TOLD.items():
            touched: Touched | None = self._touched[part]
            if table not in tables or touched is None:
                continue
            if not touched.keys or not tables[table]:
                return ()
            return touched.keys.get(source.key) if source.key in tables[table] and source.key in columns else None
        return None
