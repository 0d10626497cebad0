"""Entities: mentions, quotations and quantities with their links, and who appears and acts with whom."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.unit.warehouse_rows import empty_warehouse, given, given_reference, run_up_to, select

TEXT = "Anna met Bo. Anna left. “No,” she said. Exports fell 5% that day."


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Two documents of one text, the second a near-duplicate; Anna and Bo in the first sentence, Anna in the second."""
    con = empty_warehouse()
    given_reference(con)
    given(con, "raw.files", [{"file_id": "f", "is_current": True}])
    for document_id in ("a", "b"):
        given(con, "raw.documents", [{"document_id": document_id, "text": TEXT, "published_date": date(2023, 5, 9)}])
        given(con, "raw.document_sources", [{"document_id": document_id, "file_id": "f"}])
        ends = [TEXT.index(words) for words in ("Anna left", "“No", "Exports")] + [len(TEXT)]
        for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False), 1):
            given(con, "nlp.sentences", [
                {"document_id": document_id, "sentence_number": number, "start_char": start, "end_char": end}
            ])  # fmt: skip
        spots = {"Anna-1": 0, "Bo-1": 9, "Anna-2": 13, "she-3": 30}
        for mention, start in spots.items():
            name = {"Anna": "anna", "she": "anna", "Bo": "bo"}[mention.partition("-")[0]]
            mention_id = f"{document_id}-{mention}"
            given(con, "nlp.entity_mentions", [
                {"mention_id": mention_id, "document_id": document_id, "entity_id": f"doc-{name}", "start_char": start,
                 "text": mention.partition("-")[0], "is_name": mention != "she-3"}
            ])  # fmt: skip
            given(con, "core.entity_links", [{"mention_id": mention_id, "entity_id": f"e-{name}", "method": "name"}])
    given(con, "core.document_duplicates", [{"document_id": "b", "duplicate_of": "a"}])
    given(con, "core.entities", [
        {"entity_id": "e-anna", "name": "Anna Berg", "label": "PERSON", "country": "NOR", "sector": "GOV"},
        {"entity_id": "e-bo", "name": "Bo", "label": "PERSON"},
    ])  # fmt: skip
    return con


def add_event(con: duckdb.DuckDBPyConnection, event_id: str, actor: str, recipient: str, intensity: float) -> None:
    """An event of document a between two entities, in its first sentence."""
    quad_class = 1 if intensity > 0 else 4
    coding = {"event_type": "CONSULT", "quad_class": quad_class, "intensity": intensity, "modality": "actual"}
    given(con, "core.events", [{"event_id": event_id, **coding}])
    given(con, "nlp.event_mentions", [{"event_mention_id": f"m-{event_id}", "document_id": "a", **coding}])
    given(con, "core.event_links", [{"event_mention_id": f"m-{event_id}", "event_id": event_id}])
    given(con, "nlp.event_participants", [
        {"event_mention_id": f"m-{event_id}", "document_id": "a", "role": role, "entity_id": f"doc-{name}", "text": name}
        for role, name in (("actor", actor), ("recipient", recipient))
    ])  # fmt: skip
    given(con, "core.event_parties", [
        {"event_mention_id": f"m-{event_id}", "role": role, "party_id": f"e-{name}"}
        for role, name in (("actor", actor), ("recipient", recipient))
    ])  # fmt: skip


def test_mentions_carry_their_entity(con):
    run_up_to(con, "main.fct_entity_mentions")
    columns = "mention_id, entity_name, country, sector, link_method, is_counted"
    assert select(con, f"select {columns} from fct_entity_mentions where text <> 'Anna' order by 1") == [
        ("a-Bo-1", "Bo", None, None, "name", True), ("a-she-3", "Anna Berg", "NOR", "GOV", "name", True),
        ("b-Bo-1", "Bo", None, None, "name", False), ("b-she-3", "Anna Berg", "NOR", "GOV", "name", False),
    ]  # fmt: skip


def test_a_mention_without_a_link_stays(con):
    con.execute("delete from core.entity_links where mention_id = 'a-Bo-1'")
    run_up_to(con, "main.fct_entity_mentions")
    assert select(con, "select entity_id, entity_name from fct_entity_mentions where mention_id = 'a-Bo-1'") == [
        (None, None)
    ]


def test_a_speaker_is_found_through_the_mentions_of_the_document(con):
    given(con, "nlp.quotations", [
        {"document_id": "a", "start_char": 24, "end_char": 29, "text": "“No,”", "speaker_entity_id": "doc-anna",
         "speaker_text": "she"},
        {"document_id": "a", "start_char": 40, "end_char": 43, "text": "“x”", "speaker_text": "a spokesman"},
    ])  # fmt: skip
    run_up_to(con, "main.fct_quotations")
    columns = "text, speaker_entity_id, speaker_name, speaker_country, speaker_text"
    assert select(con, f"select {columns} from fct_quotations order by start_char") == [
        ("“No,”", "e-anna", "Anna Berg", "NOR", "she"), ("“x”", None, "a spokesman", None, "a spokesman"),
    ]  # fmt: skip


def test_most_mentions_decide_what_an_entity_of_a_document_is(con):
    con.execute("update core.entity_links set entity_id = 'e-bo' where mention_id = 'a-Anna-2'")
    run_up_to(con, "intermediate.int_document_entities")
    rows = "from intermediate.int_document_entities select document_entity_id, entity_id where document_id = 'a' order by 1"
    assert select(con, rows) == [
        ("doc-anna", "e-anna"), ("doc-bo", "e-bo"),
    ]  # fmt: skip


def test_a_quantity_shows_its_sentence(con):
    start = TEXT.index("5%")
    given(con, "nlp.quantities", [
        {"document_id": "a", "start_char": start, "end_char": start + 2, "text": "5%", "kind": "percent", "value": 5.0,
         "measure": "Exports"}
    ])  # fmt: skip
    run_up_to(con, "main.fct_quantities")
    assert select(con, "select text, value, measure, sentence_text from fct_quantities") == [
        ("5%", 5.0, "Exports", "Exports fell 5% that day.")
    ]


def test_entities_by_day_count_documents_once(con):
    add_event(con, "e1", "anna", "bo", 2.5)
    given(con, "nlp.quotations", [
        {"document_id": document_id, "start_char": 24, "end_char": 29, "speaker_entity_id": "doc-anna"}
        for document_id in ("a", "b")
    ])  # fmt: skip
    run_up_to(con, "main.agg_entity_days")
    assert select(con, "select * exclude entity_id from agg_entity_days order by 1") == [
        ("Anna Berg", date(2023, 5, 9), 3, 1, 1, 0, 1, 0, 1), ("Bo", date(2023, 5, 9), 1, 1, 0, 1, 0, 1, 0),
    ]  # fmt: skip


def test_pairs_appear_in_sentences_and_act_in_events(con):
    for event_id, actor, recipient, intensity in [
        ("e1", "anna", "bo", 2.5),
        ("e2", "bo", "anna", -9.0),
        ("e3", "bo", "anna", -3.0),
    ]:
        add_event(con, event_id, actor, recipient, intensity)
    run_up_to(con, "main.agg_entity_pairs")
    columns = (
        "entity_a_name, entity_b_name, document_count, sentence_count, event_count, a_to_b_event_count, b_to_a_event_count, "
        "mutual_event_count, cooperation_count, conflict_count, net_intensity"
    )
    assert select(con, f"select {columns} from agg_entity_pairs") == [("Anna Berg", "Bo", 1, 1, 3, 1, 2, 0, 1, 2, -9.5)]


def test_an_entity_sums_up_its_events_and_affiliations(con):
    add_event(con, "e1", "anna", "bo", 2.5)
    add_event(con, "e2", "bo", "anna", 2.5)
    con.execute("update core.events set is_negated = true where event_id = 'e2'")
    given(con, "core.entity_affiliations", [
        {"entity_id": "e-anna", "country": "NOR", "sector": sector, "from_date": day, "mention_count": 2}
        for sector, day in (("OPP", date(2023, 5, 9)), ("GOV", date(2020, 1, 1)))
    ])  # fmt: skip
    run_up_to(con, "main.dim_entities")
    columns = "name, country_name, actor_event_count, recipient_event_count, [a.sector for a in affiliations]"
    assert select(con, f"select {columns} from dim_entities order by 1") == [
        ("Anna Berg", "Norway", 1, 0, ["GOV", "OPP"]), ("Bo", None, 0, 1, []),
    ]  # fmt: skip


def test_event_types_explain_themselves(con):
    run_up_to(con, "main.dim_event_types")
    columns = "event_code, quad_class_name, intensity, cameo_code, goldstein"
    assert select(con, f"select {columns} from dim_event_types where event_type = 'CONSULT' and event_mode in ('phone', 'visit') "
                  "or (event_type = 'AID' and event_mode is null) order by 1") == [
        ("AID", "material cooperation", 10.0, "070", 7.0), ("CONSULT/phone", "verbal cooperation", 1.5, "041", 1.0),
        ("CONSULT/visit", "verbal cooperation", 4.0, "042", 1.9),
    ]  # fmt: skip
