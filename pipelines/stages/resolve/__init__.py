"""The resolve stage: which mentions are one entity, which reports are one event, across all documents.

Deterministic: the same documents give the same ids and clusters in whatever order and number of runs they arrived. Read
next: `entities.py`, `events.py`, `corrections.py`.
"""
