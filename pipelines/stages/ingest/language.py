"""The language of a text.

What belongs here: `detect_language`. What does not: what follows from it (`pipelines/stages/extract.py` codes English only).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from pipelines.nlp.kept import kept

UNDETERMINED = "und"

# Characters that are looked at: enough for certainty, few enough to cost 0.15 ms.
_SAMPLE_CHARACTERS = 1_000
# Below this probability the answer is "und"; a sentence of ten English words reaches 0.95, a headline of names 0.1.
_MIN_PROBABILITY = 0.8
_MIN_LETTERS = 20
# Function words that no other language with Latin letters has. Three of them in the first few lines make a text English, and
# save most documents the identifier.
_ENGLISH_WORD = re.compile(r"\b(?:the|The|and|that|with|said|from|which|would|were|have|this|been|their|after)\b")
_FIRST_CHARACTERS = 300
_MIN_ENGLISH_WORDS = 3

# Languages of news agencies and newspapers. The identifier knows 130 more, among them pidgins and dialects that win over
# their neighbours on short texts.
_LANGUAGES = (
    "af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo "
    "lt lv mk ml mn mr ms mt my nb ne nl nn pa pl ps pt ro ru si sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh"
)


def detect_language(text: str) -> str:
    """The ISO 639-1 code of a text's language, or `und` where the text is too short or too mixed to tell.

    Args:
        text: a canonical text; its first thousand characters are looked at.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    if len(_ENGLISH_WORD.findall(sample[:_FIRST_CHARACTERS])) >= _MIN_ENGLISH_WORDS:
        return "en"
    if sum(map(str.isalpha, sample)) < _MIN_LETTERS:
        return UNDETERMINED
    language, probability = load_identifier().classify(sample)
    return language if probability >= _MIN_PROBABILITY else UNDETERMINED


@lru_cache(maxsize=1)
def load_identifier() -> LanguageIdentifier:
    """The identifier for the languages above; its tables are unpacked once for all, for half a second, and mapped then."""
    tables = kept(
        "languages",
        _unpacked,
        files=("stages/ingest/language.py",),
        packages=("py3langid", "numpy"),
        data=[MODEL_DIR / MODEL_FILE],
    )
    shape, weights, priors, labels, moves, rows, outputs = tables
    return LanguageIdentifier(
        np.frombuffer(weights, np.float16).reshape(shape),
        np.frombuffer(priors, np.float32),
        labels,
        moves,
        outputs.tolist(),
        norm_probs=True,
        tk_row=rows,
    )


def _unpacked() -> tuple[Any, ...]:
    """The tables of the identifier for the languages above; large ones as what `kept` maps."""
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(whole.labels)
    whole.set_languages([language for language in _LANGUAGES.split() if language in known])
    weights = np.ascontiguousarray(whole.nb_ptc, np.float16)
    return (
        weights.shape,
        weights.view(np.uint16).ravel().data,
        np.ascontiguousarray(whole.nb_pc, np.float32).data,
        whole.nb_classes,
        memoryview(whole.tk_nextmove),
        memoryview(whole.tk_row),
        np.asarray(whole.tk_output, np.int32).data,
    )
