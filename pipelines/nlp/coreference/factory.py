"""Registers `communique_coreference`."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.actors.component import get_describer
from pipelines.nlp.coreference.component import EntityResolver
from pipelines.nlp.coreference.country_vote import ROLE, WEIGHTS_FILE
from pipelines.nlp.events.choice import load_weights
from pipelines.nlp.names.lexicon import load_given_names, load_teams


@Language.factory("communique_coreference", assigns=["doc._.entities"], requires=["doc._.mentions"])
def create_coreference(nlp: Language, name: str) -> EntityResolver:
    """The resolver over the lexicons of the package."""
    return EntityResolver(get_describer(), load_given_names(), load_teams(), load_weights(WEIGHTS_FILE)[ROLE])
