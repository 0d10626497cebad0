"""Tables and records that go to files as they are made, as all of them at once would not fit memory.

What belongs here: `TableFile`, `FrameRows`, `RecordFile`, `taken`. What does not: which tables there are (`kept_entities.py`,
`entity_rows.py`).
"""

from __future__ import annotations

import os
import pickle
import tempfile
from array import array
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.stages.resolve.kept_tables import Schema, read_table, rows_table

ROWS_AT_ONCE = 20_000  # of a table, as Python's objects


class TableFile:
    """An Arrow file that is written some rows after the others.

    Args:
        path: of the file, which is not there yet.
        schema: of the table.
    """

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = path
        self._schema = schema
        self._sink = pa.OSFile(str(path), "wb")
        self._arrow = pa.schema(list(schema.items()))
        self._writer = pa.ipc.new_file(self._sink, self._arrow)

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows."""
        remaining = iter(rows)
        while some := list(islice(remaining, ROWS_AT_ONCE)):
            self._writer.write_table(rows_table(self._schema, some))

    def add_table(self, table: pa.Table) -> None:
        """Write the rows of a table of the same columns."""
        self._writer.write_table(table.select(list(self._schema)).cast(self._arrow), ROWS_AT_ONCE)

    def add_frame(self, frame: pd.DataFrame) -> None:
        """Write the rows of a frame."""
        self.add_table(pa.Table.from_pandas(frame, schema=self._arrow, preserve_index=False))

    def done(self) -> pa.Table:
        """Close the file; its rows stay in it until they are looked at."""
        self._writer.close()
        self._sink.close()
        return read_table(self.path)


class FrameRows:
    """The rows of a table that are made some after the others: in a file, or in memory where there is none.

    Args:
        schema: of the table.
        path: of the file, which is not there yet; `None`: they are in memory, of whatever types they are made.
    """

    def __init__(self, schema: Schema, path: Path | None) -> None:
        self._file = None if path is None else TableFile(path, schema)
        self._held: list[pd.DataFrame] = []

    def add(self, frame: pd.DataFrame) -> None:
        """Take some rows."""
        if self._file is None:
            self._held.append(frame)
        else:
            self._file.add_frame(frame)

    def done(self) -> pd.DataFrame:
        """All rows; those of a file stay in it until they are looked at. At least one frame was added."""
        if self._file is None:
            return pd.concat(self._held, ignore_index=True)
        return self._file.done().to_pandas(types_mapper=pd.ArrowDtype)


class RecordFile:
    """Plain values in a file without a name, by the numbers in whose order they were added.

    Args:
        folder: on the disk that takes the file.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the object
        self._starts = array("q", [0])
        self._held: list[bytes] = []
        self._size = 0

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, value: Any) -> int:
        """Add one; its number."""
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        self._held.append(data)
        self._size += len(data)
        self._starts.append(self._starts[-1] + len(data))
        if self._size >= _BYTES_HELD:
            self._write()
        return len(self) - 1

    def read(self, number: int) -> Any:
        """The value of a number."""
        self._write()
        begin, end = self._starts[number], self._starts[number + 1]
        # What this process has written itself.
        return pickle.loads(os.pread(self._file.fileno(), end - begin, begin))  # noqa: S301

    def _write(self) -> None:
        if self._held:
            self._file.write(b"".join(self._held))
            self._file.flush()
            self._held, self._size = [], 0


_BYTES_HELD = 4_000_000


def taken(table: pa.Table, rows: np.ndarray) -> pa.Table:
    """Some rows of a table whose columns are in parts, as those of a file are; read part by part.

    Args:
        table: a table.
        rows: their numbers; the result has them in this order.
    """
    batches = table.to_batches()
    starts = np.cumsum([0, *(len(batch) for batch in batches)])
    part = np.searchsorted(starts, rows, side="right") - 1
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(len(batches) + 1))
    parts = [
        batch.take(pa.array(rows[order[begin:end]] - start))
        for batch, start, begin, end in zip(batches, starts[:-1], bounds[:-1], bounds[1:], strict=True)
        if end > begin
    ]
    found = pa.Table.from_batches(parts, table.schema)
    if (np.diff(order) >= 0).all():
        return found
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return found.combine_chunks().take(pa.array(back))
