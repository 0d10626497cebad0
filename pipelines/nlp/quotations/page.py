"""A document as quotations see it: passages between marks, the paragraphs they stand in and the text around them.

What belongs here: `Page` and `Passage`, which turn characters into tokens once a document. What does not: decisions.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import field

from pipelines.immutable import dataclass
from pipelines.nlp.parsed import Doc
from pipelines.nlp.quotations import patterns
from pipelines.nlp.quotations.marks import QuotedSpan, paragraph_bounds, quoted_spans

_WINDOW_TOKENS = 60  # how far from a quotation its attribution may stand


@dataclass(frozen=True, slots=True)
class Passage:
    """A quoted span in tokens: opening mark at `before`, words [first, last), the text goes on at `after`."""

    span: QuotedSpan
    before: int
    first: int
    last: int
    after: int
    words: int
    is_clausal: bool  # long or punctuated enough to be speech
    is_title: bool  # capitalised as titles are
    ending: str  # last character inside the marks
    starts_sentence: bool  # first word has a capital


@dataclass(slots=True)
class Page:
    """Passages of a document and, by token, which passage covers it and where sentences and paragraphs end."""

    doc: Doc
    text: str
    passages: list[Passage]
    bounds: list[tuple[int, int]]
    starts: list[int]  # first character of each token
    covered: dict[int, int] = field(default_factory=dict)  # token -> outermost clausal passage
    datelines: set[int] = field(default_factory=set)  # tokens of datelines
    _windows: dict[tuple[int, int], tuple[int, int | None]] = field(default_factory=dict)

    def paragraph(self, token: int) -> int:
        """Number of the paragraph that a token stands in."""
        at = self.starts[min(token, len(self.starts) - 1)]
        return max(0, bisect_right(self.bounds, (at, len(self.text))) - 1)

    def same_paragraph(self, a: int, b: int) -> bool:
        """Whether two tokens stand in one paragraph."""
        return self.paragraph(a) == self.paragraph(b)

    def parts_paragraphs(self, token: int) -> bool:
        """Whether a token is the white space between two paragraphs."""
        return self.doc[token].is_space and self.starts[token] >= self.bounds[self.paragraph(token)][1]

    def window_before(self, passage: Passage) -> tuple[int, int | None]:
        """Start of the unquoted text of the sentence that leads to a passage, and the passage that it follows, if any."""
        key = (passage.before, -1)
        if key not in self._windows:
            self._windows[key] = self._find_before(passage)
        return self._windows[key]

    def window_after(self, passage: Passage) -> tuple[int, int | None]:
        """End of the unquoted text of the sentence that follows a passage, and the passage that follows it, if any."""
        key = (passage.after, 1)
        if key not in self._windows:
            self._windows[key] = self._find_after(passage)
        return self._windows[key]

    def _find_before(self, passage: Passage) -> tuple[int, int | None]:
        start = passage.before
        limit = max(self._paragraph_token(start), start - _WINDOW_TOKENS)
        home = self._home(passage)
        while start > limit and not self.ends_sentence(start - 1):
            other = self.covered.get(start - 1)
            if other != home:
                ended = other is not None and self.passages[other].ending in ".!?" and self.doc[start].is_title
                return start, None if ended else other
            start -= 1
        while start < passage.before and self.doc[start].is_space:
            start += 1
        return start, None

    def _find_after(self, passage: Passage) -> tuple[int, int | None]:
        end = passage.after
        limit = min(self._paragraph_end(passage.last), end + _WINDOW_TOKENS)
        home = self._home(passage)
        while end < limit and not self.ends_sentence(end):
            other = self.covered.get(end)
            if other != home:
                return end, other
            end += 1
        return end, None

    def _home(self, passage: Passage) -> int | None:
        """Number of the passage that encloses a passage, or None."""
        return None if passage.span.parent is None else self.covered.get(passage.before)

    def _paragraph_token(self, token: int) -> int:
        """First token of the paragraph that a token stands in."""
        return bisect_left(self.starts, self.bounds[self.paragraph(token)][0])

    def _paragraph_end(self, token: int) -> int:
        """The token after the paragraph that a token stands in."""
        return bisect_left(self.starts, self.bounds[self.paragraph(token)][1])

    def ends_sentence(self, token: int) -> bool:
        """Whether a token is a full stop, exclamation or question mark."""
        return self.doc[token].text in patterns.SENTENCE_ENDS


def read_page(doc: Doc) -> Page | None:
    """The page of a document, or None when it has no quotation mark."""
    text = doc.text if doc._.context is None else doc._.context.text
    if not any(mark in text for mark in patterns.MARKS) and not patterns.SINGLE_OPENING.search(text):
        return None
    bounds = paragraph_bounds(text)
    spans = quoted_spans(text, bounds)
    if not spans:
        return None
    starts = doc.to_array("IDX").tolist()
    page = Page(doc, text, [_passage(text, span, starts) for span in spans], bounds, starts)
    page.datelines = _dateline_tokens(text, starts)
    for number, passage in enumerate(page.passages):
        if passage.is_clausal and passage.span.parent is None:
            page.covered.update(dict.fromkeys(range(passage.before, passage.after), number))
    return page


def _dateline_tokens(text: str, starts: list[int]) -> set[int]:
    tokens: set[int] = set()
    if "(" not in text:  # the agency stands in brackets
        return tokens
    for match in patterns.DATELINE.finditer(text):
        tokens.update(range(bisect_left(starts, match.start()), bisect_left(starts, match.end())))
    return tokens


def _passage(text: str, span: QuotedSpan, starts: list[int]) -> Passage:
    before = bisect_left(starts, span.start)
    first = bisect_left(starts, span.inner_start)
    last = bisect_left(starts, span.inner_end)
    after = bisect_left(starts, span.end)
    inner = text[span.inner_start : span.inner_end].strip()
    words = patterns.WORD.findall(inner)
    ending = inner[-1:] if inner else ""
    if ending in patterns.SINGLE_MARKS and len(inner) > 1:
        ending = inner[-2]
    long_words = [word for word in words if len(word) > 3 and word not in patterns.TITLE_SMALL]
    is_title = (
        bool(words) and words[0][0].isupper() and all(word[0].isupper() or word[0].isdigit() for word in long_words)
    )
    return Passage(
        span=span,
        before=before,
        first=first,
        last=max(last, first),
        after=after,
        words=len(words),
        is_clausal=len(words) > 2 or (bool(words) and ending in patterns.STOPS),
        is_title=is_title,
        ending=ending,
        starts_sentence=bool(words) and words[0][0].isupper(),
    )
