"""The map fills of each place the part of its events that writers assert, and what is dated in the future leads no list."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.explore.places import _laid_out
from pipelines.explore.projection import frame_of
from pipelines.summary import EVENTS_QUERY
from tests.unit.event_rows import Given, warehouse
from tests.unit.warehouse_rows import run_up_to, select


@pytest.mark.parametrize(
    ("precision", "told", "asserted", "drawn", "share"),
    [("town", 8.0, 2.0, "exact", 0.5), ("region", 8.0, 8.0, "near", 1.0), ("country", 8.0, 0.0, "country", 0.0)],
)
def test_a_place_is_filled_by_what_is_asserted(precision, told, asserted, drawn, share):
    row = {
        "place_name": "Vardby", "place_precision": precision, "place_longitude": 10.0, "place_latitude": 60.0,
        "event_count": told, "asserted_event_count": asserted, "cooperation_count": told, "conflict_count": 0.0,
    }  # fmt: skip
    (place,) = _laid_out([row], frame_of("world"))
    assert (place.precision_class, place.asserted_radius / place.radius) == (drawn, share)


def test_an_event_of_a_future_document_is_not_the_newest():
    con = warehouse([
        Given("old", {"A": ("NOR", "GOV")}, {"B": ("SWE", "GOV")}),
        Given("new", {"A": ("NOR", "GOV")}, {"B": ("SWE", "GOV")}, "AID"),
        Given("future", {"A": ("NOR", "GOV")}, {"B": ("SWE", "GOV")}, "PROTEST"),
    ])  # fmt: skip
    days = {"old": date(2001, 1, 1), "new": date(2002, 1, 1), "future": date.today() + timedelta(days=400)}
    for event_id, day in days.items():
        con.execute("update core.events set first_published_date = ? where event_id = ?", [day, event_id])
    run_up_to(con, "main.fct_events")
    assert [row[2] for row in select(con, EVENTS_QUERY)] == ["AID", "CONSULT", "PROTEST"]
