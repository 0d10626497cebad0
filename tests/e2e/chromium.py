"""A real browser for tests, by Playwright and the Chromium that the system has; and what a hostile document says.

Tests that need it are skipped, with the reason, where either is missing.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# Without a sandbox, as tests may be run by root; and nothing that would ask the network by itself.
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
# Where it is set, each page's picture is kept there, for a person to look at.
PICTURES = os.environ.get("BROWSER_TEST_PICTURES")

# Would open a dialog, or fetch a picture, if it were obeyed: as HTML, and as Markdown.
MARKUP = "<img src=x onerror=alert(1)> <script>alert(2)</script> ![pixel](pixel.png)"
_FETCHED = re.compile(r"/(x|pixel\.png)$")

# A title, a publisher, parties and sentences with markup in them; the last file is refused, and its name is in quarantine.
HOSTILE_FILES = {
    "strike.eml": f"""From: Andean <b>Wire</b> <desk@wire.example>
Subject: {MARKUP} Dockers strike
Date: Mon, 4 Mar 2024 10:00:00 +0000

Dockers went on strike in Lima on Monday. Police arrested Pedro <svg onload=alert(4)>Quispe in Lima, the government of Peru said.
The leader of the <img src=x onerror=alert(5)> Harbour Union said: "We will not <script>alert(6)</script> yield."
""",
    "pact.txt": """Title: Kenya and Peru sign
Source: <img src=x onerror=alert(3)>Lake Herald
Date: 2024-03-05

Kenya and Peru signed a trade agreement in Nairobi on Tuesday. Kenya accused Uganda of shelling a village <b>near</b> the border.
Uganda <img src=x onerror=alert(7)> rejected the charge, foreign minister Grace <i onclick=alert(8)>Okello</i> said.
""",
    f"{MARKUP.replace('/', '')}.txt": "",
}


class WatchedPage:
    """A page of the browser, and what it did: dialogs, requests, complaints.

    Args:
        page: a new page of Playwright.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        self.dialogs: list[str] = []
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("dialog", self._dialog)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))

    def keep_picture(self, name: str) -> None:
        """Keep the page's picture, if pictures are wanted."""
        if PICTURES:
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))

    def require_harmless(self, address: str) -> None:
        """Assert that no markup of a document was obeyed, and that nothing was asked of others.

        Args:
            address: of the server, with a slash at its end.
        """
        assert self.dialogs == []
        assert [url for url in self.requests if _FETCHED.search(url)] == []
        elements = "img[src$='x'], img[src*='pixel'], svg[onload], [onclick*='alert'], [onerror]"
        assert self.page.locator(elements).count() == 0
        assert [url for url in self.requests if url.startswith("http") and not url.startswith(address)] == []

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@contextmanager
def watched_page() -> Iterator[WatchedPage]:
    """A page of a browser of its own; skips the test where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; make extras installs it")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield WatchedPage(browser.new_page(viewport={"width": 1400, "height": 950}))
        browser.close()
