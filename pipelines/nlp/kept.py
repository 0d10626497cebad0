"""Lexicons and gazetteers in the form in which they load at once: made once, kept in the user's cache folder.

What belongs here: `kept`, which knows nothing of what it keeps. What does not: what is made, and from which files
(`places/sources.py`, `actors/lexicon.py`, `events/lexicon.py`, `pipelines/defs/reference_lists.py`). A file is named by the hash
of the code that makes it and of what that reads, so it is never out of date; where no folder can be written, each process makes
everything anew.
A memoryview in what is kept is not read but mapped: it costs no time, and all processes share its memory.
"""

from __future__ import annotations

import io
import logging
import mmap
import os
import pickle
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from hashlib import blake2b
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from pipelines.collection import uncollected
from pipelines.ids import code_version

logger = logging.getLogger(__name__)
_T = TypeVar("_T")

# Files of other versions go when a new one is written and they are this old, days.
_OLD_DAYS = 60
_MAGIC = b"communique kept 1"
_HEADER = struct.Struct(f"<{len(_MAGIC)}s16sQQ")  # magic, hash of the pickle, its length, number of buffers
_LENGTH = struct.Struct("<Q")
_ALIGNMENT = 16


def cache_folder() -> Path:
    """The folder of what is kept: the user's cache folder, which `XDG_CACHE_HOME` may set on Linux."""
    return Path(platformdirs.user_cache_dir("communique"))


def kept(
    name: str,
    make: Callable[[], _T],
    *,
    files: Iterable[str] = (),
    packages: Iterable[str] = (),
    data: Iterable[Path] = (),
    version: str = "",
) -> _T:
    """What `make` makes, from the cache folder if it was made before.

    Args:
        name: of the file.
        make: called where there is none; what it returns has to be picklable, but for memoryviews, which may be in it.
        files: code and lexicons that it depends on, as patterns below the folder of the package.
        packages: installed packages whose version it depends on.
        data: large files of those packages, which a user may have replaced: their sizes count.
        version: of whatever else it depends on.
    """
    other = [version] if version else []
    other += [f"{package} {metadata.version(package)}" for package in packages]
    other += [f"{path.name} {path.stat().st_size}" for path in data]
    of_all = code_version(f"{_MAGIC!r} {sys.implementation.cache_tag} {other}", (*files, "nlp/kept.py"))
    folder = cache_folder()
    path = folder / f"{name}-{of_all}"
    with uncollected():
        try:
            found: _T = _read(path)
            return found
        except FileNotFoundError:
            pass
        except (OSError, ValueError, struct.error, pickle.PickleError, ImportError, AttributeError) as error:
            logger.info("%s cannot be used and is made again: %r", path, error)
        made = make()
    try:
        _write(path, made)
        _drop_old(folder, name)
    except OSError as error:
        logger.debug("%s cannot be written: %s", path, error)
    return made


class _Pickler(pickle.Pickler):
    """Puts memoryviews beside the pickle."""

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, memoryview):
            return _view, (pickle.PickleBuffer(thing.toreadonly()), thing.format)
        return NotImplemented


def _view(buffer: Any, form: str) -> memoryview:
    return memoryview(buffer).cast("B").cast(form)  # type: ignore[call-overload, no-any-return]


def _write(path: Path, thing: Any) -> None:
    """Write a file whole or not at all, however many processes write it at once."""
    buffers: list[pickle.PickleBuffer] = []
    stream = io.BytesIO()
    _Pickler(stream, protocol=5, buffer_callback=buffers.append).dump(thing)
    pickled = stream.getvalue()
    if not path.is_absolute():  # a user without a home
        raise FileNotFoundError("there is no cache folder")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as file:
        try:
            views = [buffer.raw() for buffer in buffers]
            file.write(_HEADER.pack(_MAGIC, _digest(pickled), len(pickled), len(views)))
            for view in views:
                file.write(_LENGTH.pack(view.nbytes))
            file.write(pickled)
            for view in views:
                file.write(bytes(-file.tell() % _ALIGNMENT))
                file.write(view)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            Path(file.name).replace(path)
        except BaseException:
            file.close()
            Path(file.name).unlink(missing_ok=True)
            raise


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        _refuse_foreign(file.fileno())
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    magic, digest, size, count = _HEADER.unpack_from(mapped)
    at = _HEADER.size + count * _LENGTH.size
    lengths = [_LENGTH.unpack_from(mapped, _HEADER.size + number * _LENGTH.size)[0] for number in range(count)]
    pickled = mapped[at : at + size]
    if magic != _MAGIC or _digest(pickled) != digest:
        raise ValueError("its content is not what was written")
    at += size
    buffers = []
    for length in lengths:
        at += -at % _ALIGNMENT
        buffers.append(mapped[at : at + length])
        at += length
    if at != len(mapped):
        raise ValueError("it is cut short")
    return pickle.loads(pickled, buffers=buffers)


def _refuse_foreign(descriptor: int) -> None:
    """A pickle can run code, so one that another user could have written is not read."""
    if hasattr(os, "geteuid"):
        state = os.fstat(descriptor)
        if state.st_uid != os.geteuid() or state.st_mode & 0o022:
            raise PermissionError("others may have written it")


def _digest(data: bytes | memoryview) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _drop_old(folder: Path, name: str) -> None:
    oldest = time.time() - _OLD_DAYS * 24 * 3600
    for path in folder.glob(f"{name}-*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
