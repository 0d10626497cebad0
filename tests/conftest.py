"""Fixtures that more than one test module uses."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def nlp():
    """The whole pipeline, loaded once a session."""
    from pipelines.nlp.build import build_nlp

    return build_nlp()
