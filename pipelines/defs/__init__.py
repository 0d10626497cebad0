"""The Dagster layer: the only code that imports dagster.

Modules that use Dagster's decorators do without `from __future__ import annotations`, as Dagster reads the annotations.
"""
