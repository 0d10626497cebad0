"""What is repaired before the parser: the tokenizer's splits and sentence starts."""

from __future__ import annotations

import time

import pytest

from pipelines.nlp.repairs.run_on import run_ons

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Guards opened fire in 1998.Peru sent aid.", 2),
        ("Rebels killed 14.The army fled.", 2),
        ("The court banned the party.Its leader appealed.", 2),
        ("Jordan left NATO.The rest stayed.", 2),
        ("Turnout fell to 40%.Voters were tired.", 2),
        ("The rebels fled (on foot).Troops followed.", 2),
        ("“We will fight.”The general then left.", 2),
        ('"We will fight."The general then left.', 2),
        ('The general left."We will fight," he said.', 2),
        ("The general left.“We will fight,” he said.", 2),
        ("Will they sign?Kenya said no!Uganda agreed.", 3),
        ("The army withdrew.A convoy followed.", 2),
    ],
)
def test_sentence_starts_behind_a_stop_without_a_space(nlp, text, sentences):
    doc = nlp(text)
    assert doc.text == text
    found = [sentence.text for sentence in doc.sents]
    assert len(found) == sentences
    assert all(sentence[0].isupper() or sentence[0] in '"“' for sentence in found)


@pytest.mark.parametrize(
    "text",
    [
        "The U.S.Navy met T.Okoro of Shop.Com at dawn.",
        "The envoy met Gov.Adeyemi and Prof.Mensah there.",
        "They wrote to press.Office@ministry.example about it.",
        "The file Report7.Pdf was sent on Monday.",
        "Prices rose by 3.5 points in May.",
    ],
)
def test_no_sentence_starts_within_a_name_or_number(nlp, text):
    assert run_ons(nlp.make_doc(text)) == []


@pytest.mark.parametrize(
    "lead",
    [
        "MARIDI, May 4 - Four ministers from Kenya met rebels on Monday.",
        "BLANTYRE, Aug 5 - Norway and Denmark on Friday stopped payments to Malawi.",
        "LUSAKA, Nov 24 - South Africa and Botswana have sent 300 soldiers to Lesotho.",
    ],
)
def test_no_sentence_ends_within_the_first_words_behind_a_dateline(nlp, lead):
    assert [s.text for s in nlp(lead).sents][1:] == [lead.partition(" - ")[2]]


def test_a_stop_ends_the_first_words_behind_a_dateline(nlp):
    doc = nlp("LUSAKA, Nov 24 - Go home. That was what soldiers told the crowd on Monday.")
    assert [s.text for s in doc.sents][1:] == ["Go home.", "That was what soldiers told the crowd on Monday."]


def test_many_stops_cost_no_square(nlp):
    started = time.perf_counter()
    doc = nlp.make_doc('He left."She stayed. ' * 4_000)
    assert len(run_ons(doc)) == 4_000
    assert time.perf_counter() - started < 5
