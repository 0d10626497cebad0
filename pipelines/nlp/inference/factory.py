"""Registers the replacements of the model's components, and puts them into a pipeline."""

from __future__ import annotations

from spacy.language import Language
from thinc.api import Model

from pipelines.nlp.inference.attributes import AttributeTable, is_tabular
from pipelines.nlp.inference.embedding import keep_embeddings
from pipelines.nlp.inference.encoder import encode_in_blocks
from pipelines.nlp.inference.entities import EntityDecoder, is_decodable
from pipelines.nlp.inference.lemmas import LemmaTable, is_by_rules
from pipelines.nlp.inference.lexemes import ask_words_faster
from pipelines.nlp.inference.parser import ParserTable, is_vectorizable

# Component of the model, factory of its replacement, what the component has to be for that.
_REPLACEMENTS = (
    ("attribute_ruler", "communique_attribute_table", is_tabular),
    ("parser", "communique_parser_table", is_vectorizable),
    ("lemmatizer", "communique_lemma_table", is_by_rules),
    ("ner", "communique_entity_decoder", is_decodable),
)


def replace_components(nlp: Language) -> None:
    """Replace components of a loaded model by others of the same name, which do the same in less time, and their layers.

    Args:
        nlp: a pipeline; what its components do not have in common with those of spaCy's small models stays as it is.
    """
    ask_words_faster(nlp.vocab)
    for _, component in nlp.pipeline:
        if isinstance(model := getattr(component, "model", None), Model):
            keep_embeddings(model)
            encode_in_blocks(model)
    for name, factory, is_replaceable in _REPLACEMENTS:
        if name in nlp.pipe_names and is_replaceable(nlp.get_pipe(name)):
            nlp.add_pipe(factory, before=name)
            nlp.remove_pipe(name)
            nlp.rename_pipe(factory, name)


@Language.factory(
    "communique_attribute_table", requires=["token.tag", "token.dep"], assigns=["token.pos", "token.morph"]
)
def make_attribute_table(nlp: Language, name: str) -> AttributeTable:
    """Build the table of the pipeline's attribute ruler."""
    return AttributeTable(nlp.get_pipe("attribute_ruler"))


@Language.factory("communique_parser_table", assigns=["token.dep", "token.head", "token.is_sent_start", "doc.sents"])
def make_parser_table(nlp: Language, name: str) -> ParserTable:
    """Build the table of the pipeline's parser."""
    return ParserTable(nlp.get_pipe("parser"))


@Language.factory("communique_lemma_table", requires=["token.pos", "token.morph"], assigns=["token.lemma"])
def make_lemma_table(nlp: Language, name: str) -> LemmaTable:
    """Build the table of the pipeline's lemmatizer."""
    return LemmaTable(nlp.get_pipe("lemmatizer"))


@Language.factory("communique_entity_decoder", requires=["token.is_sent_start"], assigns=["doc.ents", "token.ent_iob"])
def make_entity_decoder(nlp: Language, name: str) -> EntityDecoder:
    """Build the decoder of the pipeline's entity recognizer."""
    return EntityDecoder(nlp.get_pipe("ner"))
