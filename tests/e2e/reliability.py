"""`python -m tests.e2e.reliability`: the reliability diagram of `confidence`, written to docs/reliability.svg.

What belongs here: bins and the picture. What does not: judging rows (`article_rows.py`).

Rows of the test part of our own articles and, where the labelled corpora are at hand (`COMMUNIQUE_EVAL`), of the articles of
others: in ten bins of confidence, the share of rows whose type and parties are all right. On the diagonal, confidence is the
probability of that.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import PROJECT_ROOT
from tests.e2e.article_rows import OWN_TEST_PART, JudgedRow, judge
from tests.e2e.score_corpora import corpora

PICTURE = PROJECT_ROOT / "docs" / "reliability.svg"
_BINS = 10
_SIZE, _LEFT, _TOP, _HISTOGRAM = 400, 56, 30, 90  # pixels
_COLOURS = ("#1f77b4", "#d95f02")


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of about one confidence."""

    count: int
    confidence: float  # mean
    share_right: float


def bins(rows: Sequence[JudgedRow]) -> list[Bin | None]:
    """Ten bins of equal width from 0 to 1; None where a bin has no row."""
    found: list[Bin | None] = []
    for number in range(_BINS):
        of_bin = [row for row in rows if min(_BINS - 1, int(row.confidence * _BINS)) == number]
        count = len(of_bin)
        found.append(
            Bin(count, sum(r.confidence for r in of_bin) / count, sum(r.is_right for r in of_bin) / count)
            if count
            else None
        )
    return found


def expected_error(found: Sequence[Bin | None]) -> float:
    """Expected calibration error: the mean gap between confidence and share right, by rows."""
    full = [b for b in found if b is not None]
    return sum(b.count * abs(b.confidence - b.share_right) for b in full) / max(sum(b.count for b in full), 1)


def picture(series: Sequence[tuple[str, Sequence[Bin | None]]]) -> str:
    """The diagram as SVG: share right over confidence for each series, and below it how many rows a bin has."""
    bottom = _TOP + _SIZE
    width, height = _LEFT + _SIZE + 24, bottom + 40 + _HISTOGRAM + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIZE}" height="{_SIZE}" fill="none" stroke="#888"/>',
        f'<line x1="{_LEFT}" y1="{bottom}" x2="{_LEFT + _SIZE}" y2="{_TOP}" stroke="#888" stroke-dasharray="4 4"/>',
    ]
    for tick in range(0, _BINS + 1, 2):
        at = tick / _BINS
        x, y = _LEFT + at * _SIZE, bottom - at * _SIZE
        parts.append(f'<text x="{x:.0f}" y="{bottom + 16}" text-anchor="middle">{at:.1f}</text>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{at:.1f}</text>')
    middle = _LEFT + _SIZE // 2
    for place, label in (
        (f'x="{middle}" y="{bottom + 34}"', "confidence (below: rows in each bin)"),
        (f'transform="translate(16 {_TOP + _SIZE // 2}) rotate(-90)"', "share of rows that are right"),
    ):
        parts.append(f'<text {place} text-anchor="middle">{label}</text>')
    for number, (name, found) in enumerate(series):
        parts += _series(number, len(series), name, found, bottom)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _series(number: int, of: int, name: str, found: Sequence[Bin | None], bottom: int) -> list[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    count = sum(b.count for b in found if b is not None)
    label = f"{name}: {count} rows, expected calibration error {expected_error(found):.3f}"
    parts = [f'<text x="{_LEFT + 12}" y="{_TOP + 22 + 18 * number}" fill="{colour}">{label}</text>']
    points = [(_LEFT + b.confidence * _SIZE, bottom - b.share_right * _SIZE, b.count) for b in found if b is not None]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y, _ in points]
    most = max((b.count for b in found if b is not None), default=1)
    floor, bar = bottom + 40 + _HISTOGRAM + 14, _SIZE / _BINS / of - 2
    for position, one in enumerate(found):
        if one is None:
            continue
        tall = max(one.count / most * (_HISTOGRAM - 12), 1)
        x = _LEFT + position * _SIZE / _BINS + number * (bar + 2) + 1
        parts.append(
            f'<rect x="{x:.1f}" y="{floor - tall:.1f}" width="{bar:.1f}" height="{tall:.1f}" fill="{colour}" opacity="0.7"/>'
        )
        parts.append(
            f'<text x="{x + bar / 2:.1f}" y="{floor + 12}" text-anchor="middle" font-size="9" fill="{colour}">{one.count}</text>'
        )
    return parts


def main() -> int:
    """Judge, draw and print the bins."""
    parser = argparse.ArgumentParser(description="Draw the reliability diagram of confidence.")
    parser.add_argument("--out", type=Path, default=PICTURE)
    arguments = parser.parse_args()
    sources = [("own test part", OWN_TEST_PART)]
    folder = corpora()
    if folder is not None and (folder / "articles.jsonl").exists():
        sources.append(("articles of others", folder / "articles.jsonl"))
    series = [(name, bins(judge([path]).rows)) for name, path in sources]
    for name, found in series:
        sys.stdout.write(f"{name}: expected calibration error {expected_error(found):.3f}\n")
        for number, one in enumerate(found):
            if one is not None:
                sys.stdout.write(
                    f"  {number / _BINS:.1f}  {one.count:4d} rows  confidence {one.confidence:.2f}  right {one.share_right:.2f}\n"
                )
    arguments.out.write_text(picture(series), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
