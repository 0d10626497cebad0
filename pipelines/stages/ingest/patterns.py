"""Word lists and patterns of ingest: what `canonical.py` masks, and lines that are no part of an article.

What belongs here: lists and regular expressions, and the one question that is asked of them, `is_boilerplate`.
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

_BOILERPLATE = (
    r"advertisement|advertising|sponsored(?: content)?|story continues below(?: advertisement)?|article continues below.{0,30}",
    r"continue reading(?: the main story| below)?[ .…»]*|(?:click|tap) (?:here )?to (?:read|continue|subscribe|share|expand)\b.{0,80}",
    r"(?:read|see|watch|listen)(?: also| more| next| this)(?: here| on this| stories)?[:»…>]?|more (?:on this|stories)[:.]?",
    r"(?:read|see|watch)(?: more| also| next| related)?: .{1,200}|(?:also read|related|more from [^.:]{1,40}|recommended): .{1,200}",
    r"related (?:stories|articles|news|coverage|topics|content)[:.]?|most (?:read|popular|viewed)[:.]?|trending(?: now)?[:.]?",
    r"share(?: this)?(?: (?:article|story|post|page))?(?: (?:on|via|with)(?: (?:facebook|twitter|x|whatsapp|linkedin|reddit|telegram|"
    r"email|e-mail|friends|,|and|or))+)?[:.!]?|(?:tweet|pin it|print|email|copy link)(?: this(?: (?:article|story|page))?)?[.:]?",
    r"(?:follow|find|like|join) us on (?:facebook|twitter|x|instagram|youtube|linkedin|telegram|whatsapp|google news)\b.{0,120}",
    r"(?:sign|sign me) up (?:for|to) (?:our|the|get|receive|your)\b.{0,200}|subscribe (?:to|for|now|today)\b.{0,200}|subscribe[.!]?",
    r"(?:get|receive) (?:our|the|all the)\b.{0,100} (?:newsletter|in your inbox|to your inbox)\b.{0,60}|newsletter[s]?",
    r"(?:copyright )?(?:\(c\)|©).{0,160}|copyright \d{4}.{0,120}|(?:all )?rights reserved[.!]?|.{0,100}\ball rights reserved\b.{0,120}",
    r"this material may not be published, broadcast, rewritten.{0,60}",
    r"(?:photo|image|picture|photograph|file photo|photo credit|image credit|image source|picture credit|credit)s?: .{1,120}|"
    r"(?:photo|image|photograph) by .{1,80}|getty images|image caption.{0,200}",
    r"we use cookies\b.{0,300}|(?:accept|manage)(?: all)? cookies.{0,40}|(?:enable|please enable) javascript.{0,120}|"
    r"skip to (?:main )?content|back to top|(?:show|hide|view|leave a|post a) comments?|\d+ (?:comments|shares)|log in|sign in",
    r"(?:\d[\d,]* captures?|the wayback machine - .{1,200}|this is google's cache of .{1,300}|about this capture|collected by)",
)
_BOILERPLATE_LINE = re.compile(rf"(?:{'|'.join(_BOILERPLATE)})", re.IGNORECASE)
_LONGEST_BOILERPLATE = 400


def is_boilerplate(line: str) -> bool:
    """Whether a whole line is what pages put round and between an article's paragraphs: advertising, links, credits."""
    line = line.strip()
    return len(line) <= _LONGEST_BOILERPLATE and _BOILERPLATE_LINE.fullmatch(line) is not None
