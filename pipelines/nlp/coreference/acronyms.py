"""What the acronyms of a document stand for: stated in parentheses, or spelled by the initials of another of its names.

What belongs here: acronyms within one document. What does not: the extent of a name with its acronym
(`names/stated_acronyms.py`), what the lexicons say an acronym mostly stands for (`naming.py`).
"""

from __future__ import annotations

from pipelines.nlp.actors.phrase_index import fold
from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.parsed import Doc

_ABBREVIATING = frozenset("of the for and in on de la des du del & -".split())


def stated_acronyms(
    doc: Doc, mentions: list[MentionSpan], words: dict[int, tuple[str, ...]]
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Acronyms in parentheses right after the name they abbreviate: "Rapid Support Forces (RSF)"."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for first, second in zip(mentions, mentions[1:], strict=False):
        if second.start - first.end != 1 or doc.tokens[first.end].text != "(":
            continue
        long, short = words[id(first)], words[id(second)]
        if len(short) != 1:
            continue
        closes = second.end < len(doc) and doc[second.end].text == ")"
        text = doc[second.start : second.end].text
        if not closes or not text.isupper():
            continue
        is_like = len(long) > 1 and text[0].lower() == long[0][0]
        if is_like or text.replace(".", "").lower() in _initials_with_modifiers(doc, first, long):
            found[short] = long
    return found


def _initials_with_modifiers(doc: Doc, mention: MentionSpan, words: tuple[str, ...]) -> set[str]:
    """Initials of a name with the capitalised words before it that are no part of it: "Bolivian", "Workers'"."""
    found: set[str] = set()
    at = mention.start - 1
    while at >= 0 and mention.start - at <= _MOST_MODIFIERS:
        token = doc[at]
        if token.text[0].isupper():
            words = (fold(token.text), *words)
            found |= _initials(words)
        elif token.tag_ != "POS" and token.text not in ("'", "’", "-"):
            break
        at -= 1
    return found


_MOST_MODIFIERS = 5  # tokens


def spelled_acronyms(
    doc: Doc, mentions: list[MentionSpan], words: dict[int, tuple[str, ...]]
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Acronyms that the initials of another name of the document spell."""
    acronyms: list[tuple[tuple[str, ...], str]] = []
    for mention in mentions:
        name = words[id(mention)]
        if len(name) == 1 and (text := doc[mention.start : mention.end].text).isupper():
            spelled = text.replace(".", "").lower()
            if len(spelled) > 1:
                acronyms.append((name, spelled))
    if not acronyms:
        return {}
    initials: dict[str, tuple[str, ...]] = {}
    for mention in mentions:
        name = words[id(mention)]
        if mention.label in ("ORG", "GPE", "LOC", "EVENT", "FAC") and len(name) > 1:
            for spelled in _initials(name):
                initials.setdefault(spelled, name)
    return {name: initials[spelled] for name, spelled in acronyms if initials.get(spelled, name) != name}


def _initials(words: tuple[str, ...]) -> set[str]:
    strong = [w for w in words if w not in _ABBREVIATING]
    parts = [p for w in strong for p in w.split("-") if p]
    return {"".join(w[0] for w in strong), "".join(w[0] for w in words if w != "the"), "".join(p[0] for p in parts)}
