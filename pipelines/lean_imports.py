"""Libraries without parts of theirs that nothing here needs and that take long to load.

What belongs here: `import_spacy`, `import_dagster_storage`, `without_pandas`. What does not: which process needs which library.

A run with one document more is mostly the loading of libraries: of the 2.2 s of CPU of the process that extracts it a tenth was
spaCy's command line, with its HTTP clients, and a tenth pandas; of the 2.2 s until the first step an eighth was Alembic, which
migrates Dagster's files once a release, and Dagster's daemon. What is left out is loaded by whoever asks for it afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

# What `dagster._core.storage.sql` imports for migrations, by module.
_MIGRATING = {
    "alembic": (),
    "alembic.command": ("downgrade", "stamp", "upgrade"),
    "alembic.config": ("Config",),
    "alembic.runtime": (),
    "alembic.runtime.environment": ("EnvironmentContext",),
    "alembic.runtime.migration": ("MigrationContext",),
    "alembic.script": ("ScriptDirectory",),
}
_DAEMON, _STORAGE = "dagster._daemon", "dagster._core.storage.base_storage"


def import_spacy() -> None:
    """Import spaCy without its command line, which it imports for `spacy.info`."""
    if "spacy" not in sys.modules and find_spec("spacy") is not None:
        with _deferred({"spacy.cli": (), "spacy.cli.info": ("info",)}):
            import_module("spacy")
        _group_entry_points()


def _group_entry_points() -> None:
    """Have what other packages give to spaCy's registries at hand by group; loading a model asks 160 times, each time of all."""
    catalogue: Any = import_module("catalogue")
    points = catalogue.AVAILABLE_ENTRY_POINTS
    if hasattr(points, "select"):
        catalogue.AVAILABLE_ENTRY_POINTS = {group: points.select(group=group) for group in points.groups}


def import_dagster_storage() -> None:
    """Import Dagster's storage without Alembic, and without the daemon, of which it needs the name of one class."""
    if _STORAGE in sys.modules or _DAEMON in sys.modules or "alembic" in sys.modules:
        return
    dagster: Any = import_module("dagster")
    if (daemon := find_spec(_DAEMON)) is not None:
        dagster._daemon = sys.modules[_DAEMON] = _Package(daemon)
    with _deferred(_MIGRATING):
        import_module(_STORAGE)


def without_pandas() -> None:
    """Let this process do without pandas, which Arrow imports for the first list that it is given, if it can be had."""
    if not any(isinstance(finder, _Absent) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Absent("pandas"))


@contextmanager
def _deferred(names: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """For the block, modules of which only some names are there, and these as what imports the module when it is used."""
    for module, own in names.items():
        stub = ModuleType(module)
        stub.__path__ = []
        stub.__dict__.update({name: _Deferred(module, name) for name in own})
        sys.modules[module] = stub
    try:
        yield
    finally:
        for module in names:
            del sys.modules[module]


class _Deferred:
    """A function or class of a module that is imported when it is called or one of its attributes is asked for."""

    def __init__(self, module: str, name: str) -> None:
        self._found_in = module, name

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        module, name = self._found_in
        return getattr(import_module(module), name)(*arguments, **options)

    def __getattr__(self, attribute: str) -> Any:
        module, name = self._found_in
        return getattr(getattr(import_module(module), name), attribute)


class _Package(ModuleType):
    """A package whose modules can be imported without its own code, which runs when something else of it is asked for."""

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name, "Not loaded yet.")
        self.__path__ = list(spec.submodule_search_locations or ())
        self.__spec__ = spec

    def __getattr__(self, attribute: str) -> Any:
        spec = self.__spec__
        if spec is None or spec.loader is None or attribute.startswith("__"):
            raise AttributeError(attribute)
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec.loader.exec_module(self)
        return getattr(self, attribute)


class _Absent:
    """Says of a library that it is not installed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Called for each module that is imported for the first time; leaves all others to the finders that follow."""
        if name == self._name:
            raise ModuleNotFoundError(f"this process does without {name}", name=name)
