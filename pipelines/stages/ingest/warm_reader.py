"""A process that has read a text: imported by the server from which the children that read files are forked, and by nobody else.

What belongs here: the reading of `FIRST_TEXT`, for what libraries load when they are first used (half a second). What is loaded
here is there for every child, the first one of a run and the one that follows a killed one. Such a server can be told to load
modules and nothing else, so this one works when it is imported.
"""

from __future__ import annotations

import io
import logging
import sys

from pipelines.settings import Settings
from pipelines.stages.ingest.reading import read_documents
from pipelines.stages.ingest.sources import Source

FIRST_TEXT = b"Officials met in Paris on 5 May 2024."

# The matrix products of macOS use threads, and a process must not be forked that has used them.
if sys.platform != "darwin":
    try:
        list(
            read_documents(
                io.BytesIO(FIRST_TEXT), path="first.txt", settings=Settings.model_construct(), source=Source()
            )
        )
    except Exception:  # the server must live; each child reads it again, and fails where it can be told
        logging.getLogger(__name__).debug("the first text could not be read", exc_info=True)
