"""Contracts of the tables that say which run built what from what, and which rules were found broken."""

from __future__ import annotations

from warehouse.contracts.columns import BOOLEAN, TEXT, TIMESTAMP
from warehouse.contracts.form import Column, Table

INPUTS_TYPE = "STRUCT(part VARCHAR, build_id VARCHAR, code_version VARCHAR)[]"

BUILDS = (
    Table(
        "raw", "builds",
        "one row per part of the warehouse that is built as a whole: load, ingestion_runs, core, and each SQL model",
        "Which run built each part last, with which code, and from which builds of the parts that it reads.",
        (
            Column("part", TEXT, "load, ingestion_runs, core, or a SQL model (schema.name)."),
            Column("build_id", TEXT, "This build of the part: the run that made it and the time, as a run may build twice."),
            Column("code_version", TEXT, "Hash of the code: of the resolver, or of the model's SQL.", nullable=True),
            Column("inputs", INPUTS_TYPE, "Builds it was made from, one for each part that it reads.", nullable=True),
            Column("is_finished", BOOLEAN, "False until it is built as a whole.", nullable=True),
            Column("built_at", TIMESTAMP, "When, UTC."),
        ),
        ("part",),
    ),
    Table(
        "raw", "failed_checks",
        "one row per blocking check that failed when it was run last",
        "Rules found broken, by which publication is refused until they hold; so it is empty in a published file.",
        (
            Column("table_name", TEXT, "Table that breaks the rule (schema.name)."),
            Column("check_name", TEXT, "The check."),
            Column("run_id", TEXT, "Run that found it."),
            Column("message", TEXT, "The rule, and for example which rows break it."),
            Column("failed_at", TIMESTAMP, "When, UTC."),
        ),
        ("table_name", "check_name"),
    ),
)  # fmt: skip
