"""The examples of docs/policy.md are coded as the page says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from spacy.language import Language

from pipelines import ids
from pipelines.nlp.annotations import DocumentContext

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")


def examples() -> list[dict[str, str]]:
    """The rows of the page's tables, by column name."""
    rows = []
    for table in re.findall(r"(?:^\|.*\n)+", PAGE, flags=re.MULTILINE):
        header, _, *lines = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
        rows += [dict(zip(header, line, strict=True)) for line in lines]
    return rows


@pytest.mark.model
@pytest.mark.parametrize("example", examples(), ids=lambda row: row["text"][:60])
def test_an_example_is_coded_as_the_page_says(nlp: Language, example: dict[str, str]) -> None:
    doc = nlp.make_doc(example["text"])
    doc._.context = DocumentContext("policy", example["text"], published_date=date.fromisoformat(example["published"]))
    doc = nlp(doc)
    names = {ids.entity_id(entity.key): entity.name for entity in doc._.entities}
    parties = [party for event in doc._.events for party in (*event.actors, *event.recipients)]
    found = [party for party in parties if party.text == example["party"]]
    assert found, [party.text for party in parties]
    assert {party.country or "" for party in found} == {example["country"]}
    if "sector" in example:
        assert {party.sector or "" for party in found} == {example["sector"]}
    if "entity" in example:
        assert {names[party.entity_id or ""] for party in found} == {example["entity"]}


def test_the_page_has_examples_of_each_of_its_parts() -> None:
    assert len(examples()) >= 20
    assert {len(table.split("|")) for table in re.findall(r"^\| (?:published).*$", PAGE, flags=re.MULTILINE)} == {7}


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "published", "place", "country", "source"),
    [
        (
            "Soviet officials met Finnish ministers in the Soviet Union on Monday.",
            "1988-03-10",
            "Soviet Union",
            None,
            "text",
        ),
        (
            "Crimean officials met the Turkish ambassador in Simferopol on Monday.",
            "2015-03-10",
            "Simferopol",
            "UKR",
            "text",
        ),
        ("Israel attacked Syrian troops in the Golan Heights on Monday.", "2015-03-10", "Golan Heights", None, "text"),
        ("Kenya signed an agreement with Uganda.", "2023-08-10", None, None, "publication"),
    ],
    ids=["a state that is gone", "a disputed town", "between states", "parties are no place"],
)
def test_places_and_days_are_as_the_page_says(nlp, text, published, place, country, source) -> None:  # type: ignore[no-untyped-def]
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext("policy", text, published_date=date.fromisoformat(published))
    event = nlp(doc)._.events[0]
    assert (event.place.name if event.place else None, event.place.country if event.place else None) == (place, country)
    assert event.event_date_source == source
