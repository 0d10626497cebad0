"""The lexicons of the name finder alone: given names and sports teams.

What belongs here: reading `given_names.csv` and `sports_teams.csv`. Read next: `actors/lexicon.py`, which reads the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pipelines.errors import LexiconError
from pipelines.nlp.actors.lexicon import LEXICONS, read_rows, values
from pipelines.nlp.actors.phrase_index import Entry, Kind, PhraseIndex, fold, split_words

ANY_SPORT = "sport"


@dataclass(slots=True)
class TeamLexicon:
    """Sports teams and competitions, by sport.

    `by_sport` holds the teams of one sport with their nicknames, `everywhere` the competitions, known in any text; `of_place` the
    teams that a place's bare name may stand for, by sport and folded place.
    """

    everywhere: PhraseIndex = field(default_factory=PhraseIndex)
    by_sport: dict[str, PhraseIndex] = field(default_factory=dict)
    of_place: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)

    def index(self, sport: str | None) -> PhraseIndex:
        """What to look for in a story about a sport; None: about no sport."""
        if sport is None:
            return self.everywhere
        return self.by_sport.get(sport) or self.by_sport.get(ANY_SPORT, self.everywhere)


def load_given_names(path: Path = LEXICONS / "given_names.csv") -> dict[str, str]:
    """Gender (m, f or empty) of each given name, by folded name.

    Raises:
        LexiconError: a row cannot be used; names file and line.
    """
    genders: dict[str, str] = {}
    for line, row in read_rows(path, ("name", "gender")):
        if row["gender"] not in ("", "m", "f"):
            raise LexiconError(f"{path.name} line {line}: gender {row['gender']!r} must be m, f or empty")
        genders[fold(row["name"])] = row["gender"]
    return genders


@cache
def state_abbreviations() -> dict[str, str]:
    """Country of each state or province by its abbreviation with a full stop, as behind a town's name ("Salem, Mass.")."""
    columns = ("abbreviation", "country", "admin1_code", "is_standalone")
    rows = (row for _, row in read_rows(LEXICONS / "places_abbreviations.csv", columns))
    return {row["abbreviation"]: row["country"] for row in rows if row["abbreviation"].endswith(".")}


@cache
def load_teams(path: Path = LEXICONS / "sports_teams.csv") -> TeamLexicon:
    """Sports teams (label ORG, role "team") and competitions (label EVENT, role "competition").

    Raises:
        LexiconError: a row cannot be used; names file and line.
    """
    lexicon = TeamLexicon()
    for line, row in read_rows(path, ("name", "aliases", "place", "sport", "kind")):
        if row["kind"] not in ("team", "competition"):
            raise LexiconError(f"{path.name} line {line}: kind {row['kind']!r} must be team or competition")
        is_team = row["kind"] == "team"
        label = "ORG" if is_team else "EVENT"
        key = f"{label.lower()}:{' '.join(fold(w) for w in split_words(row['name']))}"
        entry = Entry(Kind.ORGANISATION, row["name"], key, label, role=row["kind"])
        forms = [row["name"], *values(row["aliases"])]
        for index in (
            lexicon.by_sport.setdefault(row["sport"], PhraseIndex()),
            lexicon.by_sport.setdefault(ANY_SPORT, PhraseIndex()),
            *([] if is_team else [lexicon.everywhere, *lexicon.by_sport.values()]),
        ):
            for form in forms:
                index.add(form, entry)
        if is_team and row["place"]:
            lexicon.of_place.setdefault((row["sport"], fold(row["place"])), []).append(entry)
    return lexicon
