"""Register the quotations component with spaCy."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.annotations import set_extensions
from pipelines.nlp.quotations.component import Quotations


@Language.factory("communique_quotations", assigns=["doc._.quotes"], requires=["token.dep", "token.tag", "token.lemma"])
def make_quotations(nlp: Language, name: str) -> Quotations:
    """Quotations with their cue and speaker; reads mentions when the components before it wrote them."""
    set_extensions()
    return Quotations()
