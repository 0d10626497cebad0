"""Runs of capitalised words: where a possible name begins and ends.

What belongs here: which tokens may begin a name and which may go on in it. What does not: which names a run is made of
(`pieces.py`).
"""

from __future__ import annotations

import re

from pipelines.nlp.actors.patterns import STATE_HEADS
from pipelines.nlp.names.patterns import (
    CALENDAR,
    CALENDAR_NAMES,
    FUNCTION_WORDS,
    KIN_OPENERS,
    ORG_HEADS,
    ORG_TAILS,
    PARTICLES,
    SPORTS,
)
from pipelines.nlp.names.table import Segment, TokenTable

# A syllable of Korean, Mandarin or Cantonese in Latin letters.
_SYLLABLE = re.compile(
    r"(?:[bcdfghjklmnpqrstwxyz]|[csz]h|[nk]g|kw|gw|ts|pp|tt|kk|ss)?[aeiouwy][aeiouwy]{0,3}(?:n|ng|k|l|m|p|t|h|r)?"
)
_ENGLISH_TAILS = frozenset("run led made born wide long held tied hit ton like tax era top out in on up win".split())
_OPENERS = frozenset({":", ".", "...", "“", '"', "''", "``", "?", "!"})


def find_runs(table: TokenTable, segment: Segment, given_names: dict[str, str]) -> list[tuple[int, int]]:
    """Token spans of capitalised words, with the small words inside names, of one segment of running text."""
    runs = []
    capital, names = table.capital, table.names
    i = segment.start
    first = _first_word(table, segment)
    while i < segment.end:
        if not ((capital[i] or i in names) and _begins_name(table, i, first, given_names)):
            i += 1
            continue
        end = _run_end(table, i, segment.end)
        runs.append((i, end))
        i = end
    return runs


def _first_word(table: TokenTable, segment: Segment) -> int:
    for i in range(segment.start, segment.end):
        if table.texts[i][0].isalnum():
            return i
    return segment.start


def _begins_name(table: TokenTable, i: int, first: int, given_names: dict[str, str]) -> bool:
    """Whether a name begins at a token that has a capital or that the lexicons know as a name."""
    if i in table.names:
        return True
    folded = table.folded[i]
    if table.upper[i] and folded in SPORTS:
        return False
    if _is_calendar(table, i) or folded in FUNCTION_WORDS:
        return False
    if not (folded.isalpha() or any(c.isalpha() for c in folded)):
        return False
    opens = i == first or table.texts[i - 1] in _OPENERS or table.doc.tokens[i - 1].is_quote
    if not opens:
        return True
    token = table.doc.tokens[i]
    if folded in KIN_OPENERS and i + 1 < len(table.capital) and table.capital[i + 1] and i + 1 not in table.names:
        return False
    noun = table.nouns.get(i)
    if noun is not None and not (noun.end < len(table.texts) and (table.capital[noun.end] or noun.end in table.names)):
        return noun.end - i > 1 and table.capital[noun.end - 1]  # "Police said", but "Foreign Ministry officials"
    if noun is not None or token.tag_ in ("NNP", "NNPS") or folded in given_names or table.upper[i]:
        return True
    following = i + 1 < len(table.texts) and table.capital[i + 1] and table.folded[i + 1] not in FUNCTION_WORDS
    return following and token.tag_ not in (
        "DT",
        "IN",
        "PRP",
        "PRP$",
        "CC",
        "WRB",
        "WP",
        "MD",
        "RB",
        "VBD",
        "VBZ",
        "VBG",
        "VBN",
    )


def _is_calendar(table: TokenTable, i: int) -> bool:
    """A weekday or month, unless it can be a given name before another name or a surname after one."""
    folded = table.folded[i]
    if folded not in CALENDAR:
        return False
    if folded not in CALENDAR_NAMES:
        return True
    after, before = i + 1, i - 1
    leads = after < len(table.texts) and (
        table.folded[after] in PARTICLES or (table.capital[after] and table.folded[after] not in FUNCTION_WORDS)
    )
    follows = before >= 0 and table.capital[before] and table.folded[before] not in FUNCTION_WORDS
    return not (leads or (follows and table.doc[before].tag_ == "NNP"))


def _run_end(table: TokenTable, start: int, limit: int) -> int:
    i = start
    while i < limit:
        step = _step(table, i, limit, start)
        if step == 0:
            break
        i += step
    return max(i, start + 1)


def _step(table: TokenTable, i: int, limit: int, start: int) -> int:
    """How many tokens from i on belong to the run; 0 where it ends."""
    if i in table.names:
        return table.names[i].end - i
    folded = table.folded[i]
    noun = table.nouns.get(i)
    if noun is not None and noun.end - i > 1 and noun.end <= limit and table.capital[i] and noun.entry.is_title:
        return noun.end - i  # "Secretary of State"
    if table.capital[i]:
        is_function_word = folded in FUNCTION_WORDS and len(folded) > 1 and folded not in ("will", "may")
        return 0 if _is_calendar(table, i) or is_function_word else 1
    if i == start:
        return 1
    following = i + 1 < limit and table.capital[i + 1] and not _is_calendar(table, i + 1)
    if folded == "-" and table.is_glued(i) and table.is_glued(i - 1):
        if ends_given_name(table, start, i, limit) or opens_with_given_name(table, start, i, limit):
            return 2
        return 1 if following or (i + 1 < limit and table.folded[i + 1] in PARTICLES) else 0
    if folded in PARTICLES:
        if following:
            return 1
        hyphened = i + 2 < limit and table.texts[i + 1] == "-" and table.capital[i + 2] and table.is_glued(i)
        chained = i + 2 < limit and table.folded[i + 1] in PARTICLES and table.capital[i + 2]
        return 2 if hyphened or chained else 0
    if folded == "&" and following:
        return 1
    if folded in ("of", "for", "and") and _links_organisation(table, start, i):
        if following:
            return 1
        if i + 2 < limit and table.folded[i + 1] == "the" and table.capital[i + 2] and folded != "and":
            return 2
    return 0


def ends_given_name(table: TokenTable, start: int, hyphen: int, limit: int) -> bool:
    """The second syllable of a Korean or Chinese given name after a surname: "Baek Min-seo", "Cheung Wai-lam"."""
    after = hyphen + 1
    if (
        hyphen - start < 2
        or table.texts[hyphen] != "-"
        or not table.is_glued(hyphen)
        or after >= limit
        or not table.doc[after].is_lower
    ):
        return False
    syllables = table.folded[hyphen - 1], table.folded[after]
    return all(_SYLLABLE.fullmatch(s) for s in syllables) and syllables[1] not in _ENGLISH_TAILS


def opens_with_given_name(table: TokenTable, start: int, hyphen: int, limit: int) -> bool:
    """The second syllable of a Korean or Chinese given name before the surname: "Min-seo Baek"."""
    after = hyphen + 1
    if hyphen - start != 1 or after + 1 >= limit or not table.is_glued(hyphen) or not table.doc[after].is_lower:
        return False
    is_name = (
        table.capital[after + 1]
        and table.folded[after + 1] not in FUNCTION_WORDS
        and not _is_calendar(table, after + 1)
    )
    syllables = table.folded[hyphen - 1], table.folded[after]
    return is_name and all(_SYLLABLE.fullmatch(s) for s in syllables) and syllables[1] not in _ENGLISH_TAILS


def _links_organisation(table: TokenTable, start: int, i: int) -> bool:
    if table.folded[i] == "and":
        return any(table.folded[k] == "of" for k in range(start, i)) and table.folded[start] in (
            "ministry",
            "department",
        )
    return table.folded[i - 1] in ORG_HEADS | STATE_HEADS or (
        table.folded[i - 1] in ORG_TAILS and i - 1 > start and table.folded[i] == "for"
    )
