"""Which documents go into a batch: work of about equal size, from a stream of documents.

What belongs here: `plan_batches`, and how many workers some characters are worth. What does not: what becomes of a batch
(`extract.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipelines.records import Document

# A batch has at most this many characters for each document that it may have, those of a wire story: with 64 documents that is
# some seconds of a worker's time, so that one that dies costs little.
_STORY_CHARACTERS = 2_500
_MAX_BATCH_CHARACTERS = 500_000  # bounds the memory of a worker
# Documents that are planned together, which is all that is in memory of those that wait.
_WINDOW_DOCUMENTS = 4_096
_WINDOW_CHARACTERS = 32_000_000
# Less than this is not worth the start of another worker.
_WORKER_CHARACTERS = 10_000
# The last batches are halved this often while they are worth it: a worker waits for the others for a quarter of one at most.
_HALVINGS = 2


def plan_batches(documents: Iterable[Document], *, batch_documents: int, workers: int = 1) -> Iterator[list[Document]]:
    """Cut a stream of documents into batches of about equal length, the last ones smaller, none with more documents than given.

    Args:
        documents: a stream of which some thousands are read ahead; the order of these does not matter to the batches.
        batch_documents: documents of a batch at most.
        workers: a small number of documents is cut into a batch for each, and the last batches are smaller, so that none is idle.
    """
    window: list[Document] = []
    characters = 0
    for document in documents:
        window.append(document)
        characters += len(document.text)
        if len(window) >= _WINDOW_DOCUMENTS or characters >= _WINDOW_CHARACTERS:
            yield from _cut(window, characters, batch_documents, workers)
            window, characters = [], 0
    yield from _ended(_cut(window, characters, batch_documents, workers), workers)


def worth_of_workers(characters: int, most: int) -> int:
    """How many workers to start for a number of characters.

    Args:
        characters: of all documents.
        most: the workers that there may be.
    """
    return max(1, min(most, characters // _WORKER_CHARACTERS))


def _cut(documents: Sequence[Document], characters: int, batch_documents: int, workers: int) -> list[list[Document]]:
    ordered = sorted(documents, key=lambda document: (-len(document.text), document.document_id))
    count = max(
        -(-len(ordered) // batch_documents),
        -(-characters // min(batch_documents * _STORY_CHARACTERS, _MAX_BATCH_CHARACTERS)),
        worth_of_workers(characters, workers),
    )
    batches: list[list[Document]] = [[] for _ in range(min(count, len(ordered)))]
    for index, document in enumerate(ordered):  # dealt out in turns, forth and back
        turn, place = divmod(index, len(batches))
        batches[place if turn % 2 == 0 else len(batches) - 1 - place].append(document)
    return batches


def _ended(batches: list[list[Document]], workers: int) -> list[list[Document]]:
    """The last batches cut into smaller ones, so that workers end together."""
    for _ in range(_HALVINGS if workers > 1 else 0):
        whole, last = batches[:-workers], batches[-workers:]
        if any(sum(len(document.text) for document in batch) < 2 * _WORKER_CHARACTERS for batch in last):
            break
        halves = [batch[side::2] for batch in last for side in (0, 1)]
        batches = [*whole, *(batch for batch in halves if batch)]
    return batches
