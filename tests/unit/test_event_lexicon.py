"""The event lexicons hold together: closed lists, references, keys, coverage. No model is loaded.

What belongs here: what can be checked on the CSV files and case files alone. Whether a sentence is coded as its row says is
tested with the coder.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEXICONS = ROOT / "pipelines" / "lexicons"
CASES = ROOT / "tests" / "cases"

EFFECTS = frozenset(
    """AGREE REJECT REQUEST THREATEN ACCUSE STOP START CONTINUE TRY PLAN EXPECT WANT FAIL DENY REPORT FACT ALLOW PREVENT SUPPORT
    OPPOSE CONSIDER DISCUSS FORCE""".split()
)
MODALITIES = frozenset(("keep", "actual", "future", "hypothetical"))
FRAMES_PER_TYPE = 40
WORDS_PER_CONTEXT = 20
COMPLEMENT = re.compile(r"inf|that|ger|noun|prep:[a-z]+\+(inf|ger|noun)")
ROLE = re.compile(r"[a-z]+( to)?")


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a lexicon file; lines that start with # are comments."""
    text = (LEXICONS / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def values(cell: str) -> list[str]:
    """The values of a cell that holds several."""
    return [value for value in cell.split("|") if value]


@pytest.fixture(scope="module")
def frames() -> list[dict[str, str]]:
    return rows("event_frames.csv")


@pytest.fixture(scope="module")
def modes() -> dict[str, set[str]]:
    """The modes of every event type; the empty mode is every type's."""
    known: dict[str, set[str]] = {}
    for row in rows("event_types.csv"):
        known.setdefault(row["event_type"], {""}).add(row["event_mode"])
    return known


@pytest.fixture(scope="module")
def classes() -> set[str]:
    return {row["class"] for row in rows("event_noun_classes.csv")}


def test_frames_have_valid_type_and_mode(frames, modes):
    wrong = [
        (row["predicate"], row["type"], row["mode"])
        for row in frames
        if (row["type"] != "NONE" and row["mode"] not in modes.get(row["type"], ()))
        or (row["type"] == "NONE" and row["mode"])
    ]
    assert not wrong


def test_frames_have_valid_contexts(frames):
    contexts = {row["context"] for row in rows("context_words.csv")}
    wrong = [(row["predicate"], c) for row in frames for c in values(row["contexts"]) if c not in contexts]
    assert not wrong


def test_frames_name_only_known_classes(frames, classes):
    cells = [row[column] for row in frames for column in ("object", "prep", "requires")]
    named = {name for cell in cells for name in re.findall(r"@(\w+)", cell)}
    assert named <= classes


def test_every_noun_class_is_used(frames, classes):
    cells = [row[column] for row in frames for column in ("object", "prep", "requires")]
    named = {name for cell in cells for name in re.findall(r"@(\w+)", cell)}
    # a context, asked for by event_composition.csv, six that tell parties, deeds that harm, and acts that an adjective judges
    assert classes - named == {
        "peacekeeping",
        "roles",
        "bodies",
        "qualities",
        "condition",
        "airwaves",
        "making",
        "nameless",
        "shootings",
    }


def test_noun_classes_are_written_in_lower_case(classes):
    assert all(row["lemma"] == row["lemma"].lower().strip() for row in rows("event_noun_classes.csv"))
    assert all(re.fullmatch(r"[a-z]+", name) for name in classes)


def test_frames_have_valid_conditions_and_roles(frames):
    for row in frames:
        where = f"{row['predicate']} {row['particle']}: {row['example']}"
        assert row["pos"] in ("verb", "noun", "adj"), where
        required = row["requires"].partition(":")[0]
        assert required in ("", "political", "official", "agent", "recipient", "actor"), where
        assert 0.1 <= float(row["salience"]) <= 1.0, where
        assert row["likelihood"] == "" if row["type"] == "NONE" else 1 <= int(row["likelihood"]) <= 99, where
        roles = values(row["actor"]) + values(row["recipient"])
        assert all(ROLE.fullmatch(role) for role in roles), where
        special = [v for v in values(row["object"]) if v in ("*party", "-")]
        assert not special or values(row["object"]) == special, where  # a condition of its own, not one of a list
        for alternative in filter(None, row["prep"].split(" ; ")):
            assert re.fullmatch(r"[a-z]+( of)?(:.+)?", alternative.strip()), where


def test_frames_have_no_duplicate_keys(frames):
    columns = ("predicate", "pos", "particle", "object", "prep")
    keys = Counter(
        (*(row[c] for c in columns), row["requires"] if row["requires"].startswith("actor:") else "") for row in frames
    )
    assert not [key for key, count in keys.items() if count > 1]


@pytest.mark.parametrize("name", ["event_frames.csv", "event_operators.csv"])
def test_every_row_has_an_example_sentence(name):
    for row in rows(name):
        example = row["example"]
        assert example.endswith((".", "?")), f"{row['predicate']}: {example!r}"
        assert example[0].isupper() and len(example.split()) >= 4, f"{row['predicate']}: {example!r}"
        assert "{" not in example, row["predicate"]


def test_every_type_and_mode_has_frames(frames, modes):
    types = Counter(row["type"] for row in frames)
    assert {t: n for t, n in types.items() if n < FRAMES_PER_TYPE} == {}
    assert set(modes) <= set(types)
    covered = {(row["type"], row["mode"]) for row in frames}
    assert {(t, m) for t, known in modes.items() for m in known if m} - covered == set()


def test_verbs_and_nouns_are_both_covered(frames, modes):
    for event_type in modes:
        forms = {row["pos"] for row in frames if row["type"] == event_type}
        assert {"verb", "noun"} <= forms, event_type


def test_operators_are_valid_and_unambiguous():
    operators = rows("event_operators.csv")
    for row in operators:
        assert row["effect"] in EFFECTS, row
        assert row["controller"] in ("subj", "obj"), row
        assert COMPLEMENT.fullmatch(row["complement"]), row
        assert row["pos"] in ("verb", "noun", "adj"), row
    keys = Counter((r["predicate"], r["pos"], r["particle"], r["complement"], r["controller"]) for r in operators)
    assert not [key for key, count in keys.items() if count > 1]
    assert {row["effect"] for row in operators} == EFFECTS


def test_composition_covers_every_effect_and_type(modes):
    composition = rows("event_composition.csv")
    keys = [(row["effect"], row["inner_type"], row["inner_mode"]) for row in composition]
    assert len(keys) == len(set(keys))
    wanted = {(effect, inner, "") for effect in EFFECTS for inner in (*modes, "*", "")}
    assert wanted - set(keys) == set()


def test_composition_outcomes_are_valid(modes):
    for row in rows("event_composition.csv"):
        assert row["modality"] in MODALITIES, row
        assert row["inner_type"] in (*modes, "*", ""), row
        assert row["inner_mode"] in modes.get(row["inner_type"], {""}), row
        if row["type"] in ("=", "NONE"):
            assert row["mode"] in ("=", ""), row
        else:
            # a copied mode must be one of the outcome's type
            copied = row["mode"] == "=" and row["type"] == row["inner_type"]
            assert copied or row["mode"] in modes[row["type"]], row


def test_light_verbs_are_valid_and_listed_once():
    light = [(row["verb"], row["particle"], row["kind"]) for row in rows("light_verbs.csv")]
    assert len(light) == len(set(light))
    assert {kind for _, _, kind in light} == {"actor", "undergo", "exist"}


def test_every_context_has_words():
    words = Counter(row["context"] for row in rows("context_words.csv"))
    assert len(words) == 37
    assert {context: n for context, n in words.items() if n < WORDS_PER_CONTEXT} == {}
    pairs = [(row["context"], row["lemma"]) for row in rows("context_words.csv")]
    assert len(pairs) == len(set(pairs))


def test_cases_cover_every_type_and_mode(modes):
    cases = [json.loads(line) for line in (CASES / "event_frames.jsonl").read_text(encoding="utf-8").splitlines()]
    events = [event for case in cases for event in case["events"]]
    types = Counter(event["type"] for event in events)
    assert min(types[t] for t in modes) >= 10
    covered = {(event["type"], event["mode"]) for event in events}
    assert {(t, m) for t, known in modes.items() for m in known if m} - covered == set()
    for case in cases:
        for event in case["events"]:
            assert event["mode"] is None or event["mode"] in modes[event["type"]], case["text"]
            for party in (*event["actors"], *event["recipients"]):
                assert party in case["text"], case["text"]


def test_sentences_without_event_are_many_and_distinct():
    sentences = (CASES / "not_events.txt").read_text(encoding="utf-8").splitlines()
    assert len(sentences) == 289 == len(set(sentences))
