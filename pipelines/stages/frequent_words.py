"""Words that are kept from batch to batch: what a memory zone takes back is made anew for the next batch.

What belongs here: `keep_frequent_words`. Why: half of a tokenizer's time goes into words that the last batch had too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from weakref import WeakKeyDictionary

from spacy.language import Language

# About 1 kB each: what they are split into, with the features of each part.
_MOST_KEPT = 20_000
_LEAST_COUNT = 2  # in one batch
_LONGEST = 40  # characters

_kept: WeakKeyDictionary[Language, set[str]] = WeakKeyDictionary()


def keep_frequent_words(nlp: Language, texts: Iterable[str]) -> int:
    """Have the tokenizer keep the words that came more than once; call it outside a memory zone.

    Args:
        nlp: the pipeline.
        texts: the texts of a batch, as they were tokenized.

    Returns:
        How many words are kept.
    """
    kept = _kept.setdefault(nlp, set())
    if len(kept) < _MOST_KEPT:
        counts = Counter(chain.from_iterable(map(str.split, texts)))
        new = [
            word
            for word, count in counts.items()
            if count >= _LEAST_COUNT and len(word) <= _LONGEST and word not in kept
        ]
        new = new[: _MOST_KEPT - len(kept)]
        for word in new:
            nlp.tokenizer(word)
        kept.update(new)
    return len(kept)
