"""Clauses whose subject, agent or voice the parser hides, on hand-built parses."""

from __future__ import annotations

import pytest
from spacy.tokens import Span

from pipelines.nlp.clauses.component import ClauseReader, is_passive
from tests.unit.clause_parses import parse


def test_subject_that_the_parser_takes_into_the_phrase_before_it():
    doc = parse(
        "On on ADP IN prep 3",
        "Friday Friday PROPN NNP compound 2",
        "youths youth NOUN NNS pobj 0",
        "threw throw VERB VBD ROOT 3",
        "stones stone NOUN NNS dobj 3",
    )
    assert ClauseReader(doc).predicate(doc[3]).subject.text == "youths"


def test_agent_that_the_parser_hangs_on_what_was_given():
    doc = parse(
        "Women woman NOUN NNS nsubjpass 2",
        "were be AUX VBD auxpass 2",
        "given give VERB VBN ROOT 2",
        "flour flour NOUN NN dobj 2",
        "by by ADP IN prep 3",
        "Norway Norway PROPN NNP pobj 4",
    )
    predicate = ClauseReader(doc).predicate(doc[2])
    assert (predicate.subject.text, predicate.iobj.text) == ("Norway", "Women")


def test_a_past_tense_behind_when_without_a_subject_is_passive():
    doc = parse(
        "Envoys envoy NOUN NNS nsubj 4",
        ", , PUNCT , punct 4",
        "when when SCONJ WRB advmod 3",
        "asked ask VERB VBD advcl 4",
        "left leave VERB VBD ROOT 4",
    )
    assert is_passive(doc[3])
    assert not is_passive(doc[4])


def test_a_verb_behind_a_relative_clause_of_the_root_is_no_participle():
    doc = parse(
        "Chad Chad PROPN NNP ROOT 0",
        ", , PUNCT , punct 0",
        "which which PRON WDT nsubj 3",
        "waits wait VERB VBZ relcl 0",
        ", , PUNCT , punct 0",
        "offered offer VERB VBN acl 0",
    )
    assert not is_passive(doc[5])
    assert ClauseReader(doc).predicate(doc[5]).subject.text == "Chad"


def test_subjects_that_the_parser_takes_into_what_stands_before_the_verb():
    timed = parse(
        "In in ADP IN prep 4",
        "May May PROPN NNP compound 2",
        "marchers marcher NOUN NNS pobj 0",
        "there there ADV RB advmod 2",
        "burned burn VERB VBD ROOT 4",
    )
    reported = parse(
        "Police police NOUN NNS nsubj 1",
        "reported report VERB VBD ROOT 1",
        "gunmen gunman NOUN NNS dobj 1",
        "killed kill VERB VBD ccomp 1",
        "ten ten NUM CD dobj 3",
    )
    listed = parse(
        "Agents agent NOUN NNS nsubj 1",
        "seized seize VERB VBD ROOT 1",
        "Roe Roe PROPN NNP dobj 1",
        "in in ADP IN prep 1",
        "Riga Riga PROPN NNP pobj 3",
        "and and CCONJ CC cc 4",
        "judges judge NOUN NNS conj 4",
        "later later ADV RB advmod 8",
        "jailed jail VERB VBD advcl 1",
        "him he PRON PRP dobj 8",
    )
    opening = parse(
        "Fear fear NOUN NN nsubj 1",
        "reigns reign VERB VBZ ROOT 1",
        "a a DET DT det 3",
        "day day NOUN NN npadvmod 8",
        "after after ADP IN prep 3",
        "mobs mob NOUN NNS pobj 4",
        "of of ADP IN prep 5",
        "ten ten NUM CD pobj 6",
        "beat beat VERB VBD advcl 1",
        "him he PRON PRP dobj 8",
    )
    found = ((timed, 4, "marchers"), (reported, 3, "gunmen"), (listed, 8, "judges"), (opening, 8, "mobs"))
    for doc, verb, subject in found:
        assert ClauseReader(doc).predicate(doc[verb]).subject.text == subject
    assert ClauseReader(listed).predicate(listed[1]).subject.text == "Agents"


def test_a_participle_that_goes_on_with_the_passive_above_is_passive():
    doc = parse(
        "He he PRON PRP nsubjpass 2",
        "was be AUX VBD auxpass 2",
        "arrested arrest VERB VBN ROOT 2",
        "as as SCONJ IN mark 5",
        "he he PRON PRP nsubj 5",
        "landed land VERB VBD advcl 2",
        "and and CCONJ CC cc 5",
        "charged charge VERB VBN conj 5",
    )
    charged = ClauseReader(doc).predicate(doc[7])
    assert charged.is_passive and charged.obj.i == 0 and charged.subject is None


def test_a_participle_taken_for_the_verb_of_its_clause_is_passive():
    doc = parse(
        "Men man NOUN NNS nsubj 1",
        "accused accuse VERB VBD ROOT 1",
        "of of ADP IN prep 1",
        "spying spy VERB VBG pcomp 2",
        "were be AUX VBD auxpass 5",
        "charged charge VERB VBN ccomp 1",
    )
    accused = ClauseReader(doc).predicate(doc[1])
    assert accused.is_passive and accused.obj.text == "Men" and accused.subject is None


def test_a_participle_with_a_subject_behind_with_is_passive():
    doc = parse(
        "It it PRON PRP nsubj 1",
        "ended end VERB VBD ROOT 1",
        "with with ADP IN prep 1",
        "officers officer NOUN NNS nsubj 4",
        "shot shoot VERB VBD pcomp 2",
        "and and CCONJ CC cc 4",
        "women woman NOUN NNS nsubj 7",
        "held hold VERB VBD conj 4",
    )
    assert is_passive(doc[4]) and is_passive(doc[7]) and not is_passive(doc[1])
    assert ClauseReader(doc).predicate(doc[7]).obj.text == "women"


def test_an_agent_behind_the_verb_that_condemns_the_deed_did_it():
    doc = parse(
        "We we PRON PRP nsubj 1",
        "condemn condemn VERB VBP ROOT 1",
        "attacks attack NOUN NNS dobj 1",
        "perpetrated perpetrate VERB VBN acl 2",
        "today today NOUN NN npadvmod 3",
        "by by ADP IN prep 1",
        "rebels rebel NOUN NNS pobj 5",
    )
    assert ClauseReader(doc).predicate(doc[3]).subject.text == "rebels"


def test_an_agent_behind_a_second_thing_given_gives():
    doc = parse(
        "Each each DET DT nsubjpass 2",
        "was be AUX VBD auxpass 2",
        "given give VERB VBN ROOT 2",
        "flour flour NOUN NN dobj 2",
        "and and CCONJ CC cc 3",
        "oil oil NOUN NN conj 3",
        "by by ADP IN prep 5",
        "Peru Peru PROPN NNP pobj 6",
    )
    assert ClauseReader(doc).predicate(doc[2]).subject.text == "Peru"


def test_what_opens_a_clause_has_no_object():
    doc = parse(
        "They they PRON PRP nsubj 1",
        "left leave VERB VBD ROOT 1",
        "after after SCONJ IN mark 4",
        "Peru Peru PROPN NNP pobj 2",
        "expelled expel VERB VBD advcl 1",
        "Zerpa Zerpa PROPN NNP dobj 4",
    )
    assert ClauseReader(doc).predicate(doc[4]).subject.text == "Peru"


@pytest.mark.parametrize(("pronoun", "subject"), [("that", "attack"), ("which", "Kabul")])
def test_no_bare_name_takes_a_clause_with_that(pronoun: str, subject: str):
    doc = parse(
        "The the DET DT det 1",
        "attack attack NOUN NN ROOT 1",
        "in in ADP IN prep 1",
        "Kabul Kabul PROPN NNP pobj 2",
        f"{pronoun} {pronoun} PRON WDT nsubj 5",
        "killed kill VERB VBD relcl 3",
        "ten ten NUM CD dobj 5",
    )
    assert ClauseReader(doc).predicate(doc[5]).subject.text == subject


@pytest.mark.parametrize(("stop", "subject"), [(",", "police"), ("and", "Roe")])
def test_of_two_subjects_the_one_next_to_the_verb_acts(stop: str, subject: str):
    doc = parse(
        "Roe Roe PROPN NNP nsubj 3",
        f"{stop} {stop} {'PUNCT' if stop == ',' else 'CCONJ'} {',' if stop == ',' else 'CC'} punct 3",
        "police police NOUN NNS nsubj 3",
        "held hold VERB VBD ROOT 3",
        "two two NUM CD dobj 3",
    )
    assert ClauseReader(doc).predicate(doc[3]).subject.text == subject


def test_a_country_behind_a_town_is_no_second_subject():
    doc = parse(
        "Munich Munich PROPN NNP nsubj 3",
        ", , PUNCT , punct 3",
        "Germany Germany PROPN NNP nsubj 3",
        "confirmed confirm VERB VBD ROOT 3",
        "it it PRON PRP dobj 3",
    )
    doc.ents = [Span(doc, 2, 3, label="GPE")]
    assert ClauseReader(doc).predicate(doc[3]).subject.text == "Munich"
