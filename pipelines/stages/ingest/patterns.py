"""Word lists and patterns of ingest: what `canonical.py` masks.

What belongs here: lists and regular expressions only.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The end of a sentence, white space, and a period that belongs to nothing. An ellipsis written with spaces (". . .") has no
# sentence end before it and more periods after it.
STRAY_PERIOD = re.compile(r"(?<=[\w%)\]”’\"'][.!?])([”’\"')\]]*)[ \n]{1,2}\.(?=\s|$)(?![ \n]+\.)")
BRACKETED = re.compile(r"\[([^\[\]\n]{0,120})\]")
# White space that is neither a plain space nor a line end; a parser expects words to be parted by plain spaces.
UNUSUAL_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

EDITORIAL_MARKS = frozenset(
    (
        "sic",
        "...",
        "…",
        "ed",
        "editor",
        "editor's note",
        "editors' note",
        "emphasis added",
        "emphasis mine",
        "italics added",
        "translation",
        "translated",
        "translator's note",
        "inaudible",
        "unintelligible",
        "indistinct",
        "crosstalk",
        "laughter",
        "laughs",
        "applause",
        "pause",
        "expletive",
        "expletive deleted",
        "redacted",
        "citation needed",
        "recording",
        "video",
        "photo",
        "image",
    )
)

ENGLISH_FUNCTION_WORDS = _words(
    """a an the this that these those his her its their our my your of to in on at by for with from into about against
    between under over after before during and or but nor not no is are was were be been being has have had do does did
    will would can could may might must shall should he she it they we you i him them us who whom whose which what when
    where why how as if then than so such some any all both each every other another more most only also just now there
    here up down out off again"""
)

# Function words of the languages that English news is most often translated from, without those that are English words
# too ("met", "per", "pour", "van"). The particles among them occur inside names ("da Silva", "von der Leyen").
NAME_PARTICLES = _words("da das do dos du de del della di al el la las le los von der y")
FOREIGN_FUNCTION_WORDS = NAME_PARTICLES | _words(
    """o os um uma uns umas na nas nos ao aos pelo pela que para por sem sobre entre não seu sua seus suas
    una unos unas un en lo su sus como más pero este esta estos estas ese esa
    les des une sont dans sur avec qui ce cette ces leur leurs ses aux chez
    il gli dello delle degli dei nel nella alla allo che è sono suo questo questa uno
    dem ein eine einer eines einem einen und ist sind im zum zur mit für auf aus bei nach über nicht sein seine ihr ihre
    het een voor naar zijn haar niet wordt"""
)
# Letters that English words do not have; accents of borrowed words ("café", "façade") are left out.
FOREIGN_LETTERS = re.compile(
    "[ãõñøåæßœšžčćđłńśźżğışöüěřťďůőűąęțșíìúùóòáà\u0370-\u03ff\u0400-\u04ff\u0590-\u06ff\u3040-\u9fff\uac00-\ud7af]"
)
