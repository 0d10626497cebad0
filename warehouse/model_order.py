"""Models side by side: each as soon as those that it reads are there.

What belongs here: `run_side_by_side`. What does not: running one (`models.py`, `increments.py`), which are to be run
(`pipelines/defs/sql_assets.py`).

Most of what a model over few rows takes is planning its query, which has one core at most. A query over many rows has all of
DuckDB's threads, and its memory: so models of a large database run one after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb

from warehouse.layout import quoted
from warehouse.models import Model, ModelRun

_SIDE_BY_SIDE = 2
_MOST_BYTES = 512_000_000  # of a database whose models run side by side
# Of the log until a checkpoint, a tenth of a second each: DuckDB's own 16 MB are three in the middle of small models.
_LOG_BYTES = 128_000_000


def run_side_by_side(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    models: Sequence[Model],
    run: Callable[[duckdb.DuckDBPyConnection, Model], ModelRun],
) -> Generator[ModelRun, None, None]:
    """Run models.

    Args:
        con: the build database, outside a transaction; each thread has a cursor of it.
        path: its file.
        models: the models, each after those of them that it reads.
        run: runs one over the cursor that it is given.

    Yields:
        What running each gave, in the order of the models.

    Raises:
        ModelError, DiskFullError, WarehouseCorruptError: of the first model that cannot be run; none is begun after that.
    """
    for schema in sorted({model.schema for model in models}):
        con.execute(f"create schema if not exists {quoted(schema)}")  # two that make one at a time would be in conflict
    begun: dict[str, Future[ModelRun]] = {}
    own = threading.local()

    def build(model: Model) -> ModelRun:
        # Whatever is waited for was begun before, so never do all threads wait for what none of them runs.
        for name in model.depends_on:
            if name in begun:
                begun[name].result()
        if not hasattr(own, "con"):
            own.con = con.cursor()
            own.con.execute("set timezone = 'UTC'")
        return run(own.con, model)

    is_small = path.stat().st_size <= _MOST_BYTES
    threads = _SIDE_BY_SIDE if is_small else 1
    if is_small:
        con.execute(f"set checkpoint_threshold = '{_LOG_BYTES} B'")
    with ThreadPoolExecutor(threads) as pool:
        try:
            for model in models:
                begun[model.qualified_name] = pool.submit(build, model)
            for model in models:
                yield begun[model.qualified_name].result()
        finally:
            pool.shutdown(cancel_futures=True)
