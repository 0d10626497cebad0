"""Registers `communique_lemmas`."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.events.lexicon import load_event_lexicon
from pipelines.nlp.kept import kept
from pipelines.nlp.lemmas.component import LemmasComponent, wrong_forms

_FILES = ("lexicons/event_*.csv", "lexicons/light_verbs.csv", "nlp/events/lexicon.py", "nlp/lemmas/*.py")


@Language.factory("communique_lemmas", assigns=["token.lemma"], requires=["token.lemma", "token.pos"])
def make_lemmas(nlp: Language, name: str) -> LemmasComponent:
    """Build the component for the verbs of the event lexicons; what the model's lemmatizer gets wrong is found once for all."""
    model = f"{nlp.meta['name']} {nlp.meta['version']} {nlp.pipe_names}"
    wrong = kept(
        "lemmas",
        lambda: wrong_forms(nlp, load_event_lexicon().verbs()),
        files=_FILES,
        packages=["spacy"],
        version=model,
    )
    return LemmasComponent(nlp, wrong)
