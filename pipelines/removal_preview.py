"""Showing what `communique remove` would remove (`--dry-run`).

What belongs here: what is asked, and the layout on the screen. What does not: choosing the documents (`warehouse/removal.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from rich.console import Console

from pipelines.errors import QueryError
from pipelines.output import write_table
from pipelines.settings import Settings
from pipelines.stages.ingest.inbox import list_inbox
from warehouse.connection import open_build
from warehouse.removal import removable_documents
from warehouse.tables import require_layout

_COLUMNS = ("paths", "title", "events", "of these by no other document", "document_id")


def write_removal_preview(console: Console, settings: Settings, paths: Sequence[str]) -> None:
    """List the documents of the published version that no file in the seeds folder holds any more; nothing is changed.

    Args:
        console: where to.
        settings: the seeds folder and the warehouse.
        paths: only what was in these files or folders; none: all.

    Raises:
        QueryError: nothing is published.
        LayoutError: what is published has another layout.
        TerminalError: at one of the paths there is nothing to remove.
    """
    if not settings.published_database.exists():
        raise QueryError(f"there is no {settings.published_database} yet; `communique run` makes it")
    present = [file.path for file in list_inbox(settings.seeds)]
    with closing(open_build(settings.published_database, read_only=True)) as con:
        require_layout(con)
        going = removable_documents(con, paths, present=present)
    rows = [(d.paths, d.title, d.event_count, d.only_event_count, d.document_id) for d in going]
    if rows:
        write_table(console, _COLUMNS, rows)
    documents = "1 document" if len(going) == 1 else f"{len(going)} documents"
    console.print(
        f"{documents} would be removed for good, with the events that no other document reports. Nothing was changed.",
        soft_wrap=True,
    )
