"""How many documents may be gone from the inbox: an emptied or unmounted folder stops the run.

What belongs here: `require_presence`. What does not: noticing that a file is gone (`accounts.py`), removing documents for good
(`warehouse/removal.py`).

What counts are documents, not files, since one file may hold thousands. A document is gone when its file is, or when a new
version of its file holds none; it is not when another file has come that holds its text (a folder was renamed).
"""

from __future__ import annotations

import logging
from pathlib import Path

from pipelines.errors import InboxVanishedError
from pipelines.stages.ingest.accounts import Accounts
from pipelines.stages.ingest.sources import Kind

logger = logging.getLogger(__name__)

# So many may go unasked: in a folder of three files one that is deleted is a third.
_FEW_DOCUMENTS = 2
_NAMED_FILES = 3


def require_presence(accounts: Accounts, *, root: Path, max_share: float) -> None:
    """Make sure that the inbox has not lost more than it may.

    Args:
        accounts: of this run, every file of the folder accounted for.
        root: the seeds folder.
        max_share: share of the documents known that may go at once, 0 to 1.

    Raises:
        InboxVanishedError: more are gone, or no document is left.
    """
    held = {
        path: version.document_count
        for path, version in accounts.ledger.files.items()
        if version.document_count and accounts.kind_of(path) is not Kind.ARCHIVE  # its documents stay
    }
    empty_now = {version.path for version in accounts.files if version.is_current and not version.document_count}
    gone = sorted(path for path in held if path not in accounts.seen_paths or path in empty_now)
    if not gone:
        return
    moved = {
        source.document_id
        for source in accounts.sources
        if source.path not in held and source.document_id in accounts.ledger.document_ids
    }
    lost, known = max(0, sum(held[path] for path in gone) - len(moved)), sum(held.values())
    is_emptied = len(gone) == len(held) and not accounts.sources
    if is_emptied or (lost > _FEW_DOCUMENTS and lost > max_share * known):
        raise InboxVanishedError(_message(gone, lost=lost, known=known, root=root, max_share=max_share))
    if lost:
        logger.warning("%d of %d documents are gone from the seeds folder, with %d files", lost, known, len(gone))


def _message(gone: list[str], *, lost: int, known: int, root: Path, max_share: float) -> str:
    names = ", ".join(gone[:_NAMED_FILES]) + (", ..." if len(gone) > _NAMED_FILES else "")
    limit = (
        "none is left" if lost == known else f"over the share that may go at once (max_vanished_share {max_share:g})"
    )
    return (
        f"{lost} of {known} documents are gone from the seeds folder {str(root)!r} with {len(gone)} files ({names}): {limit}. "
        "Nothing was changed. If it was emptied or is not mounted, put the files back and run again; if they are meant to be "
        "gone, run `communique run --allow-vanished`, or set allow_vanished: true for staged_documents in the launchpad"
    )
