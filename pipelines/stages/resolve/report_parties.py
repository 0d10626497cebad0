"""The parties of reports as arrays.

What belongs here: `Parties` and `read_parties`. What does not: the other arrays of reports (`reports.py`), and how well
two parties fit (`party_fits.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.stages.resolve.hashed_names import NONE, Names, number_rows, present
from pipelines.stages.resolve.report_words import head_and_word, names_whose

_LEXICONS = Path(__file__).parents[2] / "lexicons"
PARTIES = 4  # of a role; what a sentence lists beyond them does not decide
PARTY_WORDS = 2
NO_PARTY, GROUP, STATE, BODY, PERSON = range(5)  # by how well a name tells one from another
_NOTHING = {"kind": NO_PARTY, "kin": 0, "is_presumed": False}  # of the arrays in which `NONE` does not stand for it


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties of one role: arrays of n reports by `PARTIES`, the missing ones filled with `NONE`."""

    kind: np.ndarray
    entity: np.ndarray
    country: np.ndarray
    sector: np.ndarray
    words: np.ndarray  # n by PARTIES by PARTY_WORDS: the stem of its head, and of its most telling other word
    kin: np.ndarray  # bits: the kinships of its sector
    is_presumed: np.ndarray  # unnamed, and its own words tell no country, so that the one it has is that of the scene


def read_parties(
    mentions: pd.DataFrame,
    participants: pd.DataFrame,
    entities: pd.DataFrame,
    names: Names,
) -> dict[str, Parties]:
    """The parties of event mentions: `actors` and `recipients`.

    Args:
        mentions: rows of nlp.event_mentions, in the order of the reports.
        participants: rows of nlp.event_participants, with the entity of core as entity_id.
        entities: entity_id, label, country, is_named of core.entities.
        names: numbers of names.
    """
    entities = entities.loc[entities["entity_id"].isin(participants["entity_id"].unique())]
    known = {
        row.entity_id: (str(row.label), present(row.country), bool(row.is_named))
        for row in entities[["entity_id", "label", "country", "is_named"]].itertuples(index=False)
    }
    told = participants.loc[
        participants["role"].isin(["actor", "recipient"]),
        ["event_mention_id", "role", "ordinal", "entity_id", "country", "sector", "text"],
    ].sort_values(["event_mention_id", "role", "ordinal"], ignore_index=True)
    told["number"] = told.groupby(["event_mention_id", "role"]).cumcount()
    told = told.loc[told["number"] < PARTIES]
    codes, members = pd.factorize(told["entity_id"])
    # The last one stands for parties without an entity.
    cores = [entity if isinstance(entity, str) else None for entity in [*members, None]]
    facts = [known.get(core, ("", None, False)) for core in cores]
    kind = np.array([party_kind(label, is_named=is_named) for label, _, is_named in facts], dtype=np.int8)[codes]
    home = np.array([names.number(country) for _, country, _ in facts], dtype=np.int32)[codes]
    country = names.numbers(told["country"])
    values: dict[str, np.ndarray] = {
        "kind": kind,
        "entity": np.array([names.number(core) for core in cores], dtype=np.int32)[codes],
        "country": np.where(country == NONE, home, country),
        "sector": names.numbers(told["sector"]),
        "words": number_rows(told["text"], names, head_and_word, PARTY_WORDS),
        "kin": _kinships(told["sector"]),
        "is_presumed": (kind == GROUP) & ~_tells_whose(told["text"]),
    }
    row = pd.Index(mentions["event_mention_id"]).get_indexer(pd.Index(told["event_mention_id"]))
    at = told["number"].to_numpy()
    found = {}
    for role in ("actor", "recipient"):
        of = (told["role"] == role).to_numpy(dtype=bool)
        arrays = {name: _empty(len(mentions), value, _NOTHING.get(name, NONE)) for name, value in values.items()}
        for name, value in values.items():
            arrays[name][row[of], at[of]] = value[of]
        found[f"{role}s"] = Parties(**arrays)
    return found


def _empty(count: int, like: np.ndarray, nothing: int) -> np.ndarray:
    """An array for the parties of so many reports, in which there are none."""
    return np.full((count, PARTIES, *like.shape[1:]), nothing, dtype=like.dtype)


def party_kind(label: str, *, is_named: bool) -> int:
    """What kind of party an entity is: GROUP (unnamed), STATE (or a people), BODY or PERSON."""
    if not is_named:
        return GROUP
    if label == "PERSON":
        return PERSON
    return STATE if label in ("GPE", "LOC", "NORP") else BODY


@cache
def _kinship_rows() -> dict[str, int]:
    """The bits of the kinships of each sector."""
    rows = pd.read_csv(_LEXICONS / "sector_kin.csv", comment="#", keep_default_na=False)
    bits = {kinship: 1 << number for number, kinship in enumerate(sorted(set(rows["kinship"])))}
    found: dict[str, int] = {}
    for row in rows.itertuples(index=False):
        found[str(row.sector)] = found.get(str(row.sector), 0) | bits[row.kinship]
    return found


def _kinships(sectors: pd.Series) -> np.ndarray:
    """The bits of the kinships of each sector."""
    codes, members = pd.factorize(sectors)
    # The last one stands for no sector.
    return np.array([*(_kinship_rows().get(sector, 0) for sector in members), 0], dtype=np.int32)[codes]


def _tells_whose(phrases: pd.Series) -> np.ndarray:
    """Whether each phrase tells of which country the party is."""
    codes, members = pd.factorize(phrases)
    # The last one stands for no phrase.
    return np.array([*(names_whose(str(phrase)) for phrase in members), False], dtype=bool)[codes]
