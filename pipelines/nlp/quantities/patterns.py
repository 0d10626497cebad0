"""Regular expressions and closed word lists of the quantities component.

Signs and names of currencies are in `pipelines/lexicons/currencies.csv`, units of measure in `units.csv`.
"""

from __future__ import annotations

import re

# Numbers.

DIGIT_WORDS = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen""".split()
    )
}
TENS_WORDS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1_000,
    "lakh": 100_000,
    "lac": 100_000,
    "million": 1_000_000,
    "mln": 1_000_000,
    "mn": 1_000_000,
    "milhão": 1_000_000,
    "milhões": 1_000_000,
    "millón": 1_000_000,
    "millones": 1_000_000,
    "crore": 10_000_000,
    "billion": 1_000_000_000,
    "bln": 1_000_000_000,
    "bn": 1_000_000_000,
    "bilhão": 1_000_000_000,
    "bilhões": 1_000_000_000,
    "milliard": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "trn": 1_000_000_000_000,
    "tn": 1_000_000_000_000,
}
SUFFIX_SCALES = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000, "t": 1_000_000_000_000}
VAGUE = {"dozens": 12, "scores": 20, "tens": 10, "hundreds": 100, "thousands": 1_000, "millions": 1_000_000}
VAGUE |= {"billions": 1_000_000_000, "trillions": 1_000_000_000_000}
FRACTIONS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}

_SCALE_WORDS = "|".join(sorted(SCALES, key=len, reverse=True))
_SMALL = "|".join(sorted([*DIGIT_WORDS, *TENS_WORDS], key=len, reverse=True))
_FRACTION_WORDS = "|".join(sorted(FRACTIONS, key=len, reverse=True))
# Words that a number begins with, or that a word of BEFORE_SCALE may precede.
START_WORDS = frozenset({*DIGIT_WORDS, *TENS_WORDS, *SCALES, *VAGUE, *FRACTIONS, "several", "few", "many", "couple"})
BEFORE_SCALE = re.compile(
    r"\b(?:half an?|an?|several|a few|few|many|a couple of|a couple|one and a half|two and a half)[\s-]$", re.I
)
# 1,234,567.8 - 1.234.567 - 12.5 - 1,5 (decimal comma) - 2-1/2 - 5½, then a scale: 3.2 million, 10m, $1.5-billion.
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d+(?:\.\d+|,\d{1,2}(?!\d))?"
# What may not stand before the first digit is looked at behind it, so that no other character is looked at twice.
DIGIT_RUN = re.compile(r"\d(?<![\w.,/:#=]\d)(?<!=\"\d)\d{0,14}(?!\d)")
DIGIT_NUMBER = re.compile(
    rf"(?P<digits>{_DIGITS})(?P<fraction>[- ]\d{{1,2}}/\d{{1,2}}(?!\d)|[½¼¾⅓⅔]|/\d{{1,2}}(?![\d/]))?"
    rf"(?:[\s-]?(?P<scale>{_SCALE_WORDS})s?\b|(?P<suffix>[kmbt])\b(?![\w²³'’/]))?",
    re.I,
)
WORD_NUMBER = re.compile(
    r"(?P<vague>(?:tens|dozens|scores|hundreds|thousands|millions|billions|trillions)"
    r"(?: of (?:thousands|millions|billions|trillions))?)(?= of\b|\s+\w)"
    rf"|(?:several|a few|few|many|a couple of|a couple)\s(?P<several>{_SCALE_WORDS})s?\b"
    rf"|(?P<half>half an?|one and a half|two and a half)[\s-](?P<half_scale>{_SCALE_WORDS})\b"
    r"|(?P<share>half|an? (?:third|quarter|fifth|sixth|eighth|tenth))(?= of (?:the|all|its|their|his|her|our|those|these)\b)"
    r"|(?P<bare_half>half)(?= (?:the|its|their)\b)"
    rf"|(?P<words>(?:(?:{_SMALL})\b|an?(?=[\s-](?:{_SCALE_WORDS})\b))"
    rf"(?:[\s-]+(?:and\s+)?(?:{_SMALL}|{_SCALE_WORDS})\b){{0,12}})"
    rf"(?:[\s-](?P<parts>{_FRACTION_WORDS})s?\b)?",
    re.I,
)
NEGATIVE = re.compile(r"(?:(?:^|(?<=[\s(]))[-−]|\bminus )$")

# What stands before and after a number.

PERCENT = re.compile(
    r"[\s-]?(?:(?P<points>percentage[\s-]points?|pct\.? pts?|ppts?)|(?P<basis>basis[\s-]points?|bps)"
    r"|(?P<percent>%|per\s?cent(?:age)?|percent|pct\b|pc\b))(?P<more_points>[\s-]+points?\b)?",
    re.I,
)
MODIFIERS = {
    "AT_LEAST": "at least|no fewer than|no less than|not less than|not fewer than|a minimum of|minimum of",
    "AT_MOST": "at most|no more than|not more than|a maximum of|maximum of|up to|as many as|as much as|as high as",
    "MORE_THAN": "more than|over|above|in excess of|upwards of|exceeding|well over|just over|slightly more than|topping",
    "LESS_THAN": "less than|fewer than|under|below|just under|slightly less than|well under",
    "APPROX": "nearly|almost|about|around|some|roughly|approximately|approx\\.?|an estimated|estimated|close to|circa|ca\\.|"
    "virtually|just about|more or less|somewhere around|an average of|~",
}
MODIFIER_BEFORE = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{name}>{forms})" for name, forms in MODIFIERS.items()) + r")\s*$", re.I
)
MODIFIER_CHARACTERS = 28  # longest modifier with its article
# What a modifier ends with, in lower case, a full stop aside.
MODIFIER_ENDS = tuple({form.split()[-1].rstrip("\\.?") for forms in MODIFIERS.values() for form in forms.split("|")})
MODIFIER_AFTER = re.compile(
    r"(?P<AT_LEAST>\+|-plus\b| or more\b| or above\b| or higher\b)|(?P<AT_MOST> or less\b| or fewer\b)|(?P<APPROX> or so\b)",
    re.I,
)
RANGE_LINK = re.compile(r"\s?[-–—]\s?|\s+to\s+|\s+and\s+|\s+or\s+", re.I)
RATIO_LINK = re.compile(r"\s+(?:in|out of)\s+(?:every\s+)?", re.I)  # one in five
RATIO_BASES = frozenset({3, 4, 5, 6, 7, 8, 9, 10, 12, 20, 100, 1000})
FROM_BEFORE = re.compile(r"\bfrom\s+(?:\w+\s+)?$", re.I)
# "1.2 million barrels from 1.5 million": the number after the link has the unit of the one before.
COMPARISON_LINK = re.compile(r",?\s+(?:(?:up|down)\s+)?(?:from|against|versus|vs\.?|compared (?:with|to))\s+", re.I)
RANGE_LOW = re.compile(r"(?<![-\w.,])(\d[\d,]*(?:\.\d+)?)\s?-$")
BETWEEN_BEFORE = re.compile(r"\bbetween\s+(?:\w+\s+)?$", re.I)
RATE = re.compile(
    r"(?:\s+per\s+|\s+an?\s+|/|\s+each\s+)(?P<per>day|hour|year|month|week|second|minute|head|capita|person|barrel|tonne|ton|mile|km|ounce|bushel|pound|share|litre|gallon)s?\b(?!\s+(?:earlier|ago|later|before|old|previously)\b)",
    re.I,
)
OF_AFTER = re.compile(r"\s+of\b", re.I)
YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# 555-0100, 12/3, 1-2-3, 10:30, 3.1.4: codes, not numbers.
CODE_AFTER = re.compile(r"(?:[/:.]\d|(?:st|nd|rd|th)\b|[A-Za-z]\w*\d|-(?:year|month|week|day|hour|minute)s?\b)", re.I)
MAGNITUDE_BEFORE = re.compile(r"\bmagnitude(?:\s+of)?[\s-]$", re.I)
MAGNITUDE_AFTER = re.compile(r"[\s-]magnitude\b", re.I)

# Words around counts.

NAME_ENTITIES = frozenset({"PERSON", "ORG", "GPE", "FAC", "PRODUCT", "LAW", "EVENT", "WORK_OF_ART", "LOC"})
TIME_UNITS = frozenset(
    """second minute hour day night week weekend month quarter season semester year decade century fortnight morning
    evening afternoon o'clock a.m. p.m. am pm term""".split()
)
NOT_MEASURED = TIME_UNITS | {"calendar", "fiscal"}
NOT_COUNTED = frozenset(
    "thing way time point reason hand end stage step extent another other vote decision majority score win loss".split()
)
SCORE_WORDS = frozenset(
    "vote votes decision majority win victory loss lead defeat ruling margin draw tie score thrashing".split()
)
DEFINITE = frozenset({"the", "these", "those", "its", "their", "his", "her", "our", "both"})
NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
PLURAL_TAGS = frozenset({"NNS", "NNPS"})
NUMBERED_TAGS = frozenset({"JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "VBN", "VBG", "HYPH", "AFX"})
PERSON_WORDS = frozenset(
    """killed dead injured wounded arrested detained missing hurt hospitalized hospitalised displaced evacuated executed
    beheaded drowned jailed imprisoned deported rescued infected homeless stranded trapped slain shot hanged convicted sick
    ill unaccounted""".split()
)
PERSON_VERBS = frozenset(
    """kill injure wound arrest detain die perish drown hurt execute behead displace evacuate jail imprison deport rescue
    infect strand hospitalize hospitalise slay shoot hang""".split()
)

INVARIANT_NOUNS = frozenset(
    """aircraft spacecraft police personnel staff sheep cattle livestock fish offspring series species crew infantry cavalry
    artillery head military youth deer poultry swine rolling-stock""".split()
)
PERSON_NOUNS = frozenset(
    """people person man woman child civilian soldier troop policeman officer worker job refugee migrant prisoner detainee
    protester demonstrator victim casualty death case home house household family student voter fighter militant rebel
    passenger patient inmate hostage peacekeeper resident villager""".split()
)
TOTALLING_VERBS = frozenset({"total", "reach", "number", "exceed", "top", "surpass", "near", "hit"})
CROWD_NOUNS = frozenset("crowd throng turnout audience gathering congregation".split())
TOTAL_NOUNS = frozenset({"total", "toll", "number", "count", "record", "tally", "average", "low", "high"})

# Words that say what an amount measures.

MEASURING_VERBS = frozenset(
    """increase rise grow climb jump surge soar gain advance expand improve rally leap rebound recover widen fall drop decline
    decrease shrink contract slip slump plunge plummet tumble sink dip lose narrow ease slide dive halve double triple total
    reach exceed top surpass hit near amount stand remain average cost be come number run account represent value estimate
    price measure weigh equal comprise constitute approach cross dwarf outstrip swell shed""".split()
)
CHANGING_VERBS = frozenset(
    """raise cut reduce increase lower boost lift trim slash hike decrease expand bring push double triple halve widen narrow
    put estimate value""".split()
)
COMPARATORS = frozenset({"from", "against", "versus", "vs", "vs.", "than", "compared"})
CHANGE_NOUNS = frozenset(
    """increase rise growth jump surge gain decrease decline drop fall cut reduction hike loss slump slide total change
    climb expansion contraction""".split()
)
MEASURED_PREPOSITIONS = frozenset({"of", "in"})  # 3 tonnes of rice, $5m in aid
# Prepositions between a noun and its amount: a fine of $5m, growth to 5%.
AMOUNT_PREPOSITIONS = frozenset(
    {"of", "at", "to", "by", "from", "above", "below", "under", "over", "around", "about", "between"}
)
AMOUNT_WORDS = frozenset(
    "pct percent % per cent mln bln dlr dlrs cts $ million billion trillion thousand share".split()
)
MODIFIER_DEPENDENCIES = frozenset(
    {"amod", "compound", "nmod", "poss", "case", "punct", "advmod", "quantmod", "npadvmod"}
)
CLIMBING = frozenset(
    {"advcl", "xcomp", "conj", "acl", "ccomp", "prep", "pobj", "pcomp", "npadvmod", "dobj", "attr", "dep", "parataxis"}
)
LEFT_OUT = frozenset({"the", "a", "an", "its", "their", "his", "her", "our", "this", "that", "these", "those"})
