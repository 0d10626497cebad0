"""Coding documents in one process, and the JSON Lines form of it."""

from __future__ import annotations

import gc
import json

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from test_extract_faults import document

from pipelines.collection import uncollected
from pipelines.nlp.annotations import MentionSpan, set_extensions
from pipelines.nlp.coreference.home import CountryOfEvents
from pipelines.records import Extraction
from pipelines.settings import Settings
from pipelines.stages import coding, frequent_words
from pipelines.stages.coding import CodingError, code_documents
from pipelines.stages.frequent_words import keep_frequent_words
from pipelines.stages.ingest.reasons import Reason
from pipelines.stages.stream import extract_stream


@pytest.fixture(scope="module")
def blank() -> Language:
    """A pipeline without a model that fails on the word RAISE and takes every word in capitals for a mention."""
    set_extensions()
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")

    def capitals(doc: Doc) -> Doc:
        if "RAISE" in doc.text:
            raise ValueError("no such word")
        assert doc._.context.text[: len(doc)] is not None
        doc._.mentions = [MentionSpan(t.i, t.i + 1, "ORG", True) for t in doc if t.is_upper]
        return doc

    def circle(doc: Doc) -> Doc:
        doc.user_data["words"] = [doc[0], doc[:]]
        return doc

    Language.component("capitals", func=capitals)
    Language.component("circle", func=circle)
    nlp.add_pipe("capitals")
    return nlp


@pytest.fixture
def stream(blank):
    settings = Settings(max_document_characters=5_000, max_run_characters=50)
    return lambda lines: list(extract_stream(lines, nlp=blank, settings=settings))


def test_one_failing_document_costs_itself_only(blank):
    documents = [document(n, f"Story {n} of the UN. It ends.") for n in range(40)]
    documents[20] = document(20, "This will RAISE.")
    results = code_documents(documents, blank)
    assert [type(result) for result in results] == [Extraction] * 20 + [CodingError] + [Extraction] * 19
    assert [r.document_id for r in results] == [d.document_id for d in documents]
    assert "no such word" in results[20].message


def test_a_document_that_is_done_leaves_no_circles(blank):
    blank.add_pipe("circle", last=True)
    try:
        gc.collect()
        with uncollected():
            code_documents([document(number, "The UN met. It ends.") for number in range(3)], blank)
            assert not [found for found in gc.get_objects() if isinstance(found, Doc)]
    finally:
        blank.remove_pipe("circle")


@pytest.mark.model
def test_what_a_document_says_of_countries_leaves_no_circle(nlp):
    text = "Police in Accra arrested ten protesters on Monday. The foreign minister of Ghana met lawmakers."
    gc.collect()
    with uncollected():
        (found,) = code_documents([document(1, text)], nlp)
        assert isinstance(found, Extraction)
        assert not [kept for kept in gc.get_objects() if isinstance(kept, CountryOfEvents)]


def test_a_failure_of_the_model_itself_is_traced_to_its_document(blank, monkeypatch):
    real = blank.pipe

    def pipe(docs, **options):
        docs = list(docs)
        if any("RAISE" in doc.text for doc in docs):
            raise RuntimeError("the model is confused")
        return real(docs, **options)

    monkeypatch.setattr(blank, "pipe", pipe)
    results = code_documents([document(1), document(2, "RAISE"), document(3)], blank)
    assert [type(result) for result in results] == [Extraction, CodingError, Extraction]
    assert results[1].message == "RuntimeError: the model is confused"


def test_the_error_handler_is_given_back(blank):
    code_documents([document(1)], blank)
    with pytest.raises(ValueError, match="no such word"):
        list(blank.pipe([blank.make_doc("RAISE")]))


def test_other_languages_are_kept_without_rows(blank):
    french, english = code_documents(
        [document(1, "L'ONU. Une autre.", language="fr"), document(2, "The UN. It.")], blank
    )
    assert (french.language, french.sentences, french.mentions) == ("fr", (), ())
    assert (len(english.sentences), len(english.mentions)) == (2, 1)


def test_records_come_in_the_order_of_lines_with_their_ids(stream):
    lines = [json.dumps({"id": n, "text": f"Story {n} of the UN."}) for n in range(50)]
    assert [record["id"] for record in stream(lines)] == list(range(50))
    assert [record["id"] for record in stream([line.encode() for line in lines])] == list(range(50))


def test_the_record_of_a_line(stream):
    (record,) = stream(
        [json.dumps({"id": "a", "text": "The UN met. “Yes.” The end.", "published_date": "2024-05-03", "url": None})]
    )
    assert record["id"] == "a"
    assert record["document"]["published_date"] == "2024-05-03"
    assert record["document"]["published_date_source"] == "metadata"
    assert record["sentences"][-1] == {"start_char": 19, "end_char": 27}
    assert record["mentions"][0]["text"] == "UN"


def test_a_bad_line_costs_itself_only(stream):
    lines = [
        json.dumps({"id": "a", "text": "The UN met."}),
        '{"id": "b", ',
        "",
        json.dumps({"id": "c", "text": 5}),
        json.dumps({"id": "d"}),
        json.dumps(["text"]),
        json.dumps({"id": "e", "text": "x " * 5_000}),
        json.dumps({"id": "f", "text": "This will RAISE."}),
        json.dumps({"id": "g", "text": "The EU met."}),
        json.dumps({"id": "h", "text": ""}),
    ]
    records = stream(lines)
    assert [(r["id"], r["error"]["reason_code"] if "error" in r else None) for r in records] == [
        ("a", None),
        (None, Reason.MALFORMED_JSON),
        ("c", Reason.WRONG_TYPE),
        ("d", Reason.MISSING_COLUMN),
        (None, Reason.WRONG_TYPE),
        ("e", Reason.TEXT_TOO_LONG),
        ("f", Reason.EXTRACTION_FAILED),
        ("g", None),
        ("h", None),
    ]
    assert records[1]["error"]["line"] == 2
    json.dumps(records)


def test_offsets_count_in_the_canonical_text_and_long_runs_are_not_read(stream):
    text = "A" * 60 + " then the UN met"
    (record,) = stream([json.dumps({"text": text})])
    assert [(m["text"], m["start_char"]) for m in record["mentions"]] == [("UN", text.index("UN"))]


def test_a_document_is_the_same_alone_and_in_a_batch(stream):
    lines = [json.dumps({"id": n, "text": f"Story {n} of the UN and the EU. It ends."}) for n in range(40)]
    assert stream(lines) == [stream([line])[0] for line in lines]


@pytest.mark.model
def test_the_whole_pipeline_in_memory_zones(nlp):
    texts = [
        "Prime Minister Jonas Gahr Støre met President Gabriel Boric in Oslo on Friday. He said: “We agreed.”",
        "Peru's congress suspended talks with Chile after the ambassador left Lima on 3 May 2024.",
        "“Nothing was decided,” the two ministers said. Both countries will meet again next month.",
    ]
    lines = [json.dumps({"id": n, "text": text, "published_date": "2024-05-04"}) for n, text in enumerate(texts * 8)]
    records = list(extract_stream(lines, nlp=nlp, settings=Settings()))
    assert not [record for record in records if "error" in record]
    for record, text in zip(records, texts * 8, strict=True):
        rows = [
            row for name in ("mentions", "places", "time_expressions", "quotes", "quantities") for row in record[name]
        ]
        assert rows
        assert all(text[row["start_char"] : row["end_char"]] == row["text"] for row in rows)
    again = list(extract_stream(lines[:3], nlp=nlp, settings=Settings()))
    assert again == records[:3]


def test_a_record_gives_its_text_where_it_is_not_the_lines(stream):
    clean, changed = stream(
        [json.dumps({"id": n, "text": text}) for n, text in enumerate(("The UN met.", "The​ UN\r\nmet."))]
    )
    assert "text" not in clean["document"]
    assert changed["document"]["text"] == "The UN\nmet."
    assert [changed["document"]["text"][m["start_char"] : m["end_char"]] for m in changed["mentions"]] == ["UN"]


def test_words_that_come_again_outlive_their_batch():
    nlp = spacy.blank("en")
    texts = ["Zalivia's zorbing fleet, zorbing on.", "A fleet of " + "z" * 50 + " " + "z" * 50]
    with nlp.memory_zone():
        split = [[token.text for token in nlp.make_doc(text)] for text in texts]
    assert "zorbing" not in nlp.vocab.strings
    assert keep_frequent_words(nlp, texts) == 1
    assert "zorbing" in nlp.vocab.strings
    assert keep_frequent_words(nlp, texts) == 1
    with nlp.memory_zone():
        assert [[token.text for token in nlp.make_doc(text)] for text in texts] == split


def test_no_more_words_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(frequent_words, "_MOST_KEPT", 3)
    nlp = spacy.blank("en")
    assert keep_frequent_words(nlp, ["a b a b"]) == 2
    assert keep_frequent_words(nlp, ["c d c d"]) == 3
    assert keep_frequent_words(nlp, ["e f e f"]) == 3


def test_a_batch_of_long_documents_passes_in_parts(blank, monkeypatch):
    monkeypatch.setattr(coding, "_PIPE_CHARACTERS", 100)
    real, sizes = blank.pipe, []

    def pipe(docs, **options):
        docs = list(docs)
        sizes.append(len(docs))
        return real(docs, **options)

    monkeypatch.setattr(blank, "pipe", pipe)
    texts = ["word " * 8, "word " * 8, "word " * 8, "word " * 40, "short", "short"]
    results = code_documents([document(number, text) for number, text in enumerate(texts)], blank)
    assert sizes == [2, 1, 1, 2]
    assert all(isinstance(result, Extraction) for result in results)
