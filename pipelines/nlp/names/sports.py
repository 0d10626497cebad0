"""Sports stories: recognising one, and the cities and regions that stand for a team in it.

What belongs here: the relabelling of places to teams where the words around say that a team is meant. A national team keeps
its country's label; `coreference` gives it an entity of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.nlp.actors.phrase_index import Entry, Kind, fold
from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.names.patterns import LOCATIVE_PREPOSITIONS, SPORT_VERBS, SPORT_WORDS, SPORTS
from pipelines.nlp.parsed import Doc

if TYPE_CHECKING:
    from pipelines.nlp.names.pieces import Piece
    from pipelines.nlp.names.table import TokenTable

_SPORT = "communique_sport"  # key of doc.user_data
SPORT_WINDOW = 150  # tokens at the beginning of a story that tell whether it is about sport
_MIN_SPORT_WORDS = 4  # different words of sport among them, where the headline does not say so

_TEAM_PREPOSITIONS = frozenset("against over v vs v. vs. versus for with by".split())
HOME_NATIONS = frozenset(
    {"region:england", "region:scotland", "region:wales", "region:northern ireland", "region:west indies"}
)
# In a story about these a place's name mostly stands for its team.
TEAM_SPORTS = frozenset("soccer cricket baseball basketball hockey rugby football volleyball handball".split())
_SIDE_NOUNS = frozenset(
    "captain coach striker goalkeeper defender midfielder manager batsman bowler skipper side team squad".split()
)
_DATE = re.compile(r"^(?:19|20)\d\d(?:-\d\d.*)?$")
_PLACE_ONLY = frozenset({"in", "at", "near", "from"})


def sport_of(doc: Doc, folded: Sequence[str] | None = None) -> str | None:
    """The sport that a document is about, told once; `folded`: its tokens, where the caller has them."""
    if _SPORT not in doc.user_data:
        texts = [token.text for token in doc.tokens[:SPORT_WINDOW]]
        first = list(map(fold, texts)) if folded is None else folded[:SPORT_WINDOW]
        doc.user_data[_SPORT] = find_sport(first, [text.isupper() for text in texts[:3]])
    sport: str | None = doc.user_data[_SPORT]
    return sport


def find_sport(folded: Sequence[str], upper: Sequence[bool]) -> str | None:
    """The sport a story is about: named in capitals at its very beginning, or told by its words.

    Args:
        folded: the first `SPORT_WINDOW` tokens, folded.
        upper: whether each of the first tokens is in capitals.

    Returns:
        The sport, "sport" where the words do not tell which, or None.
    """
    for word, is_upper in zip(folded[:3], upper, strict=False):
        if is_upper and word in SPORTS:
            return SPORTS[word]
    if len(SPORT_WORDS.intersection(folded)) < _MIN_SPORT_WORDS:
        return None
    named = Counter(SPORTS[w] for w in folded if w in SPORTS)
    return max(named.items(), key=lambda item: (item[1], item[0]))[0] if named else "sport"


def is_national_team(doc: Doc, mention: MentionSpan, entry: Entry, sport: str) -> bool:
    """True when a country's name in a sports story stands for its team: by a score or as the party of a sport verb."""
    if entry.kind is not Kind.COUNTRY and entry.key not in HOME_NATIONS:
        return False
    start, end = mention.start, mention.end
    before = doc[start - 1].lower_ if start else ""
    after = doc[end].text if end < len(doc) else ""
    if before in _PLACE_ONLY or before == "(" or after == ")":
        return False
    if sport in TEAM_SPORTS and after != "," and not _DATE.match(after) and before not in LOCATIVE_PREPOSITIONS:
        return True
    return stands_for_team(doc, start, end)


def stands_for_team(doc: Doc, start: int, end: int) -> bool:
    """True where the words around tokens [start, end) are those around a team."""
    before = doc[start - 1] if start else None
    after = doc[end] if end < len(doc) else None
    if after is not None:
        if _DATE.match(after.text):
            return False
        if (
            (after.text.isdigit() and len(after.text) <= 3)
            or after.lower_ in SPORT_VERBS
            or after.lemma_.lower() in SPORT_VERBS
        ):
            return True
        if after.text in ("'s", "’s") and after.i + 1 < len(doc) and doc[after.i + 1].lower_ in _SIDE_NOUNS:
            return True
        if after.lower_ in _SIDE_NOUNS:
            return True
    if before is not None and (
        before.lower_ in _TEAM_PREPOSITIONS or before.lower_ in SPORT_VERBS or before.lemma_.lower() in SPORT_VERBS
    ):
        return True
    root = doc[start:end].root
    return root.dep_ in ("nsubj", "nsubjpass", "dobj")


def relabel_teams(table: TokenTable, pieces: list[Piece]) -> None:
    """Set `ORG` on places that act as a team; pieces are changed in place."""
    for piece in pieces:
        if piece.label in ("GPE", "LOC") and is_team(table, piece):
            if piece.entry is not None and piece.entry.kind in (Kind.COUNTRY, Kind.DEMONYM):
                continue
            if piece.entry is not None and piece.entry.key in HOME_NATIONS:
                continue
            piece.label = "ORG"


def is_team(table: TokenTable, piece: Piece) -> bool:
    """True when a place's name stands where a team stands: by a score, or as a party of a sport verb."""
    texts, start, end = table.texts, piece.start, piece.end
    before = table.folded[start - 1] if start else ""
    after = texts[end] if end < len(texts) else ""
    if before in _PLACE_ONLY or (before == "(" and after == ")"):
        return False
    if after.upper() == "AT" and end + 1 < len(texts) and table.upper[end + 1]:
        return True
    if before == "at" and table.upper[start] and table.upper[start - 1]:
        return True
    dateline = bool(_DATE.match(after)) or after in (",", "(")
    if table.sport in TEAM_SPORTS and not dateline and before not in LOCATIVE_PREPOSITIONS and before != ",":
        return True
    return stands_for_team(table.doc, start, end)
