"""Registers `communique_names`."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.actors.component import get_describer
from pipelines.nlp.names.component import NameFinder
from pipelines.nlp.names.lexicon import load_given_names, load_teams


@Language.factory("communique_names", assigns=["doc._.mentions"], requires=["doc.ents", "token.tag", "token.dep"])
def create_names(nlp: Language, name: str) -> NameFinder:
    """The name finder over the lexicons of the package."""
    return NameFinder(get_describer(), load_teams(), load_given_names())
