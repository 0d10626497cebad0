"""Which documents' parties are others than in the run before, so that their event mentions are resolved anew.

What belongs here: `documents_with_other_parties`. What does not: which entities changed (`entities.py`), what a report says of
its parties (`report_parties.py`).

An entity that thousands of documents name gets another country or label, or is joined more surely, by one document more. Reports
tell the difference only where a party is that entity, and of its country only where their own text tells none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import pandas as pd

from pipelines.stages.resolve.entities import ResolvedEntities
from pipelines.stages.resolve.hashed_names import present
from pipelines.stages.resolve.report_parties import party_kind

_Fact = tuple[int, str | None]  # kind of party, country


def documents_with_other_parties(
    entities: ResolvedEntities, former: pd.DataFrame, parties_of: Callable[[Collection[str]], pd.DataFrame]
) -> set[str]:
    """The documents of which a report may say something else of a party than in the run before.

    Args:
        entities: as they are now, after a run that knew the one before.
        former: entity_id, label, country, is_named of the entities of core that this run replaces, as they were.
        parties_of: gives document_id, entity_id (of nlp) and country of the parties that are some entities of nlp.
    """
    was, now = _facts(former), _facts(entities.entities)
    other = {entity for entity in was.keys() | now.keys() if was.get(entity) != now.get(entity)}
    is_elsewhere = {entity for entity in other if entity in was and entity in now and was[entity][0] == now[entity][0]}
    nodes = entities.renamed_nodes() | entities.nodes_of(other - is_elsewhere)
    at_home = entities.nodes_of(is_elsewhere) - nodes
    found = set(entities.other_documents)
    if nodes or at_home:
        parties = parties_of({entity for _, entity in nodes | at_home})
        columns = (parties[name].tolist() for name in ("document_id", "entity_id", "country"))
        for document, entity, country in zip(*columns, strict=True):
            node = document, entity
            if node in nodes or (node in at_home and present(country) is None):
                found.add(document)
    return found


def _facts(entities: pd.DataFrame) -> Mapping[str, _Fact]:
    """What reports tell of each entity that is a party."""
    columns = (entities[name].tolist() for name in ("entity_id", "label", "country", "is_named"))
    return {
        entity: (party_kind(str(label), is_named=bool(is_named)), present(country))
        for entity, label, country, is_named in zip(*columns, strict=True)
    }
