"""The tables of events as they are written: links, rows, parties and relations, some reports after the others.

What belongs here: `ResolvedEvents`, `event_tables`. What does not: what a row says (`event_rows.py`, `event_links.py`,
`event_parties.py`, `event_relations.py`), which reports are one event (`events.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.stages.resolve.event_links import PairsWithin, event_links, event_names, told_evidence, whole_clusters
from pipelines.stages.resolve.event_parties import event_parties
from pipelines.stages.resolve.event_relations import RelatedReports, event_relations, only_recollections
from pipelines.stages.resolve.event_rows import event_rows
from pipelines.stages.resolve.event_source import EventRows
from pipelines.stages.resolve.kept_tables import Schema
from pipelines.stages.resolve.reports import Reports, SketchNorms
from pipelines.stages.resolve.table_files import FrameRows

_MOST_REPORTS = 20_000  # whose rows are put together at once
_MOST_IN_MEMORY = 20_000  # reports of which all rows are in memory
_TEXT, _DAY, _NUMBER = pa.string(), pa.date32(), pa.float64()
_SCHEMAS: dict[str, Schema] = {
    "events": {
        **dict.fromkeys(("event_id", "event_type", "event_mode"), _TEXT),
        "contexts": pa.list_(_TEXT),
        "quad_class": pa.int32(),
        **dict.fromkeys(("intensity", "confidence"), _NUMBER),
        "is_negated": pa.bool_(),
        "modality": _TEXT,
        **dict.fromkeys(("event_date_start", "event_date_end"), _DAY),
        **dict.fromkeys(("event_date_precision", "event_date_source"), _TEXT),
        **dict.fromkeys(("place_name", "place_country", "place_admin1"), _TEXT),
        **dict.fromkeys(("place_latitude", "place_longitude"), _NUMBER),
        "place_geonames_id": pa.int64(),
        "place_precision": _TEXT,
        "place_confidence": _NUMBER,
        **dict.fromkeys(("mention_count", "document_count"), pa.int64()),
        "first_published_date": _DAY,
    },
    "links": {
        **dict.fromkeys(("event_mention_id", "event_id", "method"), _TEXT),
        "score": _NUMBER,
        "evidence": _TEXT,
    },
    "parties": {
        **dict.fromkeys(("event_mention_id", "role"), _TEXT),
        "ordinal": pa.int32(),
        "party_id": _TEXT,
    },
}


@dataclass(frozen=True, slots=True)
class ResolvedEvents:
    """The event tables of schema core: all rows, or those of the events that are not what they were.

    Attributes:
        events, event_links, event_parties: the rows; a former row of an event mention in `replaced`, and of an event that it
            was linked to, gives way to them.
        event_relations: always all rows.
        replaced: event mentions; `None` if the rows are all that there are.
    """

    events: pd.DataFrame
    event_links: pd.DataFrame
    event_parties: pd.DataFrame
    event_relations: pd.DataFrame
    replaced: list[str] | None = None


def event_tables(
    rows: EventRows,
    reports: Reports,
    norms: SketchNorms,
    inside: PairsWithin,
    names: np.ndarray,
    anew: np.ndarray,
    compared: tuple[RelatedReports, RelatedReports],
    folder: Path | None = None,
) -> ResolvedEvents:
    """The rows of events with a report that is not as before, and the relations of all.

    Args:
        rows: what is resolved.
        reports: the reports.
        norms: the lengths of their sketches.
        inside: at least the pairs within these events.
        names: the cluster of each report.
        anew: for each report whether its rows are asked for; all of an event or none.
        compared: related reports: those found among compared pairs, and promises with their deeds.
        folder: for the rows of many reports, which stay in files of it; `None`: they are in memory.
    """
    related = RelatedReports.joined([only_recollections(compared[0], reports, names), compared[1]])
    told = anew.copy()
    told[related.first] = told[related.second] = True
    event_of = event_names(reports, names, np.flatnonzero(whole_clusters(told, names)))
    links, nearest = event_links(reports, names, event_of, inside, anew, rows.corrections.same, norms)
    if np.count_nonzero(anew) <= _MOST_IN_MEMORY:
        folder = None
    found = {name: FrameRows(schema, folder and folder / f"{name}.arrow") for name, schema in _SCHEMAS.items()}
    for some, at in _portions(names, anew):
        of_events, of_parties = _rows_of_events(rows.of(some), links.iloc[at])
        found["events"].add(of_events)
        found["parties"].add(of_parties)
    is_event = rows.mentions["is_event"].to_numpy(dtype=bool)[anew]
    links.loc[~is_event, "method"] = "corrected"
    asked = np.flatnonzero(anew)
    for begin in range(0, max(len(links), 1), _MOST_REPORTS):
        part = slice(begin, begin + _MOST_REPORTS)
        evidence = told_evidence(reports, asked[part], nearest[part], norms)
        found["links"].add(links.iloc[part].assign(evidence=pd.Series(evidence, links.index[part], dtype=object)))
    tables = {name: part.done() for name, part in found.items()}
    return ResolvedEvents(
        tables["events"], tables["links"], tables["parties"], event_relations(related, names, event_of)
    )


def _portions(names: np.ndarray, anew: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The rows of reports that are asked for and their places among them, whole events at once; one portion at least."""
    rows = np.flatnonzero(anew)
    at = np.argsort(names[rows], kind="stable")
    # The event of each so manieth report begins a portion.
    of = names[rows[at]]
    bounds = np.unique(np.searchsorted(of, of[::_MOST_REPORTS])).tolist() or [0]
    for begin, end in pairwise([*bounds, len(at)]):
        some = np.sort(at[begin:end])
        yield rows[some], some


def _rows_of_events(rows: EventRows, links: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of some events, and those of their parties."""
    return event_rows(rows.documents, rows.mentions, links), event_parties(rows.participants, links, rows.entities)
