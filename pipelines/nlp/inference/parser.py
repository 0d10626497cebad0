"""spaCy's greedy dependency parser, many sentences at a step.

What belongs here: the decisions of a loaded `DependencyParser`, from its own weights, and the annotations they make. What does
not: the transitions (`transitions.py`). Why: spaCy takes one decision of each document at a time and multiplies a matrix of as
many rows as the batch has documents, by a generic kernel. From a sentence start on, nothing that was decided before is seen, so
all passages between two that are known, or may be expected by the tags, are parsed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.attrs import DEP, HEAD, SENT_START, TAG
from spacy.pipeline import DependencyParser
from spacy.tokens import Doc

from pipelines.nlp.inference.batched import Batched
from pipelines.nlp.inference.transitions import MOVES, Passages

_Floats = npt.NDArray[np.float32]
_Ints = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]

_CONTEXT = 8
# Tokens parsed together, as their features take 4 kB each; a document is not divided.
_MOST_TOKENS = 24_576
# A passage without a sentence start that is longer would be parsed word by word, alone, when all others are done.
_MOST_IN_PASSAGE = 150
_PLACES = np.arange(_CONTEXT, 2 * _CONTEXT)[:, None]  # of no token, which is -1, the first rows
# States from which on their features are added place by place, as all together they would not stay in the cache.
_MANY_STATES = 256
# Tags of what ends a sentence, and of what may stand between that and the next one.
_STOP, _CLOSING = ".", ("''", "-RRB-", "_SP")
_PSEUDO = "||"  # in the label of an arc that is to be attached elsewhere


class _Features:
    """The first layer of the transition model, a maxout of the sum of what eight context tokens contribute."""

    def __init__(self, lower: Any) -> None:
        weights, bias, padding = (lower.get_param(name) for name in ("W", "b", "pad"))
        places, self.hidden, self._pieces, inputs = weights.shape
        self._width = self.hidden * self._pieces
        # The hidden units of one piece stand together, so that the greatest piece is found row by row.
        self._weights: _Floats = np.ascontiguousarray(
            weights.transpose(3, 0, 2, 1).reshape(inputs, places * self._width)
        )
        self._bias: _Floats = np.ascontiguousarray(bias.T.reshape(self._width))
        self._padding: _Floats = padding[0].transpose(0, 2, 1).reshape(places * self._width)
        self._table: _Floats = np.empty((0, 0), dtype=np.float32)

    def of_tokens(self, vectors: _Floats) -> _Floats:
        """What each token contributes at each place of the context: eight rows a token, the first eight for no token."""
        if len(self._table) <= len(vectors):  # kept, as the system takes its time to hand out so much memory
            self._table = np.empty((len(vectors) + 1, len(self._padding)), dtype=np.float32)
        table = self._table[: len(vectors) + 1]
        table[0] = self._padding
        np.matmul(vectors, self._weights, out=table[1:])
        return table.reshape(-1, self._width)

    def of_states(self, table: _Floats, tokens: _Ints, *, out: _Floats) -> None:
        """Write the hidden units of states, given their context tokens, a row for each place."""
        rows = tokens * _CONTEXT
        rows += _PLACES
        if tokens.shape[1] < _MANY_STATES:
            total = np.add.reduce(table.take(rows, axis=0), axis=0)
        else:
            total = table.take(rows[0], axis=0)
            part = np.empty_like(total)
            for place in rows[1:]:
                table.take(place, axis=0, out=part, mode="clip")  # the other mode makes a copy first
                total += part
        total += self._bias
        width = self.hidden
        np.maximum(total[:, :width], total[:, width : 2 * width], out=out)
        for piece in range(2, self._pieces):
            np.maximum(out, total[:, piece * width : (piece + 1) * width], out=out)


class ParserTable(Batched):
    """Sets the heads, dependencies and sentence starts that a greedy `DependencyParser` would set."""

    def __init__(self, parser: Any) -> None:
        """
        Args:
            parser: one that `is_vectorizable`.
        """
        self._parser = parser
        model = parser.model
        self._tok2vec = model.get_ref("tok2vec")
        self._features = _Features(model.get_ref("lower"))
        upper, self._hidden = model.get_ref("upper"), self._features.hidden
        names = [parser.moves.get_class_name(number) for number in range(parser.moves.n_moves)]
        self._moves: _Ints = np.array([MOVES.index(name[0]) for name in names])
        # Below the weights of the hidden layer those of what is possible, a column for each kind of move, and the bias.
        kinds = np.eye(len(MOVES), dtype=np.float32)[self._moves].T
        self._weights: _Floats = np.concatenate((upper.get_param("W").T, kinds, upper.get_param("b")[None]))
        strings = parser.vocab.strings
        self._labels: _Ints = np.array(
            [strings.add(name[2:]) if name[2:] else 0 for name in names], dtype=np.uint64
        ).view(np.int64)
        self._pseudo = {label for label, name in zip(self._labels.tolist(), names, strict=True) if _PSEUDO in name}
        self._stop = np.uint64(strings.add(_STOP))
        self._closing = [np.uint64(strings.add(tag)) for tag in _CLOSING]
        self._root: int = int(np.uint64(strings.add("ROOT")).view(np.int64))

    def _annotate(self, docs: Sequence[Doc]) -> None:
        pending: list[Doc] = []
        size = 0
        for doc in docs:
            if not len(doc):
                continue
            if size and size + len(doc) > _MOST_TOKENS:
                self._parse(pending)
                pending, size = [], 0
            pending.append(doc)
            size += len(doc)
        self._parse(pending)

    def _parse(self, docs: Sequence[Doc]) -> None:
        if not docs:
            return
        known, tags, deps = np.concatenate([doc.to_array([SENT_START, TAG, DEP]) for doc in docs]).T
        lengths = np.array([len(doc) for doc in docs])
        firsts = np.cumsum(lengths) - lengths
        is_expected = self._expected_starts(tags, firsts)
        is_divided = _are_divided((known == 1) | is_expected, firsts, is_parsed=deps != 0)
        if not is_divided.all():
            for_table = is_divided.tolist()
            alone = [doc for doc, is_given in zip(docs, for_table, strict=True) if not is_given]
            self._parser.set_annotations(alone, self._parser.predict(alone))
            self._parse([doc for doc, is_given in zip(docs, for_table, strict=True) if is_given])
            return
        passages = Passages(known.view(np.int64), is_expected, lengths)
        table = self._features.of_tokens(self._tok2vec.predict(docs))
        while len(passages.active):
            best = self._scores(table, passages).argmax(axis=1)
            passages.advance(self._moves[best], self._labels[best])
        offset = 0
        for doc in docs:
            end = offset + len(doc)
            self._set(doc, passages.heads[offset:end] - offset, passages.labels[offset:end])
            offset = end

    def _expected_starts(self, tags: npt.NDArray[np.uint64], firsts: _Ints) -> _Flags:
        """Of each token whether a sentence may be expected to start there: after a full stop, a question or exclamation mark and
        what closes with it. `firsts` are the first tokens of the documents.
        """
        is_closing = tags == self._closing[0]
        for tag in self._closing[1:]:
            is_closing |= tags == tag
        is_closing[firsts] = False  # what the document before ends with says nothing of those behind
        going_on = np.flatnonzero(~is_closing)
        is_stop = tags[going_on] == self._stop
        is_expected = np.zeros(len(tags), dtype=bool)
        is_expected[going_on[1:][is_stop[:-1] & ~is_stop[1:]]] = True
        return is_expected

    def _scores(self, table: _Floats, passages: Passages) -> _Floats:
        """The score of each move for each passage, very low for one that is not possible."""
        tokens, width = passages.context(), self._hidden
        layer = np.empty((tokens.shape[1], width + len(MOVES) + 1), dtype=np.float32)
        self._features.of_states(table, tokens, out=layer[:, :width])
        passages.barriers(layer[:, width:-1])
        layer[:, -1] = 1
        scores: _Floats = layer @ self._weights
        return scores

    def _set(self, doc: Doc, heads: _Ints, labels: _Ints) -> None:
        own = np.arange(len(doc))
        is_root = heads < 0
        heads = np.where(is_root, 0, heads - own)
        labels = np.where(is_root, self._root, labels)
        values: Any = np.stack((heads, labels), axis=1).view(np.uint64)
        doc.from_array([HEAD, DEP], values)
        if not self._pseudo.isdisjoint(labels.tolist()):
            for process in self._parser.postprocesses:
                process(doc)


def _are_divided(is_start: _Flags, firsts: _Ints, *, is_parsed: _Flags) -> _Flags:
    """Of each document, whether no passage of it is too long, and nothing was parsed before.

    `firsts` are the first tokens of the documents, at which passages begin whatever is known.
    """
    is_start[firsts] = True
    starts = np.flatnonzero(is_start)
    longest = np.maximum.reduceat(np.diff(starts, append=len(is_start)), np.searchsorted(starts, firsts))
    return (longest <= _MOST_IN_PASSAGE) & ~np.logical_or.reduceat(is_parsed, firsts)


def is_vectorizable(parser: Any) -> bool:
    """Whether a component is a greedy parser whose model has the context tokens, layers and moves known here."""
    if type(parser) is not DependencyParser or parser.cfg["beam_width"] != 1 or parser.cfg.get("learn_tokens"):
        return False
    model = parser.model
    if not model.attrs.get("has_upper") or model.attrs.get("unseen_classes"):
        return False
    lower, upper = model.get_ref("lower"), model.get_ref("upper")
    names = [parser.moves.get_class_name(number) for number in range(parser.moves.n_moves)]
    return bool(
        lower.get_dim("nF") == _CONTEXT
        and lower.get_dim("nP") > 1
        and upper.has_param("W")
        and upper.get_dim("nO") == len(names)
        and all(name[0] in MOVES and "subtok" not in name for name in names)
    )
