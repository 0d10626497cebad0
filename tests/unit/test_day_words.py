"""Whether the day of a report is its act's own, by the words around the trigger."""

from __future__ import annotations

import pytest

from pipelines.stages.resolve.day_words import own_day


@pytest.mark.parametrize(
    ("sentence", "is_own", "leeway"),
    [
        ("Soldiers [arrested] the editor on Tuesday.", True, 0),
        ("On Tuesday, soldiers [arrested] the editor after a protest.", True, 0),
        ("Farmers blocked roads on Wednesday after parliament [voted] for a budget.", False, 0),
        ("Farmers blocked roads on Wednesday after parliament [voted] for a budget on Tuesday.", True, 0),
        ("Teachers rallied on Tuesday, a day after thousands [demonstrated].", True, 0),
        ("Rebels killed two soldiers on Tuesday, two weeks after they [signed] a truce.", True, 3),
        ("Crowds gathered for the man who was [arrested] three weeks ago.", True, 3),
        ("After gunmen stormed a jail on Monday, police [arrested] a guard.", True, 0),
        ("Venezuela was rebuked on Wednesday for the [expulsion] of an envoy.", False, 0),
        ("Caracas has [thrown] out the envoy after Lima expelled its own on Tuesday.", False, 3),
        ("A court freed on Wednesday nurses who were [detained] a day before.", True, 0),
        ("The editor was [shot] two days before, police said.", True, 0),
        ("The bomber [struck] as workers queued.", False, 0),
        ("The bomber [struck] the next day.", True, 0),
        ("The treaty was [signed] in 1998.", True, 0),
    ],
)
def test_whose_day_a_sentence_names(sentence, is_own, leeway):
    before, _, rest = sentence.partition("[")
    assert own_day(before, rest.partition("]")[2]) == (is_own, leeway)


@pytest.mark.parametrize(
    ("sentence", "weekday", "is_own"),
    [
        ("An Islamist group said on Monday it had [abducted] seven engineers.", "monday", False),
        ("Kenya has [deported] a reporter, her newspaper said late on Monday.", "monday", False),
        ("Kenya has [deported] a reporter, her newspaper said late on Monday.", "sunday", True),
        ("Police said on Monday they knew who was behind Friday's raid, in which ten were [killed].", "monday", False),
        ("The army said Monday's [raid] killed ten.", "monday", True),
        ("The army said that, on Monday, rebels [raided] a village.", "monday", True),
        ("Police said on Monday that ten people were [killed] a day earlier.", "monday", True),
        ("Chad called Niger's [expulsion] of five diplomats hostile on Sunday.", "sunday", False),
        ("Chad condemned the [expulsion] of Sunday.", "sunday", True),
        ("A group that called itself the Brigade [attacked] a police post on Sunday.", "sunday", True),
        ("Witnesses described how troops [shot] a priest on Sunday.", "sunday", True),
        ("The so called caliphate [attacked] a police post on Sunday.", "sunday", True),
        ("Chad condemned the [raid] that killed ten people on Sunday.", "sunday", True),
        ("Chad condemned it, but Niger [expelled] five diplomats on Sunday.", "sunday", True),
    ],
)
def test_the_day_of_a_saying_is_not_the_acts(sentence, weekday, is_own):
    before, _, rest = sentence.partition("[")
    assert own_day(before, rest.partition("]")[2], weekday) == (is_own, 0)


def test_nothing_tells_no_day():
    assert own_day("", "") == (False, 0)
