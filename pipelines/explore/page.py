"""Putting the views together and writing them as HTML.

What belongs here: which views a page has, and how values are worded. What does not: addresses and headers (`server.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.explore import disagreements, documents, network, places, projection, relations, timeline
from pipelines.explore.events import read_event
from pipelines.explore.reading import Row, Warehouse
from pipelines.explore.reasons import Decision
from pipelines.explore.selection import Selection, read_selection

TEMPLATES = Path(__file__).parent / "templates"
QUAD_NAMES = {
    1: "verbal cooperation",
    2: "material cooperation",
    3: "verbal conflict",
    4: "material conflict",
}
_MOST_LOG_ODDS = 6.0  # that fills half a bar

_VERSION = "select * from main.warehouse_version"
_COUNTRIES = "select country, country_name from main.dim_countries order by country_name"


def overview(warehouse: Warehouse, given: Mapping[str, str]) -> str:
    """The page itself: every view for what is chosen."""
    chosen, problems = read_selection(given, warehouse)
    names = {row["country"]: row["country_name"] for row in warehouse.rows(_COUNTRIES)}
    line = timeline.read_timeline(warehouse, chosen)
    shown = chosen.event or (line.listed[0]["event_id"] if line and line.listed else None)
    return _write(
        "overview.html",
        version=warehouse.first(_VERSION),
        chosen=chosen,
        problems=problems,
        names=names,
        a_name=names.get(chosen.a or "", ""),
        b_name=names.get(chosen.b or "", ""),
        pairs=relations.read_pairs(warehouse),
        relations=relations.read_relations(warehouse, chosen),
        timeline=line,
        shown_id=shown,
        event_link=lambda event_id: chosen.link("event", event=event_id),
        shown=read_event(warehouse, shown) if shown else None,
        places=places.read_places(warehouse, chosen),
        areas=projection.AREAS,
        network=network.read_network(warehouse, chosen),
        disputed=disagreements.read_disagreements(warehouse, chosen),
        found=documents.find_documents(warehouse, chosen.find),
    )


def event_page(warehouse: Warehouse, event_id: str) -> str | None:
    """An event with its reports; None where there is none of that id."""
    view = read_event(warehouse, event_id)
    if view is None:
        return None
    fields = disagreements.group_fields(list(view.disagreements))
    return _write("event.html", version=warehouse.first(_VERSION), view=view, disputed=fields, chosen=Selection())


def document_page(
    warehouse: Warehouse, document_id: str, explain: Callable[[Row], tuple[Decision, ...]] | None = None
) -> str | None:
    """A document's text beside its rows.

    Args:
        warehouse: the published version.
        document_id: the document.
        explain: finds the reasons of each coding; None where they are not asked for.

    Returns:
        The page; None where there is no document of that id.
    """
    view = documents.read_document(warehouse, document_id)
    if view is None:
        return None
    decisions = explain(view.document) if explain is not None else None
    by_report = {decision.event_mention_id: decision for decision in decisions or () if decision.is_row}
    dropped = [decision for decision in decisions or () if not decision.is_row]
    return _write(
        "document.html",
        version=warehouse.first(_VERSION),
        view=view,
        chosen=Selection(),
        is_explained=decisions is not None,
        by_report=by_report,
        dropped=dropped,
    )


def message_page(title: str, message: str) -> str:
    """A page that says what is wrong."""
    return _write("message.html", title=title, message=message, version=None, chosen=Selection())


def interval(row: Row) -> str:
    """The time of an event, as exactly as it is known."""
    start, end = row["event_date_start"], row["event_date_end"]
    if start is None or end is None:
        return "no date"
    if start == end:
        return day(start)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{start.year}" if start.year == end.year else f"{start.year} to {end.year}"
    if row["event_date_precision"] == "month" and (start.year, start.month) == (end.year, end.month):
        return f"{start:%B %Y}"
    return f"{day(start)} to {day(end)}"


def day(value: date) -> str:
    """A day in words."""
    return f"{value.day} {value:%B %Y}"


def parties(names: list[str] | None) -> str:
    """Names as a list in words."""
    *most, last = names or [""]
    return f"{', '.join(most)} and {last}" if most else last


def amount(value: float | None) -> str:
    """A count or sum with one decimal at most."""
    return "" if value is None else f"{value:,.1f}".removesuffix(".0")


def bar_length(weight: float) -> float:
    """Pixels of a bar for a weight in log-odds, 60 at most."""
    return max(1.0, min(abs(weight), _MOST_LOG_ODDS) / _MOST_LOG_ODDS * 60)


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    env.filters |= {"interval": interval, "day": day, "parties": parties, "amount": amount, "bar_length": bar_length}
    env.globals["quad_names"] = QUAD_NAMES
    return env


_ENVIRONMENT = _environment()


def _write(template: str, **values: Any) -> str:
    return _ENVIRONMENT.get_template(template).render(values)
