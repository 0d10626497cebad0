"""Clusters: union-find with an order-independent result.

What belongs here: joining items pair by pair. What does not: which pairs belong together.
"""

from __future__ import annotations

from collections.abc import Iterable


class Clusters:
    """Disjoint sets of strings; a set is named by its least member, so the order of joins does not matter."""

    def __init__(self, items: Iterable[str]) -> None:
        self._parent = {item: item for item in items}

    def find(self, item: str) -> str:
        """The name of the set that holds an item."""
        root = item
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[item] != root:
            self._parent[item], item = root, self._parent[item]
        return root

    def join(self, first: str, second: str) -> None:
        """Make one set of the two that hold the items."""
        a, b = sorted((self.find(first), self.find(second)))
        self._parent[b] = a

    def members(self) -> dict[str, list[str]]:
        """All sets by name, members sorted."""
        sets: dict[str, list[str]] = {}
        for item in sorted(self._parent):
            sets.setdefault(self.find(item), []).append(item)
        return sets
