"""A pipeline that is loaded without what its model replaces, and with what was kept, is the one that it would be."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokenizer import Tokenizer

from pipelines.nlp import build
from pipelines.nlp.events.lexicon import load_event_lexicon
from pipelines.nlp.lemmas.component import LemmasComponent, wrong_forms

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def model():
    return build._installed("en_core_web_sm")


def test_tokenizer_is_the_one_of_the_model(model):
    config = build._unread_tokenizer(model)
    assert config
    ours, own = spacy.load(model, config=config), spacy.load(model)
    assert type(ours.tokenizer) is Tokenizer
    assert ours.tokenizer.to_bytes() == own.tokenizer.to_bytes()


def test_tokenizer_of_another_kind_is_left_to_its_model(tmp_path, monkeypatch):
    package = tmp_path / "odd_model"
    (package / "odd_model-1.0").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "odd_model-1.0" / "tokenizer").touch()
    (package / "odd_model-1.0" / "config.cfg").write_text('tokenizer = {"@tokenizers":"odd.Tokenizer.v1"}')
    monkeypatch.syspath_prepend(str(tmp_path))
    assert build._unread_tokenizer("odd_model") == {}


def test_lemmas_that_were_kept_are_those_found_anew(nlp, model):
    plain = spacy.load(model)
    anew = LemmasComponent(plain, wrong_forms(plain, load_event_lexicon().verbs()))
    strings = nlp.vocab.strings
    kept = {strings[form]: strings[verb] for form, verb in nlp.get_pipe("lemmas")._lemmas.items()}
    assert kept == {plain.vocab.strings[form]: plain.vocab.strings[verb] for form, verb in anew._lemmas.items()}
    assert kept["staged"] == "stage"


def test_no_lemma_is_wrong_without_rules():
    assert wrong_forms(spacy.blank("en"), ["stage"]) == []
