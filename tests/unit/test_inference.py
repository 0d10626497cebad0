"""The model's own components and their replacements set the same annotations."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, LEMMA, LIKE_NUM, MORPH, POS, SENT_START, TAG
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipelines.nlp.inference import embedding, encoder, parser
from pipelines.nlp.inference.attributes import AttributeTable, is_tabular
from pipelines.nlp.inference.embedding import keep_embeddings
from pipelines.nlp.inference.entities import EntityDecoder, is_decodable
from pipelines.nlp.inference.factory import replace_components
from pipelines.nlp.inference.lemmas import LemmaTable
from pipelines.nlp.inference.lexemes import ask_words_faster
from pipelines.nlp.inference.tokenizer import keep_searches
from pipelines.nlp.packages import PACKAGED_SUFFIX

MODEL = "en_core_web_sm" + PACKAGED_SUFFIX
TEXTS = (
    "",
    " \n\n ",
    "Oslo",
    "The Ministry of Foreign Affairs of the Republic of Zambia said on 3 May 2021 that Dr. Amara Okello had left Lusaka.",
    "I'm gonna go, y'all. There's a dog that ain't mine. Let's go, you gotta see it; he won't, he's got 'em, c'm on!",
    "OSLO (AP)\n\nTwo of the nine men, whom it had been known that she'd do, didn't do so: \"Nothin' doin'\", they said.\n"
    "Jordan Lee\nParis\n  Deputy Chairman\n",
    "About 1,200 troops from Chad and the Central African Republic crossed the Lake Chad Basin on Tuesday night, the U.N. "
    "Office for the Coordination of Humanitarian Affairs reported, while the European Union's envoys met in Addis Ababa.",
)


@pytest.fixture(scope="module")
def own() -> Language:
    return spacy.load(MODEL)


@pytest.fixture(scope="module")
def replaced() -> Language:
    nlp = spacy.load(MODEL)
    replace_components(nlp)
    return nlp


def test_components_keep_their_names_and_order(own: Language, replaced: Language) -> None:
    assert replaced.pipe_names == own.pipe_names
    assert isinstance(replaced.get_pipe("attribute_ruler"), AttributeTable)
    assert isinstance(replaced.get_pipe("lemmatizer"), LemmaTable)
    assert isinstance(replaced.get_pipe("ner"), EntityDecoder)


def test_replacements_set_the_same(own: Language, replaced: Language) -> None:
    attributes: list[int | str] = [TAG, POS, MORPH, LEMMA, DEP, HEAD, SENT_START, ENT_IOB, ENT_TYPE]
    for expected, doc in zip(own.pipe(TEXTS), replaced.pipe(TEXTS), strict=True):
        assert (doc.to_array(attributes) == expected.to_array(attributes)).all()
        assert [(ent.start, ent.end, ent.label_) for ent in doc.ents] == [
            (ent.start, ent.end, ent.label_) for ent in expected.ents
        ]
    assert any(doc.ents for doc in replaced.pipe(TEXTS))


def test_lemmas_outlive_a_memory_zone(own: Language, replaced: Language) -> None:
    text = "The borgmeisters of Ulmholt were rebriefing their quaestresses."  # words the model's vocabulary has not
    expected = [token.lemma_ for token in own(text)]
    for _ in range(2):
        with replaced.memory_zone():
            assert [token.lemma_ for token in replaced(text)] == expected


def test_embeddings_are_the_same_however_often_a_word_comes(own: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = spacy.load(MODEL)
    assert keep_embeddings(nlp.get_pipe("tok2vec").model) == 1  # type: ignore[attr-defined]
    for most in (20_000, 60, 5):  # all words fit in; the table is emptied now and then; it takes none
        monkeypatch.setattr(embedding, "_MAX_KEPT", most)
        for text in TEXTS + TEXTS[3:]:
            expected, found = (p.get_pipe("tok2vec").predict([p.make_doc(text)])[0] for p in (own, nlp))  # type: ignore[attr-defined]
            assert np.allclose(found, expected, atol=1e-4)


def test_one_document_is_set_as_in_a_batch(own: Language, replaced: Language) -> None:
    assert [str(ent) for ent in replaced(TEXTS[-1]).ents] == [str(ent) for ent in own(TEXTS[-1]).ents]


def test_entities_set_before_are_kept(own: Language, replaced: Language) -> None:
    found = []
    for nlp in (own, replaced):
        doc = nlp.make_doc(TEXTS[3])
        doc.set_ents([Span(doc, 1, 5, label="FAC")], default="missing")
        for _, component in nlp.pipeline:
            doc = component(doc)
        found.append([(ent.start, ent.end, ent.label_) for ent in doc.ents])
    assert found[0] == found[1]
    assert (1, 5, "FAC") in found[1]


def test_other_components_stay_as_they_are() -> None:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"TAG": "NN", "OP": "+"}]], {"POS": "NOUN"})  # type: ignore[attr-defined]
    recognizer = nlp.add_pipe("beam_ner")
    assert not is_tabular(ruler)
    assert not is_decodable(recognizer)
    replace_components(nlp)
    assert nlp.get_pipe("attribute_ruler") is ruler


def test_rules_are_met_by_words_and_dependencies_that_they_do_not_name() -> None:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"DEP": {"NOT_IN": ["det", ""]}}]], {"POS": "NOUN"})
    ruler.add([[{"IS_SPACE": True}]], {"POS": "SPACE", "MORPH": "_"})
    ruler.add([[{"LOWER": {"REGEX": "^x+$"}, "DEP": "dobj"}]], {"POS": "X", "MORPH": "Foreign=Yes", "LEMMA": "ex"})
    ruler.add([[{"LOWER": {"IN": ["a", "an"]}}, {"TAG": "NN"}]], {"TAG": "DT", "MORPH": "Definite=Ind"})
    assert is_tabular(ruler)
    table = AttributeTable(ruler)
    words = ["A", "dog", "\n\n", "xx", "Xx", "xx", "ox"]
    dependencies = ["det", "", "dep", "dobj", "dobj", "nsubj", "det"]
    docs = [Doc(nlp.vocab, words, tags=["NN"] * 7, deps=dependencies, heads=[0] * 7) for _ in range(3)]
    expected = ruler(docs[0])
    for doc in docs[1:]:
        assert (table(doc).to_array([TAG, POS, MORPH, LEMMA]) == expected.to_array([TAG, POS, MORPH, LEMMA])).all()
    ruler.add([[{"DEP": {"REGEX": "^n"}}]], {"POS": "VERB"})  # names no dependency
    assert not is_tabular(ruler)


def test_encoders_compute_in_blocks_what_they_computed_at_once(own: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = (*TEXTS, " ".join(TEXTS) * 4)
    for rows in (7, 256):
        monkeypatch.setattr(encoder, "_BLOCK", rows)
        nlp = spacy.load(MODEL)
        assert encoder.encode_in_blocks(nlp.get_pipe("tok2vec").model) == 1  # type: ignore[attr-defined]
        expected, found = (
            p.get_pipe("tok2vec").predict([p.make_doc(text) for text in texts])  # type: ignore[attr-defined]
            for p in (own, nlp)
        )
        assert all(np.allclose(*pair, atol=1e-4) for pair in zip(expected, found, strict=True))


def test_lemmas_outlive_the_memory_of_a_batch(replaced: Language) -> None:
    for _ in range(2):
        with replaced.memory_zone():
            (doc,) = replaced.pipe(["The Zorbinghams were zorbinghamming."])
            assert doc[1].lemma_.startswith("Zorbingham")


def test_lemmas_set_before_are_kept(replaced: Language) -> None:
    doc = replaced.make_doc("Talks resumed")
    doc[0].lemma_ = "parley"
    for _, component in replaced.pipeline:
        doc = component(doc)
    assert [token.lemma_ for token in doc] == ["parley", "resume"]


def _sentences(doc: Doc) -> list[tuple[int, str, int]]:
    return [(token.head.i, token.dep_, token.is_sent_start) for token in doc]


def test_passages_are_parsed_as_in_their_document(own: Language, replaced: Language) -> None:
    sentences = [text for text in TEXTS[3:] for _ in range(3)]
    docs = []
    for nlp in (own, replaced):
        docs.append([nlp.make_doc("\n\n".join(sentences[: 2 + number])) for number in range(10)])
        for doc in docs[-1]:
            for token in doc[1:]:
                if token.nbor(-1).is_space and not token.is_space:
                    token.is_sent_start = True
                elif token.nbor(-1).text in ("of", "the"):
                    token.is_sent_start = False
        for name in ("tok2vec", "parser"):
            docs[-1] = list(nlp.get_pipe(name).pipe(docs[-1], batch_size=64))  # type: ignore[attr-defined]
    assert [_sentences(doc) for doc in docs[1]] == [_sentences(doc) for doc in docs[0]]


def test_what_is_parsed_alone_is_parsed_the_same(
    own: Language, replaced: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXTS[-1]
    expected = _sentences(own(text))
    assert _sentences(replaced(text)) == expected
    monkeypatch.setattr(parser, "_MOST_IN_PASSAGE", 3)
    assert _sentences(replaced(text)) == expected


@pytest.mark.parametrize("distance", [2, 5, 11])
def test_a_parse_does_not_depend_on_where_passages_were_expected(
    own: Language, replaced: Language, monkeypatch: pytest.MonkeyPatch, distance: int
) -> None:
    def anywhere(table: parser.ParserTable, tags: np.ndarray, firsts: np.ndarray) -> np.ndarray:
        return np.arange(len(tags)) % distance == 0

    monkeypatch.setattr(parser.ParserTable, "_expected_starts", anywhere)
    texts = [" ".join(TEXTS[first:]) for first in range(len(TEXTS))]
    for expected, doc in zip(own.pipe(texts), replaced.pipe(texts), strict=True):
        assert _sentences(doc) == _sentences(expected)


def test_a_long_passage_is_parsed_by_its_sentences(replaced: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    table = replaced.get_pipe("parser")
    assert isinstance(table, parser.ParserTable)
    monkeypatch.setattr(table, "_parser", None)  # nothing is left to spaCy's loop
    doc = replaced(" ".join(TEXTS[-1] for _ in range(6)))
    assert len(list(doc.sents)) == 6


@pytest.mark.parametrize("most", [1, 60])
def test_a_batch_of_many_tokens_is_divided(
    own: Language, replaced: Language, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(parser, "_MOST_TOKENS", most)
    for expected, doc in zip(own.pipe(TEXTS), replaced.pipe(TEXTS), strict=True):
        assert _sentences(doc) == _sentences(expected)


def test_kept_searches_find_what_the_tokenizer_finds(own: Language) -> None:
    kept = spacy.blank("en")
    expected = spacy.blank("en")
    keep_searches(kept.tokenizer, kept.tokenizer.infix_finditer, are_infixes_signs=True)
    letters = " ".join(own.get_pipe("lemmatizer").lookups.get_table("lemma_index")["verb"])
    for text in (*TEXTS, *TEXTS, letters, letters.title(), "5km of 10%-cuts, (sic) and/or so-called co-ops' 9a.m.x"):
        with kept.memory_zone():
            assert [token.text for token in kept.make_doc(text)] == [token.text for token in expected.make_doc(text)]


def test_a_search_of_other_patterns_looks_at_letters_too() -> None:
    nlp = spacy.blank("en")
    nlp.tokenizer.suffix_search = re.compile("ish$").search
    keep_searches(nlp.tokenizer, re.compile("(?<=t)r").finditer, are_infixes_signs=False)
    for _ in range(2):
        assert [token.text for token in nlp.make_doc("astray greenish")] == ["ast", "r", "ay", "green", "ish"]


def test_words_are_asked_what_spacy_asks_them() -> None:
    vocab = spacy.blank("en").vocab
    expected = dict(vocab.lex_attr_getters)
    assert ask_words_faster(vocab) > 15
    asked = vocab.lex_attr_getters
    signs = [chr(point) for point in range(0x3000)]
    words = [*signs, *(f"{sign}a" for sign in signs), *(f"a{sign}" for sign in signs)]
    for text in TEXTS:
        words += [form for word in text.split() for form in (word, word.lower(), word.upper(), word.title())]
    words += [
        "x" * 99,
        "X" * 100,
        "Fifteenth",
        "HUNDRED",
        "21st",
        "1/2",
        "a@b.org",
        "www.a",
        "http://a",
        "bbc.co.uk",
        "US$",
    ]
    for attribute, ask in expected.items():
        for word in words:
            assert asked[attribute](word) == ask(word), (attribute, word)


def test_what_a_language_asks_of_its_words_itself_is_asked_as_before() -> None:
    nlp = spacy.blank("de")
    own = nlp.vocab.lex_attr_getters[LIKE_NUM]
    ask_words_faster(nlp.vocab)
    assert nlp.vocab.lex_attr_getters[LIKE_NUM] is own
