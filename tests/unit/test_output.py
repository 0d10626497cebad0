"""Query results as text."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from rich.console import Console

from pipelines.output import MAX_TABLE_ROWS, printable, write_csv, write_json, write_table


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_csv_neutralises_formulas(text: str) -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ["text"], [(text,)])
    assert stream.getvalue().splitlines()[1].lstrip('"').startswith("'")


def test_csv_keeps_numbers_and_plain_text() -> None:
    stream = io.StringIO()
    write_csv(stream, ["n", "t", "d", "l", "none"], [(-1.5, "a=b", date(2024, 1, 2), ["x", "y"], None)])
    assert stream.getvalue() == 'n,t,d,l,none\n-1.5,a=b,2024-01-02,"[""x"", ""y""]",\n'


@pytest.mark.parametrize("rows", [[], [(1,)], [(1,), (2,)]], ids=len)
def test_json_is_an_array_of_objects(rows: list[tuple[int]]) -> None:
    stream = io.StringIO()
    write_json(stream, ["n"], rows)
    assert json.loads(stream.getvalue()) == [{"n": row[0]} for row in rows]


def test_json_values() -> None:
    stream = io.StringIO()
    row = (date(2024, 1, 2), Decimal("1.5"), b"\x01", float("nan"), [date(2024, 1, 2)], {"a": None}, "é")
    write_json(stream, list("abcdefg"), [row])
    assert list(json.loads(stream.getvalue())[0].values()) == [
        "2024-01-02",
        1.5,
        "01",
        None,
        ["2024-01-02"],
        {"a": None},
        "é",
    ]


def test_table_cannot_command_the_terminal() -> None:
    stream = io.StringIO()
    write_table(Console(file=stream, width=80), ["t"], [("\x1b[31mred [bold]x[/bold]",)])
    assert "\x1b" not in stream.getvalue()
    assert "[bold]x[/bold]" in stream.getvalue()


def test_long_table_says_that_it_is_cut() -> None:
    stream = io.StringIO()
    write_table(Console(file=stream, width=80), ["n"], ((n,) for n in range(MAX_TABLE_ROWS + 1)))
    assert f"The first {MAX_TABLE_ROWS} rows" in stream.getvalue()


def test_too_many_columns_are_written_as_blocks() -> None:
    stream = io.StringIO()
    columns = [f"column_{n}" for n in range(20)]
    write_table(Console(file=stream, width=80), columns, [range(20), range(20)])
    assert len(stream.getvalue().splitlines()) == 2 * 21


@pytest.mark.parametrize(("value", "shown"), [(149_700_000.0, "149,700,000"), (0.5, "0.5"), (1987, "1987"), (None, "")])
def test_numbers_are_readable(value: float | None, shown: str) -> None:
    assert printable(value).plain == shown
