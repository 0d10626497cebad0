"""Signatures and near-duplicates."""

from __future__ import annotations

import random
from datetime import date
from hashlib import sha256

import pytest
from all_copies import near_duplicates

from pipelines.stages.ingest.fingerprint import TextRow, signature

WORDS = [f"word{number}" for number in range(2_000)]


def article(seed: int, length: int = 300) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def row(document_id: str, day: date | None, text: str):
    return TextRow(document_id, day, signature(text), text, "wire")


def test_signature_ignores_case_punctuation_and_space():
    assert signature("The talks, held in Oslo, FAILED again.") == signature("the  talks held in Oslo\nfailed again")
    assert signature("The talks held in Oslo failed") != signature("The talks held in Bonn failed")


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        ("", "bef90aa95f80de76"),
        ("The talks held in Oslo failed again, and both delegations left the city by night.", "2a08402e1633a5d1"),
        (" ".join(WORDS), "7a54c3a898ef4d4b"),
    ],
    ids=["empty", "a sentence", "an article"],
)
def test_signatures_never_change(text, digest):
    """They are kept from run to run. These are what datasketch 2.0 makes with CRC-32 and its scheme affine32."""
    assert sha256(signature(text)).hexdigest()[:16] == digest


def test_a_copy_with_small_changes_is_linked_to_the_earliest():
    original = article(1)
    copy = original + ". (Additional reporting by the desk)"
    rows = [
        row("c", date(2024, 1, 3), copy),
        row("a", date(2024, 1, 2), original),
        row("b", date(2024, 1, 1), original + ". END"),
        row("other", date(2024, 1, 1), article(2)),
    ]
    links = {found.document_id: found.duplicate_of for found in near_duplicates(rows)}
    assert links == {"a": "b", "c": "b"}


def test_equal_dates_are_decided_by_id_and_undated_come_last():
    text = article(3)
    rows = [row("z", date(2024, 1, 1), text), row("y", date(2024, 1, 1), text), row("a", None, text)]
    assert {found.document_id: found.duplicate_of for found in near_duplicates(rows)} == {"z": "y", "a": "y"}


def test_half_the_text_is_no_duplicate():
    first, second = article(4, 150), article(5, 150)
    assert near_duplicates([row("a", None, first + " " + second), row("b", None, first)]) == []


def test_short_texts_are_left_out():
    assert near_duplicates([row("a", None, "Fire in the port."), row("b", None, "Fire in the port.")]) == []


def test_the_order_of_rows_makes_no_difference():
    generator = random.Random(0)
    rows = []
    for number in range(60):
        text = article(number % 20)
        cut = generator.randrange(len(text) // 3)
        rows.append(row(f"d{number:03}", date(2024, 1, 1 + number % 7), text[cut:]))
    expected = near_duplicates(rows)
    assert expected
    for _ in range(5):
        generator.shuffle(rows)
        assert near_duplicates(rows) == expected


def test_no_link_leads_to_a_duplicate():
    rows = [row(f"d{number}", None, " ".join(article(7).split()[number * 5 :])) for number in range(40)]
    found = near_duplicates(rows)
    assert found
    assert not {link.duplicate_of for link in found} & {link.document_id for link in found}
