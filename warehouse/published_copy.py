"""A copy of the build database on the disk, at the cost of the blocks that changed where a former publication is at hand.

What belongs here: `copy_durably`, `keep_former`. What does not: when a copy becomes the published file (`publish.py`).

File systems that share blocks between files copy none. Elsewhere the publication that the last one took the place of stays under
a name of its own. The next one compares it with the build database and writes only what differs: both hold the same blocks but
for those of the last two runs, as DuckDB writes none in place. All is compared, so it does not matter what the file holds.
A reader may still have that file open: then it is left to the reader, and everything is copied. Linux tells of readers of its own
disks (a lease), so elsewhere everything is copied, too.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_COMPARED = 1 << 18  # bytes at once
_FORMER = ".former"
_FREE = 2  # the former publication stays where so many more files of its size have room
_LOCAL = ("ext3", "ext4", "f2fs", "tmpfs", "xfs")  # file systems that nobody can read behind this kernel's back
_FICLONE = 0x40049409  # of Linux: a file shares all blocks of another


def copy_durably(source: Path, copy: Path, *, published: Path) -> bool:
    """Copy a file, and wait until the copy is on the disk.

    Args:
        source: the build database; nobody writes it.
        copy: is made, or what the former publication becomes.
        published: the published file, beside which the former publication is.

    Returns:
        Whether a former publication is of use to the next copy.

    Raises:
        OSError: there is no space.
    """
    former = former_of(published)
    with source.open("rb") as reader:
        with copy.open("wb") as writer:
            made = os.fstat(writer.fileno())
            if _shares_blocks(reader, writer):
                former.unlink(missing_ok=True)
                os.fsync(writer.fileno())
                return False
        with suppress(OSError):
            os.replace(former, copy)  # by this name nobody opens it any more
        with _opened_again(copy, made) as writer:
            if writer is not None and _has_no_other_reader(writer):
                os.fchmod(writer.fileno(), stat.S_IMODE(made.st_mode))
                _write_what_differs(reader.fileno(), writer.fileno())
                os.fsync(writer.fileno())
                return True
        copy.unlink()
        with copy.open("wb") as writer:
            _copy(reader, writer)
            os.fsync(writer.fileno())
    return True


@contextmanager
def _opened_again(copy: Path, made: os.stat_result) -> Iterator[BinaryIO | None]:
    """A file to write into; None where it cannot be, or belongs to another user than one made anew."""
    with ExitStack() as opened:
        writer: BinaryIO | None = None
        with suppress(OSError):  # of another user, or write-protected
            writer = opened.enter_context(copy.open("r+b"))
            about = os.fstat(writer.fileno())
            if (about.st_uid, about.st_gid) != (made.st_uid, made.st_gid):
                writer = None
        yield writer


def keep_former(published: Path) -> None:
    """Keep the published file under another name, before another one takes its place.

    Args:
        published: the published file; there may be none.
    """
    former = former_of(published)
    former.unlink(missing_ok=True)
    with suppress(OSError):  # none there, or a file system without hard links
        if shutil.disk_usage(published.parent).free > _FREE * published.stat().st_size:
            os.link(published, former)


def former_of(published: Path) -> Path:
    """Where the publication is kept that the published one took the place of.

    Args:
        published: the published file.
    """
    return published.with_name(published.name + _FORMER)


def _shares_blocks(reader: BinaryIO, writer: BinaryIO) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(writer, _FICLONE, reader.fileno())
    except OSError:
        return False
    return True


def _has_no_other_reader(file: BinaryIO) -> bool:
    """Whether a file holds something and nobody else has it open or mapped; where that cannot be told, somebody has."""
    about = os.fstat(file.fileno())
    # One that has another name may be the published one, as of a run that was killed, or somebody's backup.
    if sys.platform != "linux" or not about.st_size or about.st_nlink != 1 or not _is_local(about.st_dev):
        return False
    import fcntl
    import signal

    try:
        # Should somebody open it meanwhile, this process is told so by a signal that it ignores.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)  # granted only where no other one is open
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError:
        return False
    return True


def _is_local(device: int) -> bool:
    """Whether a device is a disk of this machine, and not a share that others read, too."""
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    kinds = {line.partition(" - ")[2].split(" ")[0] for line in mounts if line.split(" ")[2] == number}
    return bool(kinds) and kinds <= set(_LOCAL)


def _write_what_differs(source: int, copy: int) -> None:
    size = os.fstat(source).st_size
    if os.fstat(copy).st_size > size:
        os.ftruncate(copy, size)
    there, here = bytearray(_COMPARED), bytearray(_COMPARED)
    for at in range(0, size, _COMPARED):
        if size - at < _COMPARED:
            there, here = bytearray(size - at), bytearray(size - at)
        if os.preadv(source, [there], at) < len(there):
            raise OSError(errno.EIO, "the file became shorter while it was copied")
        if os.preadv(copy, [here], at) == len(here) and there == here:
            continue
        written = 0
        while written < len(there):
            written += os.pwrite(copy, memoryview(there)[written:], at + written)


def _copy(reader: BinaryIO, writer: BinaryIO) -> None:
    try:
        _copy_in_kernel(reader.fileno(), writer.fileno())
    except OSError as err:
        if err.errno == errno.ENOSPC:
            raise
        reader.seek(0)
        writer.seek(0)  # a system or a file system that cannot
        writer.truncate()
        shutil.copyfileobj(reader, writer, length=1024 * 1024)
    writer.flush()


def _copy_in_kernel(source: int, copy: int) -> None:
    """Copy a file without reading it into the process."""
    if not hasattr(os, "copy_file_range"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    left = os.fstat(source).st_size
    while left > 0:
        copied = os.copy_file_range(source, copy, left)
        if not copied:
            raise OSError(errno.EIO, "the file became shorter while it was copied")
        left -= copied
