"""Entities across documents: spellings of names, evidence, clusters, ids that stay, and cases read by the whole pipeline."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spacy.language import Language

from pipelines import ids
from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.names.line_breaks import join_broken_names
from pipelines.records import DateSource, Document
from pipelines.stages.record import extraction_from_doc
from pipelines.stages.resolve.entities import ResolvedEntities, resolve_entities
from pipelines.stages.resolve.entity_names import Likeness, compare_names, name_keys, read_name

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "identity" / "entities.jsonl").read_text("utf-8").splitlines()
]
MARK = re.compile(r"\[(\w+)\|([^\]]+)\]")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Oleh Tkachenko", "Oleg Tkatchenko", Likeness.SPELLING),
        ("Muhammad Tahiri", "Mohamed Taheri", Likeness.SPELLING),
        ("Yussuf Darwish", "Youssef Darwiche", Likeness.SPELLING),
        ("Jörg Kühnast", "Joerg Kuehnast", Likeness.SPELLING),
        ("Hu Yaming", "Yaming Hu", Likeness.ORDER),
        ("Cho Sang-min", "Sang-min Cho", Likeness.ORDER),
        ("Adel el-Rashidi", "Adel Al Rashidi", Likeness.PARTICLE),
        ("Adel Benhamou", "Adel Ben Hamou", Likeness.SAME),
        ("Abdel Karim Saleh", "Abdul-Karim Saleh", Likeness.SAME),
        ("T. S. Menon", "TS Menon", Likeness.SAME),
        ("Ruth B. Calloway", "Ruth Calloway", Likeness.SUBSET),
        ("R. Calloway", "Ruth Calloway", Likeness.INITIAL),
        ("Calloway", "Ruth Calloway", Likeness.SURNAME),
        ("Ruth B. Calloway", "Ruth C. Calloway", None),
        ("Hamid Tahiri", "Hamad Tahiri", None),
        ("Hassan Tahiri", "Hussein Tahiri", None),
        ("Ivan Malkov", "Ivan Markov", None),
        ("Cho Sang-min", "Cho Sang-ho", None),
    ],
)
def test_likeness_of_names(first, second, expected):
    a, b = read_name(first), read_name(second)
    assert compare_names(a, b) == expected
    if expected not in (None, Likeness.SURNAME):
        assert name_keys(a) & name_keys(b)


def test_parts_of_names():
    assert read_name("Dr. Juan de la Vega Jr.").words == ("juan", "vega")
    assert read_name("Juan de la Vega Jr.").generation == "2"
    assert (read_name("Tamsin Holdings Co Ltd").law, read_name("Tamsin AB").law) == ("GB", "SE")


class Corpus:
    """Documents in which one person each is named, for `resolve_entities`."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self.entities: list[dict[str, Any]] = []
        self.mentions: list[dict[str, Any]] = []

    def add(self, document: str, day: date | None, name: str, title: str | None = None, *, country: str | None = None,
            sector: str | None = None, label: str = "PERSON", counted: bool = True) -> None:  # fmt: skip
        entity = ids.entity_id(f"name:{name.casefold()}")
        if document not in {row["document_id"] for row in self.documents}:
            self.documents.append({"document_id": document, "published_date": day, "is_counted": counted})
        base = {"document_id": document, "entity_id": entity, "label": label, "country": country, "sector": sector}
        self.entities.append({**base, "name": name, "titles": [title] if title else []})
        self.mentions.append({**base, "mention_id": f"{document}:{name}", "text": name, "is_name": True})

    def resolve(self, documents: set[str] | None = None, *, seed: int = 0) -> ResolvedEntities:
        shuffle = random.Random(seed)
        frames = []
        for rows in (self.documents, self.entities, self.mentions):
            kept = [row for row in rows if documents is None or row["document_id"] in documents]
            shuffle.shuffle(kept)
            frames.append(pd.DataFrame(kept))
        return resolve_entities(*frames)


def entity_of(result: ResolvedEntities) -> dict[str, str]:
    return dict(zip(result.entity_links["mention_id"], result.entity_links["entity_id"], strict=True))


def namesakes() -> Corpus:
    corpus = Corpus()
    corpus.add("d1", date(2020, 3, 1), "Pedro Lima", "trade minister", country="PRT", sector="GOV")
    corpus.add("d2", date(2020, 3, 2), "Pedro Lima", "trade minister", country="PRT", sector="GOV")
    corpus.add("d3", date(2020, 3, 3), "Pedro Lima", "guitarist", country="BRA", sector="CVL")
    corpus.add("d4", date(2020, 3, 4), "Lima", "trade minister", country="PRT", sector="GOV")
    corpus.add("d5", date(2020, 3, 5), "Pedro Lyma", "trade minister", country="PRT", sector="GOV")
    corpus.add("d6", date(2020, 3, 6), "Lima", country="FRA")
    return corpus


def test_namesakes_are_told_apart_and_spellings_joined():
    found = entity_of(namesakes().resolve())
    assert found["d1:Pedro Lima"] == found["d2:Pedro Lima"] == found["d4:Lima"] == found["d5:Pedro Lyma"]
    assert len({found["d1:Pedro Lima"], found["d3:Pedro Lima"], found["d6:Lima"]}) == 3


def test_order_makes_no_difference():
    first = namesakes().resolve()
    for seed in range(1, 6):
        again = namesakes().resolve(seed=seed)
        assert entity_of(again) == entity_of(first)
        pd.testing.assert_frame_equal(again.entities, first.entities)
        pd.testing.assert_frame_equal(again.candidates, first.candidates)


def test_later_documents_change_no_id():
    corpus = namesakes()
    names = [row["document_id"] for row in corpus.documents]
    before: dict[str, str] = {}
    for size in range(1, len(names) + 1):
        found = entity_of(corpus.resolve(set(names[:size])))
        assert before.items() <= found.items()
        before = found


def test_links_say_what_decided():
    links = namesakes().resolve().entity_links.set_index("mention_id")
    spelled = links.loc["d5:Pedro Lyma"]
    evidence = json.loads(spelled["evidence"])
    assert spelled["method"] == "spelling"
    assert 0.5 < spelled["score"] < 1.0
    assert evidence["title"] == {"found": "trade minister", "weight": 2.5}
    assert pd.isna(links.loc["d1:Pedro Lima", "evidence"])


def test_a_likely_pair_that_is_not_joined_is_a_candidate():
    corpus = Corpus()
    corpus.add("d1", date(2020, 3, 1), "Vera Lindholm", country="FIN")
    corpus.add("d2", date(2020, 3, 4), "Lindholm")
    result = corpus.resolve()
    assert len(set(entity_of(result).values())) == 2
    assert len(result.candidates) == 1
    assert 0.1 < result.candidates.iloc[0]["score"] < 0.5


def test_sector_is_that_of_most_mentions_and_affiliations_say_no_more_than_they_must():
    corpus = Corpus()
    for number in range(3):
        corpus.add(f"d{number}", date(2020, 3, 1 + number), "Vera Lindholm", "mayor", country="FIN", sector="GOV")
    corpus.add("d8", date(2020, 3, 8), "Vera Lindholm", country="FIN", sector="ELI")
    corpus.add("d9", date(2020, 3, 9), "Vera Lindholm", country="FIN")
    result = corpus.resolve()
    assert result.entities[["sector", "is_named"]].values.tolist() == [["GOV", True]]
    rows = result.affiliations[["country", "sector", "from_date", "to_date", "mention_count"]].values.tolist()
    assert rows == [["FIN", "ELI", date(2020, 3, 8), date(2020, 3, 8), 1],
                    ["FIN", "GOV", date(2020, 3, 1), date(2020, 3, 3), 3]]  # fmt: skip


_SYLLABLES = "bro kla dim fus gor hel jan kip lum mar nod pro rus sel tam vor wen yal zof chu".split()


def test_a_frequent_surname_stays_cheap():
    corpus = Corpus()
    for number in range(400):
        given = (_SYLLABLES[number % 20] + _SYLLABLES[number // 20]).title()
        corpus.add(f"d{number}", date(2020, 3, 1), f"{given} Okafor", country=("NGA", "GHA")[number % 2])
    corpus.add("d900", date(2020, 3, 1), "Okafor", country="NGA")
    assert len(corpus.resolve().entities) > 300


# The whole pipeline on small documents -------------------------------------------------------------------------------


def read_marks(text: str) -> tuple[str, list[tuple[str, int, int]]]:
    plain, marks, last = "", [], 0
    for match in MARK.finditer(text):
        plain += text[last : match.start()]
        marks.append((match[1], len(plain), len(plain) + len(match[2])))
        plain += match[2]
        last = match.end()
    return plain + text[last:], marks


@pytest.fixture(scope="module")
def coded(nlp: Language) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    """The mentions of each document of the cases, all resolved as one corpus, and the entity of each mention."""
    documents, docs = [], []
    for case in CASES:
        for number, given in enumerate(case["documents"]):
            text, day = read_marks(given["text"])[0], date.fromisoformat(given["published_date"])
            name = f"{case['id']}-{number}"
            documents.append(
                Document(name, "wire", None, text, "en", None, None, None, day, DateSource.METADATA, None, "")
            )
            doc = nlp.make_doc(join_broken_names(text))
            doc._.context = DocumentContext(name, text, published_date=day)
            docs.append(doc)
    with nlp.select_pipes(disable=["quotations", "clauses", "events"]):
        records = [extraction_from_doc(doc, d) for doc, d in zip(nlp.pipe(docs), documents, strict=True)]
    mentions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows: list[dict[str, Any]] = []
    entities = []
    for record in records:
        for mention in record.mentions:
            row = {name: getattr(mention, name) for name in mention.__dataclass_fields__}
            rows.append({**row, "document_id": record.document_id})
            mentions[record.document_id].append(rows[-1])
        for entity in record.entities:
            row = {name: getattr(entity, name) for name in entity.__dataclass_fields__}
            entities.append({**row, "document_id": record.document_id})
    dates = [{"document_id": d.document_id, "published_date": d.published_date, "is_counted": True} for d in documents]
    result = resolve_entities(pd.DataFrame(dates), pd.DataFrame(entities), pd.DataFrame(rows))
    return mentions, entity_of(result)


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_marked_names_are_the_entities_they_should_be(coded, case):
    mentions, entity = coded
    found: dict[str, set[str]] = defaultdict(set)
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, given in enumerate(case["documents"]):
        for name, start, end in read_marks(given["text"])[1]:
            hits = [
                (
                    min(m["end_char"], end) - max(m["start_char"], start),
                    m["start_char"] - m["end_char"],
                    m["mention_id"],
                    m,
                )
                for m in mentions[f"{case['id']}-{number}"]
                if min(m["end_char"], end) > max(m["start_char"], start)
            ]
            assert hits, f"{given['text'][:60]}: {name} is not found"
            best = max(hits, key=lambda hit: hit[:3])
            found[name].add(entity[best[2]])
            told[name].append(best[3])
    assert all(len(entities) == 1 for entities in found.values()), dict(found)
    assert len(set().union(*found.values())) == len(found)
    for column in ("label", "country", "sector"):
        for name, wanted in case["expect"].get(column, {}).items():
            assert {m[column] for m in told[name] if m[column]} == {wanted}
