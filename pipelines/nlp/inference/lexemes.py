"""What spaCy asks of each new word of its vocabulary, asked in less time.

What belongs here: `ask_words_faster`. What does not: what is kept of words (`tokenizer.py`, `stages/frequent_words.py`).
Why: a memory zone takes its words back, so one word in five of a batch is new, and half of the time that a new word takes goes
into twenty-two functions. Most need no Python of ours or of spaCy's; others need it for words with signs alone.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from spacy import attrs
from spacy.lang import lex_attrs
from spacy.lang.en import lex_attrs as english
from spacy.vocab import Vocab

_Ask = Callable[[str], Any]

_LONG = 100  # characters, from which spaCy tells no shape


def ask_words_faster(vocab: Vocab) -> int:
    """Replace what spaCy asks of new words by functions that give the same; others than spaCy's own stay as they are.

    Args:
        vocab: that of a pipeline.

    Returns:
        How many were replaced.
    """
    words: Any = vocab
    getters = words.lex_attr_getters
    found = {attr: ask for attr, (known, ask) in _faster().items() if getters.get(attr) is known}
    getters.update(found)
    return len(found)


def _faster() -> dict[int, tuple[_Ask, _Ask]]:
    """Attribute, spaCy's function, ours."""
    asked: dict[int, tuple[_Ask, _Ask]] = {
        attrs.LOWER: (lex_attrs.lower, str.lower),
        attrs.PREFIX: (lex_attrs.prefix, itemgetter(0)),
        attrs.SUFFIX: (lex_attrs.suffix, itemgetter(slice(-3, None))),
        attrs.IS_ALPHA: (lex_attrs.is_alpha, str.isalpha),
        attrs.IS_DIGIT: (lex_attrs.is_digit, str.isdigit),
        attrs.IS_LOWER: (lex_attrs.is_lower, str.islower),
        attrs.IS_SPACE: (lex_attrs.is_space, str.isspace),
        attrs.IS_TITLE: (lex_attrs.is_title, str.istitle),
        attrs.IS_UPPER: (lex_attrs.is_upper, str.isupper),
        attrs.IS_ASCII: (lex_attrs.is_ascii, str.isascii),
        attrs.SHAPE: (lex_attrs.word_shape, _shape),
        attrs.LIKE_EMAIL: (lex_attrs.like_email, _like_email),
        attrs.LIKE_URL: (lex_attrs.like_url, _like_url),
        attrs.LIKE_NUM: (english.like_num, _like_number),
    }
    # Signs all of them: a word that begins with a letter or digit is none.
    signs = {
        attrs.IS_PUNCT: lex_attrs.is_punct,
        attrs.IS_BRACKET: lex_attrs.is_bracket,
        attrs.IS_QUOTE: lex_attrs.is_quote,
        attrs.IS_LEFT_PUNCT: lex_attrs.is_left_punct,
        attrs.IS_RIGHT_PUNCT: lex_attrs.is_right_punct,
        attrs.IS_CURRENCY: lex_attrs.is_currency,
    }
    return asked | {attr: (known, _of_signs(known)) for attr, known in signs.items()}


def _of_signs(ask: _Ask) -> _Ask:
    def asked(word: str) -> Any:
        return not word[:1].isalnum() and ask(word)

    return asked


def _shape(word: str) -> str:
    if word.isascii() and word.isalpha() and len(word) < _LONG:
        if word.islower():
            return "xxxx"[: len(word)]
        if word.isupper():
            return "XXXX"[: len(word)]
        if word.istitle():
            return "Xxxxx"[: len(word)]
    return lex_attrs.word_shape(word)


def _like_email(word: str) -> bool:
    return "@" in word and lex_attrs.like_email(word)


def _like_url(word: str) -> bool:
    return ("." in word or ":" in word) and lex_attrs.like_url(word)


def _like_number(word: str) -> Any:
    return (word.lower() in _NUMBER_WORDS) if word.isascii() and word.isalpha() else english.like_num(word)


_NUMBER_WORDS = frozenset((*english._num_words, *english._ordinal_words))
