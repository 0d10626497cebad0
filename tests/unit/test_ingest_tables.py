"""Readers of tables: CSV, TSV, Parquet and Arrow; of files that are damaged, nothing is lost without a word."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import time
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reader_calls import TEXT, only, outcomes, read, refusal

from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord
from pipelines.stages.ingest.reasons import Reason, Refused


def test_csv():
    rows = (
        'id,title,text,published\n007,NA,"Two\nlines, ""quoted"". '
        + TEXT
        + '",2024-05-03\n\nx,only\ny,T,"'
        + TEXT
        + '",\n'
    )
    records = read("a.csv", rows)
    assert records[0] == RawRecord(1, f'Two\nlines, "quoted". {TEXT}', title="NA", published="2024-05-03")
    assert outcomes(records) == [(1, "good"), (2, Reason.WRONG_COLUMNS), (3, "good")]


def test_other_delimiters():
    for name, mark in (("a.csv", ";"), ("a.tsv", "\t"), ("a.csv", "|")):
        record = only(name, f"headline{mark}content\nFerries{mark}{TEXT}\n")
        assert (record.title, record.text) == ("Ferries", TEXT)


def test_a_quote_that_is_never_closed_costs_nobody():
    records = read("a.csv", f'id,text\n1,"{TEXT}"\n2,"{TEXT}\n3,{TEXT}\n')
    assert [record.text.strip() for record in records] == [TEXT.strip()] * 3


def test_lines_that_belong_to_no_row_are_named_or_counted():
    lost = "".join(f"line {number}\n" for number in range(300))
    records = read("a.csv", f'id,title,text\n1,T,{TEXT}\n2,"U\n{lost}3,V,{TEXT}\n')
    refused = [record for record in records if isinstance(record, BadRecord)]
    assert len(records) - len(refused) == 2
    assert sum(record.records for record in refused) == 301
    assert {f"line {number}" in " ".join(record.message for record in refused) for number in range(3, 203)} == {True}
    assert "lines 203 to 303 (101 lines)" in refused[-1].message


def test_marks_that_close_nothing_do_not_cost_the_square():
    rows = "".join(f'{number},"it said"so {TEXT}\n' for number in range(20_000))
    started = time.perf_counter()
    records = read("a.csv", "id,text\n" + rows)
    assert len(records) == 20_000
    assert time.perf_counter() - started < 10


def test_a_text_of_many_lines_beyond_the_limit_costs_itself():
    lines = "A line of it, or two.\n\n" * 60_000
    records = read("a.csv", f'id,text\n1,{TEXT}\n2,"{lines}"\n3,{TEXT}\n')
    assert outcomes(records) == [(1, "good"), (2, Reason.RECORD_TOO_LARGE), (3, "good")]


def test_thousands_of_columns_and_a_long_field():
    names, cells = ",".join(f"c{number}" for number in range(9_000)), "," * 9_000
    assert only("a.csv", f"{names},text\n{cells}{TEXT}\n").text == TEXT
    assert only("a.csv", f'id,text\n1,"{"x " * 90_000}"\n').text == "x " * 90_000


def test_a_long_field_costs_its_row():
    records = read("a.csv", f'id,text\n1,"{"x " * 1_000_000}"\n2,"{TEXT}"\n')
    assert outcomes(records) == [(1, Reason.RECORD_TOO_LARGE), (2, "good")]


def test_csv_headers_that_cannot_be_used():
    assert refusal("a.csv", f"c1,T,{TEXT}\n") is Reason.MISSING_COLUMN
    (twice,) = read("a.csv", f"id,text,Text\n1,a,{TEXT}\n")
    assert (twice.reason, "duplicate" in twice.message) == (Reason.WRONG_COLUMNS, True)
    assert refusal("a.csv", "") is Reason.EMPTY
    assert read("a.csv", "id,text\n") == []


def test_own_column_names_go_first():
    record = only("a.csv", f'text,Story Body\nno,"{TEXT}"\n', fields={"text": "story_body"})
    assert record.text == TEXT


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def test_parquet():
    table = pa.table(
        {
            "maintext": [TEXT, None, TEXT],
            "published": pa.array([datetime(2024, 5, 3), None, 2**60], pa.timestamp("us")),
            "payload": [[1], [2], [3]],
        }
    )
    records = read("a.parquet", parquet(table))
    assert outcomes(records) == [(1, "good"), (2, Reason.EMPTY), (3, "good")]
    assert (records[0].published, records[2].published) == (date(2024, 5, 3), None)
    dated = table.slice(0, 1)
    assert only("a.parquet", parquet(dated)).published == date(2024, 5, 3)
    assert only("a.parquet.gz", gzip.compress(parquet(dated))).text == TEXT


def test_parquet_files_that_cannot_be_used():
    good = parquet(pa.table({"text": [TEXT]}))
    assert refusal("a.parquet", b"") is Reason.EMPTY
    assert refusal("a.parquet", b"PAR1PAR1") is Reason.MALFORMED_PARQUET
    assert refusal("a.parquet", good[: len(good) // 2]) is Reason.MALFORMED_PARQUET
    assert refusal("a.parquet", parquet(pa.table({"body2": [TEXT]}))) is Reason.MISSING_COLUMN
    assert refusal("a.parquet", parquet(pa.table({"text": [5]}))) is Reason.WRONG_TYPE
    assert refusal("a.parquet", parquet(pa.table({"text": [[TEXT]]}))) is Reason.WRONG_TYPE
    assert outcomes(read("a.parquet", parquet(pa.table({"text": [b"\xff"]})))) == [(1, Reason.WRONG_TYPE)]
    assert outcomes(read("a.parquet", parquet(pa.table({"text": [{"a": TEXT}]})))) == [(1, Reason.WRONG_TYPE)]


@pytest.mark.parametrize(
    "columns",
    [
        {"text": pa.array([TEXT], pa.binary())},
        {"text": pa.array([TEXT], pa.large_string())},
        {"text": pa.array([TEXT]).dictionary_encode()},
        {"text": pa.array([TEXT], pa.string_view())},
        {"text": pa.array([None], pa.null()), "content": [TEXT]},
        {"text": [7], "content": [TEXT]},
        {"content": [{"rendered": TEXT, "protected": False}]},
        {"id": [1], "doc": [{"body": TEXT, "title": "T"}]},
        {"Full Text": [TEXT], "published": pa.array([0], pa.timestamp("us", tz="Mars/Olympus"))},
        {"text": [TEXT], "published": pa.array([0], pa.timestamp("ns", tz="tzutc()"))},
        {"text": [TEXT], "published": pa.array([0], pa.timestamp("s", tz="+25:99"))},
        {"text": [TEXT], "authors": [[{"name": "Ann Lee"}]], "tags": [["a"]]},
    ],
    ids=lambda columns: "-".join(str(kind) for kind in pa.table(columns).schema.types),
)
def test_types_of_parquet_columns(columns):
    table = pa.table(columns)
    assert only("a.parquet", parquet(table)).text == TEXT


def test_an_unknown_time_zone_gives_the_date_of_utc():
    column = pa.array([datetime(2024, 5, 3, 23)], pa.timestamp("us", tz="Mars/Olympus"))
    assert only("a.parquet", parquet(pa.table({"text": [TEXT], "published": column}))).published == date(2024, 5, 3)


def test_a_damaged_part_of_a_parquet_file_costs_its_rows():
    sink = io.BytesIO()
    texts = [f"{TEXT}{number}" for number in range(30)]
    pq.write_table(pa.table({"text": texts}), sink, row_group_size=10, write_page_checksum=True, compression="none")
    data = bytearray(sink.getvalue())
    data[data.index(texts[14].encode()) + 20] ^= 255
    records = read("a.parquet", bytes(data))
    (damaged,) = [record for record in records if isinstance(record, BadRecord)]
    assert [record.text for record in records if isinstance(record, RawRecord)] == texts[:10] + texts[20:]
    assert (damaged.number, damaged.records, damaged.reason) == (11, 10, Reason.MALFORMED_PARQUET)
    assert "rows 11 to 20" in damaged.message


def arrow(table: pa.Table, *, is_stream: bool) -> bytes:
    sink = io.BytesIO()
    with (pa.ipc.new_stream if is_stream else pa.ipc.new_file)(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1)
    return sink.getvalue()


@pytest.mark.parametrize("is_stream", [False, True])
@pytest.mark.parametrize("name", ["a.arrow", "a.feather", "a.parquet"])
def test_arrow_files(name, is_stream):
    data = arrow(pa.table({"id": [1, 2], "text": [TEXT, "Two."]}), is_stream=is_stream)
    assert [record.text for record in read(name, data)] == [TEXT, "Two."]
    assert refusal(name, data[:60]) is Reason.MALFORMED_PARQUET


def test_a_parquet_file_that_expands_without_end_is_stopped():
    texts = pa.array(["x" * 90_000] * 2_000).dictionary_encode()
    assert refusal("a.parquet", parquet(pa.table({"text": texts}))) is Reason.EXPANSION_LIMIT


# ---------- damage: characters put in, taken out or moved; whatever a record was, it is read or named


def records_or_refusal(name: str, text: str) -> list:
    try:
        return read(name, text)
    except Refused as refused:
        return [BadRecord(None, refused.reason, refused.message)]


def damaged(rng: random.Random, text: str, begin: int) -> str:
    for _ in range(rng.randint(0, 3)):
        place = rng.randrange(begin, len(text))
        marks = [mark.start() for mark in re.finditer('"', text) if mark.start() >= begin]
        kind = rng.random()
        if kind < 0.4:
            text = text[:place] + rng.choice('""",;{}[]\n') + text[place:]
        elif kind < 0.7 and marks:
            place = rng.choice(marks)
            text = text[:place] + text[place + 1 :]
        elif kind < 0.9:
            text = text[:place] + text[place + 1 :]
        else:
            text = text[: max(place, begin + 1)]
    return text


def table_of(rng: random.Random) -> str:
    names = rng.choice(
        [["id", "title", "text"], ["id", "text"], ["title", "text", "published"], ["text"], ["text", "id"]]
    )
    written = io.StringIO()
    writer = csv.writer(written, delimiter=rng.choice(",;\t|"), quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer.writerow(names)
    for number in range(rng.randint(3, 12)):
        text = f"Report{number}x came" + rng.choice(
            [".", ", then left.", ' and said "no".', "\n\nIt rained, a bit.\nEnd."]
        )
        row = {"id": 100 + number, "title": rng.choice(["A", "B, c", 'The "big" one']), "text": text}
        writer.writerow([{**row, "published": f"2024-05-{number + 1:02}"}[name] for name in names])
    return written.getvalue()


def test_rows_of_damaged_tables_are_read_or_named():
    seen = silent = named = 0
    for seed in range(400):
        rng = random.Random(seed)
        table = table_of(rng)
        table = damaged(rng, table, table.index("\n") + 1)
        records = records_or_refusal("a.csv", table)
        read_text = " ".join(f"{record.title} {record.text}" for record in records if isinstance(record, RawRecord))
        refusals = " ".join(record.message for record in records if isinstance(record, BadRecord))
        for number, line in enumerate(table.split("\n"), start=1):
            for word in re.findall(r"Report\d+x", line):
                seen += 1
                is_named = re.search(rf"line {number}\b", refusals) is not None
                named += is_named and word not in read_text
                silent += not is_named and word not in read_text
    assert seen > 2_500
    assert silent <= seen / 1_000, (silent, seen)
    assert named <= seen / 40, (named, seen)


def test_records_of_damaged_json_are_read_or_told():
    seen = lost = 0
    for seed in range(400):
        rng = random.Random(seed)
        values = [
            {
                "id": number,
                "text": f"Report{number}x came, {{and}} left [it].",
                "authors": [{"name": "Ann"}, {"name": "Bo"}],
            }
            for number in range(rng.randint(2, 8))
        ]
        name, text = rng.choice(
            [
                ("a.jsonl", "".join(json.dumps(value) + "\n" for value in values)),
                ("a.json", "\n".join(json.dumps(value, indent=2) for value in values)),
                ("a.json", json.dumps(values, indent=rng.choice([None, 2]))),
                ("a.json", json.dumps({"status": "ok", "articles": values, "page": 1})),
            ]
        )
        text = damaged(rng, text, 0)
        records = records_or_refusal(name, text)
        read_text = " ".join(record.text for record in records if isinstance(record, RawRecord))
        missing = [word for word in re.findall(r"Report\d+x", text) if word not in read_text]
        assert not missing or any(isinstance(record, BadRecord) for record in records), (seed, missing)
        seen += text.count("Report")
        lost += len(missing)
    assert lost <= seen / 4, (lost, seen)
