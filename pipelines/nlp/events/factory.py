"""Registers `communique_events`."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.actors.component import get_describer
from pipelines.nlp.events.component import EventsComponent
from pipelines.nlp.events.lexicon import load_event_lexicon


@Language.factory("communique_events", assigns=["doc._.events"], requires=["token.dep", "token.head", "token.lemma"])
def make_events(nlp: Language, name: str) -> EventsComponent:
    """Build the coder with the project's lexicons."""
    return EventsComponent(nlp.vocab, load_event_lexicon(), get_describer())
