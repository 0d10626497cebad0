"""Lemmas: inflections of the lexicons' verbs that the rule lemmatizer does not lead back to their verb.

What belongs here: finding those inflections once, when the pipeline is built, and mending them in a Doc. Why: the rules
prefer a shorter known word ("staged" to "stag", "fined" to "fin", "raped" to "rap") and know no verb outside their index
("relaunched", "re-elected"); a verb whose lemma is wrong is an event lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from spacy.attrs import LOWER
from spacy.language import Language
from spacy.tokens import Doc

_VOWELS = "aeiou"


class LemmasComponent:
    """Sets the lemma of verb forms that the lemmatizer gets wrong."""

    def __init__(self, nlp: Language, wrong: Iterable[tuple[str, str]]) -> None:
        """
        Args:
            nlp: a pipeline.
            wrong: forms and their lemmas, in lower case (`wrong_forms`).
        """
        add = nlp.vocab.strings.add
        self._lemmas = {add(form): add(verb) for form, verb in wrong}

    def __call__(self, doc: Doc) -> Doc:
        lemmas = self._lemmas
        for index, lower in enumerate(doc.to_array(LOWER).tolist()):
            if lower in lemmas and (token := doc[index]).pos_ == "VERB":
                token.lemma = lemmas[lower]
        return doc


def wrong_forms(nlp: Language, verbs: Iterable[str]) -> list[tuple[str, str]]:
    """The inflected forms that the lemmatizer does not lead back to their verb, and these verbs.

    Args:
        nlp: a pipeline; without a rule lemmatizer there is nothing to mend.
        verbs: lemmas, in lower case.
    """
    lemmatizer: Any = nlp.get_pipe("lemmatizer") if "lemmatizer" in nlp.pipe_names else None
    if lemmatizer is None or getattr(lemmatizer, "mode", None) != "rule":
        return []
    known = set(lemmatizer.lookups.get_table("lemma_index").get("verb", ()))
    irregular = lemmatizer.lookups.get_table("lemma_exc").get("verb", {})
    forms = [(form, verb) for verb in verbs for form in inflections(verb)]
    forms = [(form, verb) for form, verb in forms if form not in known and form not in irregular]
    words = [form for form, _ in forms]
    doc = Doc(nlp.vocab, words=words, pos=["VERB"] * len(forms), tags=["VBD"] * len(forms))
    return [
        (form, verb)
        for token, (form, verb) in zip(doc, forms, strict=True)
        if lemmatizer.rule_lemmatize(token)[0] != verb
    ]


def inflections(verb: str) -> Iterator[str]:
    """Regular inflections of a verb: staged, staging, stages."""
    if len(verb) < 3 or " " in verb:
        return
    if verb.endswith("e"):
        yield from (verb + "d", verb[:-1] + "ing", verb + "s")
    elif verb.endswith("y") and verb[-2] not in _VOWELS:
        yield from (verb[:-1] + "ied", verb + "ing", verb[:-1] + "ies")
    else:
        yield from (verb + "ed", verb + "ing")
        yield verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s")
        if verb[-1] not in _VOWELS + "wxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS:
            yield from (verb + verb[-1] + "ed", verb + verb[-1] + "ing")
