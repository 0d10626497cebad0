"""Contracts of the schema core: what is one thing or one event across documents.

core is built by the resolve stage and written by `warehouse.load.replace_core`; the stems of words by `search_words.py`.
"""

from __future__ import annotations

from warehouse.contracts.columns import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOCUMENT_ID,
    EVENT_CODING,
    EVENT_DATES,
    IN_DOCUMENT,
    INTEGER,
    NUMBER,
    TEXT,
    TEXTS,
    country_of,
    place_columns,
    sector_of,
)
from warehouse.contracts.form import Column, ForeignKey, Table

CORE = (
    Table(
        "core", "entities",
        "one row per real-world entity",
        "Persons, organisations, places and groups across all documents.",
        (
            Column("entity_id", TEXT, "Entity."),
            Column("name", TEXT, "Canonical name."),
            Column("label", TEXT, "Kind: PERSON, ORG, GPE, LOC, FAC, NORP, ..."),
            Column("is_named", BOOLEAN, "Whether a text gives it a proper name; words of a role alone (Army, Police) are none."),
            country_of("the entity, the one most mentions give"),
            sector_of("the entity, the one most mentions give"),
            Column("aliases", TEXTS, "Other names it is mentioned by, in alphabetical order."),
            Column("titles", TEXTS, "Titles it is given."),
            Column("mention_count", INTEGER, "Mentions, without those in near-duplicate documents."),
            Column("document_count", INTEGER, "Documents that mention it, without near-duplicates."),
            Column("first_seen_date", DATE, "Earliest publication that mentions it.", nullable=True),
            Column("last_seen_date", DATE, "Latest publication that mentions it.", nullable=True),
        ),
        ("entity_id",),
    ),
    Table(
        "core", "entity_links",
        "one row per mention",
        "Which entity a mention stands for, and how that was found.",
        (
            Column("mention_id", TEXT, "Mention."),
            Column("entity_id", TEXT, "Entity it stands for."),
            Column("method", TEXT, "How the link was made: name (the key of its name), coreference, spelling, surname, acronym; "
                   "corrected where a person decided it."),
            Column("score", NUMBER, "Probability that the link is right, 0 to 1."),
            Column("evidence", TEXT, "What decided, as JSON: of each feature what was found and its weight in log-odds; "
                   "empty where the name's key alone did.", nullable=True),
        ),
        ("mention_id",),
        (
            ForeignKey(("mention_id",), "nlp.entity_mentions", ("mention_id",)),
            ForeignKey(("entity_id",), "core.entities", ("entity_id",)),
        ),
    ),
    Table(
        "core", "events",
        "one row per real-world event",
        "Events, each with all the mentions that report it counted once.",
        (
            Column("event_id", TEXT, "Event."),
            *EVENT_CODING,
            *EVENT_DATES,
            *place_columns(prefix="place_", optional=True),
            Column("place_confidence", NUMBER, "Certainty of the place, 0 to 1.", nullable=True),
            Column("mention_count", INTEGER, "Mentions that report it, without those in near-duplicate documents."),
            Column("document_count", INTEGER, "Documents that report it, without near-duplicates."),
            Column("first_published_date", DATE, "Earliest publication that reports it.", nullable=True),
        ),
        ("event_id",),
    ),
    Table(
        "core", "event_links",
        "one row per event mention",
        "Which event a mention reports, and how that was found.",
        (
            Column("event_mention_id", TEXT, "Event mention."),
            Column("event_id", TEXT, "Event it reports."),
            Column(
                "method", TEXT,
                "How the link was made: fits_event, only_report, or corrected where a person decided it.",
            ),
            Column("score", NUMBER, "How well the mention fits the event's other mentions, 0 to 1."),
            Column(
                "evidence", TEXT,
                "What spoke for and against, in log-odds, compared with the mention of the event that it fits best (JSON).",
                nullable=True,
            ),
        ),
        ("event_mention_id",),
        (
            ForeignKey(("event_mention_id",), "nlp.event_mentions", ("event_mention_id",)),
            ForeignKey(("event_id",), "core.events", ("event_id",)),
        ),
    ),
    Table(
        "core", "event_parties",
        "one row per event mention, role and party",
        "Which participant of its event a party of a mention is: a participant stands once in an event, however many name it.",
        (
            Column("event_mention_id", TEXT, "Event mention."),
            Column("role", TEXT, "actor, recipient or attribution."),
            Column("ordinal", INTEGER, "Position among the parties of that role, from 1."),
            Column("party_id", TEXT, "Participant: the entity of a named party, else an id of its own in the event and role."),
        ),
        ("event_mention_id", "role", "ordinal"),
        (ForeignKey(("event_mention_id",), "nlp.event_mentions", ("event_mention_id",)),),
    ),
    Table(
        "core", "event_relations",
        "one row per pair of events and relation",
        "Events that are linked and not one: plan and deed, denial and what is denied, recollection and what is recalled.",
        (
            Column("event_id", TEXT, "The plan, threat or possibility; the denial; or what later texts alone tell of."),
            Column("related_event_id", TEXT, "The deed; what is denied; or the earlier event that they recall."),
            Column("relation", TEXT, "announces, denies or recalls."),
            Column("score", NUMBER, "Probability that both tell of one act, 0 to 1."),
        ),
        ("event_id", "related_event_id", "relation"),
        (
            ForeignKey(("event_id",), "core.events", ("event_id",)),
            ForeignKey(("related_event_id",), "core.events", ("event_id",)),
        ),
    ),
    Table(
        "core", "event_corrections",
        "one row per row of the file of corrections",
        "What people corrected of event mentions, and whether it applies.",
        (
            Column("line_number", INTEGER, "Line of the file on which the row begins, from 1."),
            Column("kind", TEXT, "What is said of the mention: same, different, not_event, code.", nullable=True),
            Column("event_mention_id", TEXT, "Event mention that is corrected.", nullable=True),
            Column("other_event_mention_id", TEXT, "The mention it is compared with (same, different).", nullable=True),
            Column("event_type", TEXT, "PLOVER event type that it is given (code).", nullable=True),
            Column("event_mode", TEXT, "PLOVER mode that it is given (code).", nullable=True),
            Column("note", TEXT, "Why, in the words of the person.", nullable=True),
            Column("who", TEXT, "Who corrected it.", nullable=True),
            Column("corrected_on", TEXT, "Day of the correction, as the file has it.", nullable=True),
            Column("is_applied", BOOLEAN, "Whether the correction applies."),
            Column("reason", TEXT, "Why it does not apply.", nullable=True),
        ),
        ("line_number",),
    ),
    Table(
        "core", "entity_corrections",
        "one row per row of the file of corrections that speaks of entities",
        "What people corrected of entities, and whether it applies.",
        (
            Column("line_number", INTEGER, "Line of the file on which the row begins, from 1."),
            Column("kind", TEXT, "What is said of the two mentions: same_entity, different_entity."),
            Column("entity_mention_id", TEXT, "Mention of the one entity.", nullable=True),
            Column("other_entity_mention_id", TEXT, "Mention of the other one.", nullable=True),
            Column("note", TEXT, "Why, in the words of the person.", nullable=True),
            Column("who", TEXT, "Who corrected it.", nullable=True),
            Column("corrected_on", TEXT, "Day of the correction, as the file has it.", nullable=True),
            Column("is_applied", BOOLEAN, "Whether the correction applies."),
            Column("reason", TEXT, "Why it does not apply.", nullable=True),
        ),
        ("line_number",),
    ),
    Table(
        "core", "entity_affiliations",
        "one row per entity, country and sector",
        "For whom an entity stood, and from when to when texts say so; without what another row implies.",
        (
            Column("entity_id", TEXT, "Entity."),
            country_of("the entity in that period"),
            sector_of("the entity in that period"),
            Column("from_date", DATE, "Earliest publication that says so.", nullable=True),
            Column("to_date", DATE, "Latest publication that says so.", nullable=True),
            Column("mention_count", INTEGER, "Mentions that say so."),
        ),
        ("entity_id", "country", "sector", "from_date"),
        (ForeignKey(("entity_id",), "core.entities", ("entity_id",)),),
    ),
    Table(
        "core", "event_changes",
        "one row per run, old event and new event",
        "Which event of an earlier resolution became which: merged, split, renamed (an earlier mention was found) or gone.",
        (
            Column("run_id", TEXT, "Run that resolved anew."),
            Column("old_event_id", TEXT, "The event as it was known before."),
            Column("new_event_id", TEXT, "The event that has its mentions now; none if they are gone.", nullable=True),
            Column("change", TEXT, "merged, split, renamed or gone."),
            Column("mention_count", BIGINT, "Mentions that went from the old to the new one."),
        ),
        ("run_id", "old_event_id", "new_event_id"),
    ),
    Table(
        "core", "entity_changes",
        "one row per run, old entity and new entity",
        "Which entity of an earlier resolution became which: merged, split, renamed (an earlier mention was found) or gone.",
        (
            Column("run_id", TEXT, "Run that resolved anew."),
            Column("old_entity_id", TEXT, "The entity as it was known before."),
            Column("new_entity_id", TEXT, "The entity that has its mentions now; none if they are gone.", nullable=True),
            Column("change", TEXT, "merged, split, renamed or gone."),
            Column("mention_count", BIGINT, "Mentions that went from the old to the new one."),
        ),
        ("run_id", "old_entity_id", "new_entity_id"),
    ),
    Table(
        "core", "entity_candidates",
        "one row per pair of entities that may be one",
        "Pairs of entities with names so alike that they may be one, and too little else to join them.",
        (
            Column("entity_id", TEXT, "Entity, the one with the smaller id."),
            Column("candidate_entity_id", TEXT, "Entity that may be the same."),
            Column("score", NUMBER, "Probability that the two are one, 0 to 1."),
            Column("evidence", TEXT, "What speaks for and against it, as JSON: of each feature what was found and its weight "
                   "in log-odds."),
        ),
        ("entity_id", "candidate_entity_id"),
        (
            ForeignKey(("entity_id",), "core.entities", ("entity_id",)),
            ForeignKey(("candidate_entity_id",), "core.entities", ("entity_id",)),
        ),
    ),
    Table(
        "core", "document_duplicates",
        "one row per document that repeats an earlier one",
        "Near-duplicates (syndicated articles); kept, and not counted twice.",
        (
            DOCUMENT_ID,
            Column("duplicate_of", TEXT, "The earliest document of its group."),
            Column("similarity_score", NUMBER, "Estimated Jaccard similarity of word shingles, 0 to 1."),
        ),
        ("document_id",),
        (IN_DOCUMENT, ForeignKey(("duplicate_of",), "raw.documents", ("document_id",))),
    ),
    Table(
        "core", "word_stems",
        "one row per word of the texts and titles",
        "What the forms of a word have in common, by Snowball's English stemmer; the text search looks for it.",
        (
            Column("word", TEXT, "Word in lower case, without accents."),
            Column("stem", TEXT, "Its stem: sanction of sanctions, sanctioned, sanctioning."),
        ),
        ("word",),
    ),
)  # fmt: skip
