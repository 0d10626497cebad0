"""The event coder on sentences of our own: types, modes, parties; what is no event; operators, dates, places, counts."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipelines.nlp.annotations import DocumentContext
from pipelines.records import Event

CASES = Path(__file__).parents[1] / "cases"
SENTENCES = [json.loads(line) for line in (CASES / "event_frames.jsonl").read_text(encoding="utf-8").splitlines()]
NOT_EVENTS = [
    line for line in (CASES / "not_events.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
]
PUBLISHED = date(2024, 5, 15)  # a Wednesday

pytestmark = pytest.mark.model


def code(nlp, text: str, published: date | None = PUBLISHED) -> list[Event]:
    """The events of a text, the most confident first."""
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext("doc", text, published)
    return sorted(nlp(doc)._.events, key=lambda event: -event.confidence)


def names(parties) -> list[str]:
    return [party.text for party in parties]


@pytest.fixture(scope="module")
def coded(nlp) -> list[list[Event]]:
    docs = nlp.pipe([case["text"] for case in SENTENCES])
    return [sorted(doc._.events, key=lambda event: -event.confidence) for doc in docs]


def test_main_event_comes_first(coded):
    """Floor: 97 of 100 sentences, measured 99."""
    wrong = [
        (case["text"], case["events"][0]["type"], [e.event_type for e in events])
        for case, events in zip(SENTENCES, coded, strict=True)
        if not events or events[0].event_type != case["events"][0]["type"]
    ]
    assert len(wrong) <= 0.03 * len(SENTENCES), wrong


def test_modes_and_parties(coded):
    """Floor: 94 of 100 sentences, measured 96."""

    def named(parties, wanted):
        return all(any(w.lower() in n.lower() or n.lower() in w.lower() for n in names(parties)) for w in wanted)

    wrong = [
        case["text"]
        for case, events in zip(SENTENCES, coded, strict=True)
        for gold in case["events"]
        if not any(
            e.event_type == gold["type"]
            and e.event_mode == gold["mode"]
            and named(e.actors, gold["actors"])
            and named(e.recipients, gold["recipients"])
            for e in events
        )
    ]
    assert len(wrong) <= 0.06 * len(SENTENCES), wrong


def test_sentences_without_a_political_event_give_none(nlp):
    """Ceiling: 3 of 100 sentences on sports, markets, weather, obituaries and products, measured 2."""
    wrong = [text for text, doc in zip(NOT_EVENTS, nlp.pipe(NOT_EVENTS), strict=True) if doc._.events]
    assert len(NOT_EVENTS) >= 200
    assert len(wrong) <= 0.03 * len(NOT_EVENTS), wrong


@pytest.mark.parametrize(
    ("text", "event_type", "mode", "actors", "recipients"),
    [
        ("Chad agreed to free the detained fishermen from Niger.", "AGREE", None, ["Chad"], ["detained fishermen"]),
        ("Ghana refused to meet the Togolese delegation.", "REJECT", "meet", ["Ghana"], ["Togolese delegation"]),
        ("Kenya urged Somalia to release the journalists.", "REQUEST", "yield", ["Kenya"], ["Somalia"]),
        ("Mali threatened to attack the rebels in Kidal.", "THREATEN", "violence", ["Mali"], ["rebels"]),
        ("Peru suspended its aid to Bolivia.", "SANCTION", "discontinue", ["Peru"], ["Bolivia"]),
        ("Laos lifted its sanctions on Vietnam.", "RETREAT", None, ["Laos"], ["Vietnam"]),
        ("Oman will meet the Yemeni negotiators next week.", "AGREE", None, ["Oman"], ["Yemeni negotiators"]),
        ("The minister said the union must end its strike.", "REQUEST", "yield", ["minister"], ["union"]),
        ("Paris warned that it would cut all aid to Togo.", "THREATEN", "relations", ["Paris"], ["Togo"]),
        ("Kenya made no concession to Somalia.", "REJECT", "yield", ["Kenya"], ["Somalia"]),
    ],
    ids=["agree", "reject", "request", "threaten", "stop aid", "lift sanctions", "future", "demand", "warn", "nobody"],
)
def test_operators_change_the_type(nlp, text, event_type, mode, actors, recipients):
    found = [e for e in code(nlp, text) if e.event_type == event_type]
    assert found, [e.event_type for e in code(nlp, text)]
    event = found[0]
    assert event.event_mode == mode
    assert all(any(a in n for n in names([*event.actors, *event.recipients])) for a in [*actors, *recipients])
    assert any(a in n for a in actors for n in names(event.actors))


def test_saying_is_not_doing(nlp):
    event = code(nlp, "The Malian army said that separatists attacked a convoy near Kidal.")[0]
    assert event.event_type == "ASSAULT"
    assert names(event.actors) == ["separatists"]
    assert event.attributed_to is not None
    assert event.attributed_to.text == "Malian army"


@pytest.mark.parametrize(
    "text",
    [
        "The general said the weather was fine.",
        "The ministry released a note.",
        "The Togolese striker denied attacking a referee.",
    ],
)
def test_no_event(nlp, text):
    assert code(nlp, text) == []


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Police arrested two students in Lima.", "actual"),
        ("Police in Lima may arrest students of the unions.", "hypothetical"),
        ("The talks came after the invasion of Georgia by Russia.", "historical"),
    ],
)
def test_modality(nlp, text, modality):
    events = [e for e in code(nlp, text) if e.event_type in ("COERCE", "ASSAULT")]
    assert [e.modality for e in events][:1] == [modality]


@pytest.mark.parametrize(
    ("text", "start", "end", "precision", "source"),
    [
        ("Chad expelled two French diplomats on Monday.", date(2024, 5, 13), date(2024, 5, 13), "day", "text"),
        ("In March, Chad expelled two French diplomats.", date(2024, 3, 1), date(2024, 3, 31), "month", "text"),
        ("Chad has expelled two French diplomats.", PUBLISHED, PUBLISHED, "day", "publication"),
        ("Chad agreed to withdraw its troops from Niger by 30 June.", PUBLISHED, PUBLISHED, "day", "publication"),
        ("Chad will host talks with Niger on 20 June.", date(2024, 6, 20), date(2024, 6, 20), "day", "text"),
        ("Chad agreed on Monday to withdraw its troops.", date(2024, 5, 13), date(2024, 5, 13), "day", "text"),
        (
            "The president, in office since 2019, refused to meet the rebels.",
            PUBLISHED,
            PUBLISHED,
            "day",
            "publication",
        ),
        (
            "He has been in jail since March, when a court in Chad convicted him.",
            date(2024, 3, 1),
            date(2024, 3, 31),
            "month",
            "text",
        ),
    ],
    ids=["weekday", "month", "publication", "agreed to", "planned", "day of the agreement", "since", "when"],
)
def test_date(nlp, text, start, end, precision, source):
    event = code(nlp, text)[0]
    found = (event.event_date_start, event.event_date_end, event.event_date_precision, event.event_date_source)
    assert found == (start, end, precision, source)


def test_time_of_another_clause_is_not_the_events(nlp):
    text = "Chad, which joined the pact in 1999, expelled two French diplomats on Monday."
    event = next(e for e in code(nlp, text) if e.event_type in ("SANCTION", "COERCE"))
    assert event.event_date_start == date(2024, 5, 13)


def test_place_and_counts(nlp):
    event = code(nlp, "Gunmen killed 14 villagers in Kano on Monday.")[0]
    assert (event.place.name, event.place.country) == ("Kano", "NGA")
    assert event.fatalities == 14
    assert names(event.actors) == ["Gunmen"]


def test_where_it_will_be_is_not_where_it_is_announced(nlp):
    event = next(e for e in code(nlp, "Chad will host talks with Niger in Kano.") if e.event_type == "AGREE")
    assert event.place is None


def test_road_to_a_place_is_near_it(nlp):
    event = code(nlp, "Farmers blocked the road to Kano on Monday.")[0]
    assert (event.event_type, event.place.name) == ("PROTEST", "Kano")


def test_own_people_are_not_acted_on(nlp):
    event = next(e for e in code(nlp, "Chad recalled its ambassador on Monday.") if e.event_type == "SANCTION")
    assert (names(event.actors), names(event.recipients)) == (["Chad"], [])


def test_how_an_event_went_is_no_event_more(nlp):
    events = code(nlp, "Students marched to the palace in Lima, chanting slogans against the president.")
    assert [(e.event_type, names(e.actors)) for e in events] == [("PROTEST", ["Students"])]


def test_a_sentence_that_breaks_off_gives_no_event_of_its_broken_party(nlp):
    text = "The vote was not recognized by Bolivia. several countries cited fraud."
    assert not any("Bolivia" in n for e in code(nlp, text) for n in names([*e.actors, *e.recipients]))


def test_spans_are_exact(nlp):
    text = "Venezuelan Foreign Minister Ana Torres met Russian envoy Oleg Petrov in Caracas."
    for event in code(nlp, text):
        for row in (event, *event.actors, *event.recipients):
            shown = row.trigger if isinstance(row, Event) else row.text
            assert text[row.start_char : row.end_char] == shown


def test_what_no_one_named_did_is_told_as_done_not_as_so(nlp):
    lead = "The Peruvian government and the opposition met in Lima on Monday. "
    told = code(nlp, lead + "A bill on elections was vetoed by a wide margin last year.")
    assert [(e.event_type, e.actors, e.recipients) for e in told if e.trigger == "vetoed"] == [("REJECT", (), ())]
    for same in ("A disputed bill on elections came back.", "A bill on elections has not been vetoed."):
        assert {e.event_type for e in code(nlp, lead + same)} == {"CONSULT"}


def test_who_reports_acts_where_the_second_verb_has_only_a_thing_before_it(nlp):
    text = (
        "Pumps failed. The Lima Water Union said the problem was the collapse of the old system, and called on the "
        "Peruvian government to repair the pumps."
    )
    asked = next(e for e in code(nlp, text) if e.event_type == "REQUEST")
    assert any("Union" in name for name in names(asked.actors))
    assert any("government" in name for name in names(asked.recipients))


def test_media_and_their_country_only_report(nlp):
    text = "Talks failed on Monday. The Kenyan trawler was seized in June, South Korean media report."
    seized = next(e for e in code(nlp, text) if e.event_type == "COERCE")
    assert not any("Korea" in name for name in names([*seized.actors, *seized.recipients]))


def test_several_who_act_on_another_thing_do_not_act_on_each_other(nlp):
    doc = nlp("Neither Turkey nor Kenya would endorse the result of the vote.")
    assert not [e for e in doc._.events if e.recipients and e.actors == e.recipients]
    doc = nlp("Armenia and Azerbaijan fought a war over the region in 1994.")
    assert {len(e.recipients) for e in doc._.events if e.event_type == "ASSAULT"} == {2}


@pytest.mark.parametrize(
    ("text", "trigger", "event_type", "actor"),
    [
        ("Ethiopia sent 200 soldiers to Mali in May and began withdrawing them.", "withdrawing", "RETREAT", "Ethiopia"),
        (
            "The Kenyan president declared a state of emergency in May and lifted it.",
            "lifted",
            "CONCEDE",
            "president",
        ),
        ("Police in Lusaka arrested nine men, six of whom were released on Monday.", "released", "RETREAT", None),
        ("The Zambian coalition rejected the budget on Monday.", "rejected", "REJECT", "Zambian coalition"),
        ("The palace in Nepal ignored the calls of the parties.", "ignored", "REJECT", "palace"),
        ("Myanmar denied that its troops had crossed the border.", "denied", "REJECT", "Myanmar"),
    ],
)
def test_what_pronouns_bodies_and_countries_do(nlp, text, trigger, event_type, actor):
    found = {e.trigger: e for e in code(nlp, text)}
    assert found[trigger].event_type == event_type
    if actor is not None:
        assert any(actor in name for name in names(found[trigger].actors))


def test_a_body_that_is_only_made_is_no_party(nlp):
    events = code(nlp, "Chad announced the creation of a commission to study the border with Niger.")
    assert not any("commission" in name for e in events for name in names([*e.actors, *e.recipients]))


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("Neither Kenya nor Uganda attacked the town.", "attacked"),
        ("Kenya has neither arrested the general nor charged him.", "arrested"),
        ("Kenya has neither arrested the general nor charged him.", "charged"),
        ("Kenya did not attack the town, nor did Uganda bomb it.", "bomb"),
        ("Kenya attacked neither the town nor the base of the rebels.", "attacked"),
    ],
)
def test_neither_and_nor_deny(nlp, text, trigger):
    found = {e.trigger: e for e in code(nlp, text)}
    assert found[trigger].is_negated


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ('Protesters in Nairobi carried placards reading "Free the prisoners".', "Free"),
        ("The decree gives the army the power to detain civilians in Chad.", "detain"),
    ],
)
def test_slogans_and_powers_tell_no_deed(nlp, text, trigger):
    assert trigger not in [e.trigger for e in code(nlp, text)]
