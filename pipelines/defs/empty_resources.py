"""Resources of Dagster's for what needs none, made once and not for each output.

What belongs here: `share_empty_resources`. What does not: the resources of this project (`resources.py`).

Dagster makes a class for the resources of each output, each type and each I/O manager. That is 400 classes a run, 0.1 s, and as
none of these needs a resource they are all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from dagster._core.definitions.scoped_resources_builder import Resources, ScopedResourcesBuilder

_BUILD = ScopedResourcesBuilder.build


@contextmanager
def share_empty_resources() -> Iterator[None]:
    """For the block, have Dagster make what holds no resource once."""
    empty: dict[bool, Resources] = {}

    def shared(builder: ScopedResourcesBuilder, required: AbstractSet[str] | None) -> Resources:
        if required:
            return _BUILD(builder, required)
        if builder.contains_generator not in empty:
            empty[builder.contains_generator] = _BUILD(builder, required)
        return empty[builder.contains_generator]

    ScopedResourcesBuilder.build = shared  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        ScopedResourcesBuilder.build = _BUILD  # type: ignore[method-assign]
