"""How an event is told, as evidence, and clauses that tell of none: the unreal, what rules say, what holds of any."""

from __future__ import annotations

import pytest

from pipelines.nlp.build import build_nlp
from pipelines.nlp.events.explanation import EXPLANATIONS

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def explaining():
    return build_nlp(is_explaining=True)


def manner(explaining, text: str) -> dict[str, float]:
    (draft, _), *_ = explaining(text).user_data[EXPLANATIONS]
    return draft.manner


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Kenyan police arrested two Ugandan editors on Monday.",
            {"tell=news", "finite=VBD", "COERCE.verb", "dated_clause"},
        ),
        ('"Kenyan police arrested two Ugandan editors," said Okot Lanyero, a lawyer.', {"quoted", "tell=news"}),
        ("I saw how Kenyan police arrested two Ugandan editors.", {"by_writer", "writer"}),
        ("Kenyan police may arrest the Ugandan editors.", {"would:may"}),
        ("The Kenyan government bans the Ugandan editors.", {"present@ROOT", "tell=state"}),
        ("Will it end? The Kenyan minister criticised Uganda.", {"asks"}),
    ],
)
def test_manner_names_what_is_seen(explaining, text, names):
    found = manner(explaining, text)
    assert names <= {name for name, value in found.items() if value > 0}


def test_manner_bears_on_the_event_and_not_on_its_parties(explaining):
    (draft, _), *_ = explaining('"Kenyan police arrested two Ugandan editors," said a lawyer.').user_data[EXPLANATIONS]
    assert "quoted" in draft.manner
    assert not draft.manner.keys() & draft.evidence.keys()


@pytest.mark.parametrize(
    "text",
    [
        "The Kenyan senator would have faced a trial over the loan.",
        "Kenya's constitution says that the senate impeaches ministers and expels them.",
        "Under the constitution of Kenya, the lower house accuses the president and the senate convicts him.",
        "Kenya punishes any officer who attacks civilians.",
        "The Kenyan senator wondered how the army can arrest Ugandan civilians.",
        "Kenyan law allowed rallies of up to ten people.",
        "Kenyan factories assembled rifles for export.",
    ],
)
def test_what_is_unreal_or_a_rule_gives_no_row(nlp, text):
    assert [e.trigger for e in nlp(text)._.events if e.trigger != "punishes"] == []


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("The Kenyan senator wondered why the army had arrested Ugandan civilians.", "arrested"),
        ("The Kenyan senator faced charges over the loan.", "faced"),
        ("The governor said that Kenyan ministers were arrested by the marshal.", "arrested"),
        ("The Kenyan officer who attacked Ugandan civilians was arrested by police.", "attacked"),
    ],
)
def test_what_is_told_as_done_gives_a_row(nlp, text, trigger):
    assert trigger in [e.trigger for e in nlp(text)._.events]
