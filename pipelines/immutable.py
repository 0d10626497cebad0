"""Dataclasses that are frozen to the type checker, and cost no more than others while the program runs.

What belongs here: `dataclass`, in place of the one of `dataclasses` where a document makes many objects. Why: Python sets each
field of a frozen one by a function call, four times as slow, which was a thirtieth of an extraction. An assignment to a
field is an error of mypy, as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses

    def dataclass(*, frozen: bool = False, **options: Any) -> Any:
        """As `dataclasses.dataclass`; `frozen` gives the hash of a frozen one and leaves the freezing to the type checker."""
        return dataclasses.dataclass(unsafe_hash=frozen, **options)
