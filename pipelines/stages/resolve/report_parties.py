"""The parties of reports as arrays.

What belongs here: `Parties`, `told_parties` and `known_parties`. What does not: the other arrays of reports (`reports.py`), and
how well two parties fit (`party_fits.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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


def told_parties(mentions: pd.DataFrame, participants: pd.DataFrame, names: Names) -> dict[str, Parties]:
    """The parties of event mentions as their sentences tell of them: `actors` and `recipients`.

    All are unnamed ones, and presumed to be of the scene's country where their own words tell none; `known_parties` tells more.

    Args:
        mentions: rows of nlp.event_mentions, in the order of the reports.
        participants: rows of nlp.event_participants.
        names: numbers of names.
    """
    told = _placed(mentions["event_mention_id"], participants)
    nobody = np.full(len(told), NONE, dtype=np.int32)
    values: dict[str, np.ndarray] = {
        "kind": np.full(len(told), GROUP, dtype=np.int8),
        "entity": nobody,
        "country": names.numbers(told["country"]),
        "sector": names.numbers(told["sector"]),
        "words": number_rows(told["text"], names, head_and_word, PARTY_WORDS),
        "kin": _kinships(told["sector"]),
        "is_presumed": ~_tells_whose(told["text"]),
    }
    found = {}
    for role in ("actor", "recipient"):
        arrays = {name: _empty(len(mentions), value, _NOTHING.get(name, NONE)) for name, value in values.items()}
        of, at = _places_of(role, told)
        for name, value in values.items():
            arrays[name][at] = value[of]
        found[f"{role}s"] = Parties(**arrays)
    return found


def known_parties(
    parties: dict[str, Parties], mention_ids: np.ndarray, participants: pd.DataFrame, entities: pd.DataFrame
) -> dict[str, Parties]:
    """The same parties with what is known of the entities that they are.

    Args:
        parties: of `told_parties`.
        mention_ids: of the reports.
        participants: the same rows, with the entity of core as entity_id.
        entities: entity_id, label, country, is_named of core.entities.
    """
    names = Names()
    entities = entities.loc[entities["entity_id"].isin(participants["entity_id"].unique())]
    known = {
        row.entity_id: (str(row.label), present(row.country), bool(row.is_named))
        for row in entities[["entity_id", "label", "country", "is_named"]].itertuples(index=False)
    }
    told = _placed(pd.Series(mention_ids), participants)
    codes, members = pd.factorize(told["entity_id"])
    # The last one stands for parties without an entity.
    cores = [entity if isinstance(entity, str) else None for entity in [*members, None]]
    facts = [known.get(core, ("", None, False)) for core in cores]
    kind = np.array([party_kind(label, is_named=is_named) for label, _, is_named in facts], dtype=np.int8)[codes]
    home = np.array([names.number(country) for _, country, _ in facts], dtype=np.int32)[codes]
    entity = np.array([names.number(core) for core in cores], dtype=np.int32)[codes]
    found = {}
    for role in ("actor", "recipient"):
        before = parties[f"{role}s"]
        kinds, entities_of, countries = before.kind.copy(), before.entity.copy(), before.country.copy()
        of, at = _places_of(role, told)
        kinds[at], entities_of[at] = kind[of], entity[of]
        countries[at] = np.where(countries[at] == NONE, home[of], countries[at])
        is_presumed = before.is_presumed & (kinds == GROUP)
        found[f"{role}s"] = replace(before, kind=kinds, entity=entities_of, country=countries, is_presumed=is_presumed)
    return found


def _placed(mention_ids: pd.Series, participants: pd.DataFrame) -> pd.DataFrame:
    """The parties that count, each with the row of its report and its number among those of its role."""
    told = participants.loc[
        participants["role"].isin(["actor", "recipient"]),
        ["event_mention_id", "role", "ordinal", "entity_id", "country", "sector", "text"],
    ].sort_values(["event_mention_id", "role", "ordinal"], ignore_index=True)
    told["number"] = told.groupby(["event_mention_id", "role"]).cumcount()
    told = told.loc[told["number"] < PARTIES]
    return told.assign(row=pd.Index(mention_ids).get_indexer(pd.Index(told["event_mention_id"])))


def _places_of(role: str, told: pd.DataFrame) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Which parties have a role, and where they stand in its arrays."""
    of = (told["role"] == role).to_numpy(dtype=bool)
    return of, (told["row"].to_numpy()[of], told["number"].to_numpy()[of])


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
