"""The page in a real browser, over a warehouse of its own: views lead on, nothing is fetched, and no text is obeyed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import duckdb
import pytest

from pipelines.settings import PROJECT_ROOT
from tests.e2e.chromium import HOSTILE_FILES, MARKUP, WatchedPage, watched_page
from tests.e2e.project import CORPUS, Project

pytestmark = pytest.mark.slow
VIEWS = ("relations", "timeline", "map", "network", "disagreement", "documents")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A published warehouse of the sample corpus and of hostile documents."""
    pytest.importorskip("networkx", reason="networkx is not installed; make explore installs it")
    project = Project(tmp_path_factory.mktemp("explore"))
    shutil.copytree(CORPUS, project.seeds, dirs_exist_ok=True)
    for name, text in HOSTILE_FILES.items():
        (project.seeds / name).write_text(text, encoding="utf-8")
    done = project("run")
    assert done.returncode == 2, done.stderr  # one file is refused
    return project


@pytest.fixture(scope="module")
def address(watched: WatchedPage, project: Project) -> Iterator[str]:
    command = [sys.executable, "-m", "pipelines.cli", "explore", "--port", "0", "--no-browser"]
    server = subprocess.Popen(command, cwd=PROJECT_ROOT, env=project.environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        assert found
        yield found.group()
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def watched() -> Iterator[WatchedPage]:
    with watched_page() as watched:
        yield watched


def test_views_lead_on_and_fetch_nothing(address: str, watched: WatchedPage) -> None:
    page = watched.page
    page.goto(address)
    for view in VIEWS:
        assert page.locator(f"#{view} h2").is_visible()
    assert page.locator("#map-chart path.land").get_attribute("d")

    page.locator("#relations-chart a:has(rect.quad-1, rect.quad-2, rect.quad-3, rect.quad-4)").first.click()
    assert "month=" in page.url
    page.locator("#timeline-chart a.point").first.click()
    assert page.locator("#event blockquote .trigger").first.is_visible()
    page.locator("#map-chart a").first.dispatch_event("click")
    page.wait_for_url("**place=*")
    page.locator("#network-chart a").first.dispatch_event("click")
    page.wait_for_url("**entity=*")
    assert page.locator("#network ol.events li").count() > 0

    page.goto(address)
    page.locator("#event figcaption a").first.click()
    assert page.locator(".reading .number").count() == 2 * page.locator(".reading article.row").count() > 0
    assert page.locator("script").count() == 0
    assert watched.complaints == []
    watched.require_harmless(address)


def test_markup_in_texts_is_shown_and_not_obeyed(address: str, watched: WatchedPage, project: Project) -> None:
    with closing(duckdb.connect(str(project.settings.published_database), read_only=True)) as con:
        documents = con.execute(
            "select document_id, coalesce(title, ''), text from raw.documents where contains(text, 'alert(') order by title"
        ).fetchall()
        events = con.execute(
            "select event_id from fct_event_mentions where list_contains(?, document_id)", [[d for d, *_ in documents]]
        )
        paths = [f"event/{event}" for (event,) in events.fetchall()]
    assert len(documents) == 2 and paths
    page = watched.page
    for document, title, text in documents:
        for reasons in ("", "?reasons=1"):
            page.goto(f"{address}document/{document}{reasons}")
            assert title in page.locator("h1, h2").all_inner_texts()
            shown = " ".join(page.locator("main").inner_text().split())
            assert " ".join(re.findall(r"<.*?>", text)[0].split()) in shown
            watched.require_harmless(address)
        watched.keep_picture(f"explore_{document}")
    for path in ["", *paths]:
        page.goto(address + path)
        assert page.locator("script").count() == 0
        watched.require_harmless(address)
    watched.keep_picture("explore_event")
    page.goto(address)
    assert MARKUP in page.locator("#documents").inner_text()
    watched.keep_picture("explore")
    assert watched.complaints == []
