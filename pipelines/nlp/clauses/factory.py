"""Registers `communique_clauses`."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.clauses.component import ClausesComponent


@Language.factory(
    "communique_clauses", assigns=["doc._.clauses"], requires=["token.dep", "token.head", "token.tag", "token.lemma"]
)
def make_clauses(nlp: Language, name: str) -> ClausesComponent:
    """Build the component."""
    return ClausesComponent()
