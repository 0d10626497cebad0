"""The inbox: which files below the seeds folder are there to be read, and opening them safely.

What belongs here: `list_inbox`, `open_file`, `printable_path`. What does not: what is in a file (`readers/`), what is known
of it already (`ingest.py`).

Only regular files inside the folder are read: a symbolic link out of it, a FIFO (opening one waits for ever), a socket or a
device is refused. A link to a file inside the folder is a second name of that file.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.errors import SeedsMissingError
from pipelines.stages.ingest.reasons import Reason, Refused, SkipReason

_TEMPORARY_SUFFIXES = ("~", ".part", ".crdownload", ".tmp")
CONFIGURATION_NAME = "sources.toml"
# What Python makes of the bytes of a name that its locale cannot decode.
SURROGATE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file found below the seeds folder.

    `path` is its name in the ledger: relative to the folder, with "/", printable. `location` is where the operating
    system finds it. Exactly one of these holds: `skip` says why it is passed over, `refusal` why it cannot be read, or
    both are None and it can be opened. Of a link it is what it leads to that is opened.
    """

    path: str
    location: str
    size_bytes: int
    skip: SkipReason | None = None
    refusal: Refused | None = None
    is_link: bool = False


def list_inbox(root: Path) -> Iterator[InboxFile]:
    """Every file below a folder, in the order of their paths.

    Folders whose names begin with a dot are not entered; links to folders are not followed.

    Args:
        root: the seeds folder.

    Raises:
        SeedsMissingError: the folder does not exist or cannot be listed.
    """
    if not root.is_dir():
        raise SeedsMissingError(f"the seeds folder {str(root)!r} does not exist; create it or set COMMUNIQUE_SEEDS")
    resolved_root = root.resolve()
    found: list[InboxFile] = []
    folders = [str(root)]
    top = len(os.path.join(root, ""))  # of a location, where the path below the folder begins
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            if folder == str(root):
                raise SeedsMissingError(f"the seeds folder {str(root)!r} cannot be listed: {error.strerror}") from error
            found.append(_refused(folder, top, _os_refusal(error)))
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith("."):
                    folders.append(entry.path)
            else:
                found.append(_inspect(entry, resolved_root, top))
    yield from sorted(found, key=lambda file: file.path)


@contextmanager
def open_file(file: InboxFile) -> Iterator[BinaryIO]:
    """Open a file of the inbox for reading, making sure that it still is a regular file.

    Raises:
        Refused: it is no regular file any more, or the operating system refuses to open it.
    """
    try:
        # O_NONBLOCK: if a FIFO has taken the file's place, opening it must not wait for a writer. A path that was no link is not
        # resolved, which would take as long as all the rest of looking at a small file.
        location = Path(file.location).resolve() if file.is_link else file.location
        descriptor = os.open(location, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, RuntimeError) as error:
        raise _os_refusal(error) from error
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refused(Reason.NOT_REGULAR_FILE, "not a regular file any more")
        yield stream


def printable_path(path: str) -> str:
    r"""A path as text, one text a path: bytes that are no UTF-8 become `\xNN`, and a backslash becomes two.

    It does not depend on the locale: `os.fsencode` gives back the bytes of the name, however Python has decoded them.
    """
    if path.isascii() and "\\" not in path:
        return path
    text = os.fsencode(path).decode("utf-8", "surrogateescape").replace("\\", "\\\\")
    return SURROGATE.sub(lambda match: f"\\x{ord(match.group()) - 0xDC00:02x}", text)


def _inspect(entry: os.DirEntry[str], resolved_root: Path, top: int) -> InboxFile:
    location, name = entry.path, entry.name
    path = printable_path(location[top:])
    is_link = False
    try:
        status = entry.stat(follow_symlinks=False)
        if name.startswith("."):
            return InboxFile(path, location, status.st_size, skip=SkipReason.HIDDEN)
        if name.endswith(_TEMPORARY_SUFFIXES):
            return InboxFile(path, location, status.st_size, skip=SkipReason.TEMPORARY)
        if is_link := stat.S_ISLNK(status.st_mode):
            target = Path(location).resolve(strict=True)
            status = target.stat()
            if stat.S_ISDIR(status.st_mode):
                return InboxFile(path, location, 0, skip=SkipReason.DIRECTORY_LINK)
            if not target.is_relative_to(resolved_root):
                return _refused(location, top, Refused(Reason.SYMLINK, "a symlink to a place outside the seeds folder"))
            if not stat.S_ISREG(status.st_mode):
                return _refused(location, top, Refused(Reason.SYMLINK, "a symlink to something not a regular file"))
    except FileNotFoundError:
        return _refused(location, top, Refused(Reason.SYMLINK, "a symlink to a missing file"))
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself, before Python 3.13
        return _refused(location, top, _os_refusal(error))
    if not stat.S_ISREG(status.st_mode):
        return _refused(location, top, Refused(Reason.NOT_REGULAR_FILE, f"not a regular file: {_kind(status.st_mode)}"))
    if path == CONFIGURATION_NAME:
        return InboxFile(path, location, status.st_size, skip=SkipReason.CONFIGURATION)
    if os.path.splitext(name)[1] in ("", "."):
        return InboxFile(path, location, status.st_size, skip=SkipReason.NO_EXTENSION)
    return InboxFile(path, location, status.st_size, is_link=is_link)


def _refused(location: str, top: int, refusal: Refused) -> InboxFile:
    return InboxFile(printable_path(location[top:]), location, 0, refusal=refusal)


def _os_refusal(error: OSError | RuntimeError) -> Refused:
    if isinstance(error, PermissionError):
        return Refused(Reason.PERMISSION_DENIED, "permission denied")
    if isinstance(error, RuntimeError) or error.errno == errno.ELOOP:
        return Refused(Reason.SYMLINK, "a symlink that leads to itself")
    return Refused(Reason.UNREADABLE_FILE, f"cannot be read: {error.strerror}")


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISFIFO, "a FIFO"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((name for test, name in kinds if test(mode)), "a special file")
