"""The row of an event from all its reports: its coding, day and place.

What belongs here: `event_rows`. What does not: which reports are one event (`events.py`); counts and parties, which SQL adds up
(`sql/marts/fct_events.sql`).
"""

from __future__ import annotations

import pandas as pd

from pipelines.stages.resolve.reports import is_area

_PRECISIONS = ("day", "week", "month", "quarter", "season", "year", "decade", "century")
_CODING = ("event_type", "event_mode", "contexts", "quad_class", "intensity", "is_negated", "modality")
_DATES = ("event_date_start", "event_date_end", "event_date_precision", "event_date_source")
_PLACE = (
    "place_name", "place_country", "place_admin1", "place_latitude", "place_longitude", "place_geonames_id",
    "place_precision", "place_confidence",
)  # fmt: skip
_COLUMNS = (
    "event_id", *_CODING[:5], "confidence", "is_negated", "modality", *_DATES, *_PLACE,
    "mention_count", "document_count", "first_published_date",
)  # fmt: skip


def event_rows(documents: pd.DataFrame, mentions: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """One row an event.

    Type and mode are those that a person gave, else those that the reports are surest of taken together; the rest of the coding
    is that of the surest report so coded. The day is the one that most of the reports give that name it themselves; the place
    likewise, the more exact one first.

    Args:
        documents: document_id, published_date, is_counted.
        mentions: rows of nlp.event_mentions as corrected (`corrections.correct_mentions`).
        links: event_mention_id and event_id, one row a mention.

    Returns:
        Rows of core.events, by event_id.
    """
    if mentions.empty:
        return pd.DataFrame(columns=list(_COLUMNS))
    told = mentions.merge(documents[["document_id", "published_date", "is_counted"]], on="document_id", how="left")
    told = told.merge(links[["event_mention_id", "event_id"]], on="event_mention_id")
    rows = _leading(told, ["event_type", "event_mode"])[[*_CODING, "confidence"]]
    rows["confidence"] = told.groupby("event_id")["confidence"].max()
    rows = rows.join(_dates(told)).join(_places(told))
    counted = told[told["is_counted"] & told["is_event"]].groupby("event_id")
    rows["mention_count"] = counted.size().reindex(rows.index).fillna(0).astype(int)
    rows["document_count"] = counted["document_id"].nunique().reindex(rows.index).fillna(0).astype(int)
    rows["first_published_date"] = told.groupby("event_id")["published_date"].min()
    return rows.reset_index()[list(_COLUMNS)]


def _leading(told: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Of each event the surest report that has the values which its reports are surest of together."""
    weighed = told.assign(total=told.groupby(["event_id", *columns], dropna=False)["confidence"].transform("sum"))
    order = ["event_id", "is_recoded", "total", "confidence", "event_mention_id"]
    return (
        weighed.sort_values(order, ascending=[True, False, False, False, True])
        .groupby("event_id")
        .head(1)
        .set_index("event_id")
    )


def _dates(told: pd.DataFrame) -> pd.DataFrame:
    rank = {precision: rank for rank, precision in enumerate(_PRECISIONS)}
    dated = told[told["event_date_source"] != "none"]
    votes = dated.groupby(["event_id", *_DATES], dropna=False).agg(votes=("event_mention_id", "size")).reset_index()
    votes = votes.assign(
        is_guess=votes["event_date_source"] != "text",
        exactness=votes["event_date_precision"].map(rank).fillna(len(rank)),
    )
    order = ["event_id", "is_guess", "exactness", "votes", "event_date_start", "event_date_end"]
    found = votes.sort_values(order, ascending=[True, True, True, False, True, True]).groupby("event_id").head(1)
    dates = found.set_index("event_id")[list(_DATES)].reindex(pd.Index(told["event_id"].unique(), name="event_id"))
    dates["event_date_source"] = dates["event_date_source"].fillna("none")
    return dates


def _places(told: pd.DataFrame) -> pd.DataFrame:
    placed = told[told["place_name"].notna()]
    placed = placed.assign(
        is_area=is_area(placed),
        votes=placed.groupby(["event_id", "place_name", "place_country"], dropna=False)["event_mention_id"].transform(
            "size"
        ),
    )
    order = ["event_id", "is_area", "votes", "confidence", "event_mention_id"]
    found = placed.sort_values(order, ascending=[True, True, False, False, True]).groupby("event_id").head(1)
    return found.set_index("event_id")[list(_PLACE)]
