"""When new files start a run: what the sensor remembers, and what it decides at each look.

What belongs here: the memory (`Memory`, which is the sensor's cursor, written for a person to read), the listing of the seeds
folder, and `decide`, a pure function of memory, listing, runs and time. What does not: finding the runs and the tick itself
(`sensors.py`).

A change is due until a run that read it has succeeded. Each request has a number, and its run key is made from that, never from
the listing: a folder that returns to an earlier state is a change like any other. A request counts as made only when a run of its
key exists; until then it is made again under the same key.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipelines.stages.ingest.inbox import list_inbox

FIRST_RETRY = timedelta(minutes=1)  # after a failed run; doubled with each further one
LONGEST_RETRY = timedelta(hours=1)


class _Remembered(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Listing(_Remembered):
    """The files that a run would read, as one hash of their names, sizes and times; the files are not opened."""

    digest: str
    files: int
    bytes: int
    newest: datetime | None


class Request(_Remembered):
    """A run that was asked for."""

    number: int
    listing: Listing
    at: datetime


class Waiting(_Remembered):
    """A change that was seen and not asked for yet: the listing at the last look, and when a change was seen first."""

    listing: Listing
    since: datetime


class Memory(_Remembered):
    """What the sensor knows from earlier looks."""

    taken: str | None = None  # digest of the listing that was published last
    taken_by: str | None = None  # the run that did it
    taken_at: datetime | None = None
    last_number: int = 0
    asked: Request | None = None  # whose run has not ended, or is not there yet
    waiting: Waiting | None = None
    is_owed: bool = False  # a run failed half-way: one is due even if the folder is as it was
    failures: int = 0  # runs that failed since one succeeded
    failed_run: str | None = None
    failed_at: datetime | None = None
    try_again_at: datetime | None = None


class RunState(StrEnum):
    """How far a run is."""

    UNFINISHED = "unfinished"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run; `read` is the digest of the listing it read, if it told, `ended_at` the time of its end, if it has ended."""

    run_id: str
    state: RunState
    read: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a look leads to: what to remember, the request if there is one, and the reason in words."""

    memory: Memory
    request: Request | None
    reason: str


def list_seeds(seeds: Path) -> Listing:
    """Look at the seeds folder.

    Raises:
        SeedsMissingError: the folder does not exist or cannot be listed.
    """
    digest = blake2b(digest_size=16)
    count, size, newest = 0, 0, 0
    for file in list_inbox(seeds):
        if file.skip is None:
            modified = os.lstat(file.location).st_mtime_ns if file.refusal is None else 0
            digest.update(f"{file.path}\0{file.size_bytes}\0{modified}\0".encode())
            count, size, newest = count + 1, size + file.size_bytes, max(newest, modified)
    time = datetime.fromtimestamp(newest // 10**9, UTC) if newest else None
    return Listing(digest=digest.hexdigest(), files=count, bytes=size, newest=time)


def decide(
    memory: Memory,
    listing: Listing,
    runs: Sequence[SeenRun],
    *,
    now: datetime,
    longest_wait: timedelta,
    published: SeenRun | None = None,
) -> Decision:
    """Decide whether a run is asked for.

    Args:
        memory: what is known from the last look.
        listing: the folder now.
        runs: of the request that was made last; the newest first.
        now: the time, UTC.
        longest_wait: a folder that never comes to rest is taken this long after the first change.
        published: the last run that read the folder and published, whoever started it.
    """
    memory = _with_publication(_with_end_of_run(memory, runs, now), published)
    last_look = memory.waiting
    memory = memory.model_copy(update={"waiting": _waiting(memory, listing, now)})
    if memory.asked is not None and runs:
        since = _clock(memory.asked.at)
        return Decision(
            memory, None, f"run {runs[0].run_id}, asked for at {since}, has not ended; none is added meanwhile"
        )
    if memory.asked is not None:
        request = Request(number=memory.asked.number, listing=listing, at=now)
        return _asking(memory, request, "the run asked for last was never made; asking for it again")
    if memory.try_again_at is not None and now < memory.try_again_at:
        return Decision(
            memory, None,
            f"run {memory.failed_run} failed ({memory.failures} in a row); what it was for is tried again at "
            f"{_clock(memory.try_again_at)}",
        )  # fmt: skip
    if memory.waiting is None and not memory.is_owed:
        since = f"since run {memory.taken_by} published {_files(listing)}"
        return Decision(memory, None, f"no file was added, changed or removed {since}")
    is_at_rest = memory.waiting is None or (last_look is not None and last_look.listing.digest == listing.digest)
    if memory.waiting is not None and not is_at_rest and now < (latest := memory.waiting.since + longest_wait):
        reason = "files are being added or changed; waiting until they are left alone, at the latest until "
        return Decision(memory, None, reason + _clock(latest))
    request = Request(number=memory.last_number + 1, listing=listing, at=now)
    reason = "files were added, changed or removed" if memory.waiting is not None else f"run {memory.failed_run} failed"
    return _asking(memory, request, f"{reason}; the folder has {_files(listing)}")


def _asking(memory: Memory, request: Request, reason: str) -> Decision:
    update = {"asked": request, "last_number": request.number, "waiting": None, "try_again_at": None}
    return Decision(memory.model_copy(update=update), request, reason)


def _with_end_of_run(memory: Memory, runs: Sequence[SeenRun], now: datetime) -> Memory:
    """Take note of how the run that was asked for has ended, if it has; a run that was started again by hand counts."""
    if memory.asked is None or not runs:
        return memory
    if (done := next((run for run in runs if run.state is RunState.SUCCEEDED), None)) is not None:
        taken = done.read or memory.asked.listing.digest
        return _taken(memory.model_copy(update={"asked": None}), taken, done.run_id, done.ended_at or now)
    if any(run.state is RunState.UNFINISHED for run in runs):
        return memory
    pause = min(FIRST_RETRY * 2 ** min(memory.failures, 10), LONGEST_RETRY)
    return memory.model_copy(
        update={
            "asked": None,
            "is_owed": True,
            "failures": memory.failures + 1,
            "failed_run": runs[0].run_id,
            "failed_at": runs[0].ended_at or now,
            "try_again_at": now + pause,
        }
    )


def _with_publication(memory: Memory, published: SeenRun | None) -> Memory:
    """Take note of a run that somebody else started, if it is newer than what is known."""
    if published is None or published.read is None or published.ended_at is None:
        return memory
    if any(at is not None and at >= published.ended_at for at in (memory.taken_at, memory.failed_at)):
        return memory
    return _taken(memory, published.read, published.run_id, published.ended_at)


def _taken(memory: Memory, digest: str, run_id: str, at: datetime) -> Memory:
    """The memory after a success: what was published, and no failure is left to make good."""
    return Memory(
        taken=digest,
        taken_by=run_id,
        taken_at=at,
        last_number=memory.last_number,
        asked=memory.asked,
        waiting=memory.waiting,
    )


def _waiting(memory: Memory, listing: Listing, now: datetime) -> Waiting | None:
    """The change that is not asked for yet, from the look on that saw it first, also while a run is going on."""
    known = memory.asked.listing.digest if memory.asked is not None else memory.taken
    if listing.digest == known:
        return None
    return Waiting(listing=listing, since=memory.waiting.since if memory.waiting is not None else now)


def _files(listing: Listing) -> str:
    return f"{listing.files:,} file{'' if listing.files == 1 else 's'}"


def _clock(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
