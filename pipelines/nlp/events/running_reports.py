"""Running reports: texts whose entries open with the hour ("14.20 Police clear the square.").

What belongs here: whether a text is one. What does not: entries that open with a day (`story.py`), the hours as times (`times/`).
"""

from __future__ import annotations

import re

_NUMBER = r"(?!\s*(?:%|per cent|percent|million|billion))"  # 1.25 million is no hour
_ENTRY = re.compile(rf"^\W{{0,3}}(?:\d{{1,2}}[.:h][0-5]\d\b{_NUMBER}|\d{{1,2}}(?:\.\d\d)?\s?[ap]\.?m\b)", re.MULTILINE)
_LEAST = 3  # entries


def is_running_report(text: str) -> bool:
    """Whether a text tells a day as it goes, in entries by the hour: what they tell without a day is of that day.

    Args:
        text: the text, a line break before each entry.
    """
    return sum(1 for _ in _ENTRY.finditer(text)) >= _LEAST
