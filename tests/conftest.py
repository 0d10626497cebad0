"""Fixtures that more than one test module uses, and the order of the test files."""

from __future__ import annotations

import gc

import pytest

# Files of tests/unit that take the longest, by CPU seconds measured: begun among the last, they would have one process of
# pytest-xdist at work when all others have ended.
_LONGEST = (
    "test_increments.py",
    "test_event_runs.py",
    "test_touched.py",
    "test_increment_runs.py",
    "test_sql_gdelt.py",
    "test_told.py",
    "test_narrow_checks.py",
    "test_warehouse_checks.py",
    "test_sql_events.py",
    "test_event_identity.py",
    "test_entity_runs.py",
    "test_sql_speech.py",
    "test_inference.py",
    "test_broken_rows.py",
    "test_cli_sharing.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """End-to-end and integration tests first, as they are collected, then the longest unit tests, then all others."""
    rank = {name: number for number, name in enumerate(_LONGEST, 1)}
    items.sort(
        key=lambda item: (
            0 if item.path.parent.name in ("e2e", "integration") else rank.get(item.path.name, len(rank) + 1)
        )
    )


def pytest_configure(config: pytest.Config) -> None:
    """Find what the SQL of the models reads once for all warehouses of the tests, where it has changed since `make env`."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        from pipelines.bytecode import parse_models

        parse_models()


def pytest_collection_finish() -> None:
    """Have no collection of garbage look through the modules and the collected tests again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def nlp():
    """The whole pipeline, loaded once a session."""
    from pipelines.nlp.build import build_nlp

    return build_nlp()
