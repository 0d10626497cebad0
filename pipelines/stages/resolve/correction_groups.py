"""Groups of what people say is one, and what they keep apart.

What belongs here: `Groups`. What does not: which rows of a file of corrections apply (`corrections.py`, `entity_corrections.py`).
"""

from __future__ import annotations


class Groups:
    """Items that must be one, and groups of them that must not be; each bond knows the line of the file that made it."""

    def __init__(self) -> None:
        self._group: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._lines: dict[str, list[int]] = {}
        self._apart: dict[str, dict[str, int]] = {}  # group, other group: line

    def find(self, item: str) -> str:
        return self._group.get(item, item)

    def lines(self, item: str) -> list[int]:
        """The lines that made the group of a item."""
        return sorted(self._lines.get(self.find(item), []))

    def members(self, item: str) -> list[str]:
        return self._members.get(self.find(item), [item])

    def apart(self, first: str, second: str) -> int | None:
        """The line that keeps two items apart."""
        return self._apart.get(self.find(first), {}).get(self.find(second))

    def join(self, first: str, second: str, line: int) -> None:
        a, b = self.find(first), self.find(second)
        self._lines.setdefault(a, []).append(line)
        if a == b:
            return
        moved = self._members.pop(b, [b])
        self._members.setdefault(a, [a]).extend(moved)
        self._group.update(dict.fromkeys(moved, a))
        self._lines[a] += self._lines.pop(b, [])
        for other, number in self._apart.pop(b, {}).items():
            del self._apart[other][b]
            self._set_apart(a, other, number)

    def part(self, first: str, second: str, line: int) -> None:
        self._set_apart(self.find(first), self.find(second), line)

    def _set_apart(self, a: str, b: str, line: int) -> None:
        self._apart.setdefault(a, {}).setdefault(b, line)
        self._apart.setdefault(b, {}).setdefault(a, line)
