"""The page in a real browser, over the published warehouse of the settings: views lead on, and nothing is fetched."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pipelines.settings import PROJECT_ROOT, Settings

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pytest.importorskip("networkx", reason="make explore installs networkx")
    if not Settings().published_database.exists():
        pytest.skip("nothing is published; make run, or COMMUNIQUE_WAREHOUSE, gives a warehouse to look at")
    command = [sys.executable, "-m", "pipelines.cli", "explore", "--port", "0", "--no-browser"]
    server = subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        assert found
        yield found.group()
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def test_views_lead_on_and_fetch_nothing(address: str, browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address)
    for view in ("relations", "timeline", "map", "network", "disagreement", "documents"):
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
    assert not complaints
    assert {re.match(r"\w+:", url).group() + url.split("/")[2] for url in asked if url.startswith("http")} == {
        "http:" + address.split("/")[2]
    }
