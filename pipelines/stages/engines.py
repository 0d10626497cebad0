"""Where the workers of extraction run: processes of this machine, or actors of a Ray cluster.

What belongs here: opening the pool that the settings name. What does not: the pools themselves (`worker_pool.py`,
`ray_pool.py`), what a worker does (`extraction_worker.py`).
"""

from __future__ import annotations

import os
import sys
from typing import Any

from pipelines.errors import SettingsError
from pipelines.settings import Settings
from pipelines.stages.extraction_worker import (
    WorkerFunctions,
    WorkerSettings,
    extract_batch,
    load_pipeline,
    start_worker,
)
from pipelines.stages.ingest.isolation import WARM_READER
from pipelines.stages.tasks import TaskPool
from pipelines.stages.worker_pool import WorkerPool

_WARM_EXTRACTOR = "pipelines.stages.warm_extractor"
_WARM_PIPELINE = "pipelines.stages.warm_pipeline"


def open_pool(settings: Settings, *, workers: int, arguments: tuple[WorkerSettings, WorkerFunctions]) -> TaskPool:
    """Start workers.

    Args:
        settings: the engine, where it is, and the memory of a worker.
        workers: number of workers.
        arguments: what a worker is started with.

    Returns:
        The pool, to be used as a context manager.

    Raises:
        SettingsError: the engine is Ray, and Ray is not installed, or not at the address.
    """
    if settings.extraction_engine == "local":
        return open_local_pool(settings, workers=workers, arguments=arguments)
    prepare_ray(settings.ray_address or None)
    try:
        from pipelines.stages.ray_pool import RayPool  # an optional extra
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise SettingsError(
            "COMMUNIQUE_EXTRACTION_ENGINE cannot be 'ray': Ray is not installed (make cluster); it may be local or ray"
        ) from error
    return RayPool(extract_batch, **_options(settings, workers, arguments), address=settings.ray_address or None)


def open_local_pool(
    settings: Settings, *, workers: int, arguments: tuple[WorkerSettings, WorkerFunctions]
) -> WorkerPool:
    """Start workers on this machine; see `open_pool`.

    Several share what they import and the pipeline that they load, and the memory of it. One by itself would only wait for the
    server, which reads files as well.
    """
    # On macOS what a worker imports may have used threads by then, and a process must not be forked that has.
    is_forked = workers > 1 and sys.platform == "linux"
    preload = (WARM_READER, _WARM_EXTRACTOR) if is_forked else ()
    if is_forked and arguments[1].load_nlp is load_pipeline:
        preload = (*preload, _WARM_PIPELINE)
    return WorkerPool(extract_batch, **_options(settings, workers, arguments), preload=preload)


def _options(settings: Settings, workers: int, arguments: tuple[WorkerSettings, WorkerFunctions]) -> dict[str, Any]:
    return {
        "workers": workers,
        "initializer": start_worker,
        "arguments": arguments,
        "max_bytes": settings.max_worker_bytes,
    }


def prepare_ray(address: str | None) -> None:
    """Set what Ray reads when it is imported: no report to its makers, and the loopback interface for a Ray of this machine.

    Args:
        address: of a cluster, which others have started; `None`: there is none.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address is None:
        # Ray listens on all interfaces but where it holds a cluster for impossible; it has no other setting for that.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
