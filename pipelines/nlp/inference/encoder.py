"""The model's encoder, convolutions of width three with maxout, in blocks that stay in the processor's cache.

What belongs here: `encode_in_blocks`. What it replaces: spaCy's `MaxoutWindowEncoder`, which makes each step's result for all
tokens of a batch before the next step, keeps what only training needs, and walks through memory for each. The arithmetic is
the same; a sum may come in another order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from thinc.api import Model

from pipelines.nlp.inference.layers import replace_layers

_Floats = npt.NDArray[np.float32]

# Rows of a block: its three columns and its products, 0.6 MB, fit into the second-level cache.
_BLOCK = 256
# What thinc's layer normalization adds to the variance.
_EPSILON = np.float32(1e-8)
_RESIDUAL = ("expand_window", "maxout", "layernorm", "dropout")


class _Layer:
    """The weights of one residual convolution, columns of one maxout piece together."""

    def __init__(self, layer: Model[Any, Any]) -> None:
        _, maxout, norm, _ = _parts(layer)
        weights: Any = maxout.get_param("W")
        bias: Any = maxout.get_param("b")
        width, pieces, inputs = weights.shape
        self.pieces = pieces
        self.weights: _Floats = np.ascontiguousarray(weights.transpose(2, 1, 0).reshape(inputs, pieces * width))
        self.bias: _Floats = np.ascontiguousarray(bias.T.reshape(pieces * width))
        self.scale: Any = norm.get_param("G")
        self.shift: Any = norm.get_param("b")


class _Encoder:
    """Encodes the tokens of documents, given as one array of embeddings each."""

    def __init__(self, layer: Model[Any, Any]) -> None:
        self._layer = layer
        self._layers = [_Layer(residual) for residual in _residuals(layer)]
        self._width = len(self._layers[0].scale)
        columns = self._layers[0].weights.shape[1]
        self._mean: _Floats = np.full(self._width, 1 / self._width, dtype=np.float32)
        self._columns: _Floats = np.empty((_BLOCK, 3 * self._width), dtype=np.float32)
        self._products: _Floats = np.empty((_BLOCK, columns), dtype=np.float32)

    def __call__(self, _model: Model[Any, Any], arrays: Sequence[_Floats], is_train: bool) -> tuple[Any, Any]:
        if is_train or not any(len(array) for array in arrays):
            return self._layer(arrays, is_train)
        return self._encoded(arrays), None

    def _encoded(self, arrays: Sequence[_Floats]) -> list[_Floats]:
        """The arrays encoded, each by itself: rows of zeros keep them as far apart as the layers reach together."""
        reach = len(self._layers)
        starts, end = [], 0
        for array in arrays:
            starts.append(end + reach)
            end += reach + len(array) if len(array) else 0
        rows = np.zeros((end + reach + 2, self._width), dtype=np.float32)  # and a row at either end that stays zero
        for start, array in zip(starts, arrays, strict=True):
            rows[start + 1 : start + 1 + len(array)] = array
        for layer in self._layers:
            rows = self._convolved(rows, layer)
        rows = rows[1:-1]
        return [rows[start : start + len(array)] for start, array in zip(starts, arrays, strict=True)]

    def _convolved(self, rows: _Floats, layer: _Layer) -> _Floats:
        width, count = self._width, len(rows) - 2
        convolved = np.zeros_like(rows)
        for first in range(0, count, _BLOCK):
            size = min(_BLOCK, count - first)
            columns, products = self._columns[:size], self._products[:size]
            for place in range(3):
                columns[:, place * width : (place + 1) * width] = rows[first + place : first + place + size]
            np.matmul(columns, layer.weights, out=products)
            products += layer.bias
            best = convolved[first + 1 : first + 1 + size]
            np.maximum(products[:, :width], products[:, width : 2 * width], out=best)
            for piece in range(2, layer.pieces):
                np.maximum(best, products[:, piece * width : (piece + 1) * width], out=best)
            best -= (best @ self._mean)[:, None]
            variance = np.einsum("ij,ij->i", best, best) / width
            best *= (1 / np.sqrt(variance + _EPSILON))[:, None]
            best *= layer.scale
            best += layer.shift
            best += rows[first + 1 : first + 1 + size]
        return convolved


def encode_in_blocks(model: Model[Any, Any]) -> int:
    """Replace the encoders of a model by ones that compute in blocks, for prediction.

    Args:
        model: the model of a component.

    Returns:
        How many were replaced; encoders of another structure stay as they are.
    """
    return replace_layers(model, "encoder_in_blocks", is_known=_is_known, forward=_Encoder)


def _residuals(layer: Model[Any, Any]) -> list[Model[Any, Any]]:
    (chained,) = layer.layers
    return chained.layers


def _parts(residual: Model[Any, Any]) -> list[Model[Any, Any]]:
    """The steps of a residual layer, in their order, however they are nested."""
    parts: list[Model[Any, Any]] = []
    pending = list(residual.layers)
    while pending:
        part = pending.pop(0)
        if part.layers and ">>" in part.name:
            pending = [*part.layers, *pending]
        else:
            parts.append(part)
    return parts


def _is_known(layer: Model[Any, Any]) -> bool:
    if not layer.name.startswith("with_array") or len(layer.layers) != 1 or not layer.layers[0].layers:
        return False
    residuals = _residuals(layer)
    return layer.attrs.get("pad") == len(residuals) and all(
        residual.name.startswith("residual")
        and tuple(part.name for part in _parts(residual)) == _RESIDUAL
        and _parts(residual)[0].attrs.get("window_size") == 1
        and _parts(residual)[1].get_dim("nP") > 1
        and _parts(residual)[1].has_param("W")
        for residual in residuals
    )
