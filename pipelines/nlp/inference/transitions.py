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
_IS_PUSH = np.array(
    [True, False, False, True, False]
)  # by move: whether the first token of the buffer is put on the stack
_DEPTH_CHANGES = np.array([1, -1, -1, 1, 0])


class Passages:
    """The parse of every passage.

    Attributes:
        active: numbers of the passages that are not finished.
        heads: head of each token, -1 for one without, and -1 for no token.
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
        self._start = starts
        self._end = np.append(starts[1:], count)
        self._following = np.arange(1, len(starts) + 1)  # the passage that begins where this one ends
        self.active = np.arange(len(starts))
        # Of the active passages, in their order.
        self._ends = self._end.copy()
        self._limits = ends[np.searchsorted(ends, starts, side="right")]  # the end of the document
        self._next = starts.copy()  # the first token of the buffer that was not read yet
        self._depth = np.zeros(len(starts), dtype=np.int64)
        self._returns = np.zeros(len(starts), dtype=np.int64)
        # Stacks, and tokens put back on the buffer, one passage behind the other, each from its base on.
        self._room = int((self._end - starts).max()) + 1 + _PADDING
        self._base = self.active * self._room + _PADDING
        self._stack = np.full(len(starts) * self._room, -1, dtype=np.int64)
        self._returned = self._stack.copy()
        # By token; the last place stands for no token and is never written.
        self._known = np.append(sent_starts == 1, False)
        self._starts = self._known.copy()  # and those that the parse has found
        self._cannot_start = np.append(sent_starts == -1, False)
        self._has_unstartable = bool(self._cannot_start.any())
        self._unshiftable = np.zeros(count + 1, dtype=bool)
        self._none = count  # the place of no token
        # Latest child of each token, first those on the left, then those on the right.
        self._latest = np.full(2 * (count + 1), -1, dtype=np.int64)
        self._lefts, self._rights = self._latest[: count + 1], self._latest[count + 1 :]
        self._before = np.full(count, -1, dtype=np.int64)  # the child of the same head and side attached before
        self._after = np.full(count, -1, dtype=np.int64)
        self.heads = np.full(count + 1, -1, dtype=np.int64)
        self.labels = np.zeros(count, dtype=np.int64)

    def context(self) -> _Ints:
        """The tokens that the model looks at, eight rows of the active passages: two of the buffer, three of the stack, latest
        children.
        """
        context = np.empty((8, len(self.active)), dtype=np.int64)
        first, following, top = context[0], context[1], context[2]
        first[:] = self._next
        np.add(first, 1, out=following)
        limits, returns = self._limits, self._returns
        if np.count_nonzero(returns):
            places = self._base + returns
            np.copyto(following, first, where=returns == 1)
            np.copyto(following, self._returned.take(places - 2), where=returns > 1)
            np.copyto(first, self._returned.take(places - 1), where=returns > 0)
            first[(returns == 0) & (first >= limits)] = -1
            following[(returns < 2) & (following >= limits)] = -1
        else:
            first[first >= limits] = -1
            following[following >= limits] = -1
        places = self._base + self._depth
        for row in (2, 3, 4):
            places -= 1
            context[row] = self._stack.take(places)
        context[5] = self._lefts.take(first)
        context[6] = self._lefts.take(top)
        context[7] = self._rights.take(top)
        self._context = context
        return context

    def barriers(self, out: _Floats) -> None:
        """Write for each active passage and move 0 where the move is possible, else `IMPOSSIBLE`. After `context`."""
        first, following = self._context[0], self._context[1]
        depth = self._depth
        length = self._limits - self._next
        length += self._returns
        starts, next_starts = self._starts.take(first), self._starts.take(following)
        beyond = following > self._ends
        if np.count_nonzero(beyond):  # what the next passage decided of itself is not known here
            next_starts = np.where(beyond, self._known.take(following), next_starts)
        is_empty, has_none, is_last = depth <= 0, length <= 0, length <= 1
        impossible = np.empty((len(MOVES), len(first)), dtype=bool)
        shift, reduce, left, right, break_ = impossible
        np.logical_or(is_last, starts, out=shift)
        shift |= self._unshiftable.take(first)
        shift &= ~is_empty
        reduce[:] = is_empty
        np.logical_or(is_empty, has_none, out=left)
        left |= starts
        right[:] = left
        np.not_equal(following, first + 1, out=break_)
        break_ |= is_last
        break_ |= next_starts
        if self._has_unstartable:
            reduce |= ~has_none & (depth == 1) & self._cannot_start.take(first)
            break_ |= self._cannot_start.take(following)
        np.multiply(impossible.T, IMPOSSIBLE, out=out)

    def advance(self, moves: _Ints, labels: _Ints) -> None:
        """Take one move in each active passage, each a possible one. After `context`."""
        # At the end of a passage, only what empties the stack leaves the next one as it is.
        is_crossing = self._context[0] == self._ends
        if np.count_nonzero(is_crossing):
            is_crossing &= moves != _REDUCE
            if np.count_nonzero(is_crossing):
                is_left_over = self._take_up(self.active[is_crossing])
                moves, labels = moves[is_left_over], labels[is_left_over]
        first, following, top = self._context[0], self._context[1], self._context[2]
        is_left, is_push = moves == _LEFT, _IS_PUSH.take(moves)
        is_back = moves == _REDUCE
        is_back &= self.heads.take(top) < 0  # before arcs are added
        is_back &= self._depth > 1
        arcs = np.flatnonzero(is_left | (moves == _RIGHT))
        if len(arcs):
            is_left_arc = is_left.take(arcs)
            one, other = first.take(arcs), top.take(arcs)
            heads, children = np.where(is_left_arc, one, other), np.where(is_left_arc, other, one)
            self._add_arcs(heads, children, ~is_left_arc, labels.take(arcs))
            self._unshiftable[one[is_left_arc]] = False
        breaks = np.flatnonzero(moves == _BREAK)
        if len(breaks):
            self._starts[following.take(breaks)] = True
        pushes = np.flatnonzero(is_push)
        self._stack[self._base.take(pushes) + self._depth.take(pushes)] = first.take(pushes)
        self._depth += _DEPTH_CHANGES.take(moves)
        has_returned = bool(np.count_nonzero(self._returns))
        if has_returned:
            is_returned = is_push & (self._returns > 0)
            self._returns -= is_returned
            is_push ^= is_returned
        self._next += is_push
        if np.count_nonzero(is_back):
            put_back = top[is_back]
            self._unshiftable[put_back] = True
            self._returned[self._base[is_back] + self._returns[is_back]] = put_back
            self._returns += is_back
            has_returned = True
        is_open = self._depth > 0
        is_open |= self._next < self._ends
        if has_returned:
            is_open |= self._returns > 0
        if np.count_nonzero(is_open) < len(is_open):
            self._keep(is_open)

    def _keep(self, is_left_over: _Flags) -> None:
        """Leave the other passages."""
        places = np.flatnonzero(is_left_over)
        self.active, self._ends, self._limits = (
            column.take(places) for column in (self.active, self._ends, self._limits)
        )
        self._next, self._depth, self._returns, self._base = (
            column.take(places) for column in (self._next, self._depth, self._returns, self._base)
        )

    def _take_up(self, rows: _Ints) -> _Flags:
        """Have passages go on into the next ones; returns which of the active ones are left."""
        taken: set[int] = set()
        for row in rows.tolist():
            if row in taken:
                continue
            other = int(self._following[row])
            start, end = int(self._end[row]), int(self._end[other])
            for column in (self._lefts, self._rights, self._before, self._after, self.heads):
                column[start:end] = -1
            self.labels[start:end] = 0
            self._unshiftable[start:end] = False
            self._starts[start + 1 : end + 1] = self._known[start + 1 : end + 1]
            self._end[row], self._following[row] = end, self._following[other]
            self._widen(end - int(self._start[row]) + 1)
            taken.add(other)
        is_left_over = ~np.isin(self.active, list(taken))
        self._keep(is_left_over)
        self._ends = self._end.take(self.active)
        self._context = self._context[:, is_left_over]
        return is_left_over

    def _widen(self, longest: int) -> None:
        """Make room for passages of some tokens."""
        missing = longest + _PADDING - self._room
        if missing > 0:
            room = ((0, 0), (0, max(missing, self._room)))  # twice as much, so that little is copied
            self._stack, self._returned = (
                np.pad(column.reshape(-1, self._room), room, constant_values=-1).ravel()
                for column in (self._stack, self._returned)
            )
            self._room += room[1][1]
            self._base = self.active * self._room + _PADDING

    def _add_arcs(self, heads: _Ints, children: _Ints, is_right: _Flags, labels: _Ints) -> None:
        old = self.heads.take(children)
        is_moved = old >= 0
        if np.count_nonzero(is_moved):
            self._delete_arcs(old[is_moved], children[is_moved])
        places = heads + is_right * (self._none + 1)
        before = self._latest.take(places)
        self._before[children] = before
        self._after[children] = -1
        has_before = before >= 0
        self._after[before[has_before]] = children[has_before]
        self._latest[places] = children
        self.heads[children] = heads
        self.labels[children] = labels

    def _delete_arcs(self, heads: _Ints, children: _Ints) -> None:
        places = heads + (heads < children) * (self._none + 1)
        before, after = self._before[children], self._after[children]
        is_latest = after < 0
        self._latest[places[is_latest]] = before[is_latest]
        self._before[after[~is_latest]] = before[~is_latest]
        has_before = before >= 0
        self._after[before[has_before]] = after[has_before]
