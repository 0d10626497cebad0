"""The grammar of time expressions: how classes of tokens combine, and which resolver reads each combination.

What belongs here: `RULES`. A rule is a regular expression over the class string of a text (`lexer.py`), written in the names
of the classes (`patterns.TokenClass`) with spaces to taste; its named groups are what the resolver asks for, a group
`x_alt` standing in for `x`. Of the rules that match at a place the longest wins, the earlier one among equals; a rule whose
resolver declines gives way to the next. What does not: meanings (`absolute.py`, `relative.py`, `amounts.py`).
"""

from __future__ import annotations

import re

from pipelines.immutable import dataclass
from pipelines.nlp.times import absolute, amounts, relative
from pipelines.nlp.times.timeline import Resolver
from pipelines.nlp.times.token_class import TokenClass


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to write a time expression."""

    name: str
    regex: re.Pattern[str]
    resolve: Resolver


def _rule(name: str, pattern: str, resolve: Resolver) -> Rule:
    return Rule(name, re.compile(_in_classes(pattern)), resolve)


def _in_classes(pattern: str) -> str:
    """A pattern with the names of classes replaced by their characters, and then the spaces removed."""
    return re.sub(r"\s+", "", re.sub(r"\b[A-Z][A-Z_]+\b", lambda name: TokenClass[name.group()].value, pattern))


# Numbers.
_WORD_NUMBER = "[ONES TEENS CENTURY_TEENS TENS]"
_SPELLED = (
    f"(?: {_WORD_NUMBER} | AN HUNDREDS ) (?: HYPHEN? {_WORD_NUMBER} | HYPHEN? HUNDREDS | AND {_WORD_NUMBER} ){{0,8}}"
)
_DIGITS = "[DAY YEAR INT]"
_AND_HALF = "(?: HYPHEN? AND HYPHEN? AN? HYPHEN? (?: HALF | FRACTION ) )?"
_NUMBER = f"(?: {_DIGITS} FRACTION? | FRACTION | {_SPELLED} ) {_AND_HALF}"
_COUNT = f"(?P<count> {_NUMBER} | AN? VAGUE OF? | AN )"
_BOUND = """(?: (?P<bound> [APPROX BOUND] | NO? MORE THAN | NO? LESS THAN | AT LEAST | AT MOST | UP TO ) (?! THE ) )?"""
_OR_SO = "(?P<orso> OR SO )?"
_ANY_UNIT = "[UNIT UNITS QUARTER QUARTERS SHORT_UNIT SHORT_UNITS]"

# How a period relates to the one the text is at.
_REL = "(?: THIS [PAST COMING]? | LAST | NEXT | THE? COMING | THE FOLLOWING | THE? PREVIOUS | THE? SAME | THAT SAME? )"
_ITS_YEAR = "(?: THIS [PAST COMING]? | LAST | NEXT | THE (?: SAME | FOLLOWING | PREVIOUS ) | THAT )"
# "Before last", "after next": two steps from the document's date; not in "the week before last month's vote".
_TWICE = """(?: BEFORE LAST | AFTER NEXT )
    (?! [UNIT UNITS QUARTER WEEKEND MONTH WEEKDAY SEASON DAYPART PERIOD DAY ORDINAL] )"""
_OF_REL = f"""(?: OF? (?P<of_rel> {_ITS_YEAR} ) FISCAL? UNIT
    | [OF IN]? THE FISCAL? UNIT (?P<of_rel_alt2> {_TWICE} ) )"""

# Days and years of a date.
_DAY = "(?: [DAY ORDINAL] | TENS HYPHEN? ORDINAL_WORD | ORDINAL_WORD )"
_TENS = "TENS (?: HYPHEN? ONES )?"
_SPELLED_YEAR = f"""(?: CENTURY_TEENS HYPHEN? (?: {_TENS} | TEENS | CENTURY_TEENS | HUNDREDS )
    | TENS HYPHEN? (?: TEENS | CENTURY_TEENS | {_TENS} )
    | ONES HUNDREDS (?: AND? (?: ONES | TEENS | CENTURY_TEENS | {_TENS} ) )? )"""
_ANY_YEAR = f"YEAR | SHORT_YEAR | {_SPELLED_YEAR}"
_YEAR = f"(?P<year> {_ANY_YEAR} )"
_WEEKDAY = f"(?: (?: {_REL} )? (?P<weekday> [WEEKDAY SHORT_WEEKDAY] ) COMMA? (?: THE (?= [DAY ORDINAL] ) )? )?"
_NTH = "[ORDINAL ORDINAL_WORD LAST]"

# What narrows a date down or leaves it open: "about", "the end of", "early", "late in".
_ABOUT = "(?P<approx> APPROX )?"
_PART = "(?: THE? (?P<part> PART ) OF THE? )?"
_EDGE = "(?: THE? (?P<edge> EDGE ) HYPHEN? )?"
_EDGE_WORD = "(?: (?P<edge> [EDGE EARLIER LATER] ) (?: HYPHEN | IN (?= THE ) )? )?"
_NARROWED = _ABOUT + _PART + _EDGE

_DATE_YEAR = f"(?: [COMMA OF]? {_YEAR} | COMMA? {_OF_REL} )?"
_QUARTER_HALF = "(?P<unit> FISCAL? [QUARTER HALF] )"

RULES: tuple[Rule, ...] = (
    _rule("iso", "(?P<iso> ISO )", absolute.resolve_iso),
    _rule("numeric", "(?P<numeric> NUMERIC )", absolute.resolve_numeric),
    _rule(
        "month_day",
        f"""{_NARROWED} (?: THE (?P<daypart> DAYPART ) OF )? {_WEEKDAY} (?P<month> MONTH ) (?P<day> {_DAY} )
        (?: HYPHEN (?P<day2> {_DAY} ) (?! HYPHEN? [UNIT UNITS] ) )? {_DATE_YEAR}""",
        absolute.resolve_day,
    ),
    _rule(
        "day_month",
        f"""{_ABOUT} {_EDGE} {_WEEKDAY} THE? (?P<day> {_DAY} ) (?: HYPHEN (?P<day2> {_DAY} ) )? OF? (?P<month> MONTH )
        {_DATE_YEAR}""",
        absolute.resolve_day,
    ),
    _rule(
        "month",
        f"""{_NARROWED} (?: THE UNIT OF )? (?P<rel> {_REL} | EACH )? (?P<month> MONTH ) {_DATE_YEAR}
        | THE (?P<month_alt> MONTH ) (?P<rel_alt> {_TWICE} )""",
        absolute.resolve_month,
    ),
    _rule(
        "year",
        f"""{_NARROWED} (?: THE? (?P<fiscal> FISCAL ) UNIT? | (?P<named> THE UNIT ) )? {_YEAR}
        (?: [HYPHEN SLASH] (?P<year2> {_DIGITS} ) )? AD? | (?P<code> FISCAL_YEAR )""",
        absolute.resolve_year,
    ),
    _rule(
        "decade",
        f"""{_ABOUT} {_PART} (?P<the> THE )? {_EDGE}
        (?: (?P<century> TEENS | CENTURY_TEENS | TENS ) HYPHEN? )? (?P<decade> DECADE )""",
        absolute.resolve_decade,
    ),
    _rule(
        "century",
        f"{_NARROWED} THE? (?P<nth> TENS HYPHEN ORDINAL_WORD | [ORDINAL ORDINAL_WORD] ) HYPHEN? (?P<unit> UNIT )",
        absolute.resolve_century,
    ),
    _rule(
        "quarter",
        f"""{_NARROWED} THE? (?: {_YEAR} )? FISCAL? HYPHEN? (?P<nth> [ORDINAL ORDINAL_WORD] )
        (?P<hyphen> HYPHEN )? {_QUARTER_HALF}""",
        absolute.resolve_quarter,
    ),
    _rule(
        "quarter_of_year",
        f"""{_NARROWED} THE? FISCAL? HYPHEN? (?P<nth> {_NTH} ) HYPHEN? {_QUARTER_HALF}
        (?: OF? FISCAL? {_YEAR} | {_OF_REL} | OF (?P<of_rel_alt> THE ) FISCAL? UNIT )""",
        absolute.resolve_quarter,
    ),
    _rule(
        "quarter_of_last_year",
        f"(?P<of_rel> {_ITS_YEAR} ) UNIT POSS FISCAL? (?P<nth> {_NTH} ) HYPHEN? {_QUARTER_HALF}",
        absolute.resolve_quarter,
    ),
    _rule(
        "quarter_code",
        f"(?P<code> QUARTER_CODE ) (?: OF? {_YEAR} )? | (?P<year_alt> YEAR ) (?P<code_alt> QUARTER_CODE )",
        absolute.resolve_quarter,
    ),
    _rule(
        "season",
        f"""{_NARROWED} (?: (?P<rel> {_REL} | EACH ) | THE )? (?: (?P<edge_alt> EDGE ) HYPHEN? )? (?P<season> SEASON )
        (?: OF? {_YEAR} | {_OF_REL} | (?P<rel_alt> {_TWICE} ) )?""",
        absolute.resolve_season,
    ),
    _rule(
        "weekday",
        f"""{_ABOUT} {_EDGE_WORD} (?P<rel> {_REL} | EACH )? (?P<weekday> WEEKDAY ) (?P<daypart> DAYPART )?
        (?: OPEN (?P<number> DAY ) CLOSE | COMMA? THE (?P<number_alt> ORDINAL ) | {_OF_REL} )?
        | THE (?P<weekday_alt> WEEKDAY ) (?P<daypart_alt> DAYPART )? (?P<rel_alt> {_TWICE} )""",
        relative.resolve_weekday,
    ),
    _rule(
        "dayword",
        f"{_EDGE_WORD} (?: THE UNIT (?P<step> [BEFORE AFTER] ) )? (?P<day> DAYWORD ) (?P<daypart> DAYPART )?",
        relative.resolve_dayword,
    ),
    _rule(
        "daypart",
        f"""{_EDGE_WORD} (?: (?P<rel> {_REL} | EACH | THE NEXT ) (?: EDGE HYPHEN? )? (?P<daypart> DAYPART )
        | (?P<tonight> TONIGHT ) | THE (?P<daypart_alt> DAYPART ) (?P<rel_alt> {_TWICE} ) )""",
        relative.resolve_daypart,
    ),
    _rule(
        "clock",
        f"""{_ABOUT} (?: (?P<clock> CLOCK ) (?P<meridiem> MERIDIEM )? | (?P<noon> NOON )
        | (?P<military> [YEAR INT] ) (?= ZONE )
        | (?P<hour> DAY | ONES | TEENS ) (?: HYPHEN? (?P<meridiem_alt> MERIDIEM ) | OCLOCK ) ) (?P<zone> ZONE )?""",
        relative.resolve_clock,
    ),
    _rule("part_of_day", "(?P<edge> EDGE ) HYPHEN? (?P<daypart> DAYPART )", relative.resolve_part_of_day),
    _rule(
        "unit",
        f"""{_ABOUT} {_PART} {_EDGE_WORD} (?P<rel> {_REL} | THE [LAST PAST NEXT] | THE? CURRENT | THE LATEST (?! QUARTER ) )
        [FULL FISCAL]? (?P<unit> [UNIT QUARTER WEEKEND] )
        | (?: THE (?P<part_alt> PART ) OF )? THE FULL? FISCAL? (?P<unit_alt> [UNIT QUARTER WEEKEND] ) (?P<rel_alt> {_TWICE} )""",
        relative.resolve_unit,
    ),
    _rule(
        "the_unit",
        f"{_ABOUT} {_PART} {_EDGE_WORD} THE FULL? FISCAL? (?P<unit> [UNIT WEEKEND] )",
        relative.resolve_the_unit,
    ),
    _rule(
        "unit_end",
        f"{_ABOUT} THE? (?P<unit> UNIT ) (?: (?P<day> HYPHEN ) | POSS )? (?P<part> PART ) (?: OF? {_YEAR} )?",
        relative.resolve_unit_end,
    ),
    _rule(
        "the_quarter",
        f"""THE (?: FULL | (?P<latest> LATEST ) | CURRENT | {_YEAR} )? FISCAL? (?P<unit> QUARTER )
        | THE (?: (?P<latest_alt> LATEST ) | (?P<year_alt> YEAR ) ) (?P<period> PERIOD )""",
        relative.resolve_the_quarter,
    ),
    _rule(
        "year_ago",
        """(?: THE SAME? | AN )? (?P<unit> UNIT ) HYPHEN [AGO EARLIER]
        (?: [ORDINAL ORDINAL_WORD]? HYPHEN? (?P<quarter> [QUARTER PERIOD] ) )?""",
        relative.resolve_year_ago,
    ),
    _rule(
        "quarter_year_ago",
        f"""THE? SAME? (?P<quarter> [QUARTER PERIOD] )
        (?: AN (?P<unit> UNIT ) [AGO EARLIER] | OF? (?: LAST | THE? PREVIOUS ) UNIT | [OF IN]? {_YEAR} )
        | (?: LAST | THE PREVIOUS ) UNIT POSS LATEST? (?P<quarter_alt> [QUARTER PERIOD] )""",
        relative.resolve_year_ago,
    ),
    _rule(
        "ago",
        f"""{_BOUND} {_COUNT} MORE? (?P<unit> {_ANY_UNIT} ) {_OR_SO} (?P<ago> AGO )
        | (?P<unit_alt> [UNITS SHORT_UNITS] ) (?P<ago_alt> AGO ) | LONG (?P<ago_alt2> AGO )""",
        relative.resolve_ago,
    ),
    _rule("from_now", f"{_BOUND} {_COUNT} (?P<unit> {_ANY_UNIT} ) FROM REFERENCE", relative.resolve_ago),
    _rule(
        "earlier", f"{_BOUND} {_COUNT} (?P<unit> {_ANY_UNIT} ) (?P<step> [EARLIER LATER] )", relative.resolve_earlier
    ),
    _rule(
        "before",
        f"""(?: (?P<count_alt> THE ) (?P<unit_alt> UNIT ) | {_BOUND} {_COUNT} (?P<unit> {_ANY_UNIT} ) ) (?P<step> [BEFORE AFTER] )
        (?! [^ COMMA PUNCT BREAK CLOSE ] )""",
        relative.resolve_earlier,
    ),
    _rule(
        "nth",
        f"THE (?P<nth> ORDINAL ) (?: OF (?P<rel> {_ITS_YEAR} | THE CURRENT ) (?P<unit> UNIT ) )?",
        relative.resolve_nth,
    ),
    _rule(
        "reference",
        """(?P<word> REFERENCE ) | THE? (?P<word_alt> CURRENT ) | (?P<word_alt2> [RECENT COMING FUTURE PAST] ) [UNITS QUARTERS]
        | THE? (?P<noun> FUTURE ) | THE (?P<noun_alt> PAST )
        | AT THE? (?P<word_alt6> MOMENT ) | (?P<word_alt7> THESE ) UNITS""",
        relative.resolve_reference,
    ),
    _rule("age", f"THE? {_COUNT} HYPHEN? {_ANY_UNIT} (?: HYPHEN? | OF ) OLD", amounts.resolve_age),
    _rule(
        "duration",
        f"""{_BOUND} (?: THE? (?: [LAST PAST NEXT COMING PREVIOUS FOLLOWING LATEST ORDINAL_WORD] | THIS PAST ) | THE )?
        {_COUNT} (?P<range> (?: TO | OR | HYPHEN ) {_NUMBER} )? MORE? (?P<hyphen> HYPHEN )? (?P<unit> {_ANY_UNIT} )
        (?P<tail> AND AN HALF )? {_OR_SO}""",
        amounts.resolve_duration,
    ),
    _rule(
        "half",
        f"""{_BOUND} (?: HALF HYPHEN? AN? HYPHEN? (?P<unit> [UNIT SHORT_UNIT] )
        | AN HALF HYPHEN? (?P<unit_alt> [UNIT SHORT_UNIT] ) )""",
        amounts.resolve_half,
    ),
    _rule("plural", "(?P<unit> [UNITS SHORT_UNITS] )", amounts.resolve_plural),
    _rule(
        "rate",
        f"""PER (?P<unit> [UNIT QUARTER SHORT_UNIT] )
        | (?: {_NUMBER} )? TIMES (?: AN | EACH ) (?P<unit_alt> [UNIT QUARTER SHORT_UNIT] )""",
        amounts.resolve_rate,
    ),
    _rule(
        "set",
        f"EACH (?: (?P<count> {_NUMBER} ) | (?P<other> ALTERNATE ) )? "
        "(?P<unit> [UNIT UNITS QUARTER QUARTERS SHORT_UNIT SHORT_UNITS WEEKEND] )",
        amounts.resolve_set,
    ),
    _rule(
        "frequency",
        """(?P<word> FREQUENCY ) | (?P<weekday> WEEKDAYS ) (?P<daypart> DAYPARTS )?
        | (?P<weekday_alt> WEEKDAY ) (?P<daypart_alt> DAYPARTS )""",
        amounts.resolve_frequency,
    ),
)

# Where any rule matches; which one is then tried at the few places that this finds.
STARTS = re.compile("|".join(re.sub(r"\?P<\w+>", "?:", rule.regex.pattern) for rule in RULES))
# What no rule has among its tokens parts the runs that a match can lie in. What such a run holds if there is a match in it is
# looked for apart, so that a long run of numbers costs no more than its length.
PARTING = (TokenClass.OTHER, TokenClass.BREAK, TokenClass.PUNCT)
RUN = re.compile(f"[^{''.join(PARTING)}]+")
HEAD = re.compile(
    _in_classes(
        """[ ISO NUMERIC CLOCK YEAR ORDINAL DECADE SHORT_YEAR CENTURY_TEENS TENS HUNDREDS HALF UNIT UNITS QUARTER QUARTERS
        SHORT_UNIT SHORT_UNITS WEEKEND PERIOD MONTH WEEKDAY WEEKDAYS SEASON DAYPART DAYPARTS NOON DAYWORD TONIGHT REFERENCE
        PAST CURRENT RECENT FUTURE AGO FREQUENCY MERIDIEM OCLOCK ZONE QUARTER_CODE FISCAL_YEAR MOMENT ]"""
    )
)
