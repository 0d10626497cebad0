"""Canonical text and the masked view of it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.stages.ingest.canonical import canonical_text, mask

CASES = Path(__file__).parent.parent / "cases"
SEED = Path(__file__).parent.parent.parent / "seeds" / "000_2c340302055222c7.txt"

# Any character, with those that canonical text and masking are about far more often than chance would have them.
awkward = st.text(
    st.one_of(
        st.sampled_from("[].…\r\n\t \u00a0\u200b\u00ad\u2028\ufeff\u0301\u0323eaÃ©â€œ\x9d\x00\x1b[31m"), st.characters()
    )
)


def cases(name: str) -> list[dict]:
    with (CASES / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("case", cases("ingest_canonical.jsonl"), ids=lambda case: case["id"])
def test_canonical_text(case):
    assert canonical_text(case["in"]) == case["out"]


@pytest.mark.parametrize(
    "word", ["Åsane", "Îles", "Òscar", "Čačak", "Şırnak", "Žilina", "Ağdam", "Dąbrowa", "Bălți", "Țara"]
)
@pytest.mark.parametrize("sentence", ["{}", "Riots in {}, again.", "The mayor of {} (“the old one”) left."])
def test_letters_decoded_as_windows_1252_are_repaired(word, sentence):
    garbled = word.encode().decode("sloppy-windows-1252")
    assert canonical_text(sentence.format(garbled)) == sentence.format(word)


@pytest.mark.parametrize(
    "text",
    [
        "MANHÃ… e depois",
        "AVIÃ…o dos dois",
        "NÃO, IRMÃ, DE MANHÃ",
        "from Å… to Z",
        "the Å–Reine road",
        "the letter Ä’s sound",
        "the letter Ã’s sound",
        "Å\u00a0i Lofoten",
        "Åse and Ärla met Èze’s mayor…",
    ],
)
def test_clean_letters_before_punctuation_stay(text):
    assert canonical_text(text) == text


def test_the_seed_article_is_canonical_as_it_is():
    text = SEED.read_text(encoding="utf-8")
    assert canonical_text(text) == text


@given(awkward)
def test_canonical_text_of_canonical_text_is_itself(text):
    once = canonical_text(text)
    assert canonical_text(once) == once


@given(awkward)
def test_mask_keeps_the_length_and_changes_only_to_spaces(text):
    text = canonical_text(text)
    masked = mask(text, max_run_characters=20)
    assert len(masked) == len(text)
    assert all(after in (before, " ") for before, after in zip(text, masked, strict=True))


def test_runs_of_combining_marks_are_cut_in_linear_time():
    started = time.perf_counter()
    text = canonical_text("a" + "\u0315\u0300\u0327" * 100_000 + " end")
    assert time.perf_counter() - started < 5
    assert text.endswith(" end")
    assert len(text) < 50


@pytest.mark.parametrize("case", cases("ingest_mask.jsonl"), ids=lambda case: case["id"])
def test_mask(case):
    text = case["text"]
    expected = text
    for piece in case["masked"]:
        start = expected.index(piece)
        expected = expected[:start] + " " * len(piece) + expected[start + len(piece) :]
    assert mask(text) == expected


def test_mask_of_the_seed_hides_the_insert_and_the_stray_period():
    text = SEED.read_text(encoding="utf-8")
    masked = mask(text)
    assert "ditador venezuelano" not in masked
    assert "Bagdasárov. ." not in masked
    assert "Bagdasárov.  \n" in masked


def test_hard_wrapped_paragraphs_become_lines():
    paragraph = (
        "The ferry company said on Tuesday that its boats would\n"
        "stop at the northern harbour again from the first week of\n"
        "April, when repairs to the quay that was damaged by ice in\n"
        "January are expected to be complete.\n"
    )
    text = "FERRIES RETURN\n\n" + paragraph + "\n- one\n- two\n- three\n- four\n"
    masked = mask(text)
    assert "would stop" in masked
    assert "week of April" in masked
    assert masked.startswith("FERRIES RETURN\n\n")
    assert masked.endswith("complete.\n\n- one\n- two\n- three\n- four\n")


def test_lines_that_are_not_wrapped_stay_lines():
    text = "Harbour reopens\nThe harbour reopened on Monday.\nBoats left at noon.\nNobody was hurt.\nMore follows.\n"
    assert mask(text) == text


def test_long_runs_are_masked_only_beyond_the_limit():
    text = "see " + "x" * 30 + " and " + "y" * 31 + " end"
    assert mask(text, max_run_characters=30) == "see " + "x" * 30 + " and " + " " * 31 + " end"
    assert mask(text) == text
