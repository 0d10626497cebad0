"""Where the workers of extraction run: processes of this machine, or actors of a Ray cluster.

What belongs here: opening the pool that the settings name. What does not: the pools themselves (`worker_pool.py`,
`ray_pool.py`), what they run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from pipelines.errors import SettingsError
from pipelines.settings import Settings
from pipelines.stages.tasks import TaskPool
from pipelines.stages.worker_pool import WorkerPool


def open_pool(
    settings: Settings,
    function: Callable[..., Any],
    *,
    workers: int,
    initializer: Callable[..., None],
    arguments: tuple[Any, ...],
) -> TaskPool:
    """Start workers.

    Args:
        settings: the engine, where it is, and the memory of a worker.
        function: an importable function; called with a task's arguments.
        workers: number of workers.
        initializer: an importable function that each worker calls first.
        arguments: arguments of the initializer.

    Returns:
        The pool, to be used as a context manager.

    Raises:
        SettingsError: the engine is Ray, and Ray is not installed, or not at the address.
    """
    options: dict[str, Any] = {
        "workers": workers,
        "initializer": initializer,
        "arguments": arguments,
        "max_bytes": settings.max_worker_bytes,
    }
    if settings.extraction_engine == "local":
        return WorkerPool(function, **options)
    prepare_ray(settings.ray_address or None)
    try:
        from pipelines.stages.ray_pool import RayPool  # an optional extra
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise SettingsError(
            "COMMUNIQUE_EXTRACTION_ENGINE cannot be 'ray': Ray is not installed (make cluster); it may be local or ray"
        ) from error
    return RayPool(function, **options, address=settings.ray_address or None)


def prepare_ray(address: str | None) -> None:
    """Set what Ray reads when it is imported: no report to its makers, and the loopback interface for a Ray of this machine.

    Args:
        address: of a cluster, which others have started; `None`: there is none.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address is None:
        # Ray listens on all interfaces but where it holds a cluster for impossible; it has no other setting for that.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
