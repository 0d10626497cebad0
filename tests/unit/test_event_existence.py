"""Which events there are: passages of other domains give none, political deeds have the type their words mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.nlp.events.domain import Domain, DomainReader, load_domain_lexicon
from pipelines.nlp.parsed import parsed

CASES = Path(__file__).parents[1] / "cases"
PASSAGES = [
    line for line in (CASES / "not_political.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
]

pytestmark = pytest.mark.model


def types(nlp, text: str) -> list[str]:
    return [event.event_type for event in nlp(text)._.events]


def test_passages_of_other_domains_give_no_events(nlp):
    """Floor: 42 of 49 passages, measured 44."""
    silent = sum(not doc._.events for doc in nlp.pipe(PASSAGES))
    assert silent >= 42, f"{silent} of {len(PASSAGES)}"


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        (PASSAGES[0], Domain.OTHER),
        ("Storm winds tore off roofs, rain fell and the flood rose.", Domain.DISASTER),
        ("The minister spoke.", Domain.UNKNOWN),
        (
            "The government of Peru arrested two senators. Parliament met, the president accused the opposition of a coup, and"
            " police deployed soldiers at the embassy.",
            Domain.POLITICAL,
        ),
    ],
    ids=["sport", "disaster", "too little", "politics"],
)
def test_domain_of_a_passage(nlp, text, domain):
    doc = parsed(nlp(text))
    assert DomainReader(doc, load_domain_lexicon(nlp.vocab)).of(doc.sents[0]) is domain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "A cyclone struck Mozambique, flooding villages. South Africa sent helicopters. Storm winds tore off roofs.",
            ["AID"],
        ),
        ("Chad bombed a port of Niger on Monday. Nobody was hurt. The blaze burnt for hours.", ["ASSAULT"]),
        ("Spain beat England in the final. Peru attacked Chile on the left wing. The goalkeeper saved a penalty.", []),
    ],
    ids=["help", "strike", "sport"],
)
def test_what_states_do_beside_disasters_are_events(nlp, text, expected):
    assert types(nlp, text) == expected


def test_how_far_a_text_leans_to_politics(nlp):
    lexicon = load_domain_lexicon(nlp.vocab)
    leans = {}
    for text in (
        "The senate and the opposition quarrelled over the election law.",
        "The burglar stabbed the shopkeeper; a jury convicted him of robbery and the judge gave him nine years.",
        "It was late.",
    ):
        doc = parsed(nlp(text))
        leans[text[:6]] = DomainReader(doc, lexicon).lean(doc.sents[0])
    assert min(leans["The se"]) > 0 > max(leans["The bu"])
    assert leans["It was"] == (0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "event_type"),
    [
        ("The aviation office of Norway revoked the licence of a Chadian airline.", "COERCE"),
        ("Envoy Aino Salo called in a statement for the Malian army to leave the town.", "REQUEST"),
        ("Nigerien soldiers flushed out the militants from the hills on Tuesday.", "ASSAULT"),
        ("The Peruvian general was convicted of fraud by a court in Lima.", "SANCTION"),
        ("The Chadian army swapped two prisoners for three Sudanese officers.", "RETREAT"),
        ("The Kenyan president called the Ugandan minister a liar.", "ACCUSE"),
        ("Bandits seized nine Nigerian pupils near Zaria.", "ASSAULT"),
        ("The Greek company flies rifles to the Chadian militia.", "AID"),
        ("The Laotian authorities chose to suppress protests in the capital.", "COERCE"),
        ("The Turkish court decided not to extradite the Swedish banker.", "REJECT"),
        ("The Houthi rebels set nine Saudi sailors free in May.", "RETREAT"),
        ("Sweden wants Latvia to extradite the banker.", "REQUEST"),
        ("Togolese police used live ammunition against students in Lome.", "ASSAULT"),
        ("Spanish police dragged the Catalan singer out of the embassy.", "COERCE"),
        ("Thousands of Croatian farmers filled the square in Zagreb on Monday.", "PROTEST"),
        ("Asked by the Kenyan president to resign, the minister laughed.", "REQUEST"),
        ("We condemn the Kenyan government.", "ACCUSE"),
        ("The Nepali king was stripped of his guard by a new law.", "SANCTION"),
        ("The Danish minister is due to visit Kenya next week.", "CONSULT"),
        ("The Danish minister said he would visit Kenya next week.", "AGREE"),
        ("Talks between Denmark and Chad are scheduled for Monday.", "CONSULT"),
        ("The African Union sent a mission to Niamey for talks.", "CONSULT"),
        ("Chad's neighbours protested.", "ACCUSE"),
        ("Sudan no longer supports the Chadian rebels.", "REJECT"),
        ("The Danish premier arrived in Oslo at noon.", "CONSULT"),
        ("Denmark had been pressing Turkey to extradite the banker since May.", "REQUEST"),
        ("The Norwegian navy will give two boats to the Kenyan coast guard.", "AGREE"),
    ],
)
def test_one_event_of_the_right_type(nlp, text, event_type):
    assert types(nlp, text) == [event_type]


@pytest.mark.parametrize(
    "text",
    [
        "What charges does the Peruvian banker face in Spain?",
        "Contact the Danish minister at the office in Oslo.",
        "There is no evidence that the shells came from Burundi.",
        "Those who attack Chilean police officers face long trials.",
        "Under the code, Kenyan police can arrest anyone without a warrant.",
        "Kenyan police usually arrest smugglers at the border.",
        "Kenyan ministers tend to arrest journalists.",
        "We attack the Kenyan police at night.",
        "Asked whether troops would attack the port, the Polish minister laughed.",
        "The Polish minister smiled when asked to condemn the rebels.",
        "The Kenyan ministry launched an investigation into the plane crash.",
        "The Kenyan agency declared a public health emergency on Monday.",
        "The Danish parties battled to win the election.",
        "The Danish minister said the nurses were asking for the moon.",
        "The Nepali king was bound by a constitution in 1952.",
        "The Danish minister's plan was met with hoots of laughter.",
        "The Danish premier arrived at noon.",
        "The Danish army is ill prepared for talks with the rebels.",
        "If not, who arrested the Kenyan editor?",
        "Foreign Minister Ada Roe, when asked whether Denmark would attack the port, laughed.",
        "An appeal against the ruling can be made to the Danish supreme court.",
        "A Danish senator who is accused of fraud usually loses the next vote.",
        "Such letters rarely make the Danish government withdraw its troops.",
        "Danish ministers tend to leave and blame the police.",
        "The Danish parliament is not required to ratify the treaty.",
    ],
    ids=[
        *("question", "instruction", "denied report", "anyone", "rule", "habit"),
        *("inclination", "own habit", "asked whether", "when asked", "accident", "health"),
        *(
            "battle to win",
            "idiom",
            "constitution",
            "met with",
            "time of day",
            "ill prepared",
            "question behind a clause",
        ),
        *("asked behind a name", "open to all", "whoever is accused", "habit above", "inclinations", "not obliged"),
    ],
)
def test_what_is_no_event(nlp, text):
    assert types(nlp, text) == []


def test_what_is_told_below_an_accusation_is_what_stood_under_it(nlp):
    """Whoever condemns a plan tells of the plan, not of the deed."""
    assert types(nlp, "The Kenyan minister condemned the rebels' plan to attack the port.") == ["ACCUSE", "THREATEN"]


def test_a_known_deed_that_is_discussed_is_a_topic(nlp):
    assert "ASSAULT" not in types(nlp, "The Danish senators discussed the attack on Oslo.")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ukraine asked Russia to free people captured by rebels in Donetsk on Monday.", "COERCE"),
        ("The Chadian court must free people jailed by the army.", "COERCE"),
        ("Russia agreed to release people detained in Crimea.", "COERCE"),
        ("A rebel group which is supported by Turkey captures a town in Syria.", "SUPPORT"),
        ("A woman who is detained in Iran goes on hunger strike.", "COERCE"),
        ("The EU is considering the imposition of sanctions on Russia.", "COERCE"),
        ("The US considers the expulsion of Russian diplomats.", "SANCTION"),
        ("Kenya was considering the arrest of the general.", "COERCE"),
        ("Sanctions on Iran were imposed by the bill passed on Monday.", "COERCE"),
        ("Two Danish parties were banned by the law that parliament passed on Monday.", "COERCE"),
        ("The sanctions on Iran were lifted by the treaty signed in Vienna.", "RETREAT"),
        ("The Danish party was banned by law on Monday.", "COERCE"),
        ("Students in Chile are in protest against the minister.", "PROTEST"),
        ("Kenya was badly critical of Somalia.", "ACCUSE"),
    ],
    ids=[
        *("captured by", "jailed by", "detained in", "who is supported by", "who is detained in"),
        *("considering the imposition", "considers the expulsion", "considering the arrest"),
        *("by a bill that passed", "by a law that passed", "by a treaty signed", "by law on a day"),
        *("are in protest", "badly critical"),
    ],
)
def test_what_a_rule_on_rules_must_not_take(nlp, text, wanted):
    """One deed, told by its party, time or place, is none of anyone; what is weighed is no topic."""
    assert wanted in types(nlp, text)


@pytest.mark.parametrize(
    "text",
    [
        "The state will deport people jailed for murder.",
        "The state will deport people jailed for a year.",
        "A law would have allowed Denmark to extradite people accused of crimes from Greenland.",
        "A Danish minister who is charged by the court usually steps down.",
    ],
)
def test_deeds_of_anyone(nlp, text):
    assert "COERCE" not in types(nlp, text)
    assert not {"SANCTION", "ACCUSE"} & set(types(nlp, text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Germany condemned the plan to attack Iran.", None),
        ("Germany condemned Israel's plan to attack Iran.", ("THREATEN", ["Israel"], ["Iran"], "actual")),
        ("The UN praised the decision to free the hostages.", None),
        (
            "The UN praised the decision by Iran to free the hostages.",
            ("RETREAT", ["Iran"], ["hostages"], "hypothetical"),
        ),
        ("The UN praised Iran's decision to free the hostages.", ("RETREAT", ["Iran"], ["hostages"], "hypothetical")),
        ("Germany condemned the attack on Iran.", ("ASSAULT", [], ["Iran"], "actual")),
        ("The UN denounced the arrest of the senator in Belarus.", ("COERCE", [], ["senator"], "actual")),
        ("Kenya praised the release of the hostages by Hamas.", ("RETREAT", ["Hamas"], ["hostages"], "actual")),
    ],
)
def test_who_judges_a_deed_does_not_do_it(nlp, text, wanted):
    told = [
        (e.event_type, [p.text for p in e.actors], [p.text for p in e.recipients], e.modality)
        for e in nlp(text)._.events
        if e.event_type not in ("ACCUSE", "SUPPORT")
    ]
    assert told == ([wanted] if wanted else [])


def test_no_longer_than_denies_nothing(nlp):
    (event,) = nlp("Danish police detained the editor no longer than two hours.")._.events
    assert not event.is_negated
