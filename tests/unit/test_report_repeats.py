"""Whether the words beside a trigger say that its act is not the first of its kind."""

from __future__ import annotations

import pytest

from pipelines.stages.resolve.report_words import is_repeat


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("A second bomb [exploded] in Kano.", True),
        ("Teachers [walked out] again on Monday.", True),
        ("Another air [raid] hit Taiz.", True),
        ("It was the third [attack] this week.", True),
        ("Residents of the country's second city [took] to the streets.", False),
        ("The [strike] went into its second day.", False),
    ],
)
def test_again_and_what_is_only_ranked(sentence, wanted):
    start, end = sentence.index("["), sentence.index("]") - 1
    assert is_repeat(sentence.replace("[", "").replace("]", ""), start, end) is wanted
