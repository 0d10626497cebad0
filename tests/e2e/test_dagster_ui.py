"""The Dagster UI in a real browser, with its daemon: what a newcomer clicks on the first day, on documents that are hostile."""

from __future__ import annotations

import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from tests.e2e.chromium import HOSTILE_FILES, MARKUP, WatchedPage, watched_page
from tests.e2e.project import Project, kill

pytestmark = pytest.mark.slow
# Waits end at once when what is waited for is there; so long only on a machine that is busy with other things.
SECONDS = 240


@dataclass(frozen=True, slots=True)
class Dagster:
    """A running UI, with the project it serves and the page that looks at it."""

    project: Project
    address: str
    watched: WatchedPage

    def open(self, path: str) -> Any:
        """Open a path of the UI."""
        self.watched.page.goto(self.address + path)
        return self.watched.page

    def wait_for_success(self, run_id: str) -> None:
        """Wait on the page of a run, which may be cut short to its beginning, until it succeeded."""
        page = self.open("runs")
        page.locator(f"a[href*='/runs/{run_id}']").first.click()
        page.get_by_text("Success", exact=True).first.wait_for()

    def switch(self, automation: str) -> Any:
        """The switch of a schedule or sensor, on the page of all of them."""
        row = self.open("automation").locator("[class*=VirtualizedTable_row]").filter(has_text=automation)
        return row.locator("[class*=formatSwitch]")


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dagster]:
    with watched_page() as watched:
        watched.page.set_default_timeout(SECONDS * 1000)
        folder = tmp_path_factory.mktemp("ui")
        project = Project(folder, COMMUNIQUE_LONGEST_WAIT_SECONDS="0")
        for name, text in HOSTILE_FILES.items():
            (project.seeds / name).write_text(text, encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with (folder / "output").open("w") as output:
            server = project.start("ui", "--port", str(port), output=output)
        try:
            wait_until_served(f"http://127.0.0.1:{port}/server_info")
            yield Dagster(project, f"http://127.0.0.1:{port}/", watched)
        finally:
            kill(server)


def wait_until_served(address: str) -> None:
    """Wait until an address answers."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.5)


def test_materialize_all_needs_no_choices(dagster: Dagster) -> None:
    page = dagster.open("asset-groups")
    for group in ("ingest", "facts", "dimensions", "aggregates", "publish"):
        page.get_by_text(group, exact=True).first.wait_for()
    page.get_by_text("facts", exact=True).first.dblclick()
    page.get_by_text("fct_events", exact=True).first.wait_for()
    dagster.watched.keep_picture("lineage")
    page.get_by_role("button", name=re.compile("Materialize all")).click()
    launched = page.get_by_text(re.compile("Launched run [0-9a-f]{8}"))
    dagster.wait_for_success(launched.first.inner_text().split()[-1])
    dagster.watched.keep_picture("run")
    dagster.watched.require_harmless(dagster.address)
    assert dagster.project.version()[1] == 2


def test_the_page_of_a_table_has_its_figures(dagster: Dagster) -> None:
    page = dagster.open("assets/published_warehouse")
    page.get_by_text("3 records seen = 2 loaded").wait_for()
    with closing(duckdb.connect(str(dagster.project.settings.published_database), read_only=True)) as con:
        rows, first = con.execute("select count(*), min(event_id) from fct_events").fetchall()[0]
    page = dagster.open("assets/main/fct_events?view=events")
    page.get_by_text("event_type").first.wait_for()
    assert page.get_by_role("row").filter(has_text="row_count").get_by_text(str(rows), exact=True).count() == 1
    assert rows > 0 and page.get_by_text(first).count() == 1
    dagster.watched.keep_picture("table")
    page = dagster.open("assets/main/fct_events?view=lineage")
    for table in ("int_event_parties", "gdelt_events"):
        page.get_by_text(table).first.wait_for()
    dagster.watched.require_harmless(dagster.address)


def test_a_title_with_markup_is_shown_as_it_is(dagster: Dagster) -> None:
    page = dagster.open("assets/main/dim_documents?view=events")
    page.get_by_text(f"{MARKUP} Dockers strike"[:70]).first.wait_for()
    dagster.watched.keep_picture("title")
    dagster.watched.require_harmless(dagster.address)


def test_a_failed_check_names_its_rows(dagster: Dagster) -> None:
    page = dagster.open("assets/raw/quarantine?view=checks&checkDetail=nothing_newly_quarantined")
    page.get_by_text("1 row breaks it").wait_for()
    refused = next(name for name, text in HOSTILE_FILES.items() if not text)
    page.get_by_text(refused[:70]).wait_for()
    assert page.get_by_text("empty file").count() == 1
    dagster.watched.keep_picture("check")
    dagster.watched.require_harmless(dagster.address)


def test_a_schedule_is_switched_and_a_file_starts_a_run(dagster: Dagster) -> None:
    # Off again, as the hour may come while the test goes on.
    for name, state in (
        ("hourly_ingestion", ":checked"),
        ("hourly_ingestion", ":not(:checked)"),
        ("new_seed_files", ":checked"),
    ):
        switch = dagster.switch(name)
        switch.click()
        switch.locator(f"input{state}").wait_for(state="attached")
        dagster.switch(name).locator(f"input{state}").wait_for(state="attached")  # on a page loaded anew
        dagster.watched.keep_picture(f"automation_{name}")
    (dagster.project.seeds / "flood.txt").write_text("Chile sent aid to Bolivia on 7 March 2024.\n", encoding="utf-8")
    page = dagster.open("runs")
    started = page.locator("tr, [class*=VirtualizedTable_row]").filter(has_text="new_seed_files")
    link = started.locator("a[href*='/runs/']").first
    link.wait_for()
    dagster.wait_for_success(link.get_attribute("href").rpartition("/")[2])
    dagster.watched.keep_picture("runs")
    assert dagster.project.version()[1] == 3
