"""The clause layer on hand-built parses: voice, coordination, control, relative clauses, governed complements."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc

from pipelines.nlp.clauses.binding import acts_on
from pipelines.nlp.clauses.component import ClauseReader, is_passive
from pipelines.nlp.clauses.government import government
from pipelines.nlp.clauses.phrases import head_forms, semantic_heads, undertaken
from tests.unit.clause_parses import parse


@pytest.fixture
def passive() -> Doc:
    return parse(
        "Envoys envoy NOUN NNS nsubjpass 2",
        "were be AUX VBD auxpass 2",
        "expelled expel VERB VBN ROOT 2",
        "by by ADP IN agent 2",
        "Peru Peru PROPN NNP pobj 3",
    )


def test_passive_swaps_the_logical_roles(passive):
    predicate = ClauseReader(passive).predicate(passive[2])
    assert predicate.is_passive
    assert (predicate.subject.text, predicate.obj.text) == ("Peru", "Envoys")


def test_coordinated_verb_shares_subject_and_auxiliary():
    doc = parse(
        "Chad Chad PROPN NNP nsubj 2",
        "will will AUX MD aux 2",
        "cut cut VERB VB ROOT 2",
        "aid aid NOUN NN dobj 2",
        "and and CCONJ CC cc 2",
        "recall recall VERB VB conj 2",
        "envoys envoy NOUN NNS dobj 5",
    )
    predicate = ClauseReader(doc).predicate(doc[5])
    assert predicate.subject.text == "Chad"
    assert not predicate.has_own_subject
    assert predicate.is_future


@pytest.mark.parametrize(("governor", "expected"), [("urge", "rebels"), ("promise", "Oman")], ids=["object", "subject"])
def test_infinitive_is_controlled(governor, expected):
    doc = parse(
        "Oman Oman PROPN NNP nsubj 1",
        f"{governor}d {governor} VERB VBD ROOT 1",
        "rebels rebel NOUN NNS dobj 1",
        "to to PART TO aux 4",
        "withdraw withdraw VERB VB xcomp 1",
    )
    assert ClauseReader(doc).predicate(doc[4]).subject.text == expected


def test_relative_pronoun_gives_its_antecedent():
    doc = parse(
        "troops troop NOUN NNS ROOT 0",
        "that that PRON WDT nsubj 2",
        "seized seize VERB VBD relcl 0",
        "Goma Goma PROPN NNP dobj 2",
    )
    assert ClauseReader(doc).predicate(doc[2]).subject.text == "troops"


def test_gap_of_a_relative_clause_is_its_head():
    doc = parse(
        "sanctions sanction NOUN NNS ROOT 0",
        "Japan Japan PROPN NNP nsubj 2",
        "imposed impose VERB VBD relcl 0",
    )
    predicate = ClauseReader(doc).predicate(doc[2])
    assert (predicate.subject.text, predicate.obj.text) == ("Japan", "sanctions")


def test_reduced_relative_is_passive():
    doc = parse(
        "talks talk NOUN NNS ROOT 0",
        "held hold VERB VBN acl 0",
        "in in ADP IN prep 1",
        "Doha Doha PROPN NNP pobj 2",
    )
    assert is_passive(doc[1])
    assert ClauseReader(doc).predicate(doc[1]).obj.text == "talks"


def test_transparent_noun_gives_way_to_its_of_phrase():
    doc = parse(
        "series series NOUN NN ROOT 0",
        "of of ADP IN prep 0",
        "attacks attack NOUN NNS pobj 1",
        "and and CCONJ CC cc 2",
        "raids raid NOUN NNS conj 2",
    )
    assert [t.text for t in semantic_heads(doc[0])] == ["attacks", "raids"]


def test_undertaking_noun_gives_its_content():
    doc = parse("mediation mediation NOUN NN compound 1", "efforts effort NOUN NNS ROOT 1")
    assert undertaken(doc[1]).text == "mediation"
    assert undertaken(doc[0]) is None


def test_head_forms_hold_compounds_and_of_phrases():
    doc = parse(
        "travel travel NOUN NN compound 1",
        "bans ban NOUN NNS ROOT 1",
        "of of ADP IN prep 1",
        "emergency emergency NOUN NN pobj 2",
    )
    assert {"ban", "bans", "travel ban", "ban of emergency"} <= head_forms(doc[1])


@pytest.mark.parametrize(
    ("rows", "index", "expected"),
    [
        (("Iran Iran PROPN NNP nsubj 1", "refused refuse VERB VBD ROOT 1", "to to PART TO aux 3",
          "meet meet VERB VB xcomp 1"), 3, "inf"),
        (("Iran Iran PROPN NNP nsubj 1", "denied deny VERB VBD ROOT 1", "attacking attack VERB VBG xcomp 1"), 2, "ger"),
        (("He he PRON PRP nsubj 1", "said say VERB VBD ROOT 1", "Iran Iran PROPN NNP nsubj 3",
          "attacked attack VERB VBD ccomp 1"), 3, "that"),
        (("Iran Iran PROPN NNP nsubj 1", "called call VERB VBD ROOT 1", "for for ADP IN prep 1",
          "talks talk NOUN NNS pobj 2"), 3, "prep:for+noun"),
        (("Iran Iran PROPN NNP nsubj 1", "accused accuse VERB VBD ROOT 1", "Iraq Iraq PROPN NNP dobj 1",
          "of of ADP IN prep 1", "attacking attack VERB VBG pcomp 3"), 4, "prep:of+ger"),
    ],
    ids=["infinitive", "gerund", "that-clause", "noun of a preposition", "gerund of a preposition"],
)  # fmt: skip
def test_government_names_the_complement(rows, index, expected):
    doc = parse(*rows)
    governed = government(doc[index])
    assert governed is not None
    assert (governed.token.i, governed.complement) == (1, expected)


def test_main_clause_is_not_governed(passive):
    assert government(passive[2]) is None


def test_clause_before_a_semicolon_is_not_governed_by_the_clause_behind_it():
    doc = parse(
        "Kenya Kenya PROPN NNP nsubj 1",
        "expelled expel VERB VBD ccomp 5",
        "envoys envoy NOUN NNS dobj 1",
        "; ; PUNCT : punct 5",
        "Uganda Uganda PROPN NNP nsubj 5",
        "demanded demand VERB VBD ROOT 5",
        "answers answer NOUN NNS dobj 5",
    )
    assert government(doc[1]) is None


def test_participle_without_anything_finite_is_passive():
    headline = parse(
        "Stones stone NOUN NNS nsubj 1",
        "thrown throw VERB VBN ROOT 1",
        "at at ADP IN prep 1",
        "police police NOUN NNS pobj 2",
    )
    assert is_passive(headline[1])
    finite = parse("Gunmen gunman NOUN NNS nsubj 1", "killed kill VERB VBN ROOT 1", "27 27 NUM CD dobj 1")
    assert not is_passive(finite[1])


def test_who_an_object_cannot_be_is_the_subject_also_of_a_shared_and_of_a_purpose_clause():
    doc = parse(
        "Chad Chad PROPN NNP nsubj 1",
        "called call VERB VBD ROOT 1",
        "Togo Togo PROPN NNP dobj 1",
        "to to PART TO aux 4",
        "thank thank VERB VB advcl 1",
        "it it PRON PRP dobj 4",
        "and and CCONJ CC cc 1",
        "asked ask VERB VBD conj 1",
        "it it PRON PRP dobj 7",
    )
    assert all(acts_on(doc[0], doc[i]) for i in (5, 8))
    assert not acts_on(doc[2], doc[5])


def test_who_uses_something_to_act_acts():
    used = parse(
        "Roe Roe PROPN NNP nsubj 1",
        "used use VERB VBD ROOT 1",
        "radio radio NOUN NN dobj 1",
        "to to PART TO aux 4",
        "thank thank VERB VB xcomp 1",
        "voters voter NOUN NNS dobj 4",
    )
    assert ClauseReader(used).predicate(used[4]).subject.text == "Roe"


def test_a_finite_verb_shares_no_subject_with_the_infinitive_before_it():
    doc = parse(
        "Roe Roe PROPN NNP nsubj 1",
        "wanted want VERB VBD ROOT 1",
        "Chad Chad PROPN NNP nsubj 4",
        "to to PART TO aux 4",
        "act act VERB VB ccomp 1",
        "and and CCONJ CC cc 4",
        "calls call VERB VBZ conj 4",
        "or or CCONJ CC cc 4",
        "go go VERB VB conj 4",
    )
    reader = ClauseReader(doc)
    assert reader.predicate(doc[6]).subject.text == "Roe"
    assert reader.predicate(doc[8]).subject.text == "Chad"


def test_nobody_shares_the_subject_of_there_was():
    doc = parse(
        "Roe Roe PROPN NNP nsubj 1",
        "said say VERB VBD ROOT 1",
        "there there PRON EX expl 3",
        "was be VERB VBD ccomp 1",
        "hope hope NOUN NN attr 3",
        "and and CCONJ CC cc 3",
        "urged urge VERB VBD conj 3",
        "calm calm NOUN NN dobj 6",
    )
    assert ClauseReader(doc).predicate(doc[6]).subject.text == "Roe"


def test_what_stands_in_front_of_a_building_is_outside_of_it():
    doc = parse(
        "Crowds crowd NOUN NNS nsubj 1",
        "met meet VERB VBD ROOT 1",
        "in in ADP IN prep 1",
        "front front NOUN NN pobj 2",
        "of of ADP IN prep 3",
        "parliament parliament NOUN NN pobj 4",
    )
    preps = ClauseReader(doc).predicate(doc[1]).preps
    assert [t.text for t in preps["outside"]] == ["parliament"] and "in" not in preps


def test_some_of_the_men_do_not_act_on_these_men():
    doc = parse(
        "Some some DET DT nsubj 4",
        "of of ADP IN prep 0",
        "the the DET DT det 3",
        "men man NOUN NNS pobj 1",
        "whistled whistle VERB VBD ROOT 4",
        "at at ADP IN prep 4",
        "them they PRON PRP pobj 5",
    )
    assert acts_on(doc[3], doc[6])


def test_who_shoots_three_of_them_is_none_of_them():
    doc = parse(
        "Soldiers soldier NOUN NNS nsubj 1",
        "shot shoot VERB VBD ROOT 1",
        "three three NUM CD dobj 1",
        "of of ADP IN prep 2",
        "them they PRON PRP pobj 3",
    )
    assert acts_on(doc[0], doc[4])
