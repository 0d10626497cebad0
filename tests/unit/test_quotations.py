"""Quotations: marks paired and repaired, passages attributed, titles and scare quotes left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.errors import LexiconError
from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.quotations.cues import CLASSES, load_cues
from pipelines.nlp.quotations.marks import paragraph_bounds, quoted_spans

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "cases" / "quotations.jsonl").read_text(encoding="utf-8").splitlines()
]

MARKS = [
    ("curly", "He “went” home.", ["“went”"]),
    ("straight", 'He "went" home.', ['"went"']),
    ("latex", "He ``went'' home.", ["``went''"]),
    ("guillemets_french", "Il « part ».", ["« part »"]),
    ("guillemets_german", "Er »geht« heim.", ["»geht«"]),
    ("low_high", "Er „geht“ heim.", ["„geht“"]),
    ("single_curly", "‘It’s late,’ he said.", ["‘It’s late,’"]),
    ("single_straight", "'It's late,' he said.", ["'It's late,'"]),
    ("possessive_plural", "‘The miners’ union is ready,’ he said.", ["‘The miners’ union is ready,’"]),
    ("elisions", "In the '80s 'em boys' band rocked 'til dawn.", []),
    ("nested_single", "“She said ‘no’ twice.”", ["“She said ‘no’ twice.”", "‘no’"]),
    ("nested_double", '"She said "no" twice."', ['"She said "no" twice."', '"no"']),
    ("inches", 'A 6\'2" man and a 15" screen.', []),
    ("apostrophe_typed_as_mark", 'The port"s crane is "stuck" again.', ['"stuck"']),
    ("markup_value", 'A <b id="lead story"> said "no".', ['"no"']),
    ("wrong_glyphs", "”No,” she said, “never“.", ["”No,”", "“never“"]),
    ("paragraphs_one_quotation", "“One.\n\n“Two.\n\n“Three.” End.", ["“One.\n\n“Two.\n\n“Three.”"]),
    ("paragraphs_not_reopened", "“One.\n\nTwo.” End.", ["“One.\n\nTwo.”"]),
    ("lost_closing_mark", "“One, he said. Two.\n\nA “b c” d.", ["“One,", "“b c”"]),
    ("lost_opening_mark", "First. We will go on,” he said. “b”", ["We will go on,”", "“b”"]),
    ("stray_closing_mark", "No one” cares.", []),
    ("empty", '"" and “”', []),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in MARKS], ids=[case[0] for case in MARKS])
def test_marks_are_paired(text, expected):
    spans = quoted_spans(text, paragraph_bounds(text))
    assert [text[span.start : span.end] for span in spans] == expected


def test_nested_span_knows_its_parent():
    text = "“She said ‘no’ twice.” He “left”."
    spans = quoted_spans(text, paragraph_bounds(text))
    assert [span.parent for span in spans] == [None, 0, None]


def test_paragraphs_of_wrapped_text_end_at_blank_and_indented_lines():
    text = "The board met in\nthe old town and\nadjourned.\n    The chairman, who\nleft early, spoke.\n\nEnd"
    assert [text[a:b].split()[0] for a, b in paragraph_bounds(text)] == ["The", "The", "End"]


def test_paragraphs_of_unwrapped_text_end_at_every_line_end():
    text = "The board met.\nIt adjourned.\nThe end."
    assert len(paragraph_bounds(text)) == 3


@pytest.mark.parametrize("unit", ['"a ', "“a ", "‘a ", "a” ", "“a ‘b “c"], ids=repr)
def test_marks_of_hostile_text_stay_linear(unit):
    text = unit * 20_000
    assert len(quoted_spans(text, paragraph_bounds(text))) <= 40_000  # quadratic work would take minutes


def test_cue_forms_are_derived():
    verbs = load_cues().verbs
    assert {form: verbs[form].lemma for form in ("said", "denies", "argued", "vows", "admitting", "wrote")} == {
        "said": "say",
        "denies": "deny",
        "argued": "argue",
        "vows": "vow",
        "admitting": "admit",
        "wrote": "write",
    }
    assert "admited" not in verbs


def test_verbs_with_a_particle_are_no_cues_without_it():
    cues = load_cues()
    particle_verbs = cues.particle_verbs
    assert {particle_verbs[form, "in"].lemma for form in ("cuts", "cut", "cutting")} == {"cut in"}
    assert particle_verbs["broke", "in"].particle == "in"
    assert "cut" not in cues.verbs


def test_cue_row_with_unknown_class_names_the_file(tmp_path):
    path = tmp_path / "cues.csv"
    path.write_text("lemma,pos,class,forms\nsay,VERB,shout,\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"cues\.csv.*shout"):
        load_cues(path)


def test_every_cue_class_is_used():
    cues = load_cues()
    assert {cue.cue_class for cue in cues.verbs.values()} == CLASSES["VERB"]
    assert {cue.cue_class for cue in cues.nouns.values()} == CLASSES["NOUN"]
    assert ("according", "to") in cues.phrases["according"]


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_quotations_of_case(nlp, case):
    doc = nlp(case["text"])
    found = [
        {"text": q.text, "speaker": q.speaker.text if q.speaker else None, "cue": q.cue, "kind": q.kind}
        for q in doc._.quotes
    ]
    assert len(found) == len(case["quotes"]), found
    for quote, expected in zip(found, case["quotes"], strict=True):
        assert {key: quote[key] for key in expected} == expected


@pytest.mark.model
def test_texts_come_from_the_canonical_text(nlp):
    text = "The envoy wrote that “[the king's] patience has come to its end this winter”."
    doc = nlp.make_doc(text.replace("[the king's]", " " * 12))
    doc._.context = DocumentContext(document_id="d", text=text)
    doc = nlp(doc)
    assert [q.text for q in doc._.quotes] == ["“[the king's] patience has come to its end this winter”"]
    for quote in doc._.quotes:
        assert text[quote.start_char : quote.end_char] == quote.text
        assert text[quote.speaker.start_char : quote.speaker.end_char] == quote.speaker.text == "The envoy"
