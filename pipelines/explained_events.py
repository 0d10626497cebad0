"""Showing why reports are one event (`communique why`).

What belongs here: the layout on the screen. What does not: reading it (`warehouse/why.py`).
"""

from __future__ import annotations

from math import exp

from rich.console import Console

from pipelines.output import printable
from warehouse.why import Explanation, Report

_WIDTH = 24  # of the longest bar
_MOST = 6.0  # log-odds that fill it


def write_explanation(console: Console, explained: Explanation) -> None:
    """Write an event, its reports with their evidence as a waterfall, and what it is related to."""
    if explained.event:
        event = {name: value for name, value in explained.event.items() if value not in (None, [])}
        console.print(
            ", ".join(f"{name} {_shown(value)}" for name, value in event.items()), highlight=False, markup=False
        )
    for change, new, run in explained.changes:
        console.print(f"{change} in run {run}: {new or 'none of its mentions is left'}", markup=False)
    for report in explained.reports:
        _write_report(console, report)
    for relation, event_id, score in explained.related:
        console.print(f"{relation} {event_id} ({score:.2f})", markup=False)


def _write_report(console: Console, report: Report) -> None:
    published = report.published_date or "undated"
    console.print()
    console.print(
        f"{report.event_mention_id}  {published}  {report.source}  [{printable(report.trigger)}]",
        markup=False,
        highlight=False,
    )
    console.print(f"  {printable(report.sentence)}", markup=False, highlight=False)
    if not report.log_odds:
        console.print("  the only report")
        return
    total = sum(report.log_odds.values())
    console.print(
        f"  fits the event by {report.score:.2f}; against {report.nearest}: {1 / (1 + exp(-total)):.3f}",
        markup=False,
        highlight=False,
    )
    for name, value in sorted(report.log_odds.items(), key=lambda piece: -piece[1]):
        bar = ("+" if value > 0 else "-") * max(1, round(min(abs(value), _MOST) / _MOST * _WIDTH))
        console.print(f"    {name:20} {value:+6.2f} {bar}", markup=False, highlight=False)


def _shown(value: object) -> str:
    return " and ".join(map(str, value)) if isinstance(value, list) else str(value)
