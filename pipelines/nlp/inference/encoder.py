"""The model's encoder, convolutions of width three with maxout, in blocks that stay in the processor's cache.

What belongs here: `encode_in_blocks`. What it replaces: spaCy's `MaxoutWindowEncoder`, which makes each step's result for all
tokens of a batch before the next step, keeps what only training needs, and walks through memory for each. Two neighbours take
four products of a third of the width in place of six (Winograd's F(2, 3)), so sums come in another order:

    out[0] = in[0] A + in[1] B + in[2] C = m0 + m1 + m2       m0 = (in[0] - in[2]) A    m1 = (in[1] + in[2]) (A + B + C) / 2
    out[1] = in[1] A + in[2] B + in[3] C = m1 - m2 - m3       m3 = (in[1] - in[3]) C    m2 = (in[2] - in[1]) (A - B + C) / 2
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from thinc.api import Model

from pipelines.nlp.inference.layers import replace_layers

_Floats = npt.NDArray[np.float32]

# Pairs of rows of a block: its sums and products, 1.2 MB, are about what the second-level cache holds.
_BLOCK = 192
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
        before, own, after = weights.transpose(2, 1, 0).reshape(3, inputs // 3, pieces * width)
        both = (before + after) / 2
        self.weights: _Floats = np.stack((before, both + own / 2, both - own / 2, after))
        self.bias: _Floats = np.ascontiguousarray(bias.T.reshape(pieces * width))
        self.scale: Any = norm.get_param("G")
        self.shift: Any = norm.get_param("b")


class _Encoder:
    """Encodes the tokens of documents, given as one array of embeddings each."""

    def __init__(self, layer: Model[Any, Any]) -> None:
        self._layer = layer
        self._layers = [_Layer(residual) for residual in _residuals(layer)]
        self._width = len(self._layers[0].scale)
        self._mean: _Floats = np.full(self._width, 1 / self._width, dtype=np.float32)
        self._sums: _Floats = np.empty((4, _BLOCK, self._width), dtype=np.float32)
        self._best: _Floats = np.empty((_BLOCK, self._width), dtype=np.float32)
        self._products: _Floats = np.empty((4, _BLOCK, self._layers[0].weights.shape[2]), dtype=np.float32)

    def __call__(self, _model: Model[Any, Any], arrays: Sequence[_Floats], is_train: bool) -> tuple[Any, Any]:
        if is_train or not any(len(array) for array in arrays):
            return self._layer(arrays, is_train)
        return self._encoded(arrays), None

    def _encoded(self, arrays: Sequence[_Floats]) -> list[_Floats]:
        """The arrays encoded, each by itself: rows of zeros keep them as far apart as the layers reach together."""
        reach = len(self._layers)
        starts, end = [], 1  # a row at either end stays zero
        for array in arrays:
            starts.append(end + reach)
            end += reach + len(array) if len(array) else 0
        end += reach + 1
        rows = np.zeros((end + end % 2, self._width), dtype=np.float32)
        for start, array in zip(starts, arrays, strict=True):
            rows[start : start + len(array)] = array
        # Apart, as each step then goes through memory in one direction.
        even, odd = np.ascontiguousarray(rows[0::2]), np.ascontiguousarray(rows[1::2])
        for layer in self._layers:
            self._convolve(even, odd, layer)
        rows[0::2], rows[1::2] = even, odd
        return [rows[start : start + len(array)] for start, array in zip(starts, arrays, strict=True)]

    def _convolve(self, even: _Floats, odd: _Floats, layer: _Layer) -> None:
        """Put in the place of the rows of even and odd number what a layer makes of them; the first and the last row stay."""
        shared = even[0].copy()  # the row that a block has in common with the one before, as it was
        for first in range(0, len(even) - 1, _BLOCK):
            here = slice(first, min(first + _BLOCK, len(even) - 1))
            following = slice(here.start + 1, here.stop + 1)
            rows = (even[here], odd[here], even[following], odd[following])
            for_odd, for_even = self._multiplied(rows, shared, layer)
            shared = even[here.stop].copy()
            self._finish(for_odd, odd[here], layer)
            self._finish(for_even, even[following], layer)

    def _multiplied(self, rows: tuple[_Floats, ...], first: _Floats, layer: _Layer) -> tuple[_Floats, _Floats]:
        """Of each four rows that follow each other, the products of the second and of the third with their neighbours.

        `first` is what stood in the first row of all.
        """
        zero, one, two, three = rows
        sums, products = self._sums[:, : len(zero)], self._products[:, : len(zero)]
        np.subtract(zero, two, out=sums[0])
        np.subtract(first, two[0], out=sums[0, 0])
        np.add(one, two, out=sums[1])
        np.subtract(two, one, out=sums[2])
        np.subtract(one, three, out=sums[3])
        for place in range(4):
            np.matmul(sums[place], layer.weights[place], out=products[place])
        second, third, difference, last = products
        third += layer.bias
        second += third
        second += difference
        third -= difference
        third -= last
        return second, third

    def _finish(self, products: _Floats, rows: _Floats, layer: _Layer) -> None:
        """Add to the rows the greatest piece, normalized."""
        width = self._width
        best = self._best[: len(rows)]
        np.maximum(products[:, :width], products[:, width : 2 * width], out=best)
        for piece in range(2, layer.pieces):
            np.maximum(best, products[:, piece * width : (piece + 1) * width], out=best)
        best -= (best @ self._mean)[:, None]
        variance = np.einsum("ij,ij->i", best, best) / width
        best *= (1 / np.sqrt(variance + _EPSILON))[:, None]
        best *= layer.scale
        best += layer.shift
        rows += best


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
