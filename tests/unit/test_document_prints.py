"""What is told of a document decides its hash, in whatever form a frame holds it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.stages.resolve.kept_events import document_prints

_ENTITIES = pd.DataFrame(
    {"entity_id": ["e0", "e1", "e2"], "label": "GPE", "country": ["MLI", "PER", "FJI"], "is_named": True}
)


def prints(contexts: list, *, entity: str | None = "e1", entities: pd.DataFrame = _ENTITIES) -> list[int]:
    documents = pd.DataFrame({"document_id": ["d0", "d1", "d2"], "published_date": "2020-01-01"})
    mentions = pd.DataFrame(
        {"event_mention_id": ["m0", "m1"], "document_id": ["d0", "d2"], "contexts": pd.Series(contexts, dtype=object)}
    )
    participants = pd.DataFrame({"event_mention_id": ["m1", "m1"], "entity_id": [entity, None], "text": ["Lima", "it"]})
    return document_prints(documents, mentions, participants, entities).tolist()


def test_lists_and_arrays_of_texts_tell_the_same():
    assert prints([["a", "b"], None]) == prints([np.array(["a", "b"], dtype=object), None])


@pytest.mark.parametrize("other", [["a"], ["ab"], ["a", "b", "c"], ["a", None], [1, 2], None])
def test_another_list_is_another_hash_of_its_document_alone(other):
    one, two = prints([["a", "b"], ["c"]]), prints([other, ["c"]])
    assert one[0] != two[0]
    assert one[1:] == two[1:]


def test_only_entities_of_parties_are_told():
    plain = prints([["a"], ["c"]])
    assert prints([["a"], ["c"]], entities=_ENTITIES[1:]) == plain
    changed = prints([["a"], ["c"]], entities=_ENTITIES.assign(country=["MLI", "BOL", "FJI"]))
    assert (changed[:2], changed[2] != plain[2]) == (plain[:2], True)
    assert prints([["a"], ["c"]], entity=None)[2] != plain[2]
