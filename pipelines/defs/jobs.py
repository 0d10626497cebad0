"""What can be run: selections of assets as jobs.

What belongs here: selections of assets and their configuration. What does not: what starts them by itself (`schedules.py`,
`sensors.py`), what they run (`assets.py`).
"""

import dagster as dg

from pipelines.defs.asset_specs import MODEL_GROUPS
from pipelines.defs.keys import REBUILD_JOB

EVERYTHING = dg.AssetSelection.all()

ingest_and_publish = dg.define_asset_job(
    "ingest_and_publish",
    selection=EVERYTHING,
    description="Everything: ingest new files, extract, load, resolve, model, check, publish. Work already done is reused.",
)

retry_quarantined = dg.define_asset_job(
    "retry_quarantined",
    selection=EVERYTHING,
    config={
        "ops": {name: {"config": {"retry_quarantined": True}} for name in ("staged_documents", "staged_extractions")}
    },
    description="Everything, and what is in quarantine is tried again; after its cause was mended.",
)

remove_documents = dg.define_asset_job(
    "remove_documents",
    selection=EVERYTHING,
    config={"ops": {"load": {"config": {"remove_documents": True, "paths": [], "all": False, "dry_run": False}}}},
    description="Everything, and documents that no file holds any more are removed for good. Launchpad: set paths or all: true; "
    "dry_run: true removes nothing and lists what would go.",
)

re_extract = dg.define_asset_job(
    "re_extract",
    selection=EVERYTHING,
    config={"ops": {"staged_extractions": {"config": {"folder": "", "source": "", "preview": False}}}},
    description="Everything, and of the documents that another version of the extractor read only those of a folder or source "
    "are extracted again (config; empty: all). With preview: true nothing is changed; the run says how many documents, words and "
    "minutes it would be (log, and observation of staged_extractions).",
)

rebuild_marts = dg.define_asset_job(
    REBUILD_JOB,
    selection=dg.AssetSelection.groups(*MODEL_GROUPS, "publish"),
    description="Run the SQL models again on the tables as they are, check them and publish; after a change in sql/.",
)
