"""The arc-eager transitions of spaCy's parser, on all passages of a batch at once.

What belongs here: stacks, buffers and arcs, which moves are possible, and what a move does; all as in spaCy's `arc_eager.pyx`
and `_state.pxd`. What does not: which move is best (`parser.py`). A passage begins at a token at which a sentence is known to
start, or may be expected to, and ends at the next one. Where a passage's stack is empty at its end, the next one was rightly
begun: nothing of what was decided before is seen from there. Where it is not, and the best move is another than to take a token
from the stack, the passage takes the next one up: what was decided there is undone, and it goes on. So the moves are the same
whatever was expected. Tokens are counted through all documents; -1 is none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float32]

MOVES = "SDLRB"  # the names that spaCy gives them: shift, reduce, left arc, right arc, break
_SHIFT, _REDUCE, _LEFT, _RIGHT, _BREAK = range(5)
IMPOSSIBLE = np.float32(-1e30)
_PADDING = 3  # places below the bottom of a stack that are read as none
_LEFTS, _RIGHTS = 0, 1


class Passages:
    """The parse of every passage.

    Attributes:
        active: numbers of the passages that are not finished.
        heads: head of each token, -1 for one without.
        labels: label of its arc.
    """

    def __init__(self, sent_starts: _Ints, is_expected: _Flags, lengths: _Ints) -> None:
        """
        Args:
            sent_starts: of each token 1 where a sentence starts, -1 where none may, else 0.
            is_expected: of each token, whether a passage is to begin there; wherever that is, the parse is the same.
            lengths: of each document, tokens; none is empty.
        """
        count = len(sent_starts)
        ends = np.cumsum(lengths)
        is_first = (sent_starts == 1) | (is_expected & (sent_starts == 0))
        is_first[ends - lengths] = True
        starts = np.flatnonzero(is_first)
        self._end = np.append(starts[1:], count)
        self._following = np.arange(1, len(starts) + 1)  # the passage that begins where this one ends
        self._limit = ends[np.searchsorted(ends, starts, side="right")]  # the end of the document
        self._start = starts
        self._next = starts.copy()  # the first token of the buffer that was not read yet
        longest = int((self._end - starts).max()) + 1
        self._stack = np.full((len(starts), longest + _PADDING), -1, dtype=np.int64)
        self._depth = np.zeros(len(starts), dtype=np.int64)
        self._returned = np.full((len(starts), longest), -1, dtype=np.int64)  # tokens put back on the buffer
        self._returns = np.zeros(len(starts), dtype=np.int64)
        # By token; the last place stands for no token and is never written.
        self._known = np.append(sent_starts == 1, False)
        self._starts = self._known.copy()  # and those that the parse has found
        self._cannot_start = np.append(sent_starts == -1, False)
        self._unshiftable = np.zeros(count + 1, dtype=bool)
        self._latest = np.full((2, count + 1), -1, dtype=np.int64)  # latest child on either side
        self._before = np.full(count, -1, dtype=np.int64)  # the child of the same head and side attached before
        self._after = np.full(count, -1, dtype=np.int64)
        self.heads = np.full(count, -1, dtype=np.int64)
        self.labels = np.zeros(count, dtype=np.int64)
        self.active = np.arange(len(starts))

    def context(self) -> _Ints:
        """The tokens that the model looks at, eight for each active passage: two of the buffer, three of the stack, latest
        children.
        """
        active = self.active
        depth, read, returns = self._depth[active], self._next[active], self._returns[active]
        top, second, third = (self._stack[active, depth + place] for place in (2, 1, 0))
        limit = self._limit[active]
        first, following = read, read + 1
        if returns.any():
            put_back = self._returned[active, returns - 1]
            first = np.where(returns > 0, put_back, first)
            following = np.where(
                returns > 1, self._returned[active, returns - 2], np.where(returns == 1, read, following)
            )
        first = np.where((returns == 0) & (first >= limit), -1, first)
        following = np.where((returns < 2) & (following >= limit), -1, following)
        lefts, rights = self._latest
        context = np.stack((first, following, top, second, third, lefts[first], lefts[top], rights[top]), axis=1)
        self._context = context
        return context

    def barriers(self, out: _Floats) -> None:
        """Write for each active passage and move 0 where the move is possible, else `IMPOSSIBLE`. After `context`."""
        active = self.active
        first, following = self._context[:, 0], self._context[:, 1]
        depth = self._depth[active]
        length = self._limit[active] - self._next[active] + self._returns[active]
        starts, next_starts = self._starts[first], self._starts[following]
        if (beyond := following > self._end[active]).any():  # what the next passage decided of itself is not known here
            next_starts = np.where(beyond, self._known[following], next_starts)
        is_filled, has_one, has_two = depth > 0, length > 0, length > 1
        is_arc = is_filled & has_one & ~starts
        possible = np.stack(
            (
                ~is_filled | (has_two & ~starts & ~self._unshiftable[first]),
                is_filled & ~(has_one & (depth == 1) & self._cannot_start[first]),
                is_arc,
                is_arc,
                has_two & (following == first + 1) & ~next_starts & ~self._cannot_start[following],
            ),
            axis=1,
        )
        np.multiply(~possible, IMPOSSIBLE, out=out)

    def advance(self, moves: _Ints, labels: _Ints) -> None:
        """Take one move in each active passage, each a possible one. After `context`."""
        # At the end of a passage, only what empties the stack leaves the next one as it is.
        is_crossing = (self._context[:, 0] == self._end[self.active]) & (moves != _REDUCE)
        if is_crossing.any():
            is_left_over = self._take_up(self.active[is_crossing])
            moves, labels = moves[is_left_over], labels[is_left_over]
        active = self.active
        first, following, top = self._context[:, 0], self._context[:, 1], self._context[:, 2]
        is_left, is_right = moves == _LEFT, moves == _RIGHT
        has_head = self.heads[top] >= 0  # before arcs are added; of no token: not asked for
        if (is_arc := is_left | is_right).any():
            self._add_arcs(np.where(is_left, first, top)[is_arc], np.where(is_left, top, first)[is_arc], labels[is_arc])
            self._unshiftable[first[is_left]] = False
        if (is_break := moves == _BREAK).any():
            self._starts[following[is_break]] = True
        is_reduce = moves == _REDUCE
        is_back = is_reduce & ~has_head & (self._depth[active] > 1)
        if is_back.any():
            rows = active[is_back]
            self._unshiftable[top[is_back]] = True
            self._returned[rows, self._returns[rows]] = top[is_back]
            self._returns[rows] += 1
        self._depth[active[is_left | is_reduce]] -= 1
        is_push = is_right | (moves == _SHIFT)
        rows = active[is_push]
        self._stack[rows, self._depth[rows] + _PADDING] = first[is_push]
        self._depth[rows] += 1
        is_returned = self._returns[rows] > 0
        self._returns[rows[is_returned]] -= 1
        self._next[rows[~is_returned]] += 1
        is_open = (self._depth[active] > 0) | (self._returns[active] > 0) | (self._next[active] < self._end[active])
        self.active = active if is_open.all() else active[is_open]

    def _take_up(self, rows: _Ints) -> _Flags:
        """Have passages go on into the next ones; returns which of the active ones are left."""
        taken: set[int] = set()
        for row in rows.tolist():
            if row in taken:
                continue
            other = int(self._following[row])
            start, end = int(self._end[row]), int(self._end[other])
            for column in (self._latest[0], self._latest[1], self._before, self._after, self.heads):
                column[start:end] = -1
            self.labels[start:end] = 0
            self._unshiftable[start:end] = False
            self._starts[start + 1 : end + 1] = self._known[start + 1 : end + 1]
            self._end[row], self._following[row] = end, self._following[other]
            self._widen(end - int(self._start[row]) + 1)
            taken.add(other)
        is_left_over = ~np.isin(self.active, list(taken))
        self.active, self._context = self.active[is_left_over], self._context[is_left_over]
        return is_left_over

    def _widen(self, longest: int) -> None:
        """Make room for passages of some tokens."""
        missing = longest - self._returned.shape[1]
        if missing > 0:
            room = ((0, 0), (0, max(missing, self._returned.shape[1])))  # twice as much, so that little is copied
            self._stack = np.pad(self._stack, room, constant_values=-1)
            self._returned = np.pad(self._returned, room, constant_values=-1)

    def _add_arcs(self, heads: _Ints, children: _Ints, labels: _Ints) -> None:
        old = self.heads[children]
        if (is_moved := old >= 0).any():
            self._delete_arcs(old[is_moved], children[is_moved])
        sides = np.where(heads > children, _LEFTS, _RIGHTS)
        before = self._latest[sides, heads]
        self._before[children] = before
        self._after[children] = -1
        has_before = before >= 0
        self._after[before[has_before]] = children[has_before]
        self._latest[sides, heads] = children
        self.heads[children] = heads
        self.labels[children] = labels

    def _delete_arcs(self, heads: _Ints, children: _Ints) -> None:
        sides = np.where(heads > children, _LEFTS, _RIGHTS)
        before, after = self._before[children], self._after[children]
        is_latest = after < 0
        self._latest[sides[is_latest], heads[is_latest]] = before[is_latest]
        self._before[after[~is_latest]] = before[~is_latest]
        has_before = before >= 0
        self._after[before[has_before]] = after[has_before]
