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
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import SettingsError
from pipelines.stages.ingest.inbox import CONFIGURATION_NAME
from pipelines.stages.ingest.readers.fields import FIELD_NAMES


class Kind(StrEnum):
    """What a file that comes again holds.

    A snapshot holds all there is: what is not in it any more, or whose file is gone, is no longer current. A feed shows a
    window on the latest documents: what left it stays current. An archive is written once: a file that is gone, or has
    come again with fewer documents, takes none away, and a changed one is read as an addition.
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
    fields: dict[str, str] = {}


class _SourcesFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of an inbox."""

    by_folder: dict[PurePosixPath, Source]

    def find(self, path: str) -> Source:
        """The source of a file: that of the innermost folder that has one."""
        for folder in PurePosixPath(path).parents:
            if folder in self.by_folder:
                return self.by_folder[folder]
        return Source()


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
