"""Registers `communique_lemmas`."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.events.lexicon import load_event_lexicon
from pipelines.nlp.lemmas.component import LemmasComponent


@Language.factory("communique_lemmas", assigns=["token.lemma"], requires=["token.lemma", "token.pos"])
def make_lemmas(nlp: Language, name: str) -> LemmasComponent:
    """Build the component for the verbs of the event lexicons."""
    return LemmasComponent(nlp, load_event_lexicon().verbs())
