"""Entities across documents: what is joined, what is kept apart, and that order does not matter."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pipelines.stages.resolve.entities import ResolvedEntities, normalise_name, resolve_entities


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


def core_of(result: ResolvedEntities) -> dict[str, str]:
    """The entity of core by the id of nlp."""
    return {entity: core for (_, entity), core in result.of_document().items()}


def resolve(entities: list[dict], mentions: list[dict], docs: pd.DataFrame = TWO_DOCUMENTS):
    return resolve_entities(docs, pd.DataFrame(entities), pd.DataFrame(mentions))


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
    assert core_of(result)["short"] == "full"
    row = result.entities.set_index("entity_id").loc["full"]
    assert (row["name"], row["aliases"], row["document_count"]) == ("Ana Torres", ["Torres"], 2)
    assert set(result.entity_links["method"]) == {"name", "surname"}


def test_surname_with_two_bearers_stays_apart():
    result = resolve(
        [entity("d1", "ana", "Ana Torres"), entity("d1", "luis", "Luis Torres"), entity("d2", "short", "Torres")],
        [mention("d1", "ana", "Ana Torres"), mention("d1", "luis", "Luis Torres"), mention("d2", "short", "Torres")],
    )
    assert core_of(result)["short"] == "short"


def test_spellings_join_but_not_across_countries():
    rows = [entity("d1", "a", "Nikolai Petrov", country="RUS"), entity("d2", "b", "Nikolay Petrov", country="RUS")]
    said = [mention("d1", "a", "Nikolai Petrov"), mention("d2", "b", "Nikolay Petrov")]
    assert len(set(core_of(resolve(rows, said)).values())) == 1
    rows[1]["country"] = "BGR"
    assert len(set(core_of(resolve(rows, said)).values())) == 2


def test_acronym_joins_its_expansion():
    result = resolve(
        [entity("d1", "long", "Lake Basin Commission", "ORG"), entity("d2", "short", "LBC", "ORG")],
        [mention("d1", "long", "Lake Basin Commission"), mention("d1", "long", "LBC"), mention("d2", "short", "LBC")],
    )
    assert core_of(result)["short"] == "long"


def test_duplicates_are_linked_but_not_counted():
    docs = documents(("d1", date(2024, 5, 1), True), ("d2", date(2024, 5, 2), False))
    result = resolve(
        [entity("d1", "a", "Ana Torres"), entity("d2", "a", "Ana Torres")],
        [mention("d1", "a", "Ana Torres"), mention("d2", "a", "Ana Torres")],
        docs,
    )
    assert len(result.entity_links) == 2
    assert result.entities.iloc[0]["mention_count"] == 1


@pytest.mark.parametrize(
    ("texts", "is_named"),
    [
        (["Police"], False), (["The Army"], False), (["Soldiers", "Troops"], False), (["Police", "Harbour Police Union"], True),
        (["Lake Basin Commission"], True),
    ],
)  # fmt: skip
def test_words_of_a_role_alone_name_no_one(texts, is_named):
    result = resolve([entity("d1", "a", texts[0], "ORG")], [mention("d1", "a", text) for text in texts])
    assert result.entities["is_named"].tolist() == [is_named]
