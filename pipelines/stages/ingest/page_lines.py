"""Lines that pages put round and between the paragraphs of an article: advertising, links, credits, archive banners.

What belongs here: `is_boilerplate` and `without_boilerplate`. A line is judged as a whole, so a sentence that speaks of a
newsletter stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SITES = r"(?:facebook|twitter|x|instagram|youtube|linkedin|telegram|whatsapp|reddit|google news|email|e-mail|friends)"
_READ = r"(?:read|see|watch|listen)"
_PATTERNS = (
    # advertising
    r"advertisement|advertising|sponsored(?: content)?|paid (?:content|post)",
    r"(?:story|article) continues below.{0,30}",
    # links to more
    r"continue reading(?: the main story| below)?[ .…»]*",
    r"(?:click|tap) (?:here )?to (?:read|continue|subscribe|share|expand|enlarge)\b.{0,80}",
    rf"{_READ}(?: also| more| next| this)(?: here| on this| stories)?[:»…>.]*",
    rf"(?:{_READ} (?:also|more|next|related)|also {_READ}|related|more from [^.:]{{1,40}}|recommended): .{{1,200}}",
    r"more (?:on this(?: story)?|stories)[:.]?",
    r"related (?:stories|story|articles?|news|coverage|topics|content|links)[:.]?",
    r"(?:most (?:read|popular|viewed)|trending(?: now)?|editor'?s'? picks?)[:.]?",
    # sharing and following
    rf"share(?: this)?(?: (?:article|story|post|page))?(?: (?:on|via|with)(?:,? (?:and |or )?{_SITES})+)?[:.!]?",
    r"(?:tweet|pin it|print|email|copy link)(?: this(?: (?:article|story|page))?)?[.:]?",
    rf"(?:follow|find|like|join) us on {_SITES}\b.{{0,120}}",
    # newsletters
    r"sign (?:me )?up (?:for|to) (?:our|the|get|receive|your)\b.{0,200}",
    r"subscribe (?:to (?:our|the|continue|read)|for|now|today)\b.{0,200}|subscribe[.!]?|newsletters?",
    r"(?:get|receive) (?:our|the|all the)\b.{0,100} (?:newsletter|inbox)\b.{0,60}",
    # rights and credits
    r"(?:copyright )?(?:\(c\)|©).{0,160}|copyright \d{4}.{0,120}",
    r"(?:all )?rights reserved[.!]?",
    r"this material may not be published, broadcast, rewritten.{0,60}",
    r"(?:(?:file |stock )?(?:photo(?:graph)?|image|picture)s?(?: credit| source| caption)?|credit): .{1,120}",
    r"(?:photo(?:graph)?|image|picture) by .{1,80}|getty images|image caption.{0,200}",
    r"(?:enlarge this image|toggle caption)\b.{0,200}",
    # the site itself
    r"we use cookies\b.{0,300}|(?:accept|manage)(?: all)? cookies.{0,40}|(?:please )?enable javascript.{0,120}",
    r"skip to (?:main )?content|back to top|(?:show|hide|view|leave a|post a) comments?",
    r"\d+ (?:comments|shares)|log in|sign in",
    # archives
    r"\d[\d,]* captures?|the wayback machine - .{1,200}|this is google's cache of .{1,300}|about this capture",
)
_LINE = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)
# Apart from these, as it may begin with any word: looked for only where the words are.
_RESERVED = "all rights reserved"
_RESERVING_LINE = re.compile(rf".{{0,100}}\b{_RESERVED}\b.{{0,120}}", re.IGNORECASE)
_LONGEST = 400


def is_boilerplate(line: str) -> bool:
    """Whether a whole line is no part of an article."""
    line = line.strip()
    if not 0 < len(line) <= _LONGEST:
        return False
    if _LINE.fullmatch(line) is not None:
        return True
    return _RESERVED in line.casefold() and _RESERVING_LINE.fullmatch(line) is not None


def without_boilerplate(lines: Iterable[str]) -> list[str]:
    """Lines that are part of an article; all of them where that would leave nothing."""
    kept = list(lines)
    return [line for line in kept if not is_boilerplate(line)] or kept
