"""What the user says about the folders of the inbox: `sources.toml` at the top of the seeds folder.

What belongs here: reading that file. Its form:

    [[source]]
    folder = "wire/reuters"     # below the seeds folder; "." for everything
    name = "Reuters"            # publisher of all that is in it, whatever the files say
    language = "en"             # instead of detecting it
    licence = "licensed, internal use"
    encoding = "cp1250"         # of its files, where they carry no byte-order mark; instead of detecting it
    kind = "feed"               # what it means when a document is no longer in a file: see `Kind`
    [source.fields]             # columns or keys of its CSV, Parquet and JSON files
    text = "Story Body"
    published = "Filed"

The innermost folder counts. A change applies to the files that are read from then on.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines.errors import SettingsError
from pipelines.stages.ingest.inbox import CONFIGURATION_NAME
from pipelines.stages.ingest.readers.fields import FIELD_NAMES


class Kind(StrEnum):
    """What it means when a document that was read is no longer in the folder.

    A snapshot is all there is: a document that left its file, or whose file is gone, is no longer current. A feed is a
    window on the latest documents, overwritten again and again: what left it stays current as long as the file is there.
    An archive never changes: what was once in it stays current, even when its file is changed or taken away.
    """

    SNAPSHOT = "snapshot"
    FEED = "feed"
    ARCHIVE = "archive"


class Source(BaseModel):
    """What is known of the files in a folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str = "."
    name: str | None = Field(default=None, min_length=1)
    language: str | None = Field(default=None, pattern="^[a-z]{2,3}$")
    licence: str | None = None
    encoding: str | None = None
    kind: Kind = Kind.SNAPSHOT
    fields: dict[str, str] = {}

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        if name is not None:
            from pipelines.stages.ingest.decoding import is_text_encoding  # loads what detects encodings

            if not is_text_encoding(name):
                raise ValueError(f"{name!r} is no text encoding that is known, such as cp1250, iso-8859-2 or koi8-r")
        return name


class _SourcesFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of an inbox."""

    by_folder: dict[PurePosixPath, Source]
    _found: dict[str, Source] = field(
        default_factory=dict, compare=False, repr=False
    )  # by the folder that a file is in

    def find(self, path: str) -> Source:
        """The source of a file: that of the innermost folder that has one."""
        folder = path.rpartition("/")[0]
        if folder not in self._found:
            parents = PurePosixPath(path).parents
            self._found[folder] = next(
                (self.by_folder[known] for known in parents if known in self.by_folder), Source()
            )
        return self._found[folder]


def load_sources(root: Path) -> Sources:
    """Read `sources.toml` of a seeds folder; without it nothing is known.

    Raises:
        SettingsError: the file cannot be used; names what is wrong in it.
    """
    path = root / CONFIGURATION_NAME
    if not path.is_file():
        return Sources({})
    try:
        parsed = _SourcesFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise SettingsError(f"{path} cannot be used: {error}") from error
    for source in parsed.source:
        if unknown := sorted(source.fields.keys() - FIELD_NAMES.keys()):
            raise SettingsError(f"{path}: unknown fields {unknown}; known are {', '.join(FIELD_NAMES)}")
    return Sources({PurePosixPath(source.folder): source for source in parsed.source})
