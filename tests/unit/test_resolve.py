"""Entities and events across documents: what is joined, what is kept apart, and that order does not matter."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pipelines.stages.resolve.clusters import Clusters
from pipelines.stages.resolve.entities import normalise_name, resolve_entities
from pipelines.stages.resolve.events import resolve_events


def documents(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(
        [{"document_id": d, "published_date": p, "is_counted": c} for d, p, c in rows],
        columns=["document_id", "published_date", "is_counted"],
    )


def entity(document: str, entity_id: str, name: str, label: str = "PERSON", country: str | None = None) -> dict:
    return {"document_id": document, "entity_id": entity_id, "name": name, "label": label, "country": country,
            "sector": None, "titles": []}  # fmt: skip


def mention(document: str, entity_id: str, text: str, is_name: bool = True, country: str | None = None) -> dict:
    return {"mention_id": f"{document}:{entity_id}:{text}", "document_id": document, "entity_id": entity_id, "text": text,
            "is_name": is_name, "country": country, "sector": None}  # fmt: skip


TWO_DOCUMENTS = documents(("d1", date(2024, 5, 1), True), ("d2", date(2024, 5, 2), True))


def resolve(entities: list[dict], mentions: list[dict], docs: pd.DataFrame = TWO_DOCUMENTS):
    return resolve_entities(docs, pd.DataFrame(entities), pd.DataFrame(mentions))


def test_clusters_do_not_depend_on_order():
    pairs = [("a", "b"), ("c", "d"), ("b", "c")]
    results = []
    for order in (pairs, pairs[::-1]):
        clusters = Clusters("abcde")
        for pair in order:
            clusters.join(*pair)
        results.append(clusters.members())
    assert results[0] == results[1] == {"a": ["a", "b", "c", "d"], "e": ["e"]}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("José Núñez", "jose nunez"), ("Mélik-Bagdasárov", "melik bagdasarov"), ("U.N.", "un"), ("O'Neill", "oneill")],
)
def test_normalise_name(name, expected):
    assert normalise_name(name) == expected


def test_surname_alone_joins_the_only_bearer_of_the_country():
    result = resolve(
        [entity("d1", "full", "Ana Torres", country="PER"), entity("d2", "short", "Torres", country="PER")],
        [mention("d1", "full", "Ana Torres"), mention("d2", "short", "Torres")],
    )
    assert result.canonical["short"] == "full"
    row = result.entities.set_index("entity_id").loc["full"]
    assert (row["name"], row["aliases"], row["document_count"]) == ("Ana Torres", ["Torres"], 2)
    assert set(result.entity_links["method"]) == {"name", "surname"}


def test_surname_with_two_bearers_stays_apart():
    result = resolve(
        [entity("d1", "ana", "Ana Torres"), entity("d1", "luis", "Luis Torres"), entity("d2", "short", "Torres")],
        [mention("d1", "ana", "Ana Torres"), mention("d1", "luis", "Luis Torres"), mention("d2", "short", "Torres")],
    )
    assert result.canonical["short"] == "short"


def test_spellings_join_but_not_across_countries():
    rows = [entity("d1", "a", "Nikolai Petrov", country="RUS"), entity("d2", "b", "Nikolay Petrov", country="RUS")]
    said = [mention("d1", "a", "Nikolai Petrov"), mention("d2", "b", "Nikolay Petrov")]
    assert len(set(resolve(rows, said).canonical.values())) == 1
    rows[1]["country"] = "BGR"
    assert len(set(resolve(rows, said).canonical.values())) == 2


def test_acronym_joins_its_expansion():
    result = resolve(
        [entity("d1", "long", "Lake Basin Commission", "ORG"), entity("d2", "short", "LBC", "ORG")],
        [mention("d1", "long", "Lake Basin Commission"), mention("d1", "long", "LBC"), mention("d2", "short", "LBC")],
    )
    assert result.canonical["short"] == "long"


def test_duplicates_are_linked_but_not_counted():
    docs = documents(("d1", date(2024, 5, 1), True), ("d2", date(2024, 5, 2), False))
    result = resolve(
        [entity("d1", "a", "Ana Torres"), entity("d2", "a", "Ana Torres")],
        [mention("d1", "a", "Ana Torres"), mention("d2", "a", "Ana Torres")],
        docs,
    )
    assert len(result.entity_links) == 2
    assert result.entities.iloc[0]["mention_count"] == 1


def event(name: str, document: str, day: date | None, **other) -> dict:
    row = {
        "event_mention_id": name, "document_id": document, "sentence_start_char": 0, "event_type": "ASSAULT",
        "event_mode": None, "contexts": [], "quad_class": 4, "intensity": -9.0, "confidence": 0.8, "is_negated": False,
        "modality": "actual", "event_date_start": day, "event_date_end": day,
        "event_date_precision": "day" if day else None, "event_date_source": "text" if day else "none",
        "place_name": None, "place_country": None, "place_admin1": None, "place_latitude": None,
        "place_longitude": None, "place_geonames_id": None,
    }  # fmt: skip
    return row | other


def party(name: str, role: str, country: str) -> dict:
    return {
        "event_mention_id": name,
        "role": role,
        "entity_id": None,
        "country": country,
        "sector": None,
        "text": country,
    }


def linked(events: list[dict], parties: list[dict]) -> dict[str, str]:
    result = resolve_events(TWO_DOCUMENTS, pd.DataFrame(events), pd.DataFrame(parties), {})
    return dict(zip(result.event_links["event_mention_id"], result.event_links["event_id"], strict=True))


PARTIES = [party(m, r, c) for m in ("m1", "m2") for r, c in (("actor", "AAA"), ("recipient", "BBB"))]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"event_date_start": date(2024, 5, 2), "event_date_end": date(2024, 5, 2)}, True),
        ({"event_date_start": date(2024, 5, 9), "event_date_end": date(2024, 5, 9)}, False),
        ({"event_date_start": None, "event_date_end": None}, False),
        ({"event_type": "CONSULT"}, False),
        ({"event_mode": "aerial"}, True),
        ({"is_negated": True}, False),
        ({"document_id": "d1"}, False),
    ],
    ids=["same day", "next day", "a week later", "no date", "other type", "one has a mode", "negated", "same sentence"],
)
def test_two_reports_are_one_event(other, same):
    day = date(2024, 5, 1)
    found = linked([event("m1", "d1", day), event("m2", "d2", day, **other)], PARTIES)
    assert (found["m1"] == found["m2"]) is same


def test_other_recipient_is_another_event():
    day = date(2024, 5, 1)
    parties = [*PARTIES[:3], party("m2", "recipient", "CCC")]
    found = linked([event("m1", "d1", day), event("m2", "d2", day)], parties)
    assert found["m1"] != found["m2"]


def test_places_that_differ_keep_events_apart():
    day = date(2024, 5, 1)
    found = linked([event("m1", "d1", day, place_name="Goma"), event("m2", "d2", day, place_name="Bukavu")], PARTIES)
    assert found["m1"] != found["m2"]


def test_event_row_takes_the_surest_coding_and_the_most_exact_date():
    events = [
        event("m1", "d1", None, confidence=0.9, event_date_start=date(2024, 5, 1), event_date_end=date(2024, 5, 7),
              event_date_precision="week", event_date_source="text"),
        event("m2", "d2", date(2024, 5, 2), confidence=0.5, place_name="Goma", event_mode="aerial"),
    ]  # fmt: skip
    result = resolve_events(TWO_DOCUMENTS, pd.DataFrame(events), pd.DataFrame(PARTIES), {})
    assert len(result.events) == 1
    row = result.events.iloc[0]
    assert (row["confidence"], row["event_date_precision"], row["place_name"]) == (0.9, "day", "Goma")
    assert (row["mention_count"], row["document_count"], row["first_published_date"]) == (2, 2, date(2024, 5, 1))
