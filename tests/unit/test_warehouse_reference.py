"""The reference lists are read whole, and a row that cannot be used is named by its line."""

from __future__ import annotations

import pytest

from pipelines.errors import LexiconError
from warehouse import reference
from warehouse.reference import reference_tables

EVENT_CODES = "# a comment\nevent_type,event_mode,context,cameo_code,goldstein\nAID,,,070,7.0\n"


@pytest.fixture
def lexicons(tmp_path, monkeypatch):
    """A copy of the lexicons in which a test can break a file."""
    folder = tmp_path / "lexicons"
    folder.mkdir()
    for name in ("event_types.csv", "cameo_plover.csv", "sanction_words.csv"):
        source = reference.files("pipelines").joinpath("lexicons", name)
        (folder / name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(reference, "files", lambda _: tmp_path)
    return folder


def test_capitals_have_their_place():
    rows = {row["country"]: row for row in reference_tables()["raw.countries"].to_pylist()}
    assert rows["ISL"]["capital"] == "Reykjavik" and round(rows["ISL"]["latitude"]) == 64
    assert rows["XKX"]["name"] == "Kosovo"
    assert sum(row["latitude"] is None for row in rows.values()) < 15


def test_codes_keep_their_leading_zero_and_empty_cells_are_null(lexicons):
    (lexicons / "cameo_plover.csv").write_text(EVENT_CODES)
    assert reference_tables()["raw.event_codes"].to_pylist() == [
        {"event_type": "AID", "event_mode": None, "context": None, "cameo_code": "070", "goldstein": 7.0}
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EVENT_CODES + "AID,,economic,071,much\n", "cameo_plover.csv, line 4: .*much"),
        (EVENT_CODES + "AID,,economic\n", "cameo_plover.csv, line 4"),
        (EVENT_CODES.replace("goldstein", "score"), "cameo_plover.csv: the columns must be .*goldstein"),
        ("", "cameo_plover.csv: the columns must be"),
    ],
    ids=["no number", "a cell is missing", "another column", "an empty file"],
)
def test_a_broken_list_is_named(lexicons, text, message):
    (lexicons / "cameo_plover.csv").write_text(text)
    with pytest.raises(LexiconError, match=message):
        reference_tables()
