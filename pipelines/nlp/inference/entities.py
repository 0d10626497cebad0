"""spaCy's greedy entity recognizer, decided for all tokens of a batch at once.

What belongs here: the decisions of a loaded `EntityRecognizer`, from its own weights. Why they can be taken together: outside
an entity its transition model sees the next token and nothing of what was decided before; inside one it sees the
entity's first token, the next and the one before. So each token's decision outside, and the end of each entity that may
begin somewhere, follow from the tokens alone, and the reading is a walk over them. spaCy takes the same decisions token by token,
and asks at each for the validity of each of its moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.attrs import ENT_IOB, ENT_TYPE, IS_SPACE, SENT_START
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc

from pipelines.nlp.inference.batched import Batched

_Floats = npt.NDArray[np.float32]
_Ints = npt.NDArray[np.intp]
_Flags = npt.NDArray[np.bool_]

# Context tokens of the transition model: the next one, the first of the open entity, the one before the next.
_NEXT, _FIRST, _BEFORE = range(3)
_CONTEXT = 3
_INSIDE, _OUTSIDE, _BEGINS = 1, 2, 3  # how spaCy numbers the places of tokens in entities
# Tokens whose scores are held at a time, so that a long document costs no more memory than a short one.
_BLOCK = 4096
# Rows multiplied at least: OpenBLAS has other kernels for smaller matrices, whose last digits differ.
_MIN_ROWS = 16


class _Features:
    """The first layer of the transition model, a maxout of the sum of what the context tokens contribute."""

    def __init__(self, lower: Any) -> None:
        weights, bias, padding = (lower.get_param(name) for name in ("W", "b", "pad"))
        _, self._hidden, self._pieces, inputs = weights.shape
        self._width = self._hidden * self._pieces
        # The hidden units of one piece stand together, so that the greatest piece is found row by row.
        by_place = weights.transpose(0, 3, 2, 1).reshape(_CONTEXT, inputs, self._width)
        self._next: _Floats = np.ascontiguousarray(by_place[_NEXT])
        self._entity: _Floats = np.concatenate((by_place[_FIRST], by_place[_BEFORE]), axis=1)
        self._bias: _Floats = bias.T.reshape(self._width)
        pad = padding[0].transpose(0, 2, 1).reshape(_CONTEXT, self._width)
        self.no_first: _Floats = pad[_FIRST]
        self.no_before: _Floats = pad[_BEFORE]

    def of_next(self, vectors: _Floats) -> _Floats:
        """What tokens contribute as the next one."""
        return _product(vectors, self._next)

    def of_entity(self, vectors: _Floats) -> tuple[_Floats, _Floats]:
        """What tokens contribute as the first of the open entity, and as the one before the next."""
        both = _product(vectors, self._entity)
        return both[:, : self._width], both[:, self._width :]

    def hidden(self, following: _Floats, first: _Floats, before: _Floats) -> _Floats:
        """The hidden units of states."""
        total = following + first
        total += before
        total += self._bias
        width = self._hidden
        hidden = np.maximum(total[:, :width], total[:, width : 2 * width])
        for piece in range(2, self._pieces):
            np.maximum(hidden, total[:, piece * width : (piece + 1) * width], out=hidden)
        return hidden


class EntityDecoder(Batched):
    """Sets the entities that a greedy `EntityRecognizer` would set."""

    def __init__(self, recognizer: Any) -> None:
        """
        Args:
            recognizer: one that `is_decodable`.
        """
        self._recognizer = recognizer
        model = recognizer.model
        self._tok2vec = model.get_ref("tok2vec")
        self._features = _Features(model.get_ref("lower"))
        upper = model.get_ref("upper")
        self._weights: _Floats = upper.get_param("W")
        self._bias: _Floats = upper.get_param("b")
        moves = [recognizer.moves.get_class_name(number) for number in range(recognizer.moves.n_moves)]
        self._labels = sorted({move[2:] for move in moves if move[:2] == "B-"})
        self._label_ids = {label: recognizer.vocab.strings.add(label) for label in self._labels}
        numbers = {label: number for number, label in enumerate(self._labels)}
        # What may be done outside an entity, in the order of the moves: of equal scores the first counts.
        outside = [number for number, move in enumerate(moves) if move[:1] in "OBU" and move != "U-"]
        self._outside_weights = np.ascontiguousarray(self._weights[outside].T)
        self._outside_bias = self._bias[outside]
        self._begins = np.array([moves[number][:1] == "B" for number in outside])
        self._is_entity = np.array([moves[number] != "O" for number in outside])
        self._label_of = np.array([numbers.get(moves[number][2:], -1) for number in outside])
        self._inside = np.array([moves.index(f"I-{label}") for label in self._labels])
        self._last = np.array([moves.index(f"L-{label}") for label in self._labels])

    def _annotate(self, docs: Sequence[Doc]) -> None:
        docs = [doc for doc in docs if len(doc)]
        given = [doc for doc in docs if doc.to_array(ENT_IOB).any()]
        if given:  # entities that another component has set limit the recognizer's moves
            for doc in given:
                self._recognizer(doc)
            docs = [doc for doc in docs if doc not in given]
        if not docs:
            return
        total = sum(map(len, docs))
        places = np.full(total, _OUTSIDE, dtype=np.uint64)
        labels = np.zeros(total, dtype=np.uint64)
        for start, end, label in self._decode(docs):
            places[start] = _BEGINS
            places[start + 1 : end] = _INSIDE
            labels[start:end] = self._label_ids[label]
        values: Any = np.stack((places, labels), axis=1)
        offset = 0
        for doc in docs:  # by their columns, as an object for each entity takes twice the time
            doc.from_array([ENT_IOB, ENT_TYPE], values[offset : offset + len(doc)])
            offset += len(doc)

    def _decode(self, docs: Sequence[Doc]) -> Iterator[tuple[int, int, str]]:
        """First token, end and label of each entity; tokens are counted through all documents."""
        spaces, sent_starts = np.concatenate([doc.to_array([IS_SPACE, SENT_START]) for doc in docs]).T
        is_space = spaces == 1
        # Whether an entity has to end at a token, as its sentence does.
        is_final = np.append(sent_starts[1:] == 1, True)
        is_final[np.cumsum([len(doc) for doc in docs]) - 1] = True
        vectors: _Floats = self._tok2vec.predict(docs)
        following = self._features.of_next(vectors)
        moves = self._moves_outside(following, is_space, is_final)
        starts = np.flatnonzero(self._begins[moves])
        ends = self._ends(vectors, following, starts, self._label_of[moves[starts]], is_final)
        labels = self._label_of[moves]
        position = 0
        for start in np.flatnonzero(self._is_entity[moves]).tolist():
            if start >= position:
                position = ends.get(start, start + 1)
                yield start, position, self._labels[labels[start]]

    def _moves_outside(self, features: _Floats, is_space: _Flags, is_final: _Flags) -> _Ints:
        """For each token the best move outside an entity: an index of the moves that there are."""
        no_first, no_before = self._features.no_first, self._features.no_before
        moves = np.empty(len(is_space), dtype=np.intp)
        for block in range(0, len(moves), _BLOCK):
            here = slice(block, block + _BLOCK)
            hidden = self._features.hidden(features[here], no_first, no_before)
            scores = hidden @ self._outside_weights + self._outside_bias
            scores[np.ix_(is_space[here], self._is_entity)] = -np.inf
            scores[np.ix_(is_final[here], self._begins)] = -np.inf
            moves[here] = scores.argmax(axis=1)
        return moves

    def _ends(
        self, vectors: _Floats, features: _Floats, starts: _Ints, labels: _Ints, is_final: _Flags
    ) -> dict[int, int]:
        """The end of the entity that begins at each of the starts, whether or not it is read."""
        ends: dict[int, int] = {}
        if not len(starts):
            return ends
        following = starts + 1
        first, before = self._features.of_entity(vectors[starts])
        while len(starts):
            hidden = self._features.hidden(features[following], first, before)
            inside, last = self._inside[labels], self._last[labels]
            go_on = self._score(hidden, inside)
            stop = self._score(hidden, last)
            is_open = ~is_final[following] & ((go_on > stop) | ((go_on == stop) & (inside < last)))
            ends.update(zip(starts[~is_open].tolist(), (following[~is_open] + 1).tolist(), strict=True))
            starts, labels, following = starts[is_open], labels[is_open], following[is_open] + 1
            first = first[is_open]
            _, before = self._features.of_entity(vectors[following - 1])
        return ends

    def _score(self, hidden: _Floats, moves: _Ints) -> _Floats:
        """The score of one move for each row."""
        scores: _Floats = np.einsum("ij,ij->i", hidden, self._weights[moves]) + self._bias[moves]
        return scores


def _product(vectors: _Floats, weights: _Floats) -> _Floats:
    """A matrix product whose digits do not depend on how few the rows are."""
    count = len(vectors)
    if 0 < count < _MIN_ROWS:
        vectors = np.resize(vectors, (_MIN_ROWS, vectors.shape[1]))
    product: _Floats = (vectors @ weights)[:count]
    return product


def is_decodable(recognizer: Any) -> bool:
    """Whether a component is a greedy recognizer whose model has the context tokens and layers known here."""
    if type(recognizer) is not EntityRecognizer or recognizer.cfg["beam_width"] != 1:
        return False
    model = recognizer.model
    if not model.attrs.get("has_upper") or model.attrs.get("unseen_classes"):
        return False
    lower = model.get_ref("lower")
    return bool(lower.get_dim("nF") == _CONTEXT and lower.get_dim("nP") > 1)
