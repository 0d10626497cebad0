"""What the resolving of events keeps for the next run, in the files of a folder.

What belongs here: `KeptEvents`, and the hash by which a document that changed is known. What does not: what is done with it
(`events.py`), the pairs (`kept_pairs.py`).

It is a cache: nothing is lost with it but time. A folder belongs to the resolution that wrote it: the next run may use it only if
core holds the result of that one, made by the same code.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.util import hash_array

from pipelines.stages.resolve.alike_texts import Neighbours
from pipelines.stages.resolve.event_relations import RelatedReports
from pipelines.stages.resolve.half_linkage import STAGES, Ladder
from pipelines.stages.resolve.kept_pairs import KeptPairs
from pipelines.stages.resolve.kept_rows import KeptRows
from pipelines.stages.resolve.kept_tables import ABOUT, read_about
from pipelines.stages.resolve.report_parties import Parties
from pipelines.stages.resolve.reports import SKETCHES, Reports

_MIX = np.uint64(0x9E3779B97F4A7C15)
_IDS = ("mention_ids", "document_ids")
PAIRS = "pairs"


@dataclass(frozen=True, slots=True)
class KeptEvents:
    """All that a run needs of the run before.

    Attributes:
        reports: the reports.
        prints: a hash of all that the rows say of each document (`document_prints`).
        neighbours: the texts that are alike.
        pairs: the pairs of reports that count.
        related: the pairs of reports of related events.
        promises: promises and threats with the deeds that follow them, of whatever score.
        ladder: the clusters.
        names: for each report the least one of its event, after clusters that contradict themselves were parted.
        ties: pairs of event mentions that people put together, and that they kept apart.
    """

    reports: Reports
    prints: np.ndarray
    neighbours: Neighbours
    pairs: KeptPairs
    related: RelatedReports
    promises: RelatedReports
    ladder: Ladder
    names: np.ndarray
    ties: tuple[list[tuple[str, str]], list[tuple[str, str]]]

    def write(self, folder: Path, version: str) -> None:
        """Write all but the files of the pairs, which are there already."""
        arrays = _arrays("reports", self.reports)
        for name in ("neighbours", "related", "promises"):
            arrays |= _arrays(name, getattr(self, name))
        for number, (names, parts) in enumerate(zip(self.ladder.names, self.ladder.parts, strict=True)):
            arrays |= {f"ladder.names.{number}": names, f"ladder.parts.{number}": parts}
        arrays |= {"prints": self.prints, "names": self.names}
        for name, array in arrays.items():
            if isinstance(array, KeptRows):
                array.write(folder / f"{name}.npy")
            else:
                np.save(folder / f"{name}.npy", array)
        for name in _IDS:
            table = pa.table({"id": pa.array(getattr(self.reports, name), pa.large_string())})
            with pa.OSFile(str(folder / f"{name}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table)
        self.pairs.write()
        # Last, so that a folder without it is known to be no whole one.
        (folder / ABOUT).write_text(json.dumps({"version": version, "ties": self.ties}), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, version: str) -> KeptEvents | None:
        """Read what is kept, if it is whole and the same code wrote it."""
        about = read_about(folder, version)
        if about is None:
            return None
        ladder = Ladder(
            *([_read(folder, f"ladder.{kind}.{n}") for n in range(len(STAGES))] for kind in ("names", "parts"))
        )
        together, apart = ([(a, b) for a, b in told] for told in about["ties"])
        return cls(
            reports=_read_reports(folder),
            prints=_read(folder, "prints"),
            neighbours=Neighbours(*(_read(folder, f"neighbours.{f.name}") for f in fields(Neighbours))),
            pairs=KeptPairs.read(folder / PAIRS),
            related=_related(folder, "related"),
            promises=_related(folder, "promises"),
            ladder=ladder,
            names=_read(folder, "names"),
            ties=(together, apart),
        )


def forget_all_but(folder: Path, name: str | None) -> None:
    """Remove what is kept of other resolutions than one.

    Args:
        folder: where resolutions are kept, one in a folder.
        name: the one that stays; `None` if there is none.
    """
    if folder.is_dir():
        for other in folder.iterdir():
            if other.name != name:
                shutil.rmtree(other, ignore_errors=True)


def document_prints(
    documents: pd.DataFrame, mentions: pd.DataFrame, participants: pd.DataFrame, entities: pd.DataFrame
) -> np.ndarray:
    """A hash of all that is told of each document, its text aside, which its id stands for.

    Args:
        documents: document_id and further columns, by id.
        mentions: rows of nlp.event_mentions, by id, as people corrected them.
        participants: rows of nlp.event_participants.
        entities: rows of core.entities.
    """
    at = pd.Index(entities["entity_id"]).get_indexer(pd.Index(participants["entity_id"]))
    is_told = np.zeros(len(entities) + 1, dtype=bool)
    is_told[at] = True
    # The last one stands for parties without an entity.
    known = np.flatnonzero(is_told[:-1])
    of_entity = np.zeros(len(is_told), dtype=np.uint64)
    of_entity[known] = row_hashes(entities[["entity_id", "label", "country", "is_named"]].iloc[known])
    # Sums, so that the order of the rows makes no difference.
    row = pd.Index(mentions["event_mention_id"]).get_indexer(pd.Index(participants["event_mention_id"]))
    told = row >= 0
    of_mention = row_hashes(mentions.drop(columns="document_id"))
    of_party = row_hashes(participants.drop(columns="event_mention_id")) + of_entity[at] * _MIX
    np.add.at(of_mention, row[told], mixed(of_party)[told])
    found = row_hashes(documents)
    place = pd.Index(documents["document_id"]).get_indexer(pd.Index(mentions["document_id"]))
    np.add.at(found, place, mixed(of_mention))
    return found


def row_hashes(frame: pd.DataFrame) -> np.ndarray:
    found = np.zeros(len(frame), dtype=np.uint64)
    for name in sorted(frame.columns):
        found = mixed(found + _hashes(frame[name]))
    return found


def _hashes(column: pd.Series) -> np.ndarray:
    if column.dtype == object and isinstance(next(iter(column.dropna()), None), list | np.ndarray | tuple):
        column = _joined(column)
    if isinstance(column.dtype, pd.api.extensions.ExtensionDtype) and pd.api.types.is_numeric_dtype(column.dtype):
        column = column.astype(np.float64)
    if column.dtype == object or pd.api.types.is_string_dtype(column.dtype):
        codes, values = pd.factorize(column)
        texts = np.array([str(value) for value in np.asarray(values, dtype=object)], dtype=object)
        return np.append(hash_array(texts, categorize=False), _MIX).astype(np.uint64)[codes]
    return hash_array(column.to_numpy())


def _joined(column: pd.Series) -> pd.Series:
    """A column of lists as one of texts."""
    try:
        lists = pa.array(column, pa.list_(pa.string()), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        lists = None
    if lists is None or lists.values.null_count:  # lists of other things than texts
        return column.map(lambda value: None if value is None else "\x1f".join(map(str, value)))
    return pd.Series(pc.binary_join(lists, "\x1f"), dtype=pd.ArrowDtype(pa.string()))


def mixed(values: np.ndarray) -> np.ndarray:
    values = values * _MIX
    return values ^ (values >> np.uint64(31))


def _arrays(prefix: str, record: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Parties):
            found |= _arrays(f"{prefix}.{field.name}", value)
        elif field.name not in _IDS:
            found[f"{prefix}.{field.name}"] = value
    return found


def _related(folder: Path, name: str) -> RelatedReports:
    return RelatedReports(*(_read(folder, f"{name}.{f.name}") for f in fields(RelatedReports)))


def _read(folder: Path, name: str) -> np.ndarray:
    return np.load(folder / f"{name}.npy", mmap_mode="r")


def _read_reports(folder: Path) -> Reports:
    found: dict[str, Any] = {}
    for field in fields(Reports):
        if field.name in _IDS:
            with pa.memory_map(str(folder / f"{field.name}.arrow")) as source:
                found[field.name] = pa.ipc.open_file(source).read_all()["id"].to_numpy()
        elif field.name in SKETCHES:
            found[field.name] = KeptRows.read(folder / f"reports.{field.name}.npy")
        elif field.name in ("actors", "recipients"):
            parts = (_read(folder, f"reports.{field.name}.{part.name}") for part in fields(Parties))
            found[field.name] = Parties(*parts)
        else:
            found[field.name] = _read(folder, f"reports.{field.name}")
    return Reports(**found)
