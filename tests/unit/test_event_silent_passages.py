"""Sentences of other domains that name nobody of politics: `pipelines/nlp/events/silent_passages.py`."""

from pathlib import Path

import pytest

from pipelines.nlp.actors.component import get_describer
from pipelines.nlp.events.silent_passages import PoliticalWords, SilentPassages
from pipelines.nlp.parsed import parsed

PASSAGES = (Path(__file__).parents[1] / "cases/not_political.txt").read_text(encoding="utf-8").splitlines()
MARKET = "Shares fell on the exchange after the bank cut its dividend and traders sold stock."

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def words():
    return PoliticalWords(get_describer().lexicon.index)


def silent(nlp, words, text):
    """Whether the last sentence of a text is silent."""
    doc = parsed(nlp(text))
    return SilentPassages(doc, words).is_silent(list(doc.sents)[-1])


@pytest.mark.parametrize(
    "text",
    [
        "Traders sold their stock after profits dropped.",
        "Prices rose. It rained on the orchards.",
        '"Prices will rise," the trader said.',
    ],
)
def test_nobody_of_politics(nlp, words, text):
    assert silent(nlp, words, text)


@pytest.mark.parametrize(
    "text",
    [
        "The police sold their stock after profits dropped.",  # a word of the lexicon
        "Traders sold their stock to the U.N. after profits dropped.",  # an acronym
        "We sold our stock after profits dropped.",  # whoever speaks
        "The ministry met traders. It sold its stock.",  # whom a pronoun repeats
        'The minister spoke of prices. "They will rise. Traders will sell stock," the minister said. "Profits dropped."',
    ],
)
def test_somebody_of_politics(nlp, words, text):
    assert not silent(nlp, words, text)


def test_first_words_as_written(words):
    assert words.are_in(["talks", "with", "WHO", "doctors"])
    assert not words.are_in(["traders", "who", "sold", "stock"])
    assert words.are_in(["the", "U.N", "."])
    assert words.are_in(["the", "prime", "minister"])


def test_what_may_be_in_is_never_less_than_what_is(words):
    for texts in (["the", "police"], ["U.N.", "doctors"], ["we", "sold"], ["Prime", "Minister"], ["pro-government"]):
        assert words.may_be_in(texts)
        assert words.may_be_in(texts)  # asked again, from what is kept
    assert not words.may_be_in(["traders", "sold"])


def test_an_event_told_before_lends_its_parties(nlp):
    """Once an event is a row, later sentences of other passages are read too."""
    text = f"The government accused the rebels of attacks on the army. {MARKET} " + MARKET
    assert [e.event_type for e in nlp(text)._.events] == ["ACCUSE"]
    assert nlp(f"{MARKET} {MARKET}")._.events == []


def test_rows_are_those_of_all_sentences(nlp, monkeypatch):
    """No row is gone of passages in which most sentences are passed over."""
    texts = [f"{line} The police and the union met traders. {line}" for line in PASSAGES if line and line[0] != "#"]
    passed_over = [doc._.events for doc in nlp.pipe(texts)]
    monkeypatch.setattr(SilentPassages, "is_silent", lambda self, sent: False)
    assert [doc._.events for doc in nlp.pipe(texts)] == passed_over
