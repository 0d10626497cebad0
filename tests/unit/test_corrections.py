"""Corrections by people: what the file may hold, which rows apply, and that they win over all evidence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.errors import CorrectionsError
from pipelines.stages.resolve.corrections import COLUMNS, Corrections, correct_mentions, read_corrections, settle
from pipelines.stages.resolve.half_linkage import cluster
from pipelines.stages.resolve.resolve import resolver_version

HEADER = ",".join(COLUMNS) + "\n"
MENTIONS = ("m1", "m2", "m3", "m4")


def corrections(tmp_path: Path, *lines: str) -> Corrections:
    path = tmp_path / "corrections.csv"
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return settle(read_corrections(path).rows, MENTIONS)


def test_no_file_and_an_empty_one_correct_nothing(tmp_path):
    path = tmp_path / "corrections.csv"
    assert read_corrections(path).rows == ()
    path.write_text("")
    assert read_corrections(path).rows == ()
    table = settle((), MENTIONS).table()
    assert table.empty and {"line_number", "is_applied", "reason"} <= set(table.columns)


def test_columns_in_any_order_remarks_and_line_numbers(tmp_path):
    path = tmp_path / "corrections.csv"
    reordered = ("date", "kind", *(name for name in COLUMNS if name not in ("date", "kind")))
    path.write_bytes(
        b"\xef\xbb\xbf"
        + ",".join(reordered).encode()
        + b'\r\n# a remark\r\n\r\n2024-05-01,Code,m1,,assault,Explosives,"two\nlines",Ana\r\n,not_event,m2,,,,,\r\n'
    )
    first, second = read_corrections(path).rows
    assert (first.line_number, first.kind, first.event_type, first.event_mode) == (4, "code", "ASSAULT", "explosives")
    assert (first.note, first.who, first.date) == ("two\nlines", "Ana", "2024-05-01")
    assert (second.line_number, second.kind, second.date) == (6, "not_event", None)


@pytest.mark.parametrize(
    "content",
    [
        b"kind,event_mention_id\nsame,m1\n",
        HEADER.replace(",", ";").encode(),
        HEADER.encode() + b'same,m1,m2,,,"no end\n',
        HEADER.encode("utf-16"),
    ],
    ids=["columns missing", "semicolons", "open quotation", "other encoding"],
)
def test_a_malformed_file_is_named(tmp_path, content):
    path = tmp_path / "corrections.csv"
    path.write_bytes(content)
    with pytest.raises(CorrectionsError, match=r"corrections\.csv"):
        read_corrections(path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("merge,m1,m2,,,,,", "unknown kind 'merge'"),
        (",m1,,,,,,", "unknown kind ''"),
        ("same,m1,,,,,,", "other_event_mention_id is missing"),
        ("not_event,,,,,,,", "event_mention_id is missing"),
        ("same,m1,gone,,,,,", "no event mention gone"),
        ("different,m1,m1,,,,,", "the same one"),
        ("code,m1,,RIOT,,,,", "unknown type and mode 'RIOT'"),
        ("code,m1,,ASSAULT,visit,,,", "unknown type and mode 'ASSAULT/visit'"),
        ("code,m1,,,,,,", "unknown type and mode"),
        ("not_event,m1,,,,a note, with a comma,Ana,2024-05-01", "quotation marks"),
    ],
)
def test_a_row_that_cannot_be_used_costs_itself_only(tmp_path, line, reason):
    settled = corrections(tmp_path, line, "not_event,m2,,,,,,")
    assert settled.not_events == {"m2"}
    table = settled.table()
    assert table["is_applied"].tolist() == [False, True]
    assert reason in table["reason"][0]
    assert table["reason"][1] is None or pd.isna(table["reason"][1])


@pytest.mark.parametrize(
    ("lines", "applied"),
    [
        (["same,m1,m2,,,,,", "different,m2,m1,,,,,"], [False, True]),
        (["different,m1,m2,,,,,", "same,m1,m2,,,,,"], [False, True]),
        (["different,m1,m3,,,,,", "same,m1,m2,,,,,", "same,m2,m3,,,,,"], [False, True, True]),
        (["same,m1,m2,,,,,", "same,m3,m4,,,,,", "different,m1,m4,,,,,", "same,m2,m3,,,,,"], [False, True, True, True]),
        (["same,m1,m2,,,,,", "not_event,m2,,,,,,"], [False, True]),
        (["not_event,m2,,,,,,", "same,m1,m2,,,,,"], [False, True]),
        (["code,m1,,AID,,,,", "code,m1,,ACCUSE,,,,"], [False, True]),
        (["same,m1,m2,,,,,", "same,m1,m2,,,,,", "different,m1,m3,,,,,", "code,m1,,AID,,,,"], [True] * 4),
        (["different,m1,m2,,,,,", "not_event,m1,,,,,,", "code,m1,,AID,,,,"], [True] * 3),
    ],
)
def test_of_contradictions_the_later_line_applies(tmp_path, lines, applied):
    assert corrections(tmp_path, *lines).table()["is_applied"].tolist() == applied


def test_a_contradiction_names_the_later_lines(tmp_path):
    table = corrections(tmp_path, "different,m1,m3,,,,,", "same,m1,m2,,,,,", "same,m2,m3,,,,,").table()
    assert table["reason"][0] == "contradicts later lines: 3, 4"


@pytest.mark.parametrize("modes", [[None] * 4, ["visit", None, "phone", None]])
def test_a_code_brings_its_quad_class_and_intensity(tmp_path, modes):
    mentions = pd.DataFrame(
        {"event_mention_id": MENTIONS, "event_type": "CONSULT", "event_mode": modes,
         "quad_class": np.ones(4, dtype=np.int32), "intensity": 2.5}
    )  # fmt: skip
    settled = corrections(tmp_path, "code,m1,,ASSAULT,explosives,,,", "not_event,m2,,,,,,", "code,m3,,AID,,,,")
    found = correct_mentions(mentions, settled)
    assert found["event_type"].tolist() == ["ASSAULT", "CONSULT", "AID", "CONSULT"]
    assert [None if pd.isna(mode) else mode for mode in found["event_mode"]][:3] == ["explosives", None, None]
    assert found["quad_class"].tolist() == [4, 1, 2, 1]
    assert found["intensity"].tolist() == [-9.0, 2.5, 10.0, 2.5]
    assert found["is_event"].tolist() == [True, False, True, True]
    assert found["is_recoded"].tolist() == [True, False, True, False]
    assert mentions["event_type"].unique().tolist() == ["CONSULT"]


PAIRS = np.array([(0, 1), (0, 2), (1, 2), (2, 3)]).T


@pytest.mark.parametrize(
    ("forced", "expected"),
    [
        ({}, [0, 0, 2, 2]),
        ({"together": [(0, 3)]}, [0, 1, 2, 0]),
        ({"together": [(0, 3), (3, 1)]}, [0, 0, 2, 0]),
        ({"apart": [(0, 1)]}, [0, 1, 2, 2]),
        ({"together": [(0, 2)], "apart": [(1, 3)]}, [0, 1, 0, 3]),
        ({"together": [(4, 1)]}, [0, 1, 2, 2, 1]),
    ],
    ids=["none", "never compared", "chain", "likely pair", "excluded pair", "in no pair"],
)
def test_what_people_say_binds_clusters(forced, expected):
    probability = np.array([0.9, 0.1, 0.1, 0.95])
    is_excluded = np.array([False, True, True, False])
    found = cluster(len(expected), *PAIRS, probability, is_excluded, **forced).tolist()
    for pairs, is_one in ((forced.get("together", ()), True), (forced.get("apart", ()), False)):
        assert all((found[a] == found[b]) is is_one for a, b in pairs)
    assert found == expected


def test_a_changed_file_makes_core_stale(tmp_path):
    path = tmp_path / "corrections.csv"
    versions = [resolver_version(read_corrections(path))]
    for line in ("not_event,m1,,,,,,", "not_event,m2,,,,,,"):
        path.write_text(f"{HEADER}{line}\n")
        versions += [resolver_version(read_corrections(path))] * 2
    assert len(set(versions)) == 3
    path.unlink()
    assert resolver_version(read_corrections(path)) == versions[0]
