"""Libraries of a later step loaded while a step waits for other processes.

What belongs here: `loaded_ahead`. What does not: what loads in those processes (`early_workers.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Thread


@contextmanager
def loaded_ahead(*modules: str) -> Iterator[None]:
    """Import modules on a thread during the block, which ends when they are there.

    Args:
        modules: their names; one that cannot be imported is left to whoever needs it, who is told why.
    """

    def load() -> None:
        for name in modules:
            with suppress(Exception):
                import_module(name)

    thread = Thread(target=load, name="libraries of later steps", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()
