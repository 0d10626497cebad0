"""Names that several modules of this package share: keys of the assets that are no table, and tags of runs.

What belongs here: names. What does not: anything that they name.
"""

import dagster as dg

SEEDS, STAGED_DOCUMENTS, STAGED_EXTRACTIONS, PUBLISHED = map(
    dg.AssetKey, ("seeds", "staged_documents", "staged_extractions", "published_warehouse")
)

# The job that computes every SQL model, whatever its stamp says.
REBUILD_JOB = "rebuild_marts"

# A run that materializes these takes the files of the folder all the way.
WHOLE_RUN = {STAGED_DOCUMENTS, STAGED_EXTRACTIONS, dg.AssetKey(["raw", "documents"]), PUBLISHED}

# What a run reads: the seeds folder, and the hash of the listing it saw before it read the first file.
SEEDS_TAG = "communique/seeds"
READ_TAG = "communique/seeds_listing"

# The label by which the UI finds the runs of a code location; "__repository__" is Dagster's name for its definitions.
REPOSITORY_TAG = ".dagster/repository"
REPOSITORY = "__repository__@communique"
UI_TAGS = {REPOSITORY_TAG: REPOSITORY}
