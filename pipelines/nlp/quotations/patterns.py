"""Marks, regular expressions and closed word lists of the quotations component; verbs and nouns of saying that an analyst
may extend are in `pipelines/lexicons/cue_verbs.csv`."""

from __future__ import annotations

import re

# Marks.

DIRECTIONS = {"“": 1, "„": 1, "‟": 1, "«": 1, "``": 1, "”": -1, "»": -1, "''": -1}
# Not a mark: a straight one typed for an apostrophe (the country"s), as some wire copy does.
# One set of characters begins it, so that no other character is looked at.
DOUBLE_MARK = re.compile(r"[“”„‟«»″\"`'](?:(?<=[“”„‟«»″])|(?<=\")(?!(?<=\w\")s\b)|(?<=`)`|(?<=')')")
MARKS = ("“", "”", "„", "‟", "«", "»", '"', "″", "``", "''", "‘", "‹")
OPENING_NEIGHBOURS = "([{—–-/‘“«"
CLOSING_NEIGHBOURS = ".,;:!?)]}—–-…’'”»/"

# A single mark opens before a word or a mark; not an elision ('em, 'tis), not a shortened year ('90s).
# What may not be before it is asked behind it, so that only marks are looked at.
SINGLE_OPENING = re.compile(
    r"['’‘‹](?<![\w.,!?;%]['’‘‹])(?:(?<=[‘‹])|(?!'))(?=[\w“\"$£€\[(…])(?!(?:em|tis|twas|cause|til|till|bout|round|cuz|n)\b|\d\ds?\b)",
    re.I,
)
# A single mark closes after a word or a stop when no word follows.
SINGLE_CLOSING = re.compile(r"(?<=[\w.,!?;…%)\]—–-”\"])['’›](?![\w'])")
PLURAL_POSSESSIVE = re.compile(r"s['’] [\w(]")

# Repairs.

LINE = re.compile(r"\S(?:.*\S)?")
SENTENCE_GAP = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘(]?[A-Z0-9])")
INCHES = re.compile(r"\d$")
UNMARKED_ATTRIBUTION = re.compile(
    r"[,.?!](?=\s+(?:(?:he|she|they|the \w+|an? \w+|[A-Z][\w.’'-]+)\s+){0,3}(?:said|says|told|added|asked|wrote|tweeted)\b)"
)

# "LONDON (Reuters) - ", "Nairobi, Kenya, May 3 (AFP) — ": the agency's sign, not a part of the first sentence.
DATELINE = re.compile(r"^[ \t]*[A-Z][\w.’' ]+(?:, ?[\w.’' ]+){0,3} ?\([\w /]{2,20}\) ?[—–-]+\s", re.M)
# Attribute values of markup that survived in a text: id="12".
MARKUP_VALUE = re.compile(r"=\"[^\"\n]{0,200}\"")

# Words.

# Words that titles of works write small.
TITLE_SMALL = frozenset(
    "from with into over upon about that than when without between after under before during since through".split()
)

WORD = re.compile(r"\w+(?:[’'-]\w+)*")
SENTENCE_ENDS = frozenset({".", "!", "?", "?!", "!!", "!?", "..", "!!!", "???"})
STOPS = frozenset(".,!?…—–;")
SINGLE_MARKS = frozenset("'’‘")
SEPARATORS = frozenset({",", ":", "—", "–", "--", "-", "…", "...", ";"})

NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
PHRASE_TAGS = frozenset(
    {"DT", "PRP", "PRP$", "NN", "NNS", "NNP", "NNPS", "JJ", "JJR", "JJS", "CD", "FW", "PDT", "VBN", "VBG", "$", "ADD"}
)
NEW_PHRASE_TAGS = frozenset({"DT", "PRP", "PRP$", "EX", "VBN", "VBG"})  # after a noun these begin something else
INNER_TAGS = PHRASE_TAGS | {"POS", "HYPH", "_SP"}
ADVERB_TAGS = frozenset({"RB", "RBR", "RBS", "RP"})
FINITE_TAGS = frozenset({"VBD", "VBZ", "VBP", "MD"})
LEFT_DEPENDENCIES = frozenset(
    {"det", "amod", "compound", "poss", "nummod", "nmod", "quantmod", "predet", "punct", "advmod"}
)
PHRASE_PREPOSITIONS = frozenset({"of", "for", "from", "at", "in", "with", "to"})
NAME_PREPOSITIONS = frozenset({"of", "from"})  # after a name the others belong to the verb: said Smith in a statement
LINKS = frozenset({"of", "for"})  # inside titles: the minister for European affairs Olga Stan
CLIMBING = frozenset({"conj", "xcomp", "advcl", "pcomp", "prep", "ccomp", "dep", "acl", "parataxis"})
# Pronouns, and nouns of time that the parser makes subjects, which nobody speaks as.
NO_SPEAKERS = frozenset(
    """that this these those which what there me him them us her today yesterday tomorrow monday tuesday wednesday thursday
    friday saturday sunday""".split()
)
# Participles whose passive subject speaks: "was quoted as saying".
QUOTING = frozenset({"quoted", "quotes", "cited", "cites"})  # their object speaks: quoted her as saying
QUOTED = frozenset({"quoted", "cited", "heard", "overheard", "recorded", "filmed"})
# Words between a cue and the passage that do not part them: he said that the "...".
BRIDGES = frozenset(
    "that as about of for with to a an the its his her their it him her them in on part was is were are be by".split()
)
INVITING_STOPS = frozenset(",?!…—–-")  # last characters of a passage whose sentence goes on
ALWAYS_VERBS = frozenset({"said", "says", "told", "tells"})  # verbs whatever the tagger says
BEFORE_NAMES = frozenset({"from", "per", "by", "and", "-", "–", "—", "--"})  # Analysis from the bank's economist: "..."
DASHES = frozenset({"—", "–", "―", "--", "---"})  # before the name that signs a quotation
NAME_ENDS = frozenset({",", "(", ";", "of", "for", "from", "in", "on", "at", "to"})  # after a name that signs one
TIME_LABELS = frozenset({"DATE", "TIME"})
TEXT_LINKS = frozenset({"in", "on", "at", "during"})  # before a noun of saying at a sentence's start: in a statement
VIEWS = frozenset({"view", "words", "opinion", "estimation", "account"})  # in the ministry's view
