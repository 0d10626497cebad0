"""Readers: one module a format, each from a stream of bytes to raw records.

A reader is a function `read(stream, options) -> Iterator[RawRecord | BadRecord]` (`raw_record.py`). It opens nothing, decides
nothing about duplicates or dates, and raises `Refused` when the file as a whole cannot be used; records it has given
before stay good. `registry.py` says which reader takes a file, by the file's name.
"""
