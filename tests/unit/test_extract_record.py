"""From a Doc's annotations to the extraction record and its JSON form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
import spacy
from spacy.tokens import Doc

from pipelines import ids
from pipelines.nlp.annotations import EntityNode, MentionSpan, set_extensions
from pipelines.records import (
    DateSource,
    Document,
    Event,
    EventDateSource,
    Modality,
    Party,
    Place,
    PlacePrecision,
    Precision,
    Quantity,
    Quote,
    Speaker,
    Theme,
    TimeExpression,
)
from pipelines.stages.record import GROUP_LABEL, empty_extraction, extraction_from_doc, to_json_dict

FRIDAY = date(2024, 5, 3)
TEXT = "Norway and Chile signed a treaty in Oslo on Friday.  Both countries praised it."


def document(text: str = TEXT) -> Document:
    return Document(
        document_id="doc_1",
        source_key="unknown",
        title=None,
        text=text,
        language="en",
        source_name=None,
        url=None,
        author=None,
        published_date=date(2024, 5, 3),
        published_date_source=DateSource.METADATA,
        published_date_evidence="2024-05-03",
        content_hash="h",
    )


@pytest.fixture
def doc() -> Doc:
    set_extensions()
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp(TEXT)


def span_of(piece: str) -> tuple[int, int]:
    start = TEXT.index(piece)
    return start, start + len(piece)


def party(piece: str, country: str) -> Party:
    start, end = span_of(piece)
    return Party(
        ids.mention_id("doc_1", start, end), ids.entity_id(f"country:{country}"), piece, start, end, country, "GOV"
    )


def event(**changes) -> Event:
    start, end = span_of("signed")
    values = {
        "event_id": "evm_1",
        "trigger": "signed",
        "start_char": start,
        "end_char": end,
        "sentence_start_char": 0,
        "sentence_end_char": 51,
        "event_type": "AGREE",
        "event_mode": None,
        "contexts": ("diplomatic", "legal"),
        "quad_class": 1,
        "intensity": 6.0,
        "confidence": 0.9,
        "is_negated": False,
        "modality": Modality.ACTUAL,
        "attributed_to": None,
        "actors": (party("Norway", "NOR"), party("Chile", "CHL")),
        "recipients": (),
        "theme": Theme("a treaty", *span_of("a treaty")),
        "event_date_start": date(2024, 5, 3),
        "event_date_end": date(2024, 5, 3),
        "event_date_precision": Precision.DAY,
        "event_date_source": EventDateSource.TEXT,
        "place": Place("Oslo", *span_of("Oslo"), "Oslo", "NOR", None, 59.91, 10.75, 3143244, PlacePrecision.TOWN, 0.9),
    }
    return Event(**{**values, **changes})


def annotate(doc: Doc) -> None:
    norway = EntityNode("country:NOR", "Norway", "GPE", "NOR")
    chile = EntityNode("country:CHL", "Chile", "GPE", "CHL")
    both = EntityNode("group:CHL+NOR", "both countries", "GPE", members=(norway, chile))
    doc._.entities = [norway, chile]
    doc._.mentions = [
        MentionSpan(0, 1, "GPE", True, norway, country="NOR"),
        MentionSpan(2, 3, "GPE", True, chile, country="CHL"),
        MentionSpan(10, 14, "GPE", False, both),  # ". " + two spaces + "Both countries": see the trimming test
    ]
    doc._.time_expressions = [
        TimeExpression(
            "Friday", *span_of("Friday"), "DATE", "2024-05-03", date(2024, 5, 3), date(2024, 5, 3), Precision.DAY, None
        )
    ]
    doc._.quantities = [
        Quantity("a treaty", *span_of("a treaty"), "count", 1.0, "treaty", None, None, None, None, None)
    ]
    doc._.places = [
        Place("Oslo", *span_of("Oslo"), "Oslo", "NOR", None, 59.91, 10.75, 3143244, PlacePrecision.TOWN, 0.9)
    ]
    doc._.quotes = [
        Quote(
            "praised it",
            *span_of("praised it"),
            "mixed",
            None,
            Speaker(None, "Both countries", *span_of("Both countries")),
        )
    ]
    doc._.events = [event()]


def test_the_json_form_is_the_documented_one(doc):
    annotate(doc)
    record = json.loads(json.dumps(to_json_dict(extraction_from_doc(doc, document()))))
    assert list(record) == [
        "id", "document", "sentences", "mentions", "entities", "time_expressions", "places", "quotes", "quantities", "events"
    ]  # fmt: skip
    assert record["id"] == "doc_1"
    assert record["document"] == {
        "published_date": "2024-05-03",
        "published_date_source": "metadata",
        "published_date_evidence": "2024-05-03",
        "language": "en",
    }
    assert record["time_expressions"][0]["date_start"] == "2024-05-03"
    assert record["time_expressions"][0]["precision"] == "day"
    assert record["quotes"][0]["speaker"] == {
        "entity_id": None, "text": "Both countries", "start_char": 53, "end_char": 67
    }  # fmt: skip
    (found,) = record["events"]
    assert found["contexts"] == ["diplomatic", "legal"]
    assert found["modality"] == "actual"
    assert found["attributed_to"] is None
    assert [actor["country"] for actor in found["actors"]] == ["NOR", "CHL"]
    assert found["place"]["geonames_id"] == 3143244
    assert TEXT[found["theme"]["start_char"] : found["theme"]["end_char"]] == found["theme"]["text"] == "a treaty"
    assert set(found["actors"][0]) == {"mention_id", "entity_id", "text", "start_char", "end_char", "country", "sector"}


def test_sentences_and_mentions_have_no_white_space_at_their_ends(doc):
    doc._.mentions = [MentionSpan(11, 14, "GPE", False)]
    assert doc[11:14].text == " Both countries"  # the second of two spaces is a token
    extraction = extraction_from_doc(doc, document())
    assert [TEXT[s.start_char : s.end_char] for s in extraction.sentences] == [
        "Norway and Chile signed a treaty in Oslo on Friday.", "Both countries praised it."
    ]  # fmt: skip
    assert extraction.mentions[0].text == "Both countries"
    assert TEXT[extraction.mentions[0].start_char : extraction.mentions[0].end_char] == "Both countries"


def test_texts_come_from_the_canonical_text_not_from_the_masked_one():
    set_extensions()
    masked = spacy.blank("en")("He said         Chile won.")
    masked._.mentions = [MentionSpan(0, 4, "PERSON", False)]
    text = "He said [otros] Chile won."
    extraction = extraction_from_doc(masked, document(text))
    assert extraction.mentions[0].text == "He said [otros] Chile"


def test_a_group_has_an_entity_row_for_its_mention_and_one_for_each_member(doc):
    annotate(doc)
    doc._.entities = []
    extraction = extraction_from_doc(doc, document())
    entities = {entity.entity_id: entity for entity in extraction.entities}
    group = entities[extraction.mentions[2].entity_id]
    assert (group.name, group.label) == ("both countries", GROUP_LABEL)
    assert {entity.name for entity in entities.values()} == {"Norway", "Chile", "both countries"}


def test_a_mention_without_entity_stands_for_what_it_says(doc):
    doc._.mentions = [MentionSpan(0, 1, "GPE", True, country="NOR"), MentionSpan(2, 3, "GPE", True)]
    extraction = extraction_from_doc(doc, document())
    assert [entity.name for entity in extraction.entities] == ["Norway", "Chile"]
    assert [mention.entity_id for mention in extraction.mentions] == [e.entity_id for e in extraction.entities]


def test_keys_are_unique_and_texts_exact_whatever_the_components_say(doc):
    annotate(doc)
    doc._.mentions = [*doc._.mentions, doc._.mentions[0]]
    doc._.places = [doc._.places[0], doc._.places[0]]
    doc._.events = [event(trigger="SIGNED"), event(confidence=0.1)]
    doc._.time_expressions = [TimeExpression("friday", *span_of("Friday"), "DATE", "XXXX", None, None, None, None)]
    extraction = extraction_from_doc(doc, document())
    assert len(extraction.mentions) == 3
    assert len(extraction.places) == 1
    assert [(found.trigger, found.confidence) for found in extraction.events] == [("signed", 0.9)]
    assert extraction.time_expressions[0].text == "Friday"


def test_references_lead_to_rows_of_the_record(doc):
    annotate(doc)
    stranger = replace(party("Norway", "NOR"), mention_id="men_none", entity_id="ent_none")
    doc._.events = [event(actors=(stranger, party("Chile", "CHL")))]
    doc._.quotes = [replace(doc._.quotes[0], speaker=replace(doc._.quotes[0].speaker, entity_id="ent_none"))]
    extraction = extraction_from_doc(doc, document())
    assert [(actor.mention_id, actor.entity_id) for actor in extraction.events[0].actors] == [
        (None, None),
        (extraction.mentions[1].mention_id, extraction.mentions[1].entity_id),
    ]
    assert extraction.quotes[0].speaker.entity_id is None


def test_without_annotations_the_lists_are_empty(doc):
    extraction = extraction_from_doc(doc, document())
    assert len(extraction.sentences) == 2
    assert extraction.mentions == extraction.entities == extraction.events == extraction.quotes == ()


def test_the_record_of_a_document_that_is_not_coded():
    record = to_json_dict(empty_extraction(document()))
    assert record["id"] == "doc_1"
    assert all(record[name] == [] for name in list(record)[2:])
