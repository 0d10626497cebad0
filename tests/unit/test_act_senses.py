"""Words that reports use for each other when they tell one act."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.stages.resolve.act_senses import senses_of, senses_of_means, senses_of_mode
from pipelines.stages.resolve.pair_evidence import PairEvidence
from tests.unit.event_reports import Party, Report, frames, grouped

PIRATES = (Party("pirates", "SOM", "CRM"),)
SAILORS = (Party("four sailors", "DNK", "CVL"),)
SEIZED = Report("a", "Pirates [seized] four sailors.", event_mode="abduct", actors=PIRATES, recipients=SAILORS)
ABDUCTED = Report("b", "Pirates [abducted] four sailors.", event_mode="abduct", actors=PIRATES, recipients=SAILORS)
SHOT = Report("c", "Pirates [shot] four sailors.", actors=PIRATES, recipients=SAILORS)


def evidence(one: Report, other: Report) -> set[str]:
    found = PairEvidence(frames([one, other]).read(), np.array([0]), np.array([1])).log_odds()
    values = {name: float(value[0]) for name, value in found.items()}
    return {name for name in ("same_trigger", "other_trigger", "other_words", "like_words") if values[name]}


@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        ("condemned", "denounced", True),
        ("abducted", "took", True),
        ("threw", "expelled", True),
        ("explosion", "blew", True),
        ("jailed", "sentenced", True),
        ("charged", "arrested", False),
        ("shot", "killed", False),
        ("killed", "attacked", False),
        ("said", "said", False),
    ],
)
def test_words_of_one_act_share_a_sense(one, other, is_shared):
    assert ((senses_of(one) & senses_of(other)) != 0) is is_shared


def test_a_word_of_the_same_sense_is_no_other_word():
    assert evidence(SEIZED, ABDUCTED) == set()
    assert evidence(SEIZED, SHOT) == {"other_trigger"}


def test_acts_in_words_of_one_sense_are_a_little_less_sure():
    condemned = Report("a", "Chad [condemned] the plan.", event_type="ACCUSE", event_mode="disapprove")
    denounced = Report("b", "Chad [denounced] the plan.", event_type="ACCUSE", event_mode="disapprove")
    assert evidence(condemned, denounced) == {"like_words"}


def test_a_sense_counts_between_types_of_one_family_only():
    thrown = Report("b", "Pirates [threw] four sailors into the sea.", actors=PIRATES, recipients=SAILORS)
    expelled = Report(
        "a", "Pirates [expelled] four sailors.", event_type="SANCTION", event_mode="expel", actors=PIRATES
    )
    assert evidence(expelled, thrown) == {"other_trigger"}


def test_one_kidnapping_in_two_words_is_one_event():
    assert grouped(SEIZED, ABDUCTED) == {"a+b"}


def test_a_mode_that_names_the_act_has_a_sense_where_its_words_have_none():
    bundled = replace(SEIZED, name="d", text="Pirates [bundled] four sailors into a boat.")
    assert evidence(ABDUCTED, bundled) == set()
    assert evidence(ABDUCTED, replace(bundled, event_mode=None)) == {"other_trigger"}
    arrested = Report("a", "Police [arrested] a judge.", event_type="COERCE", event_mode="arrest")
    charged = Report("b", "Police [charged] a judge.", event_type="COERCE", event_mode="arrest")
    assert evidence(arrested, charged) == {"other_trigger"}
    assert evidence(arrested, replace(charged, text="Police [whisked] a judge away.")) == set()


def test_what_does_a_deed_tells_its_sense():
    killed = Report("a", "A roadside bomb [killed] nine people.")
    assert evidence(killed, Report("b", "The [bombing] of a bus was the worst in years.")) == set()
    assert evidence(killed, Report("b", "Nine people were [killed] near the bomb.")) == {"same_trigger"}
    assert senses_of_means("Nine people near a bomb were ") == senses_of_means("bomb, ") == senses_of_means("") == 0


def test_a_mode_that_tells_the_means_has_no_sense():
    assert senses_of_mode("ASSAULT", "explosives") == 0
    assert senses_of_mode("ASSAULT", None) == 0
