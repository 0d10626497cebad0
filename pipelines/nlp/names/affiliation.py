"""Title, country and sector of a name from the phrase around it.

What belongs here: which words around a name describe it: the title before it, an apposition after it or before it. What
those words mean is told by `actors`.
"""

from __future__ import annotations

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.actors.lexicon import Kind
from pipelines.nlp.actors.patterns import ETHNIC, FORMER
from pipelines.nlp.annotations import Affiliation, MentionSpan
from pipelines.nlp.names.patterns import HONORIFICS
from pipelines.nlp.names.pieces import Piece
from pipelines.nlp.names.table import TokenTable

# Nothing around a place's name changes its country.
_PLAIN_KINDS = frozenset({Kind.COUNTRY, Kind.CAPITAL, Kind.REGION, Kind.CITY})
# These before a title own the office: "Ghana foreign minister".
_OWNERS = frozenset({Kind.DEMONYM, Kind.COUNTRY, Kind.ORGANISATION, Kind.SEAT, Kind.REGION})
_ADJECTIVE_DEPS = frozenset({"amod", "compound", "nmod", "nn", "poss"})
_MAX_BEFORE = 8  # tokens of a title phrase before a name
_MAX_AFTER = 18  # tokens of an apposition after a name
_DETERMINERS = frozenset({"the", "a", "an", "his", "her", "its", "their"})
_STOPS = frozenset(', ; : . ( ) " “ ” -- - – — said says told who which that'.split()) - {"-"}


def affiliate(table: TokenTable, describer: ActorDescriber, piece: Piece) -> MentionSpan:
    """A mention for a piece, described by the phrase around it."""
    mention = MentionSpan(piece.start, piece.end, piece.label or "", True)
    entry = piece.entry
    if piece.label == "PERSON":
        stated = _describe_person(table, describer, piece)
    elif entry is not None and entry.kind in _PLAIN_KINDS and piece.label in ("GPE", "LOC"):
        stated = Affiliation(entry.country, None if entry.kind is Kind.CAPITAL else entry.sector)
    elif piece.label == "NORP" and piece.start and table.folded[piece.start - 1] in ETHNIC:
        stated = Affiliation(None, "CVL", None)
    else:
        stated = describer.describe(table.doc, piece.start, piece.end)
        if piece.label == "ORG" and piece.entry is None and stated.country is None:
            stated = _describe_body(table, describer, piece, stated)
        if piece.label == "NORP" and table.doc[piece.end - 1].dep_ in _ADJECTIVE_DEPS:
            stated = Affiliation(stated.country, None, None)
        if entry is not None and entry.kind is Kind.CAPITAL:
            stated = Affiliation(stated.country, None, None)
    mention.title, mention.country, mention.sector = stated.title, stated.country, stated.sector
    return mention


def _describe_body(table: TokenTable, describer: ActorDescriber, piece: Piece, own: Affiliation) -> Affiliation:
    """A ministry, court or party by whose it is: "Peru's Interior Ministry", "the Ministry of Health of Ghana"."""
    end = piece.end
    if end + 1 < len(table.texts) and table.folded[end] == "of" and (owner := table.names.get(end + 1)):
        end = owner.end
    around = describer.describe(table.doc, _phrase_start(table, piece.start), end)
    return Affiliation(around.country, own.sector or around.sector, None)


def _describe_person(table: TokenTable, describer: ActorDescriber, piece: Piece) -> Affiliation:
    stated = Affiliation()
    if (start := _phrase_start(table, piece.start)) < piece.start:
        stated = describer.describe(table.doc, start, piece.start)
        if stated.title is None and piece.title is not None:
            stated = Affiliation(stated.country, stated.sector, None)
    after = _apposition_after(table, piece.end)
    if after is not None and not (stated.country and stated.sector):
        other = describer.describe(table.doc, *after)
        stated = _merge(stated, other)
    before = _apposition_before(table, piece.start)
    if before is not None and not (stated.country and stated.sector):
        stated = _merge(stated, describer.describe(table.doc, *before))
    if not (stated.country and stated.sector):
        known = describer.describe(table.doc, piece.start, piece.end)
        if piece.entry is not None or known.title is None:
            is_leader = piece.entry is not None and piece.entry.kind is Kind.LEADER
            stated = _merge(stated, Affiliation(known.country, known.sector, None) if is_leader else Affiliation())
    title = stated.title
    if title is None and piece.title is not None:
        words = table.folded[piece.title[0] : piece.title[1]]
        if not (len(words) == 1 and words[0] in HONORIFICS):
            title = table.doc[piece.title[0] : piece.title[1]].text
    return Affiliation(stated.country, stated.sector, title)


def _merge(first: Affiliation, second: Affiliation) -> Affiliation:
    return Affiliation(first.country or second.country, first.sector or second.sector, first.title or second.title)


def _phrase_start(table: TokenTable, at: int) -> int:
    """Where the noun phrase that ends in a name begins: its title with what modifies it."""
    doc = table.doc
    i = at
    while i > 0 and at - i < _MAX_BEFORE:
        token = doc[i - 1]
        word = table.folded[i - 1]
        if word in FORMER:
            i -= 1
            continue
        if word in _STOPS or token.is_space or token.pos_ in ("VERB", "AUX", "CCONJ", "SCONJ", "PRON"):
            break
        if token.is_sent_start and not token.is_space:
            return i - 1
        if token.pos_ == "ADP" and word not in ("of", "for"):
            break
        if word in _DETERMINERS:
            if i - 2 >= 0 and table.folded[i - 2] in ("of", "for"):
                i -= 1
                continue
            return i - 1
        i -= 1
    return i


def _apposition_after(table: TokenTable, at: int) -> tuple[int, int] | None:
    """The phrase after a comma that follows a name: ", the Russian ambassador to Chad,"."""
    doc, size = table.doc, len(table.texts)
    if at < size and table.texts[at] in ("'s", "’s"):
        return None
    if at + 1 >= size or table.texts[at] not in (",", "(", "--", "–"):
        return None
    start = at + 1
    if table.texts[start].isdigit() and start + 1 < size and table.texts[start + 1] == ",":
        start += 2
    end = start
    while end < size and end - start < _MAX_AFTER:
        token = doc[end]
        if token.is_sent_start and end > start:
            break
        if table.texts[end] in (",", ".", ";", ":", ")", "--", "–") or token.pos_ == "AUX" or token.is_space:
            break
        if token.pos_ == "VERB" and token.tag_ in ("VBD", "VBZ", "VBP"):
            break
        end += 1
    if end == start or not _opens_apposition(table, start):
        return None
    return start, end


def _opens_apposition(table: TokenTable, start: int) -> bool:
    """An apposition begins with an article, a noun, an adjective or a lexicon word, not with a verb, a name or a pronoun."""
    token = table.doc[start]
    if start in table.nouns:
        return True
    if token.pos_ in ("VERB", "AUX", "PRON", "SCONJ", "CCONJ", "ADV", "ADP"):
        return False
    if token.pos_ != "PROPN":
        return True
    name = table.names.get(start)
    if name is None:
        return False
    is_possessor = name.end < len(table.texts) and table.texts[name.end] in ("'s", "’s")
    return is_possessor or (name.entry.kind in _OWNERS and name.end in table.nouns)


def _apposition_before(table: TokenTable, at: int) -> tuple[int, int] | None:
    """The phrase before a comma right before a name: "The country's foreign minister, Amara Okoye, ..."."""
    if at < 2 or table.texts[at - 1] != ",":
        return None
    doc = table.doc
    head = doc[at - 2]
    if head.pos_ not in ("NOUN", "PROPN"):
        return None
    start = at - 2
    while start > 0 and at - start < _MAX_BEFORE + 2:
        token = doc[start - 1]
        if token.tag_ == "PRP$":
            start -= 1
            break
        if (
            table.folded[start - 1] in _STOPS
            or token.is_space
            or token.pos_ in ("VERB", "AUX", "CCONJ", "SCONJ", "PRON")
        ):
            break
        if token.pos_ == "ADP" and table.folded[start - 1] not in ("of", "for", "to"):
            break
        start -= 1
        if token.is_sent_start:
            break
    noun = any(i in table.nouns and table.nouns[i].entry.is_title for i in range(start, at - 1))
    opens = table.folded[start] in _DETERMINERS or doc[start].is_sent_start or start in table.names
    return (start, at - 1) if noun and opens else None
