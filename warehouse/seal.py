"""Whether the build database is still as the last publication left it, so that nobody has written to it since.

What belongs here: the seal, a note of what the file is like, beside the hashes of the models. What does not: what may be left
undone because of it (`told.py`, `pipelines/defs`).

Each checkpoint of DuckDB writes one of the two headers at the beginning of the file anew, with a number that counts them, and a
change that is not in the file yet is in a log beside it. So a row that somebody changed by hand breaks the seal, as does another
file put in its place; opening the database and reading it does not.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from warehouse.transaction import translated_errors

_FILE = "seal.json"
_HEADER_BYTES = 3 * 4096


def seal(path: Path, folder: Path) -> None:
    """Note what the build database is like.

    Args:
        path: the build database, checkpointed and closed.
        folder: where models keep what they were made of.

    Raises:
        DiskFullError: there is no space for the note.
    """
    temporary = folder / f"{_FILE}.{os.getpid()}"
    with translated_errors(doing=f"writing {_FILE}"):
        folder.mkdir(exist_ok=True)
        temporary.write_text(json.dumps(_likeness(path)), encoding="utf-8")
        os.replace(temporary, folder / _FILE)


def break_seal(folder: Path) -> None:
    """Have the build database taken for changed from now on.

    Args:
        folder: as for `seal`.
    """
    (folder / _FILE).unlink(missing_ok=True)


def is_sealed(path: Path, folder: Path) -> bool:
    """Whether nobody has written to the build database since it was sealed.

    Args:
        path: the build database; the caller holds its `WriterLock`.
        folder: as for `seal`.
    """
    with suppress(OSError, ValueError):
        likeness = _likeness(path)
        return bool(likeness) and bool(json.loads((folder / _FILE).read_text(encoding="utf-8")) == likeness)
    return False


def _likeness(path: Path) -> list[int | str]:
    """Size, time and headers of a database; its log, where there is one, makes it unlike any that was sealed."""
    if path.with_name(path.name + ".wal").exists():
        return []
    with path.open("rb") as file:
        header = blake2b(file.read(_HEADER_BYTES), digest_size=16).hexdigest()
        status = os.fstat(file.fileno())
    return [status.st_size, status.st_mtime_ns, header]
