"""Ingest: files below the seeds folder to documents, with every record accounted for.

The way of a file: `inbox.py` finds it and opens it safely, a reader of `readers/` cuts it into records, `decoding.py` and
`canonical.py` make each record's canonical text, `documents.py` makes the `Document` (language, published date, ids,
fingerprint), and `ingest.py` keeps the accounts. Whatever is refused carries a code of `reasons.py`.
"""
