"""Which rows of raw, nlp and core a run may have changed, by their keys: from one build of them to the next.

What belongs here: `Touched`, and keeping it in a file beside the hashes of the models. What does not: what is asked of these rows
(`changed_checks.py`), writing them (`load.py`).

The load writes by document, the resolution by mention, event and entity. What they wrote is kept as links from build to build, so
that what has changed since the last publication is known though runs have failed in between; where a link is missing, as after a
run that was stopped, a removal, or a load of very many documents, nothing is known.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.batches import id_table, registered
from warehouse.builds import CORE, LOAD, read_builds, read_by
from warehouse.contracts.nlp import NLP
from warehouse.staging import DocumentFile, StagedDocuments, StagedExtractions
from warehouse.transaction import translated_errors

_FILE = "touched.json"
_MOST_KEYS = 20_000  # of all links; above it all rows are checked

WORD = "word"  # of core.word_stems, where it is known which came
_OF_DOCUMENT = ("document_id",)
# Table: columns in each of which all its rows that came, changed or went have keys that are told.
COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    LOAD: dict.fromkeys(("raw.documents", "raw.document_sources", *(t.qualified_name for t in NLP)), _OF_DOCUMENT),
    CORE: {
        "core.entities": ("entity_id",),
        "core.entity_affiliations": ("entity_id",),
        "core.entity_links": ("mention_id", "entity_id"),
        "core.events": ("event_id",),
        "core.event_links": ("event_mention_id", "event_id"),
        "core.event_parties": ("event_mention_id",),
    },
}
_LINKS = (("core.event_links", "event_mention_id", "event_id"), ("core.entity_links", "mention_id", "entity_id"))


@dataclass(frozen=True, slots=True)
class Touched:
    """Keys of which rows came, changed or went, by name; of all other keys no row did. None at all: nothing was written."""

    keys: Mapping[str, Collection[str]] = field(default_factory=dict)
    has_lost: bool = False  # whether a row may be gone that others refer to


def documents_touched(
    con: duckdb.DuckDBPyConnection, staged: StagedDocuments, extractions: StagedExtractions
) -> Touched:
    """What a load that removes nothing is about to write.

    Args:
        con: the build database, before the load.
        staged: what was read.
        extractions: what was extracted.
    """
    documents = staged.documents
    ids = documents.ids() if isinstance(documents, DocumentFile) else [document.document_id for document in documents]
    written = {*ids, *extractions.document_ids}
    # What an earlier run knew of files that were read again is replaced, and other versions of a file are no longer current.
    read = pa.table(
        {
            name: pa.array([getattr(file, name) for file in staged.files], pa.large_string())
            for name in ("file_id", "path")
        }
    )
    with registered(con, read):
        held = con.execute(
            "select document_id from raw.document_sources semi join _incoming using (file_id)"
        ).fetchall()
        versions = con.execute("select file_id from raw.files semi join _incoming using (path)").fetchall()
    with registered(con, id_table(written)):
        is_there = con.execute("select exists (from raw.documents semi join _incoming using (document_id))").fetchall()
    sources = {source.document_id for source in staged.document_sources}
    keys = {
        "document_id": written | sources | {key for (key,) in held},
        "file_id": {file.file_id for file in staged.files} | {key for (key,) in versions},
    }
    return Touched(keys, is_there == [(True,)])


class CoreTouched:
    """What a resolution writes; begun before anything is written."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Note what core was made of.

        Args:
            con: the build database, before the build of core begins.
            folder: as for `note_touched`.
        """
        self._con, self._folder = con, folder
        self._former = read_builds(con).get(CORE)
        loaded = read_touched(folder, LOAD, since=read_by(con, CORE, LOAD), build=read_builds(con).get(LOAD))
        # Links of mentions that are no more go, too, and are not told.
        self._is_known = loaded is not None and not loaded.has_lost
        self._touched: Touched | None = None

    def find(
        self, tables: Mapping[str, pa.Table], replaced: Iterable[str] | None, entities: Iterable[str] | None
    ) -> None:
        """Find out what is about to be written.

        Args:
            tables: rows by table, as for `load.replace_core`, as are the others.
            replaced: event mentions whose rows are replaced.
            entities: entities whose rows are replaced.
        """
        if not self._is_known or replaced is None or entities is None:
            return
        keys: dict[str, set[str]] = {"event_mention_id": {*replaced}, "entity_id": {*entities}}
        for table, columns in COLUMNS[CORE].items():
            for column in columns:
                keys.setdefault(column, set()).update(tables[table].column(column).drop_null().to_pylist())
        for links, mention, thing in _LINKS:
            with registered(self._con, pa.table({mention: pa.array(sorted(keys[mention]), pa.large_string())})):
                former = f"select distinct {thing} from {links} semi join _incoming using ({mention})"
                keys[thing].update(key for (key,) in self._con.execute(former).fetchall())
        self._touched = Touched(keys, has_lost=True)

    def add_words(self, words: Collection[str]) -> None:
        """Note the words whose stems were added; no other stem changed or went.

        Args:
            words: the words.
        """
        if self._touched is not None:
            self._touched = replace(self._touched, keys={**self._touched.keys, WORD: words})

    def note(self) -> None:
        """Keep it, now that core is stamped."""
        note_touched(self._con, self._folder, CORE, self._former, self._touched)


def note_touched(
    con: duckdb.DuckDBPyConnection, folder: Path, part: str, former: str | None, touched: Touched | None
) -> None:
    """Keep what led from one build of a part to the one that there is now.

    Args:
        con: the build database.
        folder: where models keep what they were made of.
        part: `builds.LOAD` or `builds.CORE`.
        former: the build that there was (`builds.read_builds`).
        touched: what was written; `None` if that is not known.
    """
    state = _read(folder)
    before = state.get(part, [])
    links = list(before) if before and before[-1].get("build") == former else []
    if touched is None:
        links = []
    else:
        keys = {name: sorted(own) for name, own in touched.keys.items()}
        links.append({"former": former, "build": read_builds(con)[part], "keys": keys, "has_lost": touched.has_lost})
    while sum(len(keys) for link in links for keys in link["keys"].values()) > _MOST_KEYS:
        links = links[1:]
    if links == before:
        return
    folder.mkdir(exist_ok=True)
    temporary = folder / f"{_FILE}.{os.getpid()}"
    with translated_errors(doing="keeping what was written"):
        temporary.write_text(json.dumps({**state, part: links}), encoding="utf-8")
        os.replace(temporary, folder / _FILE)


def read_touched(folder: Path, part: str, *, since: str | None, build: str | None) -> Touched | None:
    """What was written from one build of a part to another; `None` if that is not known.

    Args:
        folder: as for `note_touched`.
        part: the part.
        since: the earlier build, of the published file.
        build: the build that there is now.
    """
    if since is None or build is None or since == build:
        return None if since is None or build is None else Touched()
    keys: dict[str, set[str]] | None = None
    has_lost = False
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        for link in reversed(_read(folder).get(part, [])):
            if link["build"] != build:
                return None
            told = {name: set(map(str, own)) for name, own in link["keys"].items()}
            # Of a name that one link does not have not all keys are known.
            keys = told if keys is None else {name: keys[name] | told[name] for name in keys.keys() & told.keys()}
            has_lost = has_lost or bool(link["has_lost"])
            build = link["former"]
            if build == since:
                return Touched(keys, has_lost)
    return None


def _read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    with suppress(OSError, ValueError, TypeError):
        return dict(json.loads((folder / _FILE).read_text(encoding="utf-8")))
    return {}
