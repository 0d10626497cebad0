"""Expressions that ask behind a sign what is before it find what their plain forms find."""

import random
import re

import pytest

from pipelines.nlp.names.line_breaks import _LINE_END
from pipelines.nlp.quotations.patterns import DOUBLE_MARK, SINGLE_OPENING
from pipelines.nlp.repairs.run_on import _BEFORE, _CLOSING, _OPENING, _RUN_ON, _WORD
from pipelines.stages.ingest.canonical import _CONTINUED_LINE
from pipelines.stages.ingest.page_lines import is_boilerplate

PIECES = [*"aZbé9%.,!?;'’‘‹›\"”“»)«(`\n ", "``", "''", "em", "90s", "AB", "Com", "I ", "s ", "word", "Word"]
OPENS = r"(?=[\w“\"$£€\[(…])(?!(?:em|tis|twas|cause|til|till|bout|round|cuz|n)\b|\d\ds?\b)"


def texts():
    chosen = random.Random(7)
    return ["".join(chosen.choice(PIECES) for _ in range(40)) for _ in range(4_000)]


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [
        (_RUN_ON, re.compile(rf"{_BEFORE}(?P<stop>[.!?])(?P<closing>[{_CLOSING}]*)[{_OPENING}]*(?={_WORD})")),
        (_LINE_END, re.compile(r"(?<=[^\W\d_])\n(?=[^\W\d_])")),
        (_CONTINUED_LINE, re.compile(r"(?<=[\w,;])\n(?=[a-z])")),
        (DOUBLE_MARK, re.compile(r"[“”„‟«»″]|\"(?!(?<=\w\")s\b)|``|''")),
        (SINGLE_OPENING, re.compile(rf"(?<![\w.,!?;%])(?:[‘‹]|['’](?!')){OPENS}", re.IGNORECASE)),
    ],
    ids=["run-on", "line end", "continued line", "double mark", "single mark"],
)
def test_same_as_the_plain_form(pattern, plain):
    found = 0
    for text in texts():
        for start, end in ((0, len(text)), (7, 31)):
            spans = [match.regs for match in pattern.finditer(text, start, end)]
            assert spans == [match.regs for match in plain.finditer(text, start, end)], text
            found += len(spans)
    assert found > 20


@pytest.mark.parametrize(
    "line", ["© X. All rights reserved", "X, all RIGHTS reserved. Y", "Example: all rights re\u017ferved."]
)
def test_lines_that_reserve_rights(line):
    assert is_boilerplate(line)
    assert not is_boilerplate("w" * 101 + " " + line[4:])
