"""The model's word embedding, computed once a word and not once a token.

What belongs here: `keep_embeddings`. Why it can be kept: the embedding of spaCy's small models knows a token's own features only
(its norm, prefix, suffix, shape), no neighbour; what follows it, the encoder, reads the context. It is a third of the model's
arithmetic, and most tokens of a text are words that came before.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc
from thinc.api import Model

from pipelines.nlp.inference.layers import replace_layers

_Features = npt.NDArray[np.uint64]
_Floats = npt.NDArray[np.float32]

# Words kept: 8 MB at a width of 96. A full table is emptied, as a text's frequent words are soon in it again.
_MAX_KEPT = 20_000
# Rows computed at least at a time: OpenBLAS has other kernels for smaller matrices, whose last digits differ.
_MIN_ROWS = 16
_LAYERS = ("extract_features", "list2ragged", "with_array", "with_array", "ragged2list")
_COLUMN, _MIX = "ints-getitem>>hashembed", "with_array(maxout>>layernorm>>dropout)"
# Features are hashes or flags; a sum of them times odd numbers is as good a key as all of them.
_FACTORS = np.array([(0x9E3779B97F4A7C15 * (2 * n + 1)) % 2**64 | 1 for n in range(16)], dtype=np.uint64)


class _Embedding:
    """Embeds tokens by an embedding layer, and keeps what it has computed."""

    def __init__(self, layer: Model[Any, Any]) -> None:
        self._layer = layer
        extract, _, embed, mix, _ = layer.layers
        self._attributes = extract.attrs["columns"]
        self._columns = [tuple(column.layers) for column in _columns(embed)]
        maxout, self._normalize = _mixing(mix)
        weights: Any = maxout.get_param("W")
        bias: Any = maxout.get_param("b")
        self._width, self._pieces, self._inputs = weights.shape
        # The units of one piece stand together, so that the greatest piece is found row by row.
        self._weights: _Floats = np.ascontiguousarray(weights.transpose(2, 1, 0).reshape(self._inputs, -1))
        self._bias: _Floats = np.ascontiguousarray(bias.T.reshape(-1))
        self._rows: dict[int, int] = {}  # by key
        self._table: _Floats = np.empty((0, 0), dtype=np.float32)

    def __call__(self, _model: Model[Any, Any], docs: Sequence[Doc], is_train: bool) -> tuple[Any, Any]:
        if is_train or not any(len(doc) for doc in docs):
            return self._layer(docs, is_train)
        features = [doc.to_array(self._attributes).reshape(len(doc), len(self._attributes)) for doc in docs]
        vectors = self._vectors(np.concatenate(features))
        ends = np.cumsum([len(rows) for rows in features])
        return np.split(vectors, ends[:-1]), None

    def _vectors(self, features: _Features) -> _Floats:
        keys = (features * _FACTORS[: features.shape[1]]).sum(axis=1, dtype=np.uint64)
        rows = self._find(keys)
        is_missing = rows < 0
        if is_missing.any():
            if not self._keep(features[is_missing], keys[is_missing]):
                _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
                vectors: _Floats = self._compute(features[first])[inverse]
                return vectors
            rows[is_missing] = self._find(keys[is_missing])
        return self._table.take(rows, axis=0)

    def _keep(self, features: _Features, keys: _Features) -> bool:
        """Compute and keep what is missing; False, with nothing kept, if it does not fit in."""
        keys, first = np.unique(keys, return_index=True)
        start = len(self._rows)
        if start + len(keys) > _MAX_KEPT:
            self._rows.clear()
            return False
        computed = self._compute(features[first])
        if not len(self._table):
            self._table = np.empty((_MAX_KEPT, computed.shape[1]), dtype=np.float32)
        self._table[start : start + len(keys)] = computed
        self._rows.update(zip(keys.tolist(), range(start, start + len(keys)), strict=True))
        return True

    def _find(self, keys: _Features) -> npt.NDArray[np.intp]:
        """The row of each key, -1 for one that is not kept."""
        return np.fromiter(map(self._rows.get, keys.tolist(), repeat(-1)), dtype=np.intp, count=len(keys))

    def _compute(self, features: _Features) -> _Floats:
        count = len(features)
        if count < _MIN_ROWS:
            features = np.resize(features, (_MIN_ROWS, features.shape[1]))
        pieces = self._embedded(features) @ self._weights
        pieces += self._bias
        width = self._width
        best = np.maximum(pieces[:, :width], pieces[:, width : 2 * width])
        for piece in range(2, self._pieces):
            np.maximum(best, pieces[:, piece * width : (piece + 1) * width], out=best)
        vectors: _Floats = self._normalize.predict(best)[:count]
        return vectors

    def _embedded(self, features: _Features) -> _Floats:
        """The embeddings of each feature side by side; many words have few prefixes, suffixes and shapes between them."""
        embedded = np.empty((len(features), self._inputs), dtype=np.float32)
        start = 0
        for item, embed in self._columns:
            values, places = np.unique(features[item.attrs["index"]], return_inverse=True)
            rows = embed.predict(values)
            end = start + rows.shape[1]
            embedded[:, start:end] = rows.take(places, axis=0)
            start = end
        return embedded


def keep_embeddings(model: Model[Any, Any]) -> int:
    """Replace the embedding layers of a model by ones that keep what they have computed, for prediction.

    Args:
        model: the model of a component.

    Returns:
        How many were replaced; layers that have vectors besides, or read more than a token's features, stay as they are.
    """
    return replace_layers(model, "kept_embedding", is_known=_is_known, forward=_Embedding)


def _columns(embed: Model[Any, Any]) -> list[Model[Any, Any]]:
    """The layers that embed one feature each."""
    (joined,) = embed.layers
    return list(joined.layers)


def _mixing(mix: Model[Any, Any]) -> list[Model[Any, Any]]:
    """The maxout of all embeddings and its normalization; what else there is only training needs."""
    (chained,) = mix.layers
    return list(chained.layers[0].layers)


def _is_known(layer: Model[Any, Any]) -> bool:
    names = [part.name.partition("(")[0] for part in layer.layers]
    if tuple(names) != _LAYERS or len(layer.layers[0].attrs["columns"]) > len(_FACTORS):
        return False
    embed, mix = layer.layers[2:4]
    if mix.name != _MIX or any(column.name != _COLUMN for column in _columns(embed)):
        return False
    maxout, _ = _mixing(mix)
    return maxout.has_param("W") is True and maxout.get_dim("nP") > 1
