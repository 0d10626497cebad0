"""A process that has the libraries and the code of extraction: imported by the server from which children are forked.

What belongs here: importing what a worker imports before it loads its pipeline, which takes as long as the pipeline. It is there
for every worker, and at once for the one that follows a killed one. What does not: the pipeline, which the settings choose.
"""

from __future__ import annotations

from importlib import import_module

from pipelines.nlp.build import PIPES

# Arrow imports pandas for the first list of Python's that it is given: a quarter of a second, in the first document's time.
_LIBRARIES = ("pyarrow.parquet", "pandas")

for _module in ("pipelines.stages.coding", *_LIBRARIES, *(f"pipelines.nlp.{pipe}.factory" for pipe in PIPES)):
    import_module(_module)
