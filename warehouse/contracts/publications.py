"""Contracts of the tables that the publication itself writes: version, history, what changed."""

from __future__ import annotations

from warehouse.contracts.columns import BIGINT, INTEGER, TEXT, TEXTS, TIMESTAMP
from warehouse.contracts.form import Column, Table

KINDS = ("document", "event", "entity", "count")
CHANGES = ("new", "gone", "changed")

PUBLICATIONS = (
    Table(
        "main", "warehouse_version",
        "one row: the version of the warehouse this file holds",
        "Which run published the file, when, and how much is in it.",
        (
            Column("run_id", TEXT, "Run that published this version."),
            Column("published_at", TIMESTAMP, "When, UTC."),
            Column("extractor_version", TEXT, "Version of code, lexicons and model of that run.", nullable=True),
            Column("document_count", BIGINT, "Documents."),
            Column("event_count", BIGINT, "Real-world events."),
        ),
        ("run_id",),
    ),
    Table(
        "main", "publications",
        "one row per publication, the last thousand",
        "The publications so far, this one last. One that failed after it was recorded is among them.",
        (
            Column("publication_number", INTEGER, "Number of the publication, from 1."),
            Column("run_id", TEXT, "Run that published."),
            Column("published_at", TIMESTAMP, "When, UTC."),
            Column("extractor_version", TEXT, "Version of code, lexicons and model of that run.", nullable=True),
            Column("document_count", BIGINT, "Documents."),
            Column("event_count", BIGINT, "Real-world events."),
            Column("change_count", BIGINT, "Rows of agg_changes that it has, or had before they were dropped for space."),
        ),
        ("publication_number",),
    ),
    Table(
        "main", "agg_changes",
        "one row per publication and document, event, entity or count that it changed",
        "What is new, gone or changed in each publication against the one before it, and why; the latest 200,000 rows of whole "
        "publications. The first publication has none. Any two are compared by the macro changes_between(old, new).",
        (
            Column("publication_number", INTEGER, "Publication (publications)."),
            Column("kind", TEXT, "What the row is of.", one_of=KINDS),
            Column("key", TEXT, "Id of the document, event or entity; name of the count."),
            Column("label", TEXT, "What it is, for a person to read.", nullable=True),
            Column("change", TEXT, "What happened to it.", one_of=CHANGES),
            Column("causes", TEXTS, "Why: new_text, new_version (of a text), text_gone, new_code (another extractor_version), "
                   "correction (by a person), merged, split, resolved (judged anew, as other texts or the resolver changed). "
                   "Counts have none: theirs are those of what they count."),
            Column("related_keys", TEXTS, "Events whose reports it took over, or that took over its own."),
            Column("changed_columns", TEXTS, "Columns that have another value; of `changed` rows."),
            Column("old_values", TEXT, "Its columns before, as JSON.", nullable=True),
            Column("new_values", TEXT, "Its columns now, as JSON.", nullable=True),
        ),
        ("publication_number", "kind", "key"),
    ),
    Table(
        "main", "published_rows",
        "one row per document, event, entity and count of this publication",
        "What the next publication is compared with.",
        (
            Column("kind", TEXT, "What the row is of.", one_of=KINDS),
            Column("key", TEXT, "Id of the document, event or entity; name of the count."),
            Column("label", TEXT, "What it is, for a person to read.", nullable=True),
            Column("new_values", TEXT, "Its columns, as JSON."),
            Column("document_ids", TEXTS, "Documents that tell of the event."),
            Column("mention_ids", TEXTS, "Reports of the event."),
            Column("corrections", TEXT, "Corrections of its reports that apply.", nullable=True),
            Column("extractor_version", TEXT, "Extractor version of the document.", nullable=True),
        ),
        ("kind", "key"),
    ),
)  # fmt: skip
