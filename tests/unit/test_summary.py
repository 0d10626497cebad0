"""What a run says at its end: lists of the most active name those that have a name."""

from __future__ import annotations

from pipelines.summary import ACTORS_QUERY
from tests.unit.event_rows import Given, warehouse
from tests.unit.warehouse_rows import run_up_to, select


def test_the_most_active_have_names():
    con = warehouse([
        Given("march", {"protesters": ("VEN", "CVL"), "Abe": ("VEN", "GOV")}), Given("rally", {"protesters": ("VEN", "CVL")}),
        Given("denied", {"Zed": ("VEN", "GOV")}, is_negated=True),
    ])  # fmt: skip
    con.execute("update core.entities set is_named = name <> 'protesters'")
    run_up_to(con, "main.dim_entities")
    assert select(con, ACTORS_QUERY) == [("Abe", 1)]
