"""A call in another process: the same result, whatever becomes of the process."""

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
    with beside(doubled, 21) as result:
        (number, process), again = result(), result()
    assert number == 42
    assert process != os.getpid()
    assert again == (number, process)


def test_a_process_that_dies_costs_nothing_but_time() -> None:
    with beside(doubled_or_killed, 21, os.getpid()) as result:
        assert result() == (42, os.getpid())


def test_what_the_call_raises_is_raised_here() -> None:
    with beside(refused, 7) as result, pytest.raises(ValueError, match="no 7"):
        result()


def test_a_block_that_ends_before_the_result_waits_for_nothing() -> None:
    called: Callable[[], object]
    with beside(_endless) as called:
        assert callable(called)


def _endless() -> None:
    signal.pause()
