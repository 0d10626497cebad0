"""Cutting texts for the page: nothing lost, nothing doubled, markup harmless."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.explore.documents import block_borders
from pipelines.explore.scales import TimeScale, months_between, round_step
from pipelines.explore.spans import Span, cut


def test_overlapping_spans_become_segments() -> None:
    spans = [Span(10, 16, "actor"), Span(13, 20, "trigger", number=1), Span(40, 50, "place")]
    segments = cut("abcdefghijkl", 10, spans)
    assert [(s.text, s.kinds, s.starts) for s in segments] == [
        ("abc", ("actor",), ()),
        ("def", ("actor", "trigger"), (1,)),
        ("ghij", ("trigger",), ()),
        ("kl", (), ()),
    ]


@pytest.mark.parametrize("length", [0, 5, 900])
def test_blocks_cover_the_text(length: int) -> None:
    text = "a" * length
    borders = block_borders(text, list(range(100, length, 100)))
    assert borders[-1] == length
    assert borders == sorted(set(borders))
    assert all(end - start <= 280 for start, end in zip(borders, borders[1:], strict=False))


def test_scale_has_round_ticks() -> None:
    scale = TimeScale(date(2020, 1, 1), date(2021, 12, 1), 0, 240)
    assert [tick.at for tick in scale.ticks()][:2] == [0, 30]
    assert scale.month_at(date(2020, 3, 1)) == 20
    assert len(months_between(date(2020, 11, 1), date(2021, 2, 1))) == 4
    assert [round_step(most) for most in (0, 3, 10, 0.3)] == [1.0, 1.0, 5.0, pytest.approx(0.1)]


def test_markup_is_shown_not_obeyed() -> None:
    pytest.importorskip("networkx", reason="make explore installs it")
    from pipelines.explore.page import message_page

    assert "<script>" not in message_page("x", "<script>alert(1)</script>")
