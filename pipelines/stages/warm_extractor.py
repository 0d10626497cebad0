"""A process that has the libraries and the code of extraction: imported by the server from which children are forked.

What belongs here: importing what a worker imports before it loads its pipeline, which takes as long as the pipeline. It is there
for every worker, and at once for the one that follows a killed one. What does not: the pipeline, which the settings choose.
"""

from __future__ import annotations

from importlib import import_module

from pipelines.lean_imports import import_spacy

import_spacy()
_pipes = import_module("pipelines.nlp.build").PIPES

for _module in ("pipelines.stages.coding", "pyarrow.parquet", *(f"pipelines.nlp.{pipe}.factory" for pipe in _pipes)):
    import_module(_module)
