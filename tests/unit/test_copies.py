"""Copies and templates: what differs decides whether two similar texts are one document."""

from __future__ import annotations

import random
from datetime import date

import pytest
from all_copies import near_duplicates, own_texts
from copy_corpus import corpus, errors

from pipelines.stages.ingest.copy_evidence import CopyText, are_copies
from pipelines.stages.ingest.fingerprint import TextRow, signature

MAX_MISSED = 2  # of 80 copies; `docs/decisions/0116` has the figures
ARTICLE = (
    "Fishermen of Lamu blocked the harbour on Monday after the coastguard had taken nine boats. Ali Omar, who speaks for "
    "them, said that the boats had papers from Mombasa. The county of Lamu asked Nairobi for an answer. A ferry with 60 "
    "tourists turned back to Mokowe."
)
NOTICE = (
    "The notice is sent to all who have asked for it. It is valid until it is replaced. The office does not hold itself to "
    "account for errors. Questions are answered on working days by the desk in charge."
)


@pytest.mark.parametrize(
    "kind",
    [{}, {"terms": True}, {"footers": True}, {"terms": True, "source": "one"}, {"footers": True, "source": "one"}],
    ids=["as they are", "terms under bulletins", "footers of papers", "one source, terms", "one source, footers"],
)
def test_templates_are_no_copies_and_copies_are(kind):
    found = errors(corpus(**kind))
    assert (found.joined, found.follow_ups) == ((), ())
    assert len(found.missed) <= MAX_MISSED, found.missed


def test_the_order_of_rows_makes_no_difference():
    rows = corpus(footers=True)
    expected = near_duplicates(rows)
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        assert near_duplicates(rows) == expected


def copies(first: str, second: str, *, similarity: float = 0.9, same_source: bool = False) -> bool:
    return are_copies(
        CopyText.of(first),
        CopyText.of(second),
        similarity=similarity,
        sure=0.8,
        same_source=same_source,
        is_order_known=True,
    )


@pytest.mark.parametrize(
    ("first", "second", "same_source", "expected"),
    [
        (ARTICLE, ARTICLE, True, True),
        (ARTICLE, ARTICLE.replace("nine", "9").replace("Omar", "Omár").replace("Mokowe", "Mokowé"), True, True),
        (ARTICLE, "LAMU, Kenya (Coast Wire) - " + ARTICLE + " Additional reporting by Jane Otieno in Malindi", False, True),
        ("KISMAYO, May 2 (One) - " + ARTICLE, "PARIS, May 3 (Two) - " + ARTICLE, False, True),
        ("By Ann Lee\n" + ARTICLE, "By Omar Said, Malindi\n" + ARTICLE, False, True),
        (ARTICLE, ARTICLE.replace("nine boats", "eleven boats"), True, True),
        ("Rebels shelled Aden. " + NOTICE, "Pirates boarded a Greek ship off Lamu. " + NOTICE, True, False),
        ("Rebels shelled Aden. " + NOTICE, "Soldiers in Kismayo freed a crew. " + NOTICE, True, False),
        ("Report of the day: ten sank off Lamu. " + NOTICE, "Report of the day: ten sank off Bosaso. " + NOTICE, True, False),
        ("The guard closed the gate at noon. " + NOTICE, "Workers began a march through the old town. " + NOTICE, True, False),
    ],
    ids=["equal", "spelling", "dateline and credit", "two datelines", "two bylines", "one figure corrected",
         "other event and place", "other event", "other place in one sentence", "no names at all"],
)  # fmt: skip
def test_what_differs_decides(first, second, same_source, expected):
    assert copies(first, second, same_source=same_source) is expected
    assert copies(second, first, same_source=same_source) is expected


def test_a_copy_below_the_sure_similarity_shares_names_and_adds_little():
    cut = ARTICLE.rsplit(". ", 2)[0] + "."
    assert copies(ARTICLE, cut, similarity=0.5)
    assert not copies(NOTICE, NOTICE.split(". ", 1)[1], similarity=0.5)
    longer = (
        cut
        + " "
        + " ".join(
            f"In Malindi Juma {name} told of a second raid on the beach."
            for name in ("Bakari", "Tsuma", "Kazungu", "Charo")
        )
    )
    assert not copies(cut, longer, similarity=0.5)


def test_paragraphs_that_five_pages_share_are_left_out():
    foot = "Support the paper that you read every day; it belongs to those who write it."
    rows = [("one", str(number), f"Own text of article {number}.\n{foot}") for number in range(5)]
    assert own_texts(rows, least=10) == [f"Own text of article {number}." for number in range(5)]
    assert own_texts(rows[:4], least=10) == [text for _, _, text in rows[:4]]
    assert own_texts([("one", "same page", text) for _, _, text in rows], least=10) == [text for _, _, text in rows]
    assert own_texts(rows, least=1_000) == [text for _, _, text in rows]
    assert own_texts([(number, number, text) for _, number, text in rows], least=10) == [text for _, _, text in rows]


def test_versions_of_one_page_are_copies():
    versions = [ARTICLE.replace("60 tourists", f"{60 + number} tourists") for number in range(8)]
    rows = [
        TextRow(f"v{number}", date(2023, 5, 2), signature(text), text, "one", "https://example.org/lamu")
        for number, text in enumerate(versions)
    ]
    assert {found.document_id for found in near_duplicates(rows)} == {f"v{number}" for number in range(1, 8)}
