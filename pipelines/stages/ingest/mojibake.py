"""Repair of text that was decoded with the wrong encoding somewhere on its way ("â€œ" for a quotation mark).

What belongs here: `repair_mojibake`. What does not: bytes (`decoding.py`); the rest of canonical text (`canonical.py`).

ftfy judges a line as a whole and leaves what could be punctuation behind a letter ("Ã…", "Ä…"). Inside a word it cannot
be: a letter follows or precedes without a space. There, two characters that are the UTF-8 bytes of one letter are it.
"""

from __future__ import annotations

import re

import ftfy
from ftfy.badness import is_bad

_MOJIBAKE_ONLY = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
)

# Windows-1252 as browsers read it, with the C1 controls in its holes; ftfy registers it.
_WESTERN = "sloppy-windows-1252"
_CONTINUATION_BYTES = bytes(range(0x80, 0xC0)).decode(_WESTERN)
# White space and quotation marks, dashes and dots: what may stand behind the last letter of a word.
_SPACES = "\u00a0\u00ad"
_PUNCTUATION = "‚„…‘’“”–—«»·´"
_INNER = "".join(set(_CONTINUATION_BYTES) - set(_SPACES))
_SYMBOLS = "".join(set(_INNER) - set(_PUNCTUATION))
_LETTER = r"[^\W\d_]"
_LOWER = "[a-zß-öø-ÿ]"
# Letters of Latin-1 and Latin Extended-A, and the commaed ones of Romanian.
_PAIR = f"(?:[ÃÄÅ][{re.escape(_CONTINUATION_BYTES)}]|È[˜™š›])"
_INNER_PAIR = f"(?:[ÃÄÅ][{re.escape(_INNER)}]|È[˜™š›])"
# "Ã" is no word of any language, but "Å" is a place and "Ä" may be quoted: behind these, punctuation stays.
_INITIAL_PAIR = f"(?:Ã[{re.escape(_INNER)}]|[ÄÅ][{re.escape(_SYMBOLS)}]|È[˜™š›])"
_AT_START = re.compile(rf"(?<!\w){_INITIAL_PAIR}+(?={_LETTER}{{2}})")
# No capital stands behind a small letter; behind a capital ("AÄŸrı") a small letter must follow.
_INSIDE = re.compile(rf"(?<={_LOWER}){_PAIR}+|(?<={_LETTER}){_INNER_PAIR}+(?={_LOWER})")


def repair_mojibake(text: str) -> str:
    """A text with its wrongly decoded characters repaired, line by line, curly quotation marks kept; clean text as it is.

    Args:
        text: any string.
    """
    if text.isascii():
        return text
    if is_bad(text):
        text = "\n".join(ftfy.fix_encoding(line, _MOJIBAKE_ONLY) if is_bad(line) else line for line in text.split("\n"))
    return _INSIDE.sub(_small_letters, _AT_START.sub(_letters, text))


def _letters(match: re.Match[str]) -> str:
    try:
        decoded = match.group().encode(_WESTERN).decode("utf-8")
    except UnicodeError:
        return match.group()
    return decoded if decoded.isalpha() else match.group()


def _small_letters(match: re.Match[str]) -> str:
    decoded = _letters(match)
    return decoded if decoded.islower() else match.group()
