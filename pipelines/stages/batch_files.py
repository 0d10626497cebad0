"""Files of extraction batches in a folder of this machine or at an fsspec URL such as `s3://bucket/batches`.

What belongs here: where a batch is, writing one so that it is there as a whole or not at all, whether it is what was written, and
handing batches to the loader as local files. What does not: what the files hold (`batches.py`), credentials, which the library of
the file system takes from the environment in its own way (`AWS_...`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

from pipelines.durable import sync_folder
from pipelines.errors import BatchDamagedError, BatchStoreError, SettingsError, is_full_disk

if TYPE_CHECKING:
    from upath import UPath

# A file or folder of this machine, or of an fsspec file system, whose libraries take 0.15 s to load where there is a URL.
BatchPath: TypeAlias = "Path | UPath"

# Batches handed to the loader at a time: bounds its memory, and the disk that copies of remote ones take.
GROUP_BATCHES = 256
_COPIES = ".batches-"
_DOWNLOADS = 16  # requests at a time


def batch_path(location: str | BatchPath) -> BatchPath:
    """The file or folder at a path or fsspec URL.

    Raises:
        SettingsError: there is no library for the URL.
    """
    if not isinstance(location, str):
        return location
    if "://" not in location:
        return Path(location)
    from upath import UPath

    try:
        path = UPath(location, use_listings_cache=False)  # workers elsewhere write into the same folder
        assert path.fs is not None  # made now, so that a missing library is told here
    except (ImportError, ValueError) as error:
        raise SettingsError(f"{location} cannot be used: {error}") from error
    return path


@contextmanager
def unreachable_reported(path: BatchPath) -> Iterator[None]:
    """Say in our terms that a place of batches cannot be used; no document is to blame for it.

    Raises:
        BatchStoreError: for whatever a file system raises, but for a full disk.
    """
    try:
        yield
    except OSError as error:
        if is_full_disk(error):
            raise
        raise BatchStoreError(f"{path} cannot be used for extraction batches: {error}") from error
    except Exception as error:  # noqa: BLE001 - the libraries below fsspec have errors of their own
        if isinstance(path, Path):
            raise
        raise BatchStoreError(f"{path} cannot be used for extraction batches: {error!r}") from error


def write_whole(path: BatchPath, data: bytes) -> None:
    """Write a file that is there as a whole or not at all; an object store does so by itself.

    Raises:
        OSError: no space is left.
        BatchStoreError: it cannot be written for another reason.
    """
    with unreachable_reported(path.parent):
        if not isinstance(path, Path):
            path.write_bytes(data)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:  # on a full disk what was written has to go
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)


def rename(path: BatchPath, target: BatchPath) -> None:
    """Give a file another name in its folder."""
    if isinstance(path, Path):
        path.rename(str(target))
    else:
        path.fs.mv(path.path, path.with_name(target.name).path)


def checksum(data: bytes) -> str:
    """A short hash of a file's bytes, or of a text."""
    return blake2b(data, digest_size=12).hexdigest()


def flaw_of(path: BatchPath) -> str | None:
    """What is wrong with a batch: it cannot be read, or its bytes are not those that its name promises; None if nothing is."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"
    return _flaw(path, data)


def require_sound(paths: Iterable[BatchPath]) -> None:
    """Make sure that batches are what was written, before rows are taken from them.

    Raises:
        BatchDamagedError: one is not; the run that extracts next sets it aside.
    """
    for path in paths:
        if (flaw := flaw_of(path)) is not None:
            raise _damaged(path, flaw)


def local_batches(locations: Sequence[str], *, folder: Path) -> Iterator[Sequence[Path]]:
    """Batches as files of this machine, in groups; copies of remote ones are there until the next group is asked for.

    Args:
        locations: paths or URLs of batches; local ones are looked at by `require_sound`.
        folder: where copies may be made.

    Raises:
        BatchDamagedError: a remote one is not what was written.
        BatchStoreError: the place where they are cannot be reached.
    """
    paths = map(batch_path, locations)
    while group := list(islice(paths, GROUP_BATCHES)):
        local = [path for path in group if isinstance(path, Path)]
        remote = [path for path in group if not isinstance(path, Path)]
        if not remote:
            yield local
            continue
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{_COPIES}*"):  # by a killed run; the writer's lock allows no other
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(prefix=_COPIES, dir=folder) as copies:
            with ThreadPoolExecutor(_DOWNLOADS) as threads:
                fetched = list(threads.map(lambda path, to=Path(copies): _fetch(path, to), remote))  # type: ignore[misc]
            yield [*local, *fetched]


def _fetch(path: UPath, folder: Path) -> Path:
    with unreachable_reported(path.parent):
        data = path.read_bytes()
    if (flaw := _flaw(path, data)) is not None:
        raise _damaged(path, flaw)
    copy = folder / path.name
    copy.write_bytes(data)
    return copy


def _flaw(path: BatchPath, data: bytes) -> str | None:
    if path.stem.partition("-")[2] != checksum(data):
        return "is not what was written (checksum)" if data else "is empty"
    return None


def _damaged(path: BatchPath, flaw: str) -> BatchDamagedError:
    return BatchDamagedError(
        f"the extraction batch {path} {flaw}; run the job ingest_and_publish (or `communique run`), which extracts its "
        "documents again"
    )
