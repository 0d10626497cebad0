"""Models side by side: each as soon as those that it reads are there.

What belongs here: `run_side_by_side`. What does not: running one (`models.py`, `increments.py`), which are to be run
(`pipelines/defs/sql_assets.py`).

Most of what a model over few rows takes is planning its query, which has one core at most. A query over many rows has all of
DuckDB's threads, and its memory: so models of a large database that are computed as a whole run one after the other.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

import duckdb

from warehouse.layout import quoted
from warehouse.models import Model, ModelRun

_SIDE_BY_SIDE = 2
_MOST_BYTES = 512_000_000  # of a database whose models run side by side as a whole
# Of the log until a checkpoint, a tenth of a second each, a second in a large database: DuckDB's own 16 MB are some in the middle
# of small models.
_LOG_BYTES = 128_000_000


def turn_of_whole(path: Path) -> AbstractContextManager[object]:
    """What a model is to be in while it is computed as a whole: of a large database one at a time.

    Args:
        path: the build database.
    """
    return nullcontext() if path.stat().st_size <= _MOST_BYTES else threading.Lock()


def run_side_by_side(
    con: duckdb.DuckDBPyConnection, models: Sequence[Model], run: Callable[[duckdb.DuckDBPyConnection, Model], ModelRun]
) -> Generator[ModelRun, None, None]:
    """Run models.

    Args:
        con: the build database, outside a transaction; each thread has a cursor of it.
        models: the models, each after those of them that it reads.
        run: runs one over the cursor that it is given.

    Yields:
        What running each gave, in the order of the models.

    Raises:
        ModelError, DiskFullError, WarehouseCorruptError: of the first model that cannot be run; none is begun after that.
    """
    for schema in sorted({model.schema for model in models}):
        con.execute(f"create schema if not exists {quoted(schema)}")  # two that make one at a time would be in conflict
    con.execute(f"set checkpoint_threshold = '{_LOG_BYTES} B'")
    order = _Order(models)

    def work() -> None:
        try:
            with con.cursor() as own:
                own.execute("set timezone = 'UTC'")
                while (model := order.next()) is not None:
                    order.end(model, partial(run, own, model))
        except BaseException as err:  # noqa: BLE001 - as of a model
            order.fail(err)

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        threads = [pool.submit(work) for _ in range(_SIDE_BY_SIDE)]
        try:
            for model in models:
                yield order.runs[model.qualified_name].result()
        finally:
            order.stop()
            wait(threads)


class _Order:
    """Which models can run: those that read none that has not."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.runs: dict[str, Future[ModelRun]] = {model.qualified_name: Future() for model in models}
        self._models = models
        self._begun: set[str] = set()
        self._missing = {model.qualified_name: set(model.depends_on & self.runs.keys()) for model in models}
        self._turn = threading.Lock()
        self._ready: queue.SimpleQueue[Model | None] = queue.SimpleQueue()
        for model in models:
            if not self._missing[model.qualified_name]:
                self._ready.put(model)
        if not models:
            self.stop()

    def next(self) -> Model | None:
        """The next model, once there is one; `None` if none is to be run any more."""
        return self._ready.get()

    def end(self, model: Model, run: Callable[[], ModelRun]) -> None:
        """Run a model, and have those run that waited for it alone; after a failure none."""
        future = self.runs[model.qualified_name]
        with self._turn:
            if future.done():
                return
            self._begun.add(model.qualified_name)
        try:
            future.set_result(run())
        except BaseException as err:  # noqa: BLE001 - it is raised where the runs are asked for
            future.set_exception(err)
            self.fail(err)
            return
        with self._turn:
            for waiting in self._models:
                missing = self._missing[waiting.qualified_name]
                if model.qualified_name in missing:
                    missing.remove(model.qualified_name)
                    if not missing:
                        self._ready.put(waiting)
            if all(one.done() for one in self.runs.values()):
                self.stop()

    def fail(self, err: BaseException) -> None:
        """Have no further model run, and say of these why."""
        self.stop()
        with self._turn:
            for name, one in self.runs.items():
                if name not in self._begun:
                    self._begun.add(name)
                    one.set_exception(err)

    def stop(self) -> None:
        """Have no further model run."""
        while True:
            try:
                self._ready.get_nowait()
            except queue.Empty:
                break
        for _ in range(_SIDE_BY_SIDE):
            self._ready.put(None)
