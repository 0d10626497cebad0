"""Readers: each format from bytes to records, good and bad."""

from __future__ import annotations

import io
import json
import time
from datetime import date

import pytest
from reader_calls import LIMITS, PAGE, TEXT, only, outcomes, read, refusal

from pipelines.stages.ingest.readers.html_page import fragment_text
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.readers.registry import READERS, find_reader
from pipelines.stages.ingest.reasons import Reason, Refused

# ---------- plain text and Markdown


def test_plain_text_is_taken_as_it_is():
    text = "Ferries: a report\n\n  " + TEXT + "\n"
    assert only("a.txt", text) == RawRecord(1, text)


def test_a_header_of_known_lines_is_metadata():
    record = only("a.txt", f"Title: Ferries sail\nDate: 3 May 2024\nSource: Baltic Wire\n\n{TEXT}")
    assert record == RawRecord(1, TEXT, title="Ferries sail", published="3 May 2024", source_name="Baltic Wire")


@pytest.mark.parametrize(
    "text",
    [
        f"Title: Ferries sail\n\n{TEXT}",
        f"Title: Ferries sail\nDate: 3 May 2024\n{TEXT}",
        f"Ferries sail\nTitle: x\nDate: y\n\n{TEXT}",
        f"---\n{TEXT}\n---\n",
    ],
    ids=["one line", "no blank line", "not at the top", "no front matter"],
)
def test_what_only_resembles_a_header_is_text(text):
    assert only("a.txt", text) == RawRecord(1, text)


def test_front_matter_and_markdown():
    record = only(
        "a.md",
        "---\ntitle: Ferries sail\ndate: 2024-05-03\nauthor: [Ann Lee, Bo Ek]\n---\n"
        "## Winter\n\nThe **ferry** company, see [its page](https://example.org/a), *agreed*.\n\n> Quoted.\n\n![](x.png)\n",
    )
    assert (record.title, record.published, record.author) == ("Ferries sail", date(2024, 5, 3), "Ann Lee, Bo Ek")
    assert record.text == "Winter\n\nThe ferry company, see its page, agreed.\n\nQuoted.\n\n\n"


def test_the_first_heading_of_markdown_is_the_title():
    record = only("a.markdown", f"# Ferries sail\n\n{TEXT}")
    assert (record.title, record.text) == ("Ferries sail", f"\n{TEXT}")


def test_front_matter_that_expands_is_text():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\n"
    assert only("a.md", f"---\n{bomb}---\n{TEXT}").text.startswith("\na: &a [x, x]")


def test_texts_that_are_empty_or_too_long():
    assert refusal("a.txt", "") is Reason.EMPTY
    assert refusal("a.txt", "x" * 500_000) is Reason.TEXT_TOO_LONG


# ---------- HTML


def test_html_gives_text_and_metadata():
    record = only("a.html", PAGE)
    assert (record.title, record.published, record.url) == ("Ferries sail", "2024-05-03", "https://example.org/ferries")
    assert (record.author, record.source_name) == ("Ann Lee", "Baltic Wire")
    assert record.text == f"{TEXT.strip()}\n\nOn 1 January 2020 there was a strike. {TEXT.strip()}"


def test_a_date_in_the_text_of_a_page_is_not_its_date():
    page = PAGE.replace('<meta property="article:published_time" content="2024-05-03T10:00:00Z">', "")
    assert only("a.html", page).published is None


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{TEXT}",
        TEXT,
        f"<div>{'<div>' * 5000}{TEXT}",
        f"<body><script>leak</script><style>leak</style><!-- leak --><p>{TEXT}</p><!-- leak",
        f'<?xml version="1.0" encoding="utf-8"?><html><body><p>{TEXT}',
        "<table><tr><td>" * 2000 + TEXT,
    ],
    ids=["bare paragraph", "no markup", "deep", "scripts and comments", "xml declaration", "deep tables"],
)
def test_whatever_the_markup_every_visible_word_is_kept(page):
    record = only("a.htm", page)
    assert TEXT.strip() in record.text
    assert "leak" not in record.text


def test_a_tag_with_many_attributes_does_not_cost_a_minute():
    started = time.perf_counter()
    record = only("a.html", "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">" + TEXT)
    assert TEXT.strip() in record.text
    assert time.perf_counter() - started < 5


def test_the_encoding_of_pages():
    page = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>Łódź i Gdańsk. ' + TEXT
    assert "Łódź i Gdańsk" in only("a.html", page.encode("iso-8859-2")).text
    wrong = '<meta charset="no-such-thing"><p>café. ' + TEXT
    assert "café" in only("a.html", wrong.encode("cp1252")).text


def test_a_page_without_text():
    assert refusal("a.html", "<html><body><script>var a = 1;</script></body></html>") is Reason.EMPTY


def test_fragments():
    assert fragment_text("<p>One &amp; two</p><p>three<br>four</p>") == "One & two\n\nthree\n\nfour"
    assert fragment_text("plain  text") == "plain  text"


# ---------- JSON


def test_json_lines():
    lines = [json.dumps({"text": TEXT, "title": "T", "date_publish": "2024-05-03", "source_domain": "example.org"})]
    lines += [
        "",
        '{"text": ',
        json.dumps({"text": None}),
        json.dumps({"body2": TEXT}),
        "[1]",
        json.dumps({"text": TEXT}),
    ]
    records = read("a.jsonl", "\ufeff" + "\r\n".join(lines))
    assert records[0] == RawRecord(1, TEXT, title="T", published="2024-05-03", source_name="example.org")
    assert outcomes(records) == [
        (1, "good"),
        (3, Reason.MALFORMED_JSON),
        (4, Reason.EMPTY),
        (5, Reason.MISSING_COLUMN),
        (6, Reason.WRONG_TYPE),
        (7, "good"),
    ]
    assert "line 3" in records[1].message


def test_json_that_is_made_to_break_parsers():
    lines = ['{"text": ' + "[" * 100_000 + "]" * 100_000 + "}", '{"id": ' + "9" * 5000 + ', "text": "x"}']
    lines += [json.dumps({"text": "x" * 2_000_000}), json.dumps({"text": TEXT})]
    reasons = [reason for _, reason in outcomes(read("a.ndjson", "\n".join(lines)))]
    assert reasons == [Reason.TOO_DEEP, "good", Reason.RECORD_TOO_LARGE, "good"]


@pytest.mark.parametrize(
    "value",
    [
        [{"content": TEXT}, {"content": TEXT}],
        {"articles": [{"content": TEXT}, {"content": TEXT}]},
        {"hits": {"hits": [{"_source": {"maintext": TEXT}}, {"_source": {"maintext": TEXT}}]}},
        {"response": {"docs": [{"body": TEXT}, {"articleBody": TEXT}]}},
    ],
    ids=["list", "articles", "elasticsearch", "solr"],
)
def test_json_files_of_records(value):
    assert [record.text for record in read("a.json", json.dumps(value))] == [TEXT, TEXT]


def test_json_file_of_one_record_and_json_lines_under_its_name():
    assert (
        only("a.json", json.dumps({"text": TEXT, "authors": [{"name": "Ann Lee"}, "Bo Ek"]})).author == "Ann Lee, Bo Ek"
    )
    lines = json.dumps({"text": TEXT}) + "\n" + json.dumps({"text": TEXT})
    assert outcomes(read("a.json", lines)) == [(1, "good"), (2, "good")]
    assert refusal("a.json", '{"text": ') is Reason.MALFORMED_JSON
    assert refusal("a.json", "[" * 100_000) is Reason.TOO_DEEP


# ---------- feeds


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>Baltic &amp; Wire</title>{items}</channel></rss>'


ITEM = (
    "<item><title>Ferries</title><link>https://example.org/1</link><pubDate>Fri, 03 May 2024 10:00:00 GMT</pubDate>"
    f"<description><![CDATA[<p>{TEXT}</p>]]></description></item>"
)


def test_rss():
    record = only("a.rss", rss(ITEM))
    assert (record.text, record.title, record.url) == (TEXT.strip(), "Ferries", "https://example.org/1")
    assert (record.published, record.source_name) == ("Fri, 03 May 2024 10:00:00 GMT", "Baltic & Wire")


def test_atom():
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>T</title><summary>short</summary>'
        f'<updated>2024-05-03T10:00:00Z</updated><content type="html">&lt;p&gt;{TEXT}&lt;/p&gt;</content></entry></feed>'
    )
    record = only("a.atom", feed)
    assert (record.text, record.published) == (TEXT.strip(), "2024-05-03T10:00:00Z")


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE l [<!ENTITY a "x">]>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/evil.dtd">',
        '<!-- <rss> --><!doctype r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_a_dtd_is_refused(head):
    assert refusal("a.xml", rss(ITEM, head)) is Reason.FORBIDDEN_DTD
    assert refusal("a.xml", rss(ITEM, head).encode("utf-16")) is Reason.FORBIDDEN_DTD


def test_the_usual_faults_of_feeds_are_mended():
    faulty = rss(ITEM.replace("<title>Ferries", "<title>Ships & ferries <3&nbsp;days"))
    assert only("a.rss", faulty).title == "Ships & ferries <3 days"


def test_a_feed_cut_short_gives_its_whole_items_and_a_refusal():
    stream = io.BytesIO(rss(ITEM + ITEM)[:-150].encode())
    records = find_reader("a.rss").read(stream, ReadOptions(**LIMITS))
    assert next(records).text == TEXT.strip()
    with pytest.raises(Refused) as refused:
        list(records)
    assert refused.value.reason is Reason.MALFORMED_XML


def test_what_is_no_feed():
    assert refusal("a.xml", "<!doctype html><html><body>502</body></html>") is Reason.MALFORMED_XML
    assert refusal("a.xml", '<?xml version="1.0"?><project><name>x</name></project>') is Reason.MALFORMED_XML
    assert refusal("a.xml", rss("<a>" * 5_000 + "</a>" * 5_000)) is Reason.TOO_DEEP
    assert outcomes(read("a.rss", rss("<item><title>T</title></item>"))) == [(1, Reason.EMPTY)]


# ---------- the registry


def test_readers_are_found_by_name_without_case():
    assert find_reader("d/A.TXT").media_type == "text"
    assert find_reader("news.txt.html").media_type == "html"
    assert find_reader("x.csv.gz").media_type == "csv"
    for name in ("a.pdf", "a.pkl", "a.txt.zip.exe"):
        with pytest.raises(Refused) as refused:
            find_reader(name)
        assert refused.value.reason is Reason.UNKNOWN_TYPE


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_no_reader_fails_on_garbage_but_with_a_refusal(suffix):
    for data in (b"", b"\x00", b"\xff\xfe", bytes(range(256)) * 20, b"<" * 1000, b'{"', b'"', b"PK\x03\x04", b"---\n"):
        try:
            records = read(f"a{suffix}", data)
        except Refused:
            continue
        assert all(isinstance(record, RawRecord | BadRecord) for record in records)
