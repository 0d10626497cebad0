"""Lemmas: regular inflection, and what the lemmatizer's rules get wrong."""

from __future__ import annotations

import pytest

from pipelines.nlp.lemmas.component import inflections


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("stage", {"staged", "staging", "stages"}),
        ("deny", {"denied", "denying", "denies"}),
        ("ban", {"baned", "baning", "bans", "banned", "banning"}),
        ("launch", {"launched", "launching", "launches"}),
        ("go", set()),
    ],
)
def test_inflections(verb, expected):
    assert set(inflections(verb)) == expected


@pytest.mark.model
@pytest.mark.parametrize(
    ("sentence", "lemma"),
    [
        ("Students staged a rally.", "stage"),
        ("The regulator fined the broadcaster.", "fine"),
        ("The mayor was re-elected.", "re-elect"),
        ("The two sides relaunched their talks.", "relaunch"),
    ],
)
def test_verbs_of_the_lexicons_keep_their_lemma(nlp, sentence, lemma):
    assert lemma in {token.lemma_ for token in nlp(sentence)}
