"""A process that has the pipeline of extraction loaded: imported by the server from which several workers are forked.

What belongs here: loading the pipeline of the settings once, and not once a worker. What does not: the libraries and the code
(`warm_extractor.py`), what a worker does where its own settings name another model (`extraction_worker.py`).
"""

from __future__ import annotations

import logging

from pipelines.settings import Settings
from pipelines.stages.extraction_worker import load_for_workers

try:
    load_for_workers(Settings().model)
except Exception:  # the server must live; each worker loads it again, and fails where it can be told
    logging.getLogger(__name__).debug("the pipeline could not be loaded", exc_info=True)
