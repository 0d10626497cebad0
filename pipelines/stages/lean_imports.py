"""Libraries without parts of theirs that nothing here needs and that take long to load.

What belongs here: `import_spacy` and `without_pandas`. What does not: which process needs which library.

An extraction of one document is mostly the loading of libraries by the process that does it: of its 2.2 s of CPU a tenth was
spaCy's command line, with its HTTP clients, and another tenth pandas.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_COMMANDS, _INFO = "spacy.cli", "spacy.cli.info"


def import_spacy() -> None:
    """Import spaCy without its command line, which it imports for `spacy.info`; whoever asks for it afterwards gets it."""
    if "spacy" in sys.modules or find_spec("spacy") is None:
        return
    commands, info = ModuleType(_COMMANDS), ModuleType(_INFO)
    commands.__path__ = []
    info.info = _info  # type: ignore[attr-defined]
    sys.modules.update({_COMMANDS: commands, _INFO: info})
    try:
        import_module("spacy")
    finally:
        del sys.modules[_COMMANDS], sys.modules[_INFO]


def without_pandas() -> None:
    """Let this process do without pandas, which Arrow imports for the first list that it is given, if it can be had."""
    if not any(isinstance(finder, _Absent) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Absent("pandas"))


class _Absent:
    """Says of a library that it is not installed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Called for each module that is imported for the first time; leaves all others to the finders that follow."""
        if name == self._name:
            raise ModuleNotFoundError(f"this process does without {name}", name=name)


def _info(*arguments: Any, **options: Any) -> Any:
    return import_module(_INFO).info(*arguments, **options)
