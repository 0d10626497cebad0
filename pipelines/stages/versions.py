"""The versions of the stages: short hashes of the code, lexicons and libraries that their results depend on.

What belongs here: which files count for which stage. It imports none of them, so that whoever only asks for a version (the asset
graph) need not load spaCy. What does not: what a version is used for (`pipelines/defs`, `batches.py`, `warehouse/builds.py`).
"""

from __future__ import annotations

from importlib import metadata

from pipelines.errors import ModelMissingError
from pipelines.ids import code_version
from pipelines.nlp.packages import PACKAGED_SUFFIX

# What a staged document depends on, below the package's folder.
_INGEST = ("stages/ingest/**/*", "nlp/times/**/*", "records.py", "ids.py")
# What an extraction record depends on, below the package's folder.
_EXTRACT = (
    "nlp/**/*",
    "lexicons/**/*",
    "records.py",
    "ids.py",
    "stages/coding.py",
    "stages/record.py",
    "stages/ingest/canonical.py",
    "stages/ingest/patterns.py",
)
# What the tables of core depend on beside the rows, below the package's folder.
_RESOLVE = (
    "stages/resolve/*.py",
    "stages/ingest/boilerplate.py",
    "stages/ingest/copy_evidence.py",
    "stages/ingest/fingerprint.py",
    "ids.py",
    "records.py",
    "lexicons/act_senses.csv",
    "lexicons/actor_nouns.csv",
    "lexicons/counting_words.csv",
    "lexicons/countries.csv",
    "lexicons/day_parts.csv",
    "lexicons/day_telling_words.csv",
    "lexicons/desk_lines.csv",
    "lexicons/event_announcements.csv",
    "lexicons/event_families.csv",
    "lexicons/event_frames.csv",
    "lexicons/event_identity_weights.csv",
    "lexicons/event_traits.csv",
    "lexicons/event_types.csv",
    "lexicons/given_name_variants.csv",
    "lexicons/irregular_verbs.csv",
    "lexicons/means_senses.csv",
    "lexicons/mode_senses.csv",
    "lexicons/repeat_words.csv",
    "lexicons/sector_kin.csv",
    "lexicons/support_verbs.csv",
    "lexicons/word_weights.csv",
)


def ingest_version() -> str:
    """The version of what a document is made with: readers, cleaning, dates and near-duplicates."""
    return code_version("ingest", _INGEST)


def extractor_version(model: str) -> str:
    """The version of what extraction depends on: code, lexicons, spaCy and model, as a short hash.

    Args:
        model: name of an installed spaCy pipeline.

    Raises:
        ModelMissingError: it is not installed.
    """
    return code_version(f"spacy {metadata.version('spacy')} {_model_version(model)}", _EXTRACT)


def resolver_code_version(corrections: str = "") -> str:
    """The version of what resolves entities and events.

    Args:
        corrections: the version of the corrections by people that were applied.
    """
    return code_version(f"resolve {corrections}", _RESOLVE)


def events_code_version(libraries: str) -> str:
    """The version of what the resolving of events keeps for the next run.

    Args:
        libraries: the versions of the libraries whose numbers it keeps.
    """
    return code_version(f"events {libraries}", _RESOLVE)


def _model_version(model: str) -> str:
    for name in (model, model + PACKAGED_SUFFIX):
        try:
            return f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue
    raise ModelMissingError(
        f"the spaCy pipeline {model!r} is not installed; install it or set COMMUNIQUE_MODEL to an installed one"
    )
