"""Contract of the table that says which run built what from what."""

from __future__ import annotations

from warehouse.contracts.columns import TEXT, TIMESTAMP
from warehouse.contracts.form import Column, Table

BUILDS = (
    Table(
        "raw", "builds",
        "one row per part of the warehouse that is built as a whole: load, core, and each SQL model",
        "Which run built each part last, and which build of the part before it that was made from.",
        (
            Column("part", TEXT, "load, core, or a SQL model (schema.name)."),
            Column("build_id", TEXT, "This build of the part: the run that made it and a number, as a run may build twice."),
            Column("source_build_id", TEXT, "Build it was made from: core from load, a model from core.", nullable=True),
            Column("code_version", TEXT, "Hash of the code that core was resolved with.", nullable=True),
            Column("built_at", TIMESTAMP, "When, UTC."),
        ),
        ("part",),
    ),
)  # fmt: skip
