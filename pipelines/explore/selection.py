"""What a reader has chosen to see, read from an address and written into one.

What belongs here: the parameters of the page, each checked. What does not: what is shown for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from pipelines.explore.projection import AREAS
from pipelines.explore.reading import Warehouse

_COUNTRY = """
select country from main.dim_countries
where upper(country) = upper($words) or lower(country_name) = lower($words)
order by upper(country) = upper($words) desc limit 1
"""
_BUSIEST = """
select country_a, country_b from main.agg_dyad_months
where $country is null or $country in (country_a, country_b)
group by all order by sum(event_count) desc, country_a, country_b limit 1
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """Two countries, a time, and what is chosen inside the views."""

    a: str | None = None  # ISO 3166-1 alpha-3, earlier in the alphabet
    b: str | None = None
    since: date | None = None  # first day of the first month
    until: date | None = None  # first day of the last month
    asserted: bool = False  # only what a report asserts itself, with the confidence that the warehouse asks for
    month: date | None = None  # of the timeline, first day
    event: str | None = None
    pair_only: bool = False  # map, network and disagreement show events of the two countries only
    area: str = "world"
    place: str | None = None  # whose events are listed below the map
    entity: str | None = None
    find: str = ""  # words that a document has

    def link(self, fragment: str = "", **changes: object) -> str:
        """The address of the page with some choices changed."""
        chosen = replace(self, **changes)  # type: ignore[arg-type]
        values = {field.name: _written(getattr(chosen, field.name), field.default) for field in fields(Selection)}
        words = urlencode({name: value for name, value in values.items() if value})
        return "/" + (f"?{words}" if words else "") + (f"#{fragment}" if fragment else "")


def read_selection(given: Mapping[str, str], warehouse: Warehouse) -> tuple[Selection, tuple[str, ...]]:
    """Read the parameters of an address.

    Args:
        given: parameters by name; what is empty counts as not given.
        warehouse: knows the countries, and which two have most events where none are chosen.

    Returns:
        The selection, and what is wrong with the parameters, in words; what is wrong is left out.
    """
    problems: list[str] = []
    codes = [_country(given.get(name, ""), warehouse, problems) for name in ("a", "b")]
    first, second = codes
    if first is not None and first == second:
        problems.append("Choose two different countries.")
        second = None
    if first is None or second is None:
        busiest = warehouse.first(_BUSIEST, country=first or second)
        if busiest:
            first, second = busiest["country_a"], busiest["country_b"]
        elif first or second:
            problems.append(f"{first or second} has no events with another country.")
            first = second = None
    if first is not None and second is not None:
        first, second = sorted((first, second))
    since, until, month = (_month(given.get(name, ""), problems) for name in ("since", "until", "month"))
    if since and until and since > until:
        since, until = until, since
    area = given.get("area") or "world"
    if area not in AREAS:
        problems.append(f"There is no area {area!r}; there are {', '.join(AREAS)}.")
        area = "world"
    return Selection(
        a=first,
        b=second,
        since=since,
        until=until,
        asserted=given.get("asserted") == "1",
        month=month,
        event=given.get("event") or None,
        pair_only=given.get("pair_only") == "1",
        area=area,
        place=given.get("place") or None,
        entity=given.get("entity") or None,
        find=given.get("find", "").strip(),
    ), tuple(problems)


def _country(words: str, warehouse: Warehouse, problems: list[str]) -> str | None:
    words = words.strip()
    if not words:
        return None
    found = warehouse.first(_COUNTRY, words=words)
    if found is None:
        problems.append(f"There is no country {words!r}: write its English name or its code of three letters.")
        return None
    return str(found["country"])


def _month(words: str, problems: list[str]) -> date | None:
    if not words:
        return None
    try:
        return date.fromisoformat(f"{words.strip()[:7]}-01")
    except ValueError:
        problems.append(f"{words!r} is no month: write it as 2022-08.")
        return None


def _written(value: Any, default: Any) -> str:
    if value == default or value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return "1" if value is True else str(value)
