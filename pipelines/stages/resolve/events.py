"""Events across documents: which event mentions report one real-world event, and the event's row.

What belongs here: clustering `nlp.event_mentions` by type, parties, date and place. What does not: coding a mention.

Two mentions are one event when they have the same type, share an actor and a recipient (where both have any; by entity, else
by country and sector), their dates meet within `DATE_SLACK_DAYS`, their places do not contradict, and neither is negated
alone. Mentions of one sentence are never joined: a sentence that tells two attacks tells two events.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from pipelines import ids
from pipelines.stages.resolve.clusters import Clusters

DATE_SLACK_DAYS = 1  # reports of one event differ by a day (time zones, "late on Monday")
_PRECISION_ORDER = ("day", "week", "month", "quarter", "season", "year", "decade", "century")


@dataclass(frozen=True, slots=True)
class ResolvedEvents:
    """The event tables of schema core."""

    events: pd.DataFrame
    event_links: pd.DataFrame


@dataclass(slots=True)
class _Report:
    """An event mention reduced to what clustering compares."""

    mention_id: str
    sentence: tuple[str, int]
    actors: frozenset[str]
    recipients: frozenset[str]
    start: date | None
    end: date | None
    place: str | None
    mode: str | None
    is_negated: bool


def resolve_events(
    documents: pd.DataFrame, mentions: pd.DataFrame, participants: pd.DataFrame, canonical: dict[str, str]
) -> ResolvedEvents:
    """Join event mentions into events.

    Args:
        documents: document_id, published_date, is_counted.
        mentions: rows of nlp.event_mentions.
        participants: rows of nlp.event_participants.
        canonical: entity of core.entities for each entity of nlp.entities.

    Returns:
        The tables of events and links.
    """
    parties = _party_keys(participants, canonical)
    clusters = Clusters(mentions["event_mention_id"])
    blocks: dict[tuple, list[_Report]] = defaultdict(list)
    for row in mentions.itertuples(index=False):
        report = _report(row, parties)
        for key in _block_keys(str(row.event_type), report):
            blocks[key].append(report)
    for block in blocks.values():
        _join_block(block, clusters)
    event_of = _event_ids(clusters)
    links = pd.DataFrame(
        {
            "event_mention_id": mentions["event_mention_id"],
            "event_id": mentions["event_mention_id"].map(event_of),
            "method": "type_parties_date",
            "score": 1.0,
        }
    )
    sizes = links["event_id"].map(links["event_id"].value_counts())
    links.loc[sizes > 1, "score"] = 0.8
    return ResolvedEvents(_event_rows(documents, mentions, event_of), links)


def _party_keys(participants: pd.DataFrame, canonical: dict[str, str]) -> dict[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in participants.itertuples(index=False):
        if row.role == "attribution":
            continue
        keys = found[(str(row.event_mention_id), str(row.role))]
        if isinstance(row.entity_id, str):
            keys.add(canonical.get(row.entity_id, row.entity_id))
        if isinstance(row.country, str):
            keys.add(f"{row.country}:{row.sector if isinstance(row.sector, str) and row.sector != 'GOV' else ''}")
        elif not isinstance(row.entity_id, str):
            keys.add(str(row.text).casefold())
    return {key: frozenset(values) for key, values in found.items()}


def _report(row, parties: dict[tuple[str, str], frozenset[str]]) -> _Report:
    none: frozenset[str] = frozenset()
    return _Report(
        mention_id=row.event_mention_id,
        sentence=(row.document_id, row.sentence_start_char),
        actors=parties.get((row.event_mention_id, "actor"), none),
        recipients=parties.get((row.event_mention_id, "recipient"), none),
        start=_day(row.event_date_start),
        end=_day(row.event_date_end),
        place=row.place_name if isinstance(row.place_name, str) else None,
        mode=row.event_mode if isinstance(row.event_mode, str) else None,
        is_negated=bool(row.is_negated),
    )


def _day(value) -> date | None:
    if value is None or pd.isna(value):
        return None
    return (
        value.date()
        if hasattr(value, "date") and not isinstance(value, date) or isinstance(value, pd.Timestamp)
        else value
    )


def _block_keys(event_type: str, report: _Report) -> list[tuple]:
    """Keys under which reports are compared: only dated events with parties can be known to be one."""
    if report.start is None and report.end is None:
        return []
    sides = report.actors if report.actors else report.recipients
    return [(event_type, party) for party in sorted(sides)]


def _join_block(block: list[_Report], clusters: Clusters) -> None:
    ordered = sorted(block, key=lambda r: (r.start or r.end or date.min, r.mention_id))
    slack = timedelta(days=DATE_SLACK_DAYS)
    for i, first in enumerate(ordered):
        last = (first.end or first.start or date.max - slack) + slack
        for second in ordered[i + 1 :]:
            if second.start is not None and second.start > last:
                break
            if _same_event(first, second, slack):
                clusters.join(first.mention_id, second.mention_id)


def _same_event(first: _Report, second: _Report, slack: timedelta) -> bool:
    if first.sentence == second.sentence or first.is_negated != second.is_negated:
        return False
    if first.place and second.place and first.place != second.place:
        return False
    if first.mode and second.mode and first.mode != second.mode:
        return False
    if not _near(first, second, slack):
        return False
    if not _share(first.actors, second.actors) or not _share(first.recipients, second.recipients):
        return False
    return bool(first.actors & second.actors or first.recipients & second.recipients)


def _share(first: frozenset[str], second: frozenset[str]) -> bool:
    return not first or not second or bool(first & second)


def _near(first: _Report, second: _Report, slack: timedelta) -> bool:
    """Whether two intervals meet; a month and a day in it do not prove one event, so widths must be alike."""
    a = (first.start or first.end, first.end or first.start)
    b = (second.start or second.end, second.end or second.start)
    if a[0] is None or b[0] is None or a[1] is None or b[1] is None:
        return False
    if (a[1] - a[0] > timedelta(days=7)) != (b[1] - b[0] > timedelta(days=7)):
        return False
    return a[0] <= b[1] + slack and b[0] <= a[1] + slack


def _event_ids(clusters: Clusters) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, members in clusters.members().items():
        found.update(dict.fromkeys(members, ids.event_id(name)))
    return found


_CODING = ("event_type", "event_mode", "contexts", "quad_class", "intensity", "is_negated")
_DATES = ("event_date_start", "event_date_end", "event_date_precision", "event_date_source")
_PLACE = ("place_name", "place_country", "place_admin1", "place_latitude", "place_longitude", "place_geonames_id")


def _event_rows(documents: pd.DataFrame, mentions: pd.DataFrame, event_of: dict[str, str]) -> pd.DataFrame:
    """One row an event: coding of its most confident mention, its most exact date, its surest place."""
    columns = [
        "event_id", *_CODING[:5], "confidence", "is_negated", "modality", *_DATES, *_PLACE,
        "mention_count", "document_count", "first_published_date",
    ]  # fmt: skip
    if mentions.empty:
        return pd.DataFrame(columns=columns)
    told = mentions.merge(documents, on="document_id", how="left").assign(
        event_id=mentions["event_mention_id"].map(event_of).values
    )
    told = told.sort_values(["event_id", "confidence", "event_mention_id"], ascending=[True, False, True])
    lead = told.groupby("event_id", sort=True).head(1).set_index("event_id")
    rows = lead[[*_CODING, "confidence"]].copy()
    is_actual = lead.index.isin(told.loc[told["modality"] == "actual", "event_id"])
    rows["modality"] = lead["modality"].mask(is_actual, "actual")
    order = {precision: rank for rank, precision in enumerate(_PRECISION_ORDER)}
    dated = told.assign(
        from_text=(told["event_date_source"] != "text").astype(int),
        exactness=told["event_date_precision"].map(order).fillna(len(order)),
    ).sort_values(["event_id", "from_text", "exactness", "event_mention_id"])
    rows = rows.join(dated.groupby("event_id").head(1).set_index("event_id")[list(_DATES)])
    placed = told[told["place_name"].notna()].groupby("event_id").head(1).set_index("event_id")[list(_PLACE)]
    rows = rows.join(placed)
    counted = told[told["is_counted"]].groupby("event_id")
    rows["mention_count"] = counted.size().reindex(rows.index).fillna(0).astype(int)
    rows["document_count"] = counted["document_id"].nunique().reindex(rows.index).fillna(0).astype(int)
    rows["first_published_date"] = told.groupby("event_id")["published_date"].min()
    return rows.reset_index()[columns]
