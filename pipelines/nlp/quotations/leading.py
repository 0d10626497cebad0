"""Find the attribution that leads to a quoted passage: He said: "..."; Smith: "..."; a letter in which she "...".

What belongs here: cues before the opening mark, in the passage's sentence or in the sentence before its paragraph. What
does not: cues after the passage (`attribution.py`).
"""

from __future__ import annotations

from pipelines.nlp.parsed import Span, Token
from pipelines.nlp.quotations import patterns
from pipelines.nlp.quotations.cues import Cue, CueLexicon
from pipelines.nlp.quotations.expressions import Attribution, author, behind_text, cue_bounds, phrase_cue, verb_cue
from pipelines.nlp.quotations.page import Page, Passage
from pipelines.nlp.quotations.phrases import Bounds, can_speak, phrase, phrase_to, subject

_LABEL_TOKENS = 5  # longest label before a colon that stands for the speaker whatever its words are


def leading_attribution(page: Page, passage: Passage, cues: CueLexicon) -> Attribution | None:
    doc = page.doc
    start, _ = page.window_before(passage)
    end = passage.before
    if start == end:
        start, end = _colon_paragraph(page, passage)
    last = end - 1
    separator = ""
    while last >= start and (doc[last].text in patterns.SEPARATORS or doc[last].is_space):
        separator = separator or doc[last].text.strip()
        last -= 1
    if last < start:
        return None
    if separator == ":":
        named = _name_before_colon(page, start, last)
        if named is not None:
            return named
    bridge = last
    while bridge > start and doc[bridge].lower_ in patterns.BRIDGES:
        bridge -= 1
    for at in range(last, start - 1, -1):
        cue = verb_cue(doc[at], cues)
        if cue is None:
            continue
        if cue.cue_class == "adjacent":
            is_near = separator != "" and (separator == ":" or _ends_clause(page, cue_bounds(page, at, cue)[1], last))
        else:
            is_near = at >= bridge or separator == ":" or (separator == "," and passage.starts_sentence)
        if _leads(page, passage, doc[at], cue, start, is_near=is_near):
            speaker = _speaker_of(page, doc[at], start, cues)
            is_introduced = separator in (",", ":") and cue.cue_class == "say" and speaker is not None
            return Attribution(cue_bounds(page, at, cue), speaker, is_near, cue.cue_class, is_introduced)
    if separator == ":":
        return _colon(page, start, last, cues)
    if separator == "," and doc[last].tag_ in ("VBD", "VBZ") and passage.starts_sentence:
        return Attribution((last, last + 1), _speaker_of(page, doc[last], start, cues), True, "adjacent")
    return _phrase_before(page, start, last, cues) or _noun_before(page, start, last, cues)


def _colon_paragraph(page: Page, passage: Passage) -> Bounds:
    """Bounds of the sentence before a passage that begins a paragraph, if that sentence ends with a colon."""
    doc = page.doc
    end = passage.before
    while end > 0 and doc[end - 1].is_space:
        end -= 1
    if end == passage.before and end > 0 or end == 0 or doc[end - 1].text != ":":
        return passage.before, passage.before
    start = end - 1
    paragraph = page.paragraph(start)
    while start > 0 and page.paragraph(start - 1) == paragraph:
        if page.ends_sentence(start - 1) or start - 1 in page.covered:
            break
        start -= 1
    return start, end


def _leads(page: Page, passage: Passage, verb: Token, cue: Cue, start: int, *, is_near: bool) -> bool:
    """Whether a cue verb to the left has the passage in its scope."""
    is_participle = verb.tag_ == "VBN" and verb.dep_ in ("acl", "amod", "ROOT") and not _has_auxiliary(verb)
    if cue.cue_class == "call" and is_participle:
        return False  # a thing called "..." has a name, not a speaker
    if any(child.dep_ == "auxpass" for child in verb.children) and verb.lower_ not in patterns.QUOTED:
        agents = [token.i for child in verb.children if child.dep_ == "agent" for token in child.children]
        return any(not passage.before <= agent < passage.after for agent in agents)
    if is_near or _is_parenthesis(page, passage, verb, start):
        return True
    if cue.cue_class in ("adjacent", "think"):
        return False
    inner = page.doc[min(passage.first, len(page.doc) - 1)]
    if verb.is_ancestor(inner) or verb.is_ancestor(page.doc[passage.before - 1]):
        return True
    between = page.doc[verb.i + 1 : passage.before]
    return len(between) > 0 and (between[0].lower_ == "that" or not _has_finite_verb(between))


def _has_finite_verb(span: Span) -> bool:
    return any(token.tag_ in patterns.FINITE_TAGS for token in span)


def _has_auxiliary(verb: Token) -> bool:
    return any(child.dep_ in ("aux", "auxpass") for child in verb.children)


def _is_parenthesis(page: Page, passage: Passage, verb: Token, start: int) -> bool:
    """Whether a verb and its subject stand between commas: the plan, he said, is "..."."""
    doc = page.doc
    if verb.i + 1 >= passage.before or doc[verb.i + 1].text != ",":
        return False
    speaker = phrase_to(page, verb.i, start)
    return speaker is not None and speaker[0] > 0 and doc[speaker[0] - 1].text == ","


def _ends_clause(page: Page, after: int, last: int) -> bool:
    """Whether nothing but adverbs follows a verb, from the token after it, before the passage's comma or colon."""
    rest = page.doc[after : last + 1]
    return all(token.tag_ in patterns.ADVERB_TAGS or token.lower_ == "it" for token in rest)  # as he put it


def _speaker_of(page: Page, verb: Token, limit: int, cues: CueLexicon) -> Bounds | None:
    found = subject(page, verb)
    if found is not None and verb.tag_ == "VBG" and page.doc[verb.i - 1].text == ",":
        found = _reporting_subject(page, verb, cues) or found
    is_passive = any(child.dep_ == "agent" for child in verb.children)
    if found is None or (found[0] > verb.i and not is_passive):
        found = phrase_to(page, verb.i, limit) or _first_subject(page, limit, verb.i) or found
    return behind_text(page, found, cues)


def _reporting_subject(page: Page, participle: Token, cues: CueLexicon) -> Bounds | None:
    """Of "Smith argued that a register would help, saying ...": Smith, although the parse hangs the participle on "help"."""
    above = participle.head
    own = subject(page, above)
    if own is None or above.dep_ != "ccomp" or verb_cue(above.head, cues) is None:
        return None
    if page.doc[own[1] - 1].pos_ != "NOUN":
        return None
    return subject(page, above.head)


def _first_subject(page: Page, start: int, end: int) -> Bounds | None:
    """The subject of the main clause, for a participle that the parse hangs elsewhere: ..., telling reporters, "..."."""
    for token in page.doc[start:end]:
        if token.dep_ == "nsubj" and can_speak(token):
            return phrase(page, token)
    return None


def _name_before_colon(page: Page, start: int, last: int) -> Attribution | None:
    """A name or a label alone before a colon: Smith: "..."; Outlook - Smith: "..."; Harbour chief: "..."."""
    doc = page.doc
    cue = (last + 1, last + 2)
    speaker = phrase_to(page, last + 1, start)
    if speaker is not None and (speaker[0] == start or doc[speaker[0] - 1].lower_ in patterns.BEFORE_NAMES):
        return Attribution(cue, speaker, True, "adjacent")
    if last + 1 - start <= _LABEL_TOKENS and not _has_finite_verb(doc[start : last + 1]):
        return Attribution(cue, (start, last + 1), True, "adjacent")
    return None


def _colon(page: Page, start: int, last: int, cues: CueLexicon) -> Attribution | None:
    """A clause without a verb of saying before a colon: Smith answered with a smile: "..."."""
    doc = page.doc
    noun = _noun_before(page, start, last, cues)
    if noun is not None:
        return noun
    cue = (last + 1, last + 2)
    name = phrase_to(page, last + 1, start)
    if name is not None and doc[name[1] - 1].ent_type_ == "PERSON":
        return Attribution(cue, name, True, "adjacent")
    for verb in doc[start : last + 1]:
        if verb.pos_ in ("VERB", "AUX") and verb.tag_ in patterns.FINITE_TAGS:
            found = subject(page, verb)
            if found is not None:
                return Attribution(cue, found, True, "adjacent")
    return None


def headline_label(page: Page, passage: Passage) -> Attribution | None:
    """A headline's speaker: Prime minister: Rates will "stay low for years"."""
    doc = page.doc
    start, _ = page.window_before(passage)
    for at in range(start + 1, min(start + _LABEL_TOKENS + 1, passage.before)):
        if doc[at].text == ":" and doc[start].tag_ != "DT" and not _has_finite_verb(doc[start:at]):
            return Attribution((at, at + 1), (start, at), False, "adjacent")
    return None


def _noun_before(page: Page, start: int, last: int, cues: CueLexicon) -> Attribution | None:
    """A noun of saying leads to the passage: a telegram in which he "...", in his words "..."."""
    for at in range(last, start - 1, -1):
        token = page.doc[at]
        cue = cues.nouns.get(token.lower_)
        if cue is not None and token.pos_ == "NOUN":
            opens = page.doc[start].lower_ in patterns.TEXT_LINKS and at - start < _LABEL_TOKENS
            if not opens and _has_finite_verb(page.doc[at + 1 : last + 1]):
                return None
            speaker = author(page, token)
            return Attribution((at, at + 1), speaker, False, cue.cue_class) if speaker else None
    return None


def _phrase_before(page: Page, start: int, last: int, cues: CueLexicon) -> Attribution | None:
    for at in range(start, last + 1):
        found = phrase_cue(page, at, last + 1, cues)
        if found is not None:
            return found
    return None
