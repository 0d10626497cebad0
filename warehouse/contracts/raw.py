"""Contracts of the schema raw: what was read, what was refused, what each run did, and the reference lists.

Built by `warehouse/load.py`. Read next: `nlp.py`, the rows extracted from the documents.
"""

from __future__ import annotations

from pipelines.records import DateSource
from warehouse.contracts.columns import (
    BIGINT,
    BOOLEAN,
    BYTES,
    DATE,
    DOCUMENT_ID,
    EVENT_TYPES,
    EXTRACTOR_VERSION,
    FILE_STATUSES,
    IN_DOCUMENT,
    INTEGER,
    NUMBER,
    QUAD_CLASS_MEANING,
    SECTORS,
    STAGES,
    TEXT,
    TIMESTAMP,
    values_of,
)
from warehouse.contracts.form import Column, ForeignKey, Table

RAW = (
    Table(
        "raw", "files",
        "one row per file version seen",
        "The ledger: every version of every file found in the seeds folder and what became of it.",
        (
            Column("file_id", TEXT, "File version: hash of path and content."),
            Column("path", TEXT, "Path relative to the seeds folder, with /."),
            Column("content_hash", TEXT, "Hash of the file's bytes."),
            Column("size_bytes", BIGINT, "Size of the file in bytes."),
            Column("media_type", TEXT, "Format the file was read as: text, markdown, html, json, ...", nullable=True),
            Column(
                "status", TEXT,
                "What became of it: loaded, duplicate (each text in it is in a file whose path comes first), quarantined, "
                "skipped, vanished, kept (not in the folder any more, but its documents still count: a feed or an archive).",
                one_of=FILE_STATUSES,
            ),
            Column("is_current", BOOLEAN, "Whether this is the newest version of its path and still in the folder."),
            Column("record_count", INTEGER, "Records in the file, good and bad."),
            Column("document_count", INTEGER, "Documents made from the file."),
            Column("run_id", TEXT, "Run that first saw this version."),
            Column("seen_at", TIMESTAMP, "When that run saw it, UTC."),
        ),
        ("file_id",),
    ),
    Table(
        "raw", "documents",
        "one row per document",
        "Articles: canonical text (offsets of every other table count in it) and what is known of their origin.",
        (
            DOCUMENT_ID,
            Column("source_key", TEXT, "Key of the source: the part of the identity that is not the text."),
            Column("title", TEXT, "Headline.", nullable=True),
            Column("text", TEXT, "Canonical text: decoded, NFC, without control characters, line ends as line feeds."),
            Column("language", TEXT, "Language of the text, ISO 639-1."),
            Column("source_name", TEXT, "Name of the publisher.", nullable=True),
            Column("url", TEXT, "Address of the article.", nullable=True),
            Column("author", TEXT, "Author as given.", nullable=True),
            Column("published_date", DATE, "Day of publication.", nullable=True),
            Column(
                "published_date_source", TEXT, "Where that day was found: metadata, filename, dateline, inferred, none.",
                one_of=values_of(DateSource),
            ),
            Column("published_date_evidence", TEXT, "The words or value the day was taken from.", nullable=True),
            Column("content_hash", TEXT, "Hash of the canonical text alone; equal for one text from two sources."),
            Column("minhash", BYTES, "MinHash signature of word shingles, for near-duplicates.", nullable=True),
            Column(
                "is_title_only", BOOLEAN,
                "Whether the text is the title, as its feed gave no more; null if it was read before this was noted.",
                nullable=True,
            ),
            Column("licence", TEXT, "What the text may be used for, as seeds/sources.toml says.", nullable=True),
            Column(
                "extractor_version", TEXT, "Version that made the document's rows in nlp; null while there are none.",
                nullable=True,
            ),
        ),
        ("document_id",),
    ),
    Table(
        "raw", "document_sources",
        "one row per document and record of a file that holds it",
        "Which files hold which document; the same text in two files is one document with two rows here.",
        (
            DOCUMENT_ID,
            Column("file_id", TEXT, "File version that holds the document."),
            Column("path", TEXT, "Path of that file."),
            Column("record_number", INTEGER, "Position in the file, from 1; 1 for a file that is one document."),
        ),
        ("document_id", "file_id", "record_number"),
        (IN_DOCUMENT, ForeignKey(("file_id",), "raw.files", ("file_id",))),
    ),
    Table(
        "raw", "quarantine",
        "one row per rejected record",
        "What could not be used: where it is, why it was refused, how often it was tried.",
        (
            Column("quarantine_id", TEXT, "Rejected record: hash of path, record number, content and reason."),
            Column("path", TEXT, "Path of the file relative to the seeds folder."),
            Column("record_number", INTEGER, "Position in the file, from 1; null if the whole file was refused.", nullable=True),
            Column("content_hash", TEXT, "Hash of the refused content, if it could be read.", nullable=True),
            Column("stage", TEXT, "Stage that refused it: ingest, extract, load.", one_of=STAGES),
            Column("reason_code", TEXT, "Why, as a code from a closed list (see the guide to operations)."),
            Column("message", TEXT, "Why, in words, with the offending value."),
            Column("attempts", INTEGER, "How often it was tried."),
            Column("run_id", TEXT, "Run that refused it last."),
            Column("rejected_at", TIMESTAMP, "When that was, UTC."),
        ),
        ("quarantine_id",),
    ),
    Table(
        "raw", "ingestion_runs",
        "one row per run",
        "What each run read and did; seen = loaded + duplicate + unchanged + quarantined + skipped. The row of a run that had "
        "nothing to do comes with the next publication.",
        (
            Column("run_id", TEXT, "Run."),
            Column("started_at", TIMESTAMP, "Start, UTC."),
            Column("finished_at", TIMESTAMP, "End of extraction and begin of the load, UTC."),
            Column("file_count", INTEGER, "Files seen."),
            Column("seen_count", INTEGER, "Records seen."),
            Column("loaded_count", INTEGER, "Records that became a new or newly read document."),
            Column("duplicate_count", INTEGER, "Records whose document was there already."),
            Column("unchanged_count", INTEGER, "Records of files that have not changed since an earlier run."),
            Column("quarantined_count", INTEGER, "Records refused."),
            Column("skipped_count", INTEGER, "Records left out on purpose, such as empty ones."),
            Column("extracted_count", INTEGER, "Documents that went through the model."),
            Column("reused_count", INTEGER, "Documents whose extraction was there already."),
            Column("word_count", BIGINT, "Words of the documents that went through the model."),
            Column("extract_seconds", NUMBER, "Wall time of extraction, seconds."),
            EXTRACTOR_VERSION,
            Column("removed_count", INTEGER, "Documents removed for good, as no file held them any more."),
            Column("current_document_count", BIGINT, "Documents that a file of the folder held after the run.", nullable=True),
        ),
        ("run_id",),
    ),
)  # fmt: skip

REFERENCE = (
    Table(
        "raw", "countries",
        "one row per country or territory",
        "Reference list of countries, from the Unicode CLDR (names), pipelines/lexicons/country_codes.csv (CAMEO, Correlates of "
        "War) and GeoNames (everything else), and of the codes that stand in a country's place: IGO for international "
        "organisations, EUR for European ones.",
        (
            Column("country", TEXT, "ISO 3166-1 alpha-3 code, or IGO or EUR."),
            Column("alpha2", TEXT, "ISO 3166-1 alpha-2 code; null for IGO and EUR.", nullable=True),
            Column("fips", TEXT, "FIPS 10-4 code, which GDELT's geography columns use.", nullable=True),
            Column("cameo_code", TEXT, "CAMEO code, which GDELT's actor columns use; null for IGO.", nullable=True),
            Column(
                "cow_code", INTEGER, "Number of the state in the Correlates of War project; null for no member of its system.",
                nullable=True,
            ),
            Column("name", TEXT, "English name."),
            Column("continent", TEXT, "Continent, two letters (AF, AN, AS, EU, NA, OC, SA).", nullable=True),
            Column("capital", TEXT, "Capital.", nullable=True),
            Column("latitude", NUMBER, "Latitude of the capital in degrees north, WGS 84.", nullable=True),
            Column("longitude", NUMBER, "Longitude of the capital in degrees east, WGS 84.", nullable=True),
            Column("population", BIGINT, "Population.", nullable=True),
        ),
        ("country",),
    ),
    Table(
        "raw", "admin_regions",
        "one row per country and name of a first-order division",
        "Codes of states and provinces in GeoNames, which are those of FIPS 10-4 for most countries "
        "(pipelines/lexicons/places_admin_regions.csv). A name that two divisions of a country share is left out.",
        (
            Column("country", TEXT, "ISO 3166-1 alpha-3 code of the country."),
            Column("name", TEXT, "Name of the division, as in the column place_admin1 of events."),
            Column("admin1_code", TEXT, "Code of the division within its country."),
        ),
        ("country", "name"),
    ),
    Table(
        "raw", "actor_types",
        "one row per PLOVER sector",
        "Correspondence of PLOVER's sectors to CAMEO's codes of actors (pipelines/lexicons/cameo_actor_types.csv).",
        (
            Column("sector", TEXT, "PLOVER sector.", one_of=SECTORS),
            Column("type_code", TEXT, "CAMEO type of an actor; null where CAMEO has none.", nullable=True),
            Column("known_group", TEXT, "CAMEO code of the group that the sector is, such as UNO.", nullable=True),
        ),
        ("sector",),
    ),
    Table(
        "raw", "analysis_settings",
        "one row per setting",
        "Settings that the aggregates depend on, as they were when the warehouse was built.",
        (
            Column("name", TEXT, "Name of the setting: asserted_confidence."),
            Column("value", NUMBER, "Its value."),
        ),
        ("name",),
    ),
    Table(
        "raw", "sanction_words",
        "one row per word",
        "Words that tell measures of sanction and what is done to them (pipelines/lexicons/sanction_words.csv).",
        (
            Column("word", TEXT, "Word in its base form, lower case."),
            Column("role", TEXT, "What it tells.", one_of=("measure", "widen", "extend")),
        ),
        ("word",),
    ),
    Table(
        "raw", "event_types",
        "one row per PLOVER event type and mode, and one per type for events without a mode",
        "Reference list of what an event can be coded as (pipelines/lexicons/event_types.csv).",
        (
            Column("event_type", TEXT, "PLOVER event type.", one_of=EVENT_TYPES),
            Column("event_mode", TEXT, "PLOVER mode; null for the type itself.", nullable=True),
            Column("quad_class", INTEGER, QUAD_CLASS_MEANING),
            Column("intensity", NUMBER, "PLOVER intensity, -10 to 10."),
            Column("is_recipient_required", BOOLEAN, "Whether PLOVER asks for a recipient."),
            Column("cameo_code", TEXT, "Nearest CAMEO event code."),
            Column("goldstein", NUMBER, "Goldstein value of that CAMEO code, -10 to 10."),
            Column("definition", TEXT, "What the type or mode covers."),
        ),
        ("event_type", "event_mode"),
    ),
    Table(
        "raw", "event_codes",
        "one row per PLOVER type, mode and context that has a CAMEO code of its own",
        "Correspondence of PLOVER to CAMEO by context (pipelines/lexicons/cameo_plover.csv).",
        (
            Column("event_type", TEXT, "PLOVER event type.", one_of=EVENT_TYPES),
            Column("event_mode", TEXT, "PLOVER mode; null: no mode or any other mode.", nullable=True),
            Column("context", TEXT, "PLOVER context; null: no context or any other context.", nullable=True),
            Column("cameo_code", TEXT, "CAMEO event code."),
            Column("goldstein", NUMBER, "Goldstein value of that CAMEO code, -10 to 10."),
        ),
        ("event_type", "event_mode", "context"),
    ),
)  # fmt: skip
