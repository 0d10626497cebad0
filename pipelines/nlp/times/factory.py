"""Registers the component `communique_times`."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.times.component import TimesComponent


@Language.factory("communique_times", assigns=["doc._.time_expressions"])
def create_times(nlp: Language, name: str) -> TimesComponent:
    """Create the component."""
    return TimesComponent()
