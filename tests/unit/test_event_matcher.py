"""Which frames a site fits: conditions on the verb that carries a noun, frames that ask for nothing."""

from __future__ import annotations

import gc
import weakref

import pytest

from pipelines.nlp.events.lexicon import load_event_lexicon
from tests.unit.event_parts import parts_of


def matched(nlp, text: str, word: str) -> str | None:
    parts = parts_of(nlp, text)
    frame = parts.reader.matcher.match(parts.site(word))
    return frame.event_type if frame is not None else None


@pytest.mark.model
def test_noun_that_a_verb_says_is_done_or_suffered(nlp):
    assert matched(nlp, "Norway has already made pledges.", "pledges") == "AGREE"
    assert matched(nlp, "An accusation was made on Monday.", "accusation") == "ACCUSE"
    assert matched(nlp, "The pledge is long.", "pledge") is None


@pytest.mark.model
def test_frame_without_conditions_takes_no_participle_before_a_noun(nlp):
    assert matched(nlp, "The minister alleged a plot.", "alleged") == "ACCUSE"
    assert matched(nlp, "He spoke of an alleged plot.", "alleged") is None


@pytest.mark.model
def test_act_without_a_name_of_its_own_is_what_its_adjective_says(nlp):
    assert matched(nlp, "The Kenyan minister called the decision an unjust act.", "called") == "ACCUSE"
    assert matched(nlp, "The Kenyan minister called the decision a formal act.", "called") is None
    assert matched(nlp, "The Kenyan senator said the law was a reckless step.", "reckless") == "ACCUSE"
    assert matched(nlp, "The Kenyan senator said the driver was a reckless man.", "reckless") is None


@pytest.mark.model
def test_word_beside_a_verb_is_its_particle_however_the_parser_hangs_it(nlp):
    assert matched(nlp, "The Kenyan hostages walked free on Monday.", "walked") == "RETREAT"
    assert matched(nlp, "The Albanian deputies voted no on Monday.", "voted") == "REJECT"


@pytest.mark.model
def test_who_is_the_subject_or_target_of_a_deed_undergoes_it(nlp):
    for text, word in (
        ("Chad has been the subject of French sanctions since 2011.", "sanctions"),
        ("Chad became the target of an attack.", "attack"),
    ):
        parts = parts_of(nlp, text)
        site = parts.site(word)
        assert site.support == "undergo"
        assert [t.text for t in parts.reader.matcher.role_tokens(site, "obj")] == ["Chad"]
    assert parts_of(nlp, "This is the result of sanctions.").site("sanctions").support is None


@pytest.mark.model
def test_what_comes_under_control_is_seized_by_somebody_or_is_a_place(nlp):
    assert matched(nlp, "The Sudanese army brought the town under its control.", "brought") == "COERCE"
    for text, word in (
        ("Kenya brought the disease under control.", "brought"),
        ("The blaze was brought under control by firefighters in Chile.", "brought"),
    ):
        assert matched(nlp, text, word) is None


@pytest.mark.model
def test_who_triggers_an_attack_is_not_attacked(nlp):
    for text, word in (
        ("Egypt triggered an attack on Gaza.", "attack"),
        ("The president provoked a fight with the parliament.", "fight"),
    ):
        assert parts_of(nlp, text).site(word).support != "undergo"


@pytest.mark.model
def test_matcher_is_in_no_circle_that_keeps_its_document(nlp):
    parts = parts_of(nlp, "Kenyan police arrested two men in Nairobi on Monday.")
    assert parts.reader.matcher.match(parts.site("arrested")) is not None
    gone = weakref.ref(parts.reader.matcher)
    gc.disable()
    try:
        del parts
        assert gone() is None
    finally:
        gc.enable()


def test_frames_that_ask_for_prepositions_name_the_words_that_a_sentence_must_have():
    frames = [frame for found in load_event_lexicon().frames.values() for frame in found if frame.preps]
    named = {c.preposition: frame.words for frame in frames for c in frame.preps if len(frame.preps) == 1}
    assert named["to"] == {"to"}
    assert named["as"] == named["clause"] == named["passage"] == frozenset()


@pytest.mark.model
def test_two_words_are_a_preposition_of_their_sentence(nlp):
    parts = parts_of(nlp, "The vote was put off due to floods. It was held in May.")
    first, second = parts.doc.sents
    assert {"due", "to", "because of"} <= parts.reader.matcher.words_of(first)
    assert "because of" not in parts.reader.matcher.words_of(second)
