"""Title, country and sector of a name from the phrase around it.

What belongs here: which words around a name describe it: the title before it, an apposition after it or before it. What
those words mean is told by `actors`.
"""

from __future__ import annotations

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.actors.patterns import ETHNIC, FORMER, SUPRANATIONAL_CODES
from pipelines.nlp.actors.phrase_index import Kind
from pipelines.nlp.annotations import Affiliation, MentionSpan
from pipelines.nlp.names.lexicon import state_abbreviations
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
_ARTICLES = frozenset({"the", "a", "an"})
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
            after = _apposition_after(table, piece.end) if stated.country is None else None
            if after is not None and table.folded[after[0]] in _ARTICLES:
                other = describer.describe(table.doc, *after)
                stated = Affiliation(other.country, stated.sector or other.sector, None)
        if entry is not None and entry.kind is Kind.ORGANISATION and entry.country:
            stated = Affiliation(_adjective_before(table, piece.start) or stated.country, stated.sector, stated.title)
        if piece.label == "NORP" and table.doc[piece.end - 1].dep_ in _ADJECTIVE_DEPS:
            stated = Affiliation(stated.country, None, None)
        if entry is not None and entry.kind is Kind.CAPITAL:
            stated = Affiliation(stated.country, None, None)
    mention.title, mention.country, mention.sector = stated.title, stated.country, stated.sector
    if piece.label in ("GPE", "LOC", "ORG") and (country := _country_of_state(table, piece.end)) is not None:
        mention.label, mention.country = "GPE", country  # "PERU, Ind."
    return mention


def _country_of_state(table: TokenTable, at: int) -> str | None:
    """The country of the state or province that an abbreviation after a town's name and a comma means."""
    if at + 1 >= len(table.texts) or table.texts[at] != ",":
        return None
    return state_abbreviations().get(table.texts[at + 1])


def _adjective_before(table: TokenTable, at: int) -> str | None:
    """The country of an adjective right before a body whose name several states use: "the Belarusian KGB"."""
    for width in (1, 2):
        name = table.names.get(at - width)
        if name is not None and name.end == at and name.entry.kind is Kind.DEMONYM and name.entry.country:
            return name.entry.country
    return None


def _describe_body(table: TokenTable, describer: ActorDescriber, piece: Piece, own: Affiliation) -> Affiliation:
    """A ministry, court or party by whose it is: "Peru's Interior Ministry", "the Ministry of Health of Ghana"."""
    end = piece.end
    if end + 1 < len(table.texts) and table.folded[end] == "of" and (owner := table.names.get(end + 1)):
        end = owner.end
    around = describer.describe(table.doc, _phrase_start(table, piece.start), end)
    return Affiliation(around.country, own.sector or around.sector, None)


def _describe_person(table: TokenTable, describer: ActorDescriber, piece: Piece) -> Affiliation:
    stated = Affiliation()
    start = _phrase_start(table, piece.start)
    if piece.title is not None:
        start = min(start, piece.title[0])  # a short title may be tagged a verb
    if start < piece.start:
        stated = describer.describe(table.doc, start, piece.start)
        if stated.title is None and piece.title is not None:
            stated = Affiliation(stated.country, stated.sector, None)
        if stated.country is None or stated.country in SUPRANATIONAL_CODES:
            stated = _with_first_title(table, describer, start, stated)
    if stated.country is None and (owner := _owner_after(table, piece.end)) is not None:
        stated = Affiliation(owner, stated.sector, stated.title)
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


def _owner_after(table: TokenTable, at: int) -> str | None:
    """The country of "of Ghana" right behind a name, unless something of Ghana's follows: "General Ana Ruiz of Peru"."""
    if at + 1 >= len(table.texts) or table.folded[at] not in ("of", "from"):
        return None
    start = at + 2 if table.folded[at + 1] == "the" else at + 1
    name = table.names.get(start)
    if name is None or name.entry.kind not in _PLAIN_KINDS or name.entry.country in SUPRANATIONAL_CODES:
        return None
    is_possessor = name.end < len(table.texts) and table.texts[name.end] in ("'s", "’s", "-")
    is_of_name = table.doc[at].head.i < at and table.doc[at].head.pos_ not in ("VERB", "AUX")
    return name.entry.country if is_of_name and not is_possessor else None


def _with_first_title(table: TokenTable, describer: ActorDescriber, start: int, stated: Affiliation) -> Affiliation:
    """The country of the first of two titles: "former Ghanaian president and AU envoy Kofi Mensah" is a Ghanaian."""
    if start < 2 or table.folded[start - 1] != "and" or table.doc[start].pos_ == "DET":
        return stated
    first = next((n for i, n in table.nouns.items() if n.end == start - 1 and n.entry.is_title), None)
    if first is None:
        return stated
    other = describer.describe(table.doc, _phrase_start(table, start - 1), start - 1)
    return Affiliation(other.country or stated.country, stated.sector or other.sector, stated.title or other.title)


def _merge(first: Affiliation, second: Affiliation) -> Affiliation:
    return Affiliation(first.country or second.country, first.sector or second.sector, first.title or second.title)


def _phrase_start(table: TokenTable, at: int) -> int:
    """Where the noun phrase that ends in a name begins: its title with what modifies it."""
    tokens = table.doc.tokens
    i = at
    while i > 0 and at - i < _MAX_BEFORE:
        token = tokens[i - 1]
        word = table.folded[i - 1]
        if word in FORMER:
            i -= 1
            continue
        if word in _STOPS or token.is_space or token.pos_ in ("VERB", "AUX", "CCONJ", "SCONJ", "PRON"):
            break
        if token.is_sent_start and not token.is_space:
            return i - 1
        if token.pos_ == "ADP" and word not in ("of", "for") and not _follows_envoy(table, i - 1):
            break
        if word in _DETERMINERS:
            if i - 2 >= 0 and (table.folded[i - 2] in ("of", "for") or _follows_envoy(table, i - 2)):
                i -= 1
                continue
            return i - 1
        i -= 1
    return i


def _follows_envoy(table: TokenTable, at: int) -> bool:
    """Whether "to" at a token belongs to a title: in "Peru's ambassador to Finland" the first country is the envoy's."""
    if table.folded[at] != "to" or at == 0:
        return False
    title = table.nouns.get(at - 1)
    return title is not None and title.entry.is_title


def _apposition_after(table: TokenTable, at: int) -> tuple[int, int] | None:
    """The phrase after a comma that follows a name: ", the Russian ambassador to Chad,"."""
    tokens, size = table.doc.tokens, len(table.texts)
    if at < size and table.texts[at] in ("'s", "’s"):
        return None
    if at + 1 >= size or table.texts[at] not in (",", "(", "--", "–"):
        return None
    start = at + 1
    if table.texts[start].isdigit() and start + 1 < size and table.texts[start + 1] == ",":
        start += 2
    end = start
    while end < size and end - start < _MAX_AFTER:
        token = tokens[end]
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
