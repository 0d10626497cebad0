"""The documents that a run has read, most of them on disk.

What belongs here: `DocumentSpool`, which holds what is read until it is staged, and `SpooledDocuments`, some of them in an order.
What does not: which documents are kept (`accounts.py`), the files that hand them on (`warehouse/staging.py`).

A hundred thousand stories are half a gigabyte, and a file delivers as many as it likes. So those beyond some megabytes are
written to a file that has no name, and goes with the process however it ends.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, overload

from pipelines.errors import DiskFullError, is_full_disk
from pipelines.records import Document

# Characters of text that are held in memory before the rest goes to the file.
_HELD_CHARACTERS = 16 * 1024**2


class DocumentSpool:
    """Documents by their ids.

    Args:
        folder: where the file is made, should it be needed; `None`: all are held in memory.
        held_characters: text that is held in memory.
    """

    def __init__(self, folder: Path | None = None, *, held_characters: int = _HELD_CHARACTERS) -> None:
        self._folder = folder
        self._room = held_characters
        self._documents: dict[str, Document | int] = {}  # a number: where it begins in the file
        self._file: IO[bytes] | None = None

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._documents

    def __len__(self) -> int:
        return len(self._documents)

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def get(self, document_id: str) -> Document | None:
        """The document with an id, `None` if it was not read."""
        found = self._documents.get(document_id)
        if not isinstance(found, int):
            return found
        assert self._file is not None
        self._file.seek(found)
        document: Document = pickle.load(self._file)  # noqa: S301 - written by this process
        return document

    def in_order(self, document_ids: Sequence[str]) -> Sequence[Document]:
        """Some of the documents, in the order of these ids; those on disk are read when they are asked for."""
        found = SpooledDocuments(self, document_ids)
        return found if self._file else tuple(found)

    def put(self, document: Document) -> None:
        """Hold a document, in the place of one with the same id.

        Raises:
            DiskFullError: there is no space for it.
        """
        size = len(document.text)
        if size <= self._room or self._folder is None:
            self._room -= size
            self._documents[document.document_id] = document
            return
        try:
            if self._file is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._file = TemporaryFile(dir=self._folder)  # noqa: SIM115 - it lasts as long as the spool
            place = self._file.seek(0, 2)
            pickle.dump(document, self._file, pickle.HIGHEST_PROTOCOL)
            self._file.flush()
        except OSError as error:
            if is_full_disk(error):
                raise DiskFullError(
                    f"no space is left for what was read, in {self._folder}; free some and run again"
                ) from error
            raise
        self._documents[document.document_id] = place


class SpooledDocuments(Sequence[Document]):
    """Documents of a spool, each of which is read when it is asked for.

    Args:
        spool: holds them.
        document_ids: which, and in what order.
    """

    def __init__(self, spool: DocumentSpool, document_ids: Sequence[str]) -> None:
        self._spool = spool
        self._ids = document_ids

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> Document: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Document]: ...

    def __getitem__(self, index: int | slice) -> Document | Sequence[Document]:
        if isinstance(index, slice):
            return SpooledDocuments(self._spool, self._ids[index])
        document = self._spool.get(self._ids[index])
        assert document is not None
        return document
