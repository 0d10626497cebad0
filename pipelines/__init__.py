"""Communiqué: news text to a warehouse of political events."""

import os

# A process reads documents on one core, and there are as many processes as workers: the threads of a matrix product would only
# take each other's cores. OpenBLAS counts its threads when NumPy is first imported, which is after this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
