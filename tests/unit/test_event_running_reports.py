"""Which texts are running reports, on invented ones."""

from __future__ import annotations

import pytest

from pipelines.nlp.events.running_reports import is_running_report


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("As it happened\n9.40 Good morning.\n10:15 Two arrests.\n**12.30 p.m.** The sitting is over.", True),
        ("9am Doors open.\n10 a.m. Speeches.\n2pm The vote.", True),
        ("9.40 Good morning.\nTwo arrests at 10.15.\nIt was over at 12.30.", False),
        ("1. Doors.\n2. Speeches.\n3. The vote.\n12 people spoke.", False),
    ],
)
def test_entries_open_with_the_hour(text, expected):
    assert is_running_report(text) is expected
