"""Registers `communique_repairs`."""

from __future__ import annotations

from spacy.language import Language

from pipelines.nlp.repairs.component import RepairsComponent, repair_tokenizer


@Language.factory("communique_repairs", assigns=["token.is_sent_start"])
def make_repairs(nlp: Language, name: str) -> RepairsComponent:
    """Build the component and repair the tokenizer."""
    repair_tokenizer(nlp)
    return RepairsComponent()
