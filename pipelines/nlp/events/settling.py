"""Settling: which of several dates or places an event has, or none, by the weight of the evidence.

What belongs here: options, their scores and the choice. What does not: where options and their evidence come from
(`sentence_times.py` and `story.py` for days, `scene.py` for places, `setting.py` for both).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import Generic, TypeVar

WEIGHTS_FILE = "settling_weights.csv"
DAY, PLACE = "day", "place"
NOTHING = "nothing"

Value = TypeVar("Value")


@dataclass(slots=True)
class Option(Generic[Value]):
    """A date or place that an event may have, with what speaks for it; `value` None: it has none."""

    value: Value | None
    evidence: set[str] = field(default_factory=set)

    def score(self, weights: Mapping[str, float]) -> float:
        """Sum of the weights of the evidence, the same in whatever order: each process has another one."""
        return round(fsum(weights.get(name, 0.0) for name in self.evidence), 9)


class Options(Generic[Value]):
    """The options of one event; those of equal value are one, with the evidence of all."""

    def __init__(self, key: Callable[[Value], object], setting: Iterable[str]) -> None:
        """
        Args:
            key: what makes two values the same.
            setting: what holds of the event, whatever the option.
        """
        self.key = key
        self.setting = tuple(setting)
        self._options: dict[object, Option[Value]] = {}
        self.add(NOTHING, None)

    def add(self, source: str, value: Value | None, evidence: Iterable[str] = ()) -> None:
        """Add an option, or what else speaks for one that is there.

        Args:
            source: where it is from.
            value: the date or place; None for none.
            evidence: what is to be seen of it.
        """
        key = None if value is None else self.key(value)
        option = self._options.setdefault(key, Option(value))
        seen = (*evidence, *self.setting)
        option.evidence.update((source, *(f"{source}:{name}" for name in seen)))

    def keep(self, is_possible: Callable[[Value], bool]) -> None:
        """Drop the options that cannot be; none stays one."""
        self._options = {k: o for k, o in self._options.items() if o.value is None or is_possible(o.value)}

    def all(self) -> list[Option[Value]]:
        """The options, none first."""
        return list(self._options.values())

    def best(self, weights: Mapping[str, float]) -> Option[Value]:
        """The option of the highest score; none where nothing outweighs it."""
        return max(self._options.values(), key=lambda option: option.score(weights))
