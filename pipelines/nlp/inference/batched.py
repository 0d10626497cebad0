"""A component that annotates many documents at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence

from spacy.tokens import Doc
from spacy.util import minibatch


class Batched(ABC):
    """Gives what `_annotate` does to some documents the interface of a spaCy component."""

    def __call__(self, doc: Doc) -> Doc:
        self._annotate([doc])
        return doc

    def pipe(self, docs: Iterable[Doc], *, batch_size: int = 256) -> Iterator[Doc]:
        """Annotate documents in batches.

        Args:
            docs: the documents.
            batch_size: documents in a batch.

        Yields:
            The documents, in their order.
        """
        for batch in minibatch(docs, size=batch_size):
            together = list(batch)
            self._annotate(together)
            yield from together

    @abstractmethod
    def _annotate(self, docs: Sequence[Doc]) -> None:
        """Annotate some documents; empty ones may be among them."""
