"""Calls in another process: the same results, whatever becomes of the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from pipelines.stages.beside import beside


def doubled(number: int) -> tuple[int, int]:
    return 2 * number, os.getpid()


def doubled_or_killed(number: int, parent: int) -> tuple[int, int]:
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(number)


def refused(number: int) -> tuple[int, int]:
    raise ValueError(f"no {number}")


def test_the_result_comes_from_another_process_and_is_asked_for_as_often_as_one_likes() -> None:
    with beside(__name__) as process:
        result = process.call(doubled, 21)
        (number, its_id), again = result(), result()
    assert number == 42
    assert its_id != os.getpid()
    assert again == (number, its_id)


def test_calls_are_made_one_after_the_other_and_asked_for_in_any_order() -> None:
    with beside(__name__) as process:
        first, second = (process.call(doubled, number) for number in (1, 2))
        assert second() == (4, first()[1])
        assert first()[0] == 2


def test_a_process_that_dies_costs_nothing_but_time() -> None:
    with beside(__name__) as process:
        killed, other = process.call(doubled_or_killed, 21, os.getpid()), process.call(doubled, 4)
        assert other()[0] == 8
        assert killed() == (42, os.getpid())


def test_what_the_call_raises_is_raised_here() -> None:
    with beside(__name__) as process, pytest.raises(ValueError, match="no 7"):
        process.call(refused, 7)()


def test_a_block_that_ends_before_the_result_waits_for_nothing() -> None:
    called: Callable[[], object]
    with beside(__name__) as process:
        called = process.call(_endless)
        assert callable(called)


def _endless() -> None:
    signal.pause()
