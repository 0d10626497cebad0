"""The stages: pure functions from records to records, in the order a document passes them.

What belongs here: `STAGES` and one module or folder a stage. What does not: Dagster (`pipelines/defs`), SQL and the
database (`warehouse`), rules about language (`pipelines/nlp`).

  ingest    files to documents                  `ingest/ingest.py`, `ingest_files`
  extract   documents to extraction records     `extract.py`, `extract_documents`
  resolve   mentions to entities and events     `resolve/`
"""

STAGES = ("ingest", "extract", "resolve")
