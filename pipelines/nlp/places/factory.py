"""Registers `communique_places`."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.places.component import PlacesComponent


@Language.factory(
    "communique_places", assigns=["doc._.places"], requires=["token.pos", "token.is_sent_start", "doc.ents"]
)
def create_places(nlp: Language, name: str) -> PlacesComponent:
    """Create the places component; its gazetteer is loaded with the first document."""
    return PlacesComponent()
