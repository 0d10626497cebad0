"""Visible text of HTML: of whole pages, of the pieces that feeds and JSON carry, and of text that may hold some.

What belongs here: `visible_text`, `fragment_text`, `body_text`, `join_broken_lines`. What does not: finding the article of a
page (`html_page.py`). The standard library's tolerant parser keeps every visible word, whatever the nesting.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from pipelines.stages.ingest.page_lines import without_boilerplate

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # one without an end hides the rest of the page, as in browsers
_HIDDEN = frozenset(
    "script style noscript template title head svg math iframe object select audio video canvas figcaption".split()
)
_BLOCKS = frozenset(
    (
        "address article aside blockquote body br caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
        "header hr html li main nav ol p pre section table td th tr ul"
    ).split()
)
_INLINE = (
    "a abbr acronym b big bdi bdo cite code data del dfn em embed font i img input ins kbd label mark meta link param q s samp "
    "small source span strike strong sub sup time tt u var wbr button center col colgroup picture tbody tfoot thead title"
)
_TAG_NAMES = "|".join(sorted({*_BLOCKS, *_HIDDEN, *_INLINE.split()}, key=len, reverse=True))
# A tag with words behind its name has an attribute with a value: "a <b and c> d" is none.
_TAG_FORM = rf"/?(?:{_TAG_NAMES})(?:\s[^<>]*=[^<>]*)?\s*/?>|!--|!doctype\b"
_TAG = re.compile(f"<(?:{_TAG_FORM})", re.IGNORECASE)
_LESS_THAN = re.compile(f"<(?!{_TAG_FORM})", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS, key=len, reverse=True))})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_PARAGRAPH_TAG = re.compile(r"<p(?:\s[^<>]*)?>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|div|span|a|em|strong|b|i|ul|li|h[1-6]|img|figure)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_BREAKS = re.compile(r"\s*<br\b[^<>]{0,200}>(?:\s|<br\b[^<>]{0,200}>|</br>)*", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]{0,500}>")
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_BOLD_END = re.compile(r"</(?:b|strong)>\s*$", re.IGNORECASE)
_PREFORMATTED = re.compile(r"<pre\b[^<>]*>(.*?)</pre>", re.IGNORECASE | re.DOTALL)
_CONTEXT = 300


def join_broken_lines(markup: str) -> str:
    """HTML in which a `<br>` inside a sentence is a blank; two of them, or one behind a sentence, stay."""
    if "<pre" in markup:
        markup = _PREFORMATTED.sub(_paragraphs, markup)
    if "<br" not in markup and "<BR" not in markup:
        return markup

    def join(match: re.Match[str]) -> str:
        if len(re.findall("<br", match.group(), re.IGNORECASE)) > 1:
            return "<br><br>"
        before = _ANY_TAG.sub("", html.unescape(markup[max(0, match.start() - _CONTEXT) : match.start()])).rstrip()
        after = _ANY_TAG.sub("", markup[match.end() : match.end() + _CONTEXT]).lstrip()
        is_heading = _BOLD_END.search(markup[max(0, match.start() - 12) : match.start()]) and after[:1].isupper()
        if is_heading:
            return "<br>"
        goes_on = after[:1].islower() or not _SENTENCE_END.search(before)
        return " " if goes_on else "<br>"

    return _BREAKS.sub(join, markup)


def _paragraphs(match: re.Match[str]) -> str:
    """Preformatted prose as paragraphs; computer code stays as it is."""
    inner = match.group(1)
    if "<code" in inner:
        return match.group()
    return "".join(f"<p>{part}</p>" for part in _BLANK_LINE.split(inner))


def fragment_text(markup: str) -> str:
    """The text of a piece of HTML, such as a feed's description; plain text comes back as it is."""
    if "<" not in markup and "&" not in markup:
        return markup
    return visible_text(markup)[1]


def body_text(text: str) -> str:
    """The text of a field that should be plain but may hold HTML: without tags that HTML knows and with entities decoded.

    A text without such tags keeps every character but its entities; "5 < 6" and "<Reuters>" are no tags.

    Args:
        text: as a JSON or CSV file has it.
    """
    if "<" not in text and "&" not in text:
        return text
    if not _TAG.search(text) and _ESCAPED_TAG.search(text):
        text = html.unescape(text)
    if not _TAG.search(text):
        return _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    markup = _LESS_THAN.sub("&lt;", text)
    if not _BLOCK_TAG.search(markup):  # the lines are the text's own
        return "\n".join(visible_text(line)[1] for line in markup.split("\n"))
    if not _PARAGRAPH_TAG.search(markup):
        markup = _BLANK_LINE.sub("<br><br>", markup)
    return visible_text(markup)[1]


def visible_text(markup: str) -> tuple[str | None, str]:
    """The title and the visible text of a page, blocks parted by blank lines, without lines of boilerplate."""
    parser = _TextParser()
    parser.feed(join_broken_lines(_COMMENT.sub("", markup)))
    parser.close()
    lines = (" ".join("".join(block).split()) for block in parser.blocks)
    text = "\n\n".join(without_boilerplate(line for line in lines if line))
    return " ".join("".join(parser.title).split()) or None, text


class _TextParser(HTMLParser):
    """Collects the visible text of a page, block by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[list[str]] = [[]]
        self.title: list[str] = []
        self._hidden: list[str] = []  # open elements whose text is not shown, outermost first

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._hidden.clear()
        elif tag in _HIDDEN:
            self._hidden.append(tag)
        if tag in _BLOCKS:
            self.blocks.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        if tag in _BLOCKS:
            self.blocks.append([])

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.blocks[-1].append(data)
        elif self._hidden[-1] == "title":
            self.title.append(data)
