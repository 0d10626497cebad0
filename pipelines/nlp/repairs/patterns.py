"""Patterns of the repairs: verb prefixes that keep their hyphen, datelines, sentence ends."""

from __future__ import annotations

import re

# A verb with one of these prefixes and a hyphen is one word ("re-elected"): split, the parser loses the verb.
JOINED_PREFIXES = ("re", "co")

# Hyphenated nouns whose parts mean something else.
JOINED_WORDS = tuple(
    """cease-fire cease-fires walk-out walk-outs stand-off lock-down break-in sit-in sit-ins pull-out build-up round-up call-up
    shoot-out counter-offensive court-martial hostage-taking ill-treatment sabre-rattling test-fire test-fired test-fires
    test-firing de-escalate de-escalated de-escalation u-turn go-slow gang-rape gang-raped machine-gunned carpet-bombed
    tear-gassed pepper-sprayed court-martialled""".split()
)

# "GENEVA (AP) - ", "BRUSSELS -- ", "CAIRO, Aug 10 (Wire) — ", "MOSCOW: " at the start of a paragraph.
_DATE = r"(?:[A-Z][a-z]{2,8}\.? +\d{1,2}(?:, *\d{4})?|\d{1,2} +[A-Z][a-z]{2,8}\.?(?: +\d{4})?|\d{4}-\d{2}-\d{2})"
LEADING_DATE = re.compile(rf"{_DATE},? *")
_PLACE = r"(?:[A-ZÀ-Þ][A-ZÀ-Þ.'’\-]+|[A-ZÀ-Þ][\w.'’\-]+)"
DATELINE = re.compile(
    # or with the date first, or the place in brackets: "May 3, 2016 (JUBA) - ", "(JUBA) 3 May 2016 - "
    rf"(?:(?:{_DATE},? *)?[(\[]{_PLACE}(?:[ ,/]+{_PLACE}){{0,4}}[)\]](?:,? *{_DATE})?(?: *--+| *[–—]| +- |: )\s*"
    rf"|(?:{_DATE},? +)?{_PLACE}(?:[ ,/]+{_PLACE}){{0,4}}"  # place, region
    rf"(?:,? +{_DATE})?"
    r"(?: *\([A-Z][\w ./&'’\-]{1,30}\))?"  # agency
    r" *(?:--+|[–—]| - |: )\s*)"
)
DATELINE_REACH = 80  # characters of a paragraph in which its dateline ends

TERMINAL_PUNCTUATION = frozenset(".!?”\"'’")
