"""Identifiers: hashes of content, so the same input gives the same id in every run and order.

What belongs here: one function per kind of id, and the version of code, which is the hash of its files. No sequence, no
random number, no clock.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from functools import lru_cache
from glob import glob
from hashlib import blake2b
from pathlib import Path

_ID_BYTES = 12  # 96 bits: under 1e-9 chance of a collision among 10 million ids


def content_hash(text: str) -> str:
    """Hash of a canonical text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def bytes_hash(data: bytes) -> str:
    """Hash of a file's bytes."""
    return blake2b(data, digest_size=16).hexdigest()


def document_id(text: str, source_key: str) -> str:
    """Id of a document: its canonical text and where it comes from (a source's name, not a file's path)."""
    return _hash("doc", source_key, text)


def file_id(path: str, content_hash: str) -> str:
    """Id of a file version."""
    return _hash("fil", path, content_hash)


def mention_id(document_id: str, start_char: int, end_char: int) -> str:
    """Id of a mention: its span in its document."""
    return _hash("men", document_id, start_char, end_char)


def entity_id(key: str) -> str:
    """Id of an entity, from its canonical key (`EntityNode.key`)."""
    return _hash("ent", key)


def event_mention_id(document_id: str, start_char: int, end_char: int, event_type: str, ordinal: int = 0) -> str:
    """Id of an event mention: its trigger's span and type; `ordinal` tells events of one trigger and type apart."""
    return _hash("evm", document_id, start_char, end_char, event_type, ordinal)


def event_id(key: str) -> str:
    """Id of a real-world event, from the key of its cluster."""
    return _hash("evt", key)


def party_id(event_id: str, role: str, key: str) -> str:
    """Id of a participant of an event that has no entity across documents: an unnamed group."""
    return _hash("pty", event_id, role, key)


def quarantine_id(path: str, record_number: int | None, content_hash: str | None, reason_code: str) -> str:
    """Id of a rejected record."""
    return _hash("qua", path, record_number, content_hash, reason_code)


def code_version(name: str, patterns: Iterable[str], *, package: Path = Path(__file__).parent) -> str:
    """Version of some code: a short hash of its files.

    Args:
        name: what else the result depends on, such as the versions of libraries.
        patterns: the files, as patterns below the folder of the package ("nlp/**/*").
        package: the folder of the package; `pipelines` if not given.
    """
    digest = blake2b(name.encode(), digest_size=6)
    # Names and not paths, as a run asks thirty times; in the order of paths.
    found = (file for some in patterns for file in glob(some, root_dir=package, recursive=True, include_hidden=True))
    for parts in sorted(tuple(file.split(os.sep)) for file in found):
        if "__pycache__" in parts:
            continue
        path = os.path.join(package, *parts)
        state = os.stat(path)
        if not stat.S_ISDIR(state.st_mode):
            digest.update("/".join(parts).encode())
            digest.update(_content_digest(path, state.st_ino, state.st_size, state.st_mtime_ns))
    return digest.hexdigest()


@lru_cache(maxsize=2_000)
def _content_digest(path: str, *_state: int) -> bytes:
    """The hash of a file's bytes, taken once a process while the file is as it was: its inode, size and time tell."""
    with open(path, "rb") as file:
        return blake2b(file.read()).digest()


def _hash(kind: str, *parts: object) -> str:
    pieces: list[bytes] = []
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")
        pieces += (len(data).to_bytes(8, "big"), data)
    return f"{kind}_{blake2b(b''.join(pieces), digest_size=_ID_BYTES).hexdigest()}"
