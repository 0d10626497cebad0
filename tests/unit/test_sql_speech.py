"""Accusations, sanctions and quotations with their words, and what a reader is shown of a text."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from tests.unit.event_rows import Given, add_mention, warehouse
from tests.unit.warehouse_rows import given, run_up_to, select, span

RUS, UKR = ("RUS", "GOV"), ("UKR", "GOV")
ACCUSATION = "Abe accused Zed of “open\ntheft”. “He lied,” Abe said. “I never did,” Zed said."


def spans(text: str, words: str, *, to: int = 1) -> dict[str, Any]:
    """The spans of a trigger and of the sentence that holds it; `to` full stops end it."""
    place = span(text, words)
    start = text.rfind("\n\n", 0, place["start_char"]) + 2 if "\n\n" in text[: place["start_char"]] else 0
    return {"trigger": words, **{key: place[key] for key in ("start_char", "end_char")},
            "sentence_start_char": start, "sentence_end_char": text.index(".", place["start_char"]) + to}  # fmt: skip


def told(text: str, trigger: str, **options: Any) -> duckdb.DuckDBPyConnection:
    """A warehouse with one document and one event in it."""
    more = {"confidence": 0.9}
    con = warehouse([])
    con.execute("update raw.documents set text = ?, title = ?", [text, "Two\nlines"])
    names = ("Abe", "Zed")
    given(con, "core.entities", [{"entity_id": f"e-{name}", "name": name, "label": "PERSON"} for name in names])
    coding = {
        "quad_class": 3,
        "intensity": -2.0,
        "modality": "actual",
        "is_negated": False,
        **more,
        **spans(text, trigger),
    }
    given(con, "core.events", [
        {"event_id": "e", "event_type": options["event_type"], "modality": options.get("modality", "actual"),
         "is_negated": options.get("is_negated", False)}
    ])  # fmt: skip
    add_mention(con, Given("e", {"Abe": RUS}, {"Zed": UKR}), "m-e", coding | options)
    given(con, "nlp.sentences", [
        {"document_id": "a", "sentence_number": number, "start_char": start, "end_char": end}
        for number, (start, end) in enumerate(sentences_of(text), 1)
    ])  # fmt: skip
    return con


def sentences_of(text: str) -> list[tuple[int, int]]:
    """The spans of the sentences of a text whose full stops end sentences only."""
    found, start = [], 0
    for part in text.split(". "):
        found.append((start, min(start + len(part) + 1, len(text))))
        start += len(part) + 2
    return found


def quoted(con: duckdb.DuckDBPyConnection, text: str, words: str, speaker: str, kind: str = "direct") -> None:
    """A quotation of a speaker whom the document names."""
    given(con, "nlp.quotations", [
        {"document_id": "a", **span(text, words), "kind": kind, "cue": "said", "speaker_text": speaker}
    ])  # fmt: skip


def accusation(text: str = ACCUSATION, **options: Any) -> duckdb.DuckDBPyConnection:
    return told(text, "accused", event_type="ACCUSE", event_mode="allege", **options)


def test_who_accuses_whom_with_the_words_of_the_sentence():
    con = accusation()
    quoted(con, ACCUSATION, "“open\ntheft”", "Abe", "mixed")
    quoted(con, ACCUSATION, "“He lied,”", "Abe")
    run_up_to(con, "main.fct_accusations")
    columns = "accuser_names, accused_names, quotation, speaker_name, sentence_text, title, has_occurred, is_asserted"
    assert select(con, f"select {columns} from fct_accusations") == [
        (["Abe"], ["Zed"], "“open theft”", "Abe", "Abe accused Zed of “open theft”.", "Two lines", True, True)
    ]


@pytest.mark.parametrize(
    ("words", "speaker", "expected"),
    [("“He lied,”", "Abe", "“He lied,”"), ("“He lied,”", "Zed", None), ("“He lied,”", "a witness", None),
     ("“I never did,”", "Abe", None)],
    ids=["the accuser goes on", "the accused answers", "somebody else", "two sentences on"],
)  # fmt: skip
def test_of_the_next_sentence_only_words_of_the_accuser(words, speaker, expected):
    con = accusation()
    quoted(con, ACCUSATION, words, speaker)
    run_up_to(con, "main.fct_accusations")
    assert select(con, "select quotation from fct_accusations") == [(expected,)]


def test_words_of_the_accused_are_no_accusation():
    con = accusation("Abe accused Zed, who said “nonsense”.")
    quoted(con, "Abe accused Zed, who said “nonsense”.", "“nonsense”", "Zed", "mixed")
    run_up_to(con, "main.fct_accusations")
    assert select(con, "select quotation, speaker_name from fct_accusations") == [(None, None)]


@pytest.mark.parametrize(
    ("options", "rows"),
    [({"modality": "future"}, [(False,)]), ({"is_negated": True}, [])],
    ids=["to come", "denied"],
)
def test_accusations_that_were_not_made(options, rows):
    con = accusation(**options)
    run_up_to(con, "main.fct_accusations")
    assert select(con, "select has_occurred from fct_accusations") == rows


SANCTION = "COERCE"


@pytest.mark.parametrize(
    ("text", "trigger", "options", "step", "measure"),
    [
        ("Abe imposed an export ban on Zed.", "imposed", {}, "imposed", "export ban"),
        ("Abe widened the export\nban.", "widened", {}, "widened", "export ban"),
        ("Abe is tightening its embargo.", "tightening", {}, "widened", "embargo"),
        ("Abe stepped up the embargo.", "stepped", {}, "widened", "embargo"),
        ("Abe adopted a new round of sanctions.", "adopted", {}, "widened", "sanctions"),
        ("A new round of sanctions was adopted by Abe.", "adopted", {}, "widened", "sanctions"),
        ("Abe renewed the travel ban on Zed.", "renewed", {}, "extended", "travel ban"),
        ("Abe imposed tariffs on Zed and extended the embargo.", "imposed", {}, "imposed", "tariffs"),
        ("Abe imposed tariffs on Zed and extended the embargo.", "extended", {}, "extended", "embargo"),
        ("The embargo was extended and tariffs imposed.", "extended", {}, "extended", "embargo"),
        ("Abe sanctioned Zed.", "sanctioned", {}, "imposed", "sanctioned"),
        ("Abe lifted the embargo.", "lifted", {"event_type": "RETREAT"}, "lifted", "embargo"),
        ("Abe threatened to widen sanctions.", "threatened", {"event_type": "THREATEN"}, "threatened", "sanctions"),
        ("Abe refused to extend the embargo.", "refused", {"event_type": "REJECT"}, "refused", "embargo"),
        ("Abe may impose sanctions.", "impose", {"modality": "hypothetical"}, "planned", "sanctions"),
        ("Abe will lift sanctions.", "lift", {"event_type": "RETREAT", "modality": "future"}, "planned", "sanctions"),
        ("Abe did not impose sanctions.", "impose", {"is_negated": True}, "not_taken", "sanctions"),
        ("Abe imposed sanctions in May.", "imposed", {"modality": "historical"}, "imposed", "sanctions"),
    ],
)  # fmt: skip
def test_the_step_of_a_sanction(text, trigger, options, step, measure):
    con = told(text, trigger, **({"event_type": SANCTION} | options))
    run_up_to(con, "main.fct_sanctions")
    assert select(con, "select step, measure, actor_names, recipient_names from fct_sanctions") == [
        (step, measure, ["Abe"], ["Zed"])
    ]


def test_what_is_planned_keeps_its_act():
    con = told("Abe will lift sanctions.", "lift", event_type="RETREAT", modality="future")
    run_up_to(con, "main.fct_sanctions")
    assert select(con, "select step, act from fct_sanctions") == [("planned", "lifted")]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Abe arrested Zed.", {}),
        (f"Abe arrested Zed {'in a town by the sea ' * 5}after sanctions.", {}),
        ("Abe arrested Zed. Sanctions followed.", {}),
        ("Abe arrested Zed over sanctions.", {"event_type": "ASSAULT"}),
    ],
    ids=["no measure", "far from the act", "in the next sentence", "of another kind"],
)
def test_acts_without_a_measure_are_no_sanctions(text, options):
    con = told(text, "arrested", **({"event_type": SANCTION} | options))
    run_up_to(con, "main.fct_sanctions")
    assert select(con, "select * from fct_sanctions") == []


def test_a_quotation_leads_to_its_sentence_its_reports_and_its_source():
    con = accusation()
    quoted(con, ACCUSATION, "“I never did,”", "Zed")
    quoted(con, ACCUSATION, ACCUSATION[: ACCUSATION.index("“He")], "Abe", "indirect")
    run_up_to(con, "main.fct_quotations")
    columns = "sentence_number, sentence_start_char, sentence_end_char, event_mention_ids, source_name, title"
    second = ACCUSATION.index("“I never")
    assert select(con, f"select {columns} from fct_quotations order by start_char") == [
        (1, 0, ACCUSATION.index("“He") - 1, ["m-e"], "Wire", "Two lines"),
        (3, second, len(ACCUSATION), [], "Wire", "Two lines"),
    ]
    ids = select(con, "select count(distinct quotation_id) from fct_quotations")
    assert ids == [(2,)]


def test_text_that_is_shown_has_no_line_breaks_and_its_span_stays_exact():
    text = "Abe\naccused  Zed\nof “open\ntheft” of\ngrain."
    con = accusation(text, theme="of\ngrain", place_text="New\nTown")
    quoted(con, text, "“open\ntheft”", "the\nminister", "mixed")
    given(con, "nlp.quantities", [{"document_id": "a", **span(text, "of\ngrain")}])
    con.execute("update nlp.event_participants set text = 'the' || chr(10) || 'man'")
    for name in ("fct_event_mentions", "fct_events", "fct_quotations", "fct_quantities", "fct_entity_mentions"):
        run_up_to(con, f"main.{name}")
    sentence = "Abe accused Zed of “open theft” of grain."
    columns = "title, sentence_text, theme, place_text, actor_texts"
    assert select(con, f"select {columns} from fct_event_mentions") == [
        ("Two lines", sentence, "of grain", "New Town", ["the man"])
    ]
    assert select(con, "select first_sentence, theme from fct_events") == [(sentence, "of grain")]
    assert select(con, "select text, speaker_text, speaker_name from fct_quotations") == [
        ("“open theft”", "the minister", "the minister")
    ]
    assert select(con, "select text, sentence_text from fct_quantities") == [("of grain", sentence)]
    exact = (
        "select substring(documents.text, start_char + 1, end_char - start_char) "
        "from fct_quotations join raw.documents as documents using (document_id)"
    )
    assert select(con, exact) == [("“open\ntheft”",)]
