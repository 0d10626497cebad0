"""Which reports are one event: what is joined, what is kept apart, and what does not matter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from math import exp

import numpy as np
import pandas as pd
import pytest

from pipelines.stages.resolve.event_links import ALONE, FITS
from pipelines.stages.resolve.event_relations import event_relations, only_recollections, related_reports
from pipelines.stages.resolve.identity_weights import calibrated
from pipelines.stages.resolve.pair_evidence import PairEvidence
from tests.unit.event_reports import (
    BUKAVU,
    CONGO,
    GOMA,
    MONDAY,
    NORTH_KIVU,
    TUESDAY,
    WEDNESDAY,
    Party,
    Report,
    events_of,
    frames,
    grouped,
    person,
    resolve,
    state,
)

ARMY = Party("the army", "COD", "MIL")
REBELS = Party("the rebels", "COD", "REB")
CHAD, NIGER = state("Chad", "TCD"), state("Niger", "NER")

BOMBING = Report(
    "a", "Rebels [bombed] the fish market in Goma on Monday, killing nine traders.", place=GOMA, actors=(REBELS,)
)
BOMBINGS = (
    BOMBING,
    Report("b", "A bomb planted by rebels [killed] nine at a fish market in Goma, doctors said.", place=GOMA,
           actors=(Party("rebels", "COD", "REB"),), event_mode="kill"),
    Report("c", "Nine traders died in the [bombing] of a market in North Kivu on Monday.", place=NORTH_KIVU),
    Report("d", "Congo's government condemned the [bombing] of a fish market.", place=CONGO, published=WEDNESDAY),
    Report("e", "The rebels [bombed] a market and killed nine traders, the governor said.", actors=(REBELS,),
           day=TUESDAY, is_day_told=False),
)  # fmt: skip

VISIT = Report("a", "The president of Chad [met] his counterpart from Niger in Niamey on Monday.", event_type="CONSULT",
               actors=(CHAD,), recipients=(NIGER,))  # fmt: skip


def test_five_outlets_on_one_bombing_are_one_event():
    """In the town, the region, the country, or without a place; on the day, or dated by their publication."""
    assert grouped(*BOMBINGS) == {"a+b+c+d+e"}


def test_attacks_on_successive_days_stay_apart():
    days = [MONDAY + timedelta(days=n) for n in range(4)]
    reports = [
        Report(f"r{n}", "Rebels [shelled] the fish market in Goma again.", day=day, published=day, place=GOMA,
               actors=(REBELS,)) for n, day in enumerate(days)
    ]  # fmt: skip
    assert grouped(*reports) == {"r0", "r1", "r2", "r3"}


@pytest.mark.parametrize("bridges", [1, 2, 3])
def test_reports_without_a_place_do_not_bridge_two_towns(bridges):
    towns = [replace(BOMBING, name=f"{place[0]}{n}", place=place) for place in (GOMA, BUKAVU) for n in range(bridges)]
    nowhere = [replace(BOMBING, name=f"x{n}", place=None) for n in range(bridges)]
    found = resolve(*towns, *nowhere).event_links.set_index("event_mention_id")["event_id"]
    assert len(set(found)) == 2
    assert found["Goma0"] != found["Bukavu0"]


def test_many_reports_without_a_place_do_not_bridge_two_towns():
    towns = [replace(BOMBING, name=place[0], place=place) for place in (GOMA, BUKAVU)]
    nowhere = [replace(BOMBING, name=f"x{n}", place=None) for n in range(6)]
    found = resolve(*towns, *nowhere).event_links.set_index("event_mention_id")["event_id"]
    assert found["Goma"] != found["Bukavu"]


def test_one_wrong_town_parts_nothing():
    right = [replace(BOMBING, name=f"r{n}") for n in range(3)]
    found = resolve(*right, replace(BOMBING, name="w", place=BUKAVU)).event_links.set_index("event_mention_id")
    assert len({found["event_id"][row.name] for row in right}) == 1


def test_words_of_parties_that_no_one_knows_are_no_evidence_of_one_event():
    said = Report("a", "It was [agreed] on Monday to mend the pier.", event_type="AGREE", event_mode="accept")
    other = replace(said, name="b", text="On Monday the price of maize was [agreed].")
    assert "strangers_speak" in log_odds(said, other)
    assert "strangers_speak" not in log_odds(replace(said, actors=(CHAD,)), replace(other, actors=(CHAD,)))
    assert grouped(said, other) == {"a", "b"}


MARCH_2025 = date(2025, 3, 10)
RECALLED = replace(
    BOMBING, name="r", published=MARCH_2025,
)  # fmt: skip


def recalled(news: Report, later: Report) -> list[list[str]]:
    """The relations of the events of two reports that clustering left apart."""
    rows = frames((news, later))
    pair = np.array([0]), np.array([1])
    reports = rows.read()
    related = only_recollections(related_reports(reports, *pair), reports, np.array([0, 1]))
    found = event_relations(related, np.array([0, 1]), np.array(["old", "recollection"], dtype=object))
    return found[["event_id", "related_event_id", "relation"]].to_numpy().tolist()


def test_what_a_text_recalls_is_the_event_or_is_linked_to_it():
    year = (("event_date_end", date(2024, 12, 31)), ("event_date_precision", "year"))
    later = replace(
        RECALLED, text="A year ago rebels [bombed] the fish market in Goma.", day=date(2024, 1, 1), more=year
    )
    assert grouped(BOMBING, later) == {"a+r"}
    assert recalled(BOMBING, later) == [["recollection", "old", "recalls"]]
    # News of the week recalls nothing, and no report recalls a later one.
    assert recalled(BOMBING, replace(later, published=TUESDAY)) == []
    assert recalled(replace(BOMBING, published=date(2025, 4, 1)), later) == []
    assert recalled(BOMBING, replace(later, place=BUKAVU)) == []


def test_a_plan_and_its_deed_are_two():
    plan = replace(BOMBING, name="b", text="Rebels plan to [bomb] the fish market in Goma.", modality="future")
    assert grouped(BOMBING, plan) == {"a", "b"}


def test_an_act_and_its_denial_are_two():
    assert grouped(BOMBING, replace(BOMBING, name="b", is_negated=True)) == {"a", "b"}


def test_a_meeting_told_by_both_sides_is_one():
    other = replace(VISIT, name="b", text="Niger's leader [received] the president of Chad in Niamey on Monday.",
                    actors=(NIGER,), recipients=(CHAD,))  # fmt: skip
    together = replace(VISIT, name="c", text="The leaders of Niger and Chad [met] on Monday.", actors=(NIGER, CHAD),
                       recipients=())  # fmt: skip
    assert grouped(VISIT, replace(other, text=other.text.replace("received", "met")), together) == {"a+b+c"}


def test_a_blow_and_its_answer_are_two():
    blow = Report("a", "Chad's artillery [shelled] a post of Niger on Monday.", actors=(CHAD,), recipients=(NIGER,))
    answer = Report("b", "Niger's artillery [shelled] a post of Chad on Monday.", actors=(NIGER,), recipients=(CHAD,))
    assert grouped(blow, answer) == {"a", "b"}
    assert log_odds(blow, answer)["swapped"] < 0
    assert "swapped" not in log_odds(replace(blow, event_type="CONSULT"), replace(answer, event_type="CONSULT"))


@pytest.mark.parametrize(
    ("party", "is_one"),
    [("the communist rebels", True), ("the Muslim rebels", False), ("the rebels", True), ("Muslim clerics", False)],
)
def test_groups_are_told_apart_by_their_words(party, is_one):
    def truce(name: str, rebels: str) -> Report:
        return Report(name, "The government of Chad [signed] a truce on Monday.", event_type="AGREE",
                      actors=(CHAD, Party(rebels, "TCD", "REB" if "rebels" in rebels else "REL")))  # fmt: skip

    found = grouped(truce("a", "communist rebels"), truce("b", party))
    assert found == ({"a+b"} if is_one else {"a", "b"})


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("A clinic by the harbour of Goma was [hit] by a mortar, nurses said.", True),
        ("A clinic by the harbour of Goma was again [hit] by a mortar at sunset, nurses said.", False),
    ],
)
def test_words_that_tell_another_act_of_the_day_keep_it_apart(text, is_one):
    first = replace(BOMBING, text="Rebels [shelled] the fish market in Goma at dawn on Monday.")
    assert grouped(first, replace(BOMBING, name="b", text=text)) == ({"a+b"} if is_one else {"a", "b"})


@pytest.mark.parametrize(
    ("one", "other", "evidence"),
    [
        ("Rebels [bombed] a market.", "Rebels again [bombed] a market.", "repeat"),
        ("Rebels [bombed] a market.", "Rebels in a second [bombing] hit a market.", "repeat"),
        ("Rebels [bombed] a market at dawn.", "Rebels [bombed] a market in the evening.", "other_hour"),
        ("Rebels [bombed] a market at 7 a.m. on Monday.", "Rebels [bombed] a market at 7:30 p.m.", "other_hour"),
    ],
)
def test_evidence_that_two_acts_of_a_day_are_told(one, other, evidence):
    found = log_odds(Report("a", one), Report("b", other))
    assert found[evidence] < 0
    assert evidence not in log_odds(Report("a", one), Report("b", one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("overnight", "before dawn at 3 a.m."), ("at midnight", "at 1 a.m."), ("at noon", "at 2 p.m.")],
)
def test_hours_of_one_part_of_the_day_speak_for_nothing(one, other):
    assert "other_hour" not in log_odds(
        Report("a", f"Rebels [bombed] it {one}."), Report("b", f"Rebels [bombed] it {other}.")
    )


def test_undated_reports_in_texts_alike_are_one():
    texts = (
        "A court in Chad [jailed] the editor Hamid Saleh for an article on fuel smuggling by customs officers.",
        "The editor Hamid Saleh was [jailed] by a court over an article on customs officers who smuggle fuel.",
        "A bishop opened an orphanage. Four boatmen were [sentenced] after a brawl in a river port.",
    )
    reports = [
        Report(name, text, day=None, published=None, event_type="SANCTION", event_mode="convict", actors=(party,))
        for name, text, party in zip("abc", texts, (CHAD, CHAD, NIGER), strict=True)
    ]
    assert grouped(*reports) == {"a+b", "c"}


def test_a_day_that_is_only_the_publications_may_be_later_but_not_earlier():
    later = replace(BOMBING, name="b", day=WEDNESDAY, published=WEDNESDAY, is_day_told=False)
    earlier = replace(BOMBING, name="b", day=date(2024, 5, 3), published=date(2024, 5, 3), is_day_told=False)
    assert grouped(BOMBING, later) == {"a+b"}
    assert grouped(BOMBING, earlier) == {"a", "b"}


@pytest.mark.parametrize(
    ("change", "is_one"),
    [
        ({}, True),
        ({"event_mode": "kill"}, True),
        ({"day": date(2024, 5, 13), "published": date(2024, 5, 14)}, False),
        ({"event_type": "CONSULT", "text": "Rebels [met] fish traders in Goma on Monday."}, False),
        (
            {
                "actors": (Party("the police", "COD", "COP"),),
                "text": "Police [raided] a brewery whose owner owes taxes since January.",
            },
            False,
        ),
    ],
    ids=[
        "the same",
        "one has a mode",
        "a week later",
        "other kind of act",
        "other actor",
    ],
)
def test_two_reports(change, is_one):
    assert grouped(BOMBING, replace(BOMBING, **{"name": "b", **change})) == ({"a+b"} if is_one else {"a", "b"})


def test_two_acts_of_one_sentence_are_two():
    one = Report("a", "Rebels [shelled] a post in Goma and stormed a prison.", document="d", actors=(REBELS,))
    other = replace(one, name="b", text="Rebels shelled a post in Goma and [stormed] a prison.")
    assert "same_sentence" not in log_odds(one, other)
    rows = frames([one, other])
    line = len(one.text) - 1  # both in the first line of the document
    second = rows.mentions["event_mention_id"] == "b"
    rows.mentions.loc[second, ["start_char", "end_char", "sentence_start_char", "sentence_end_char"]] -= line
    assert events_of(rows.resolve()) == {"a", "b"}


def test_one_text_tells_a_saying_twice_only_in_like_words():
    ana = person("Ana Torres", "PER", "GOV")
    drivers = (
        "On the radio Minister Ana Torres [asked] lorry drivers to keep away from the flooded bridge over the Rimac."
    )
    one = Report("a", drivers, event_type="REQUEST",
                 document="d", actors=(ana,), is_day_told=False)  # fmt: skip
    other = replace(
        one,
        name="b",
        text="In the evening it was the grocers of the capital whom she [asked] for lower prices of bread, rice and milk.",
    )
    again = replace(
        one, name="c", text="Torres [asked] drivers of a lorry on the radio to keep away from the flooded bridge."
    )
    assert log_odds(one, other)["said_once"] < log_odds(one, again).get("said_once", 0.0)
    assert grouped(one, other) == {"a", "b"}
    assert grouped(one, again) == {"a+c"}


def test_one_text_tells_what_several_people_say():
    asked = "[asked] drivers to stay away from the bridge that is flooded."
    one = Report(
        "a", f"Ana Torres {asked}", event_type="REQUEST", document="d", actors=(person("Ana Torres", "PER", "GOV"),)
    )
    other = replace(one, name="b", text=f"Luis Vega {asked}", actors=(person("Luis Vega", "PER", "LAB"),))
    assert log_odds(one, other)["other_sayer"] < 0
    assert "other_sayer" not in log_odds(one, replace(one, name="b"))
    assert "other_sayer" not in log_odds(one, replace(other, document="e"))
    assert grouped(one, other) == {"a", "b"}


def test_other_partners_are_other_talks():
    other = replace(VISIT, name="b", text=VISIT.text.replace("Niger ", "Mali "), recipients=(state("Mali", "MLI"),))
    assert grouped(VISIT, other) == {"a", "b"}


def test_other_states_sanctioned_are_other_events():
    one = Report("a", "Norway [sanctioned] officials of Chad on Monday over the arrest of an editor. Reporters cheered.",
                 event_type="SANCTION", actors=(state("Norway", "NOR"),), recipients=(CHAD,))  # fmt: skip
    other = replace(one, name="b", recipients=(NIGER,),
                    text="Norway [sanctioned] a mining firm of Niger on Monday. Its uranium had gone to smugglers.")  # fmt: skip
    joining = replace(one, name="b", actors=(state("Iceland", "ISL"),),
                      text="Iceland [sanctioned] two generals of Chad on Monday. Parliament had asked for it.")  # fmt: skip
    assert grouped(one, other) == {"a", "b"}
    assert grouped(one, joining) == {"a", "b"}


def test_other_persons_are_other_events():
    def arrest(name: str, text: str, whom: str, sector: str) -> Report:
        return Report(name, text, event_type="COERCE", event_mode="arrest", actors=(Party("police", "PER", "COP"),),
                      recipients=(person(whom, "PER", sector),))  # fmt: skip

    found = grouped(
        arrest("a", "Police in Peru [arrested] the columnist Ana Torres over a leaked tape.", "Ana Torres", "MED"),
        arrest("b", "Luis Vega, who leads the miners, was [arrested] at a road block.", "Luis Vega", "LAB"),
        arrest("c", "Officers [arrested] Torres in her flat, colleagues of the columnist said.", "Ana Torres", "MED"),
    )
    assert found == {"a+c", "b"}


ALL = (
    *BOMBINGS,
    replace(VISIT, name="v"),
    replace(BOMBING, name="w", day=WEDNESDAY),
    replace(BOMBING, name="x", place=BUKAVU),
)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter(seed):
    rows = frames(ALL)
    expected, found = rows.resolve(), rows.shuffled(seed).resolve()
    for table, keys in (("events", ["event_id"]), ("event_links", ["event_mention_id"]),
                        ("event_parties", ["event_mention_id", "role", "ordinal"])):  # fmt: skip
        left, right = (getattr(r, table).sort_values(keys, ignore_index=True) for r in (expected, found))
        pd.testing.assert_frame_equal(left, right)


def test_an_unrelated_document_changes_nothing():
    before = resolve(*ALL)
    unrelated = Report("0", "Ministers of Norway and Chile [signed] a treaty on whales.", event_type="AGREE", place=GOMA,
                       actors=(state("Norway", "NOR"), state("Chile", "CHL")), recipients=(REBELS,))  # fmt: skip
    after = resolve(unrelated, *ALL)
    assert events_of(after) == {*events_of(before), "0"}
    kept = after.event_links[after.event_links["event_mention_id"] != "0"].reset_index(drop=True)
    assert kept.to_dict("records") == before.event_links.to_dict("records")


def test_an_event_keeps_its_id_when_later_reports_join():
    first = resolve(BOMBINGS[1])
    later = resolve(BOMBINGS[1], *(replace(r, published=date(2024, 5, 9)) for r in BOMBINGS if r.name != "b"))
    assert len(later.events) == 1
    assert set(later.event_links["event_id"]) == set(first.event_links["event_id"])


def test_a_report_alone_has_no_evidence():
    links = resolve(BOMBING).event_links.to_dict("records")
    assert [(row["method"], row["score"], row["evidence"]) for row in links] == [(ALONE, 1.0, None)]


def test_evidence_names_the_nearest_report_and_adds_up_to_the_pairs_probability():
    links = resolve(*BOMBINGS[:2]).event_links.set_index("event_mention_id")
    for name, other in (("a", "b"), ("b", "a")):
        evidence = json.loads(links.loc[name, "evidence"])
        assert evidence["with"] == other
        assert evidence["log_odds"]["same_place"] > 0
        probability = calibrated(np.array([1 / (1 + exp(-sum(evidence["log_odds"].values())))]))[0]
        assert links.loc[name, "score"] == pytest.approx(probability, abs=0.02)
        assert links.loc[name, "method"] == FITS


def test_evidence_is_that_of_the_best_fit():
    links = resolve(*BOMBINGS).event_links.set_index("event_mention_id")
    reports = frames(BOMBINGS).read()
    others = np.arange(1, 5)
    probability, _ = PairEvidence(reports, np.zeros(4, dtype=np.int64), others).judge()
    nearest = reports.mention_ids[others[probability.argmax()]]
    assert json.loads(links.loc["a", "evidence"])["with"] == nearest


def test_nothing_gives_nothing():
    rows = frames([BOMBING])
    found = replace(rows, mentions=rows.mentions.head(0), participants=rows.participants.head(0)).resolve()
    assert [len(table) for table in (found.events, found.event_links, found.event_parties)] == [0, 0, 0]


def log_odds(one: Report, other: Report) -> dict[str, float]:
    """The evidence on a pair that says something."""
    found = PairEvidence(frames([one, other]).read(), np.array([0]), np.array([1])).log_odds()
    return {name: float(value[0]) for name, value in found.items() if value[0] != 0}
