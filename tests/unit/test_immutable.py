"""What the classes of many objects promise: equal by their fields, and a hash where they are frozen."""

from __future__ import annotations

from pipelines.immutable import dataclass


@dataclass(frozen=True, slots=True)
class Frozen:
    word: str
    count: int = 1


@dataclass(slots=True)
class Open:
    word: str


def test_frozen_objects_are_equal_and_hashed_by_their_fields() -> None:
    assert {Frozen("river"), Frozen("river", 1)} == {Frozen("river")}
    assert Frozen("river") != Frozen("river", 2)
    assert not hasattr(Frozen("river"), "__dict__")


def test_objects_that_change_have_no_hash() -> None:
    assert Open.__hash__ is None
