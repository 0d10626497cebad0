"""What was found out by parsing SQL, kept in a file: each answer by a hash of all that it depends on.

What belongs here: `KeptAnswers`. What does not: the questions (`dependencies.py`, `lineage.py`).

A new warehouse has no such file. The answers in the project's own warehouse folder do for it as well: `make env` leaves them
there (`pipelines/bytecode.py`), and finding them takes 1.7 s of CPU, which was a tenth of a first run over a thousand documents.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

# The folder of a warehouse of which nothing else is said.
OWN_FOLDER = Path(__file__).parent
MODELS_FILE, LINEAGE_FILE = "models.cache.json", "lineage.cache.json"


class KeptAnswers:
    """Answers by key.

    Args:
        cache: the file; its folder is not created, and one that cannot be read or written is done without. `None`: nothing is
            kept.
    """

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._old = _read(cache)
        self._others: dict[str, Any] | None = None
        self._asked: dict[str, Any] = {}

    def get(self, key: str, find: Callable[[], Any]) -> Any:
        """An answer.

        Args:
            key: hash of the question and of all that the answer depends on.
            find: finds the answer, where none is kept.
        """
        if key in self._asked:
            return self._asked[key]
        if key in self._old:
            answer = self._old[key]
        else:
            if self._others is None:
                self._others = {} if self._cache is None else _read(OWN_FOLDER / self._cache.name)
            answer = self._others[key] if key in self._others else find()
        self._asked[key] = answer
        return answer

    def keep(self) -> None:
        """Write the file, if something is new; as a whole, as two processes may do it at once."""
        if self._cache is None or self._asked.keys() <= self._old.keys() or not self._cache.parent.is_dir():
            return
        with suppress(OSError):
            temporary = self._cache.with_name(f"{self._cache.name}.{os.getpid()}")
            temporary.write_text(json.dumps(self._asked), encoding="utf-8")
            os.replace(temporary, self._cache)


def _read(path: Path | None) -> dict[str, Any]:
    if path is not None:
        with suppress(OSError, ValueError, TypeError):
            return dict(json.loads(path.read_text(encoding="utf-8")))
    return {}
