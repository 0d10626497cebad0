"""Register the quantities component with spaCy."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.annotations import set_extensions
from pipelines.nlp.quantities.component import Quantities


@Language.factory(
    "communique_quantities", assigns=["doc._.quantities"], requires=["token.dep", "token.tag", "token.lemma"]
)
def make_quantities(nlp: Language, name: str) -> Quantities:
    """Quantities with unit, currency, modifier, measure and date; reads the time expressions of the times component."""
    set_extensions()
    return Quantities()
