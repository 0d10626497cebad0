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
from spacy.attrs import ENT_IOB, IS_SPACE, SENT_START
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc, Span

from pipelines.nlp.inference.batched import Batched

_Floats = npt.NDArray[np.float32]
_Ints = npt.NDArray[np.intp]
_Flags = npt.NDArray[np.bool_]

# Context tokens of the transition model: the next one, the first of the open entity, the one before the next.
_NEXT, _FIRST, _BEFORE = range(3)
_CONTEXT = 3
# Tokens whose scores are held at a time, so that a long document costs no more memory than a short one.
_BLOCK = 4096


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
        self._lower = model.get_ref("lower")
        upper = model.get_ref("upper")
        self._weights: _Floats = upper.get_param("W")
        self._bias: _Floats = upper.get_param("b")
        moves = [recognizer.moves.get_class_name(number) for number in range(recognizer.moves.n_moves)]
        self._labels = sorted({move[2:] for move in moves if move[:2] == "B-"})
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
        entities = self._decode(docs)
        found = next(entities, None)
        offset = 0
        for doc in docs:
            spans = []
            while found is not None and found[0] < offset + len(doc):
                start, end, label = found
                spans.append(Span(doc, start - offset, end - offset, label=label))
                found = next(entities, None)
            doc.set_ents(spans)
            offset += len(doc)

    def _decode(self, docs: Sequence[Doc]) -> Iterator[tuple[int, int, str]]:
        """First token, end and label of each entity; tokens are counted through all documents."""
        flags = [doc.to_array([IS_SPACE, SENT_START]) for doc in docs]
        is_space = np.concatenate([flag[:, 0] for flag in flags]) == 1
        # Whether an entity has to end at a token, as its sentence does.
        is_final = np.concatenate([np.append(flag[1:, 1] == 1, True) for flag in flags])
        features = self._lower.predict(self._tok2vec.predict(docs))  # row 0 stands for no token
        moves = self._moves_outside(features, is_space, is_final)
        starts = np.flatnonzero(self._begins[moves])
        ends = self._ends(features, starts, self._label_of[moves[starts]], is_final)
        labels = self._label_of[moves]
        position = 0
        for start in np.flatnonzero(self._is_entity[moves]).tolist():
            if start >= position:
                position = ends.get(start, start + 1)
                yield start, position, self._labels[labels[start]]

    def _moves_outside(self, features: _Floats, is_space: _Flags, is_final: _Flags) -> _Ints:
        """For each token the best move outside an entity: an index of the moves that there are."""
        pad = features[0]
        moves = np.empty(len(is_space), dtype=np.intp)
        for block in range(0, len(moves), _BLOCK):
            here = slice(block, block + _BLOCK)
            hidden = self._hidden(features[1:][here, _NEXT], pad[_FIRST], pad[_BEFORE])
            scores = hidden @ self._outside_weights + self._outside_bias
            scores[np.ix_(is_space[here], self._is_entity)] = -np.inf
            scores[np.ix_(is_final[here], self._begins)] = -np.inf
            moves[here] = scores.argmax(axis=1)
        return moves

    def _ends(self, features: _Floats, starts: _Ints, labels: _Ints, is_final: _Flags) -> dict[int, int]:
        """The end of the entity that begins at each of the starts, whether or not it is read."""
        ends: dict[int, int] = {}
        following = starts + 1
        while len(starts):
            hidden = self._hidden(
                features[following + 1, _NEXT], features[starts + 1, _FIRST], features[following, _BEFORE]
            )
            inside, last = self._inside[labels], self._last[labels]
            go_on = self._score(hidden, inside)
            stop = self._score(hidden, last)
            is_open = ~is_final[following] & ((go_on > stop) | ((go_on == stop) & (inside < last)))
            ends.update(zip(starts[~is_open].tolist(), (following[~is_open] + 1).tolist(), strict=True))
            starts, labels, following = starts[is_open], labels[is_open], following[is_open] + 1
        return ends

    def _hidden(self, following: _Floats, first: _Floats, before: _Floats) -> _Floats:
        """The hidden layer, a maxout, of the sum of what the context tokens contribute."""
        total = following + first
        total += before
        total += self._lower.get_param("b")
        # Piece by piece: NumPy takes the maximum along a short last axis a hundred times more slowly.
        hidden: _Floats = np.maximum(total[..., 0], total[..., 1])
        for piece in range(2, total.shape[-1]):
            np.maximum(hidden, total[..., piece], out=hidden)
        return hidden

    def _score(self, hidden: _Floats, moves: _Ints) -> _Floats:
        """The score of one move for each row."""
        scores: _Floats = np.einsum("ij,ij->i", hidden, self._weights[moves]) + self._bias[moves]
        return scores


def is_decodable(recognizer: Any) -> bool:
    """Whether a component is a greedy recognizer whose model has the context tokens and layers known here."""
    if type(recognizer) is not EntityRecognizer or recognizer.cfg["beam_width"] != 1:
        return False
    model = recognizer.model
    if not model.attrs.get("has_upper") or model.attrs.get("unseen_classes"):
        return False
    lower = model.get_ref("lower")
    return bool(lower.get_dim("nF") == _CONTEXT and lower.get_dim("nP") > 1)
