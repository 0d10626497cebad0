"""Dates that pages and feeds state: publication and last change, and the order of day and month in a file."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.stages.ingest.metadata_dates import metadata_date
from pipelines.stages.ingest.read_records import GoodRecord
from pipelines.stages.ingest.readers.html_page import page_record
from pipelines.stages.ingest.readers.page_dates import page_dates
from pipelines.stages.ingest.reading import read_documents
from pipelines.stages.ingest.sources import Source

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "page_dates.jsonl").read_text("utf-8").splitlines()
]
PARAGRAPH = (
    "<p>The harbour board of Riga dismissed its pilot and closed the western pier. Two captains had complained of him, and "
    "the ministry in charge asked for a report within ten days.</p>"
)


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def documents(name: str, text: str) -> list:
    read = read_documents(io.BytesIO(text.encode()), path=name, settings=Settings(), source=Source())
    found = [record for record in read if isinstance(record, GoodRecord)]
    return [record.document for record in sorted(found, key=lambda record: record.number)]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_dates_of_a_page(case):
    html = (
        f"<html><head><title>Pier</title>{case['head']}</head><body><article><h1>Pier</h1>{case['body']}{PARAGRAPH * 2}"
    )
    record = page_record(f"{html}</article></body></html>".encode(), number=1)
    found = metadata_date(record.published), metadata_date(record.updated)
    assert found == (day(case["published"]), day(case["updated"]))


@pytest.mark.parametrize(
    "html",
    [
        "<time class=published>" * 5_000,
        "<meta name=date content=x>" * 5_000,
        "<script type='application/ld+json'>" + "[" * 100_000,
    ],
)
def test_a_hostile_page_has_no_dates(html):
    assert page_dates(html).published is None


def test_the_other_rows_of_a_table_settle_day_and_month():
    rows = ["The board met.,03/04/2022", "The board left.,25/12/2021", "The board came.,04/05/2022"]
    found = documents("a.csv", "text,date\n" + "\n".join(rows) + "\n")
    assert [document.published_date for document in found] == [date(2022, 4, 3), date(2021, 12, 25), date(2022, 5, 4)]


def test_rows_that_contradict_each_other_settle_nothing():
    rows = ["The board met.,03/04/2022", "The board left.,25/12/2021", "The board came.,12/25/2021"]
    found = documents("a.csv", "text,date\n" + "\n".join(rows) + "\n")
    assert [document.published_date for document in found] == [None, date(2021, 12, 25), date(2021, 12, 25)]


def test_a_feed_with_changes_alone():
    items = "<item><title>t</title><description>{}</description><dc:date>2023-03-09</dc:date></item>"
    texts = ("RIGA, 6 March 2023 - The board met.", "The board met again.")
    feed = "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>W</title>{}</channel></rss>"
    found = documents("a.rss", feed.format("".join(map(items.format, texts))))
    assert [document.published_date for document in found] == [date(2023, 3, 6), date(2023, 3, 9)]


def test_the_last_change_of_a_json_record_counts_last():
    lines = [
        {"text": "The board met.", "date_modify": "2023-03-09", "date_publish": "2023-03-06"},
        {"text": "The board left.", "date_modify": "2023-03-09"},
    ]
    found = documents("a.jsonl", "\n".join(map(json.dumps, lines)))
    assert [document.published_date for document in found] == [date(2023, 3, 6), date(2023, 3, 9)]
