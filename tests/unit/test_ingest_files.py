"""The ingest stage as a whole: accounts, versions, duplicates, second runs."""

from __future__ import annotations

import gzip
import json
import os
import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import pytest

from pipelines.records import DateSource, Document, QuarantineRow, SourceFile
from pipelines.settings import Settings
from pipelines.stages.ingest.ingest import ingest_files
from pipelines.stages.ingest.preference import preferred
from pipelines.stages.ingest.reading import read_file
from pipelines.stages.ingest.reasons import MEANINGS, Reason, SkipReason

TEXT = "The ferry company and the dockers' union met in Gdansk and agreed on a new timetable for the winter. "


def read_here(changed, settings):
    """Reads in this process, which saves the tests the start of another."""
    for item in changed:
        yield item, list(read_file(item.file, settings, item.source))


@dataclass
class Warehouse:
    """What a warehouse would remember from run to run."""

    files: dict[str, SourceFile] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    sources: set[tuple[str, str, int]] = field(default_factory=set)
    quarantine: dict[str, QuarantineRow] = field(default_factory=dict)
    runs: int = 0

    @property
    def document_ids(self) -> frozenset[str]:
        return frozenset(self.documents)

    def run(self, root, **options):
        self.runs += 1
        settings = Settings(seeds=root, warehouse=root / ".warehouse", workers=1, **options.pop("settings", {}))
        result = ingest_files(
            root,
            ledger=self,
            settings=settings,
            run_id=f"run{self.runs}",
            now=datetime(2026, 1, self.runs),
            find_documents=lambda ids: [self.documents[id] for id in ids],
            **{"read_files": read_here, **options},
        )
        counts = result.counts
        assert counts.seen == (
            counts.loaded + counts.duplicate + counts.unchanged + counts.quarantined + counts.skipped
        )
        for file in result.files:
            if file.is_current:
                self.files[file.path] = file
            elif file.path in self.files and self.files[file.path].file_id == file.file_id:
                del self.files[file.path]
        self.documents |= {document.document_id: document for document in result.documents}
        self.sources |= {(s.document_id, s.path, s.record_number) for s in result.document_sources}
        self.quarantine |= {row.quarantine_id: row for row in result.quarantine}
        return result

    @property
    def by_path(self) -> dict[str, Document]:
        return {path: self.documents[document_id] for document_id, path, _ in self.sources}


def numbers(result) -> dict[str, int]:
    counts = result.counts
    names = ("loaded", "duplicate", "unchanged", "quarantined", "skipped")
    return {name: value for name in names if (value := getattr(counts, name))}


def write(root, name: str, text: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def warehouse():
    return Warehouse()


def test_a_text_file_becomes_a_document(tmp_path, warehouse):
    write(tmp_path, "a.txt", "  " + TEXT + "\n\n")
    result = warehouse.run(tmp_path)
    (document,) = result.documents
    assert document.text == "  " + TEXT + "\n\n"
    assert (document.title, document.language, document.source_key) == (None, "en", "unknown")
    (file,) = result.files
    assert (file.path, file.media_type, file.status, file.is_current) == ("a.txt", "text", "loaded", True)
    assert (file.record_count, file.document_count, file.run_id) == (1, 1, "run1")
    assert [(s.path, s.record_number, s.file_id) for s in result.document_sources] == [("a.txt", 1, file.file_id)]


def read_nothing(changed, settings):
    assert not changed
    return iter(())


def test_an_unchanged_folder_costs_nothing(tmp_path, warehouse):
    for number in range(5):
        write(tmp_path, f"{number}.txt", f"{number}. {TEXT}")
    write(tmp_path, "bad.txt", b"\x00" * 100)
    write(tmp_path, "list.jsonl", "\n".join(json.dumps({"text": f"{n} {TEXT}"}) for n in range(7)))
    assert numbers(warehouse.run(tmp_path)) == {"loaded": 12, "quarantined": 1}
    os.utime(tmp_path / "0.txt", (0, 0))
    again = warehouse.run(tmp_path, read_files=read_nothing)
    assert numbers(again) == {"unchanged": 13}
    assert (again.documents, again.files, again.quarantine) == ((), (), ())


def test_the_same_text_twice_is_one_document_with_two_sources(tmp_path, warehouse):
    write(tmp_path, "a.txt", TEXT)
    write(tmp_path, "b.txt", b"\xef\xbb\xbf" + TEXT.encode())
    result = warehouse.run(tmp_path)
    assert numbers(result) == {"loaded": 1, "duplicate": 1}
    assert len(result.documents) == 1
    assert [source.path for source in result.document_sources] == ["a.txt", "b.txt"]
    write(tmp_path, "c.txt", TEXT)
    later = warehouse.run(tmp_path)
    assert numbers(later) == {"duplicate": 1, "unchanged": 2}
    assert later.documents == ()
    assert [(source.path, source.document_id) for source in later.document_sources] == [
        ("c.txt", result.documents[0].document_id)
    ]


def test_changed_content_is_a_new_version(tmp_path, warehouse):
    write(tmp_path, "a.txt", TEXT)
    first = warehouse.run(tmp_path)
    write(tmp_path, "a.txt", TEXT + "Corrected.")
    second = warehouse.run(tmp_path)
    assert numbers(second) == {"loaded": 1}
    assert [(file.file_id == first.files[0].file_id, file.is_current) for file in second.files] == [
        (True, False),
        (False, True),
    ]


def test_vanished_files_are_marked_once_and_may_come_back(tmp_path, warehouse):
    write(tmp_path, "a.txt", TEXT)
    write(tmp_path, "b.txt", "Other. " + TEXT)
    warehouse.run(tmp_path)
    (tmp_path / "a.txt").unlink()
    gone = warehouse.run(tmp_path)
    assert [(file.path, file.status, file.is_current) for file in gone.files] == [("a.txt", "vanished", False)]
    assert warehouse.run(tmp_path).files == ()
    write(tmp_path, "a.txt", TEXT)
    back = warehouse.run(tmp_path)
    assert numbers(back) == {"duplicate": 1, "unchanged": 1}
    assert [(file.path, file.status, file.is_current) for file in back.files] == [("a.txt", "duplicate", True)]


def test_refused_files_are_quarantined_once(tmp_path, warehouse):
    write(tmp_path, "empty.txt", "")
    write(tmp_path, "blank.txt", " \n \n")
    write(tmp_path, "image.png", b"\x89PNG")
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    write(tmp_path, "long.txt", "word " * 300)
    write(tmp_path, "big.txt", "x" * 3000)
    limits = {"max_document_characters": 1000, "max_file_bytes": 2500}
    result = warehouse.run(tmp_path, settings=limits)
    assert {row.path: row.reason_code for row in result.quarantine} == {
        "big.txt": Reason.FILE_TOO_LARGE,
        "blank.txt": Reason.EMPTY,
        "empty.txt": Reason.EMPTY,
        "image.png": Reason.UNKNOWN_TYPE,
        "link.txt": Reason.SYMLINK,
        "long.txt": Reason.TEXT_TOO_LONG,
    }
    assert all(row.stage == "ingest" and row.attempts == 1 for row in result.quarantine)
    assert {file.status for file in result.files} == {"quarantined"}
    assert numbers(warehouse.run(tmp_path, settings=limits)) == {"unchanged": 6}


def test_a_refusal_whose_cause_is_mended_is_read(tmp_path, warehouse):
    write(tmp_path, "long.txt", "The ferries sail again. " * 300)
    (tmp_path / "link.txt").symlink_to(tmp_path / "missing.txt")
    assert numbers(warehouse.run(tmp_path, settings={"max_file_bytes": 100})) == {"quarantined": 2}
    (tmp_path / "link.txt").unlink()
    write(tmp_path, "link.txt", TEXT)
    assert numbers(warehouse.run(tmp_path)) == {"loaded": 2}


def test_reread_tries_unchanged_files_again_and_counts_the_attempts(tmp_path, warehouse):
    write(tmp_path, "bad.txt", b"\x00" * 100)
    warehouse.run(tmp_path)
    result = warehouse.run(tmp_path, reread={"bad.txt"})
    assert numbers(result) == {"quarantined": 1}
    assert result.quarantine[0].attempts == 2
    assert result.files[0].run_id == "run1"


def test_reread_counts_the_attempts_of_files_that_are_not_even_opened(tmp_path, warehouse):
    write(tmp_path, "long.txt", TEXT * 50)
    warehouse.run(tmp_path, settings={"max_file_bytes": 100})
    result = warehouse.run(tmp_path, settings={"max_file_bytes": 100}, reread={"long.txt"})
    assert numbers(result) == {"quarantined": 1}
    assert [row.attempts for row in result.quarantine] == [2]


def test_skipped_files_are_listed_with_a_reason(tmp_path, warehouse):
    write(tmp_path, ".hidden.txt", TEXT)
    write(tmp_path, "x.txt.part", TEXT)
    result = warehouse.run(tmp_path)
    assert [(file.path, file.reason) for file in result.skipped] == [
        (".hidden.txt", SkipReason.HIDDEN),
        ("x.txt.part", SkipReason.TEMPORARY),
    ]
    again = warehouse.run(tmp_path)
    assert numbers(again) == {"skipped": 2}
    assert again.files == ()


def test_a_file_that_grows_while_it_is_read_is_left_to_the_next_run(tmp_path, warehouse, monkeypatch):
    write(tmp_path, "a.txt", TEXT)
    warehouse.run(tmp_path)
    write(tmp_path, "a.txt", TEXT + "The first half of a correction")
    real = os.fstat
    calls = []

    def growing(descriptor):
        calls.append(descriptor)
        if len(calls) == 3:  # opened, before the hash, after it
            write(tmp_path, "a.txt", TEXT + "The first half of a correction, and the second.")
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", growing)
    result = warehouse.run(tmp_path)
    assert [(file.path, file.reason) for file in result.skipped] == [("a.txt", SkipReason.CHANGING)]
    assert result.files == ()  # neither taken nor taken for vanished
    monkeypatch.undo()
    assert numbers(warehouse.run(tmp_path)) == {"loaded": 1}


def test_good_records_of_a_file_land_beside_its_bad_ones(tmp_path, warehouse):
    lines = [json.dumps({"text": "One. " + TEXT}), "{", json.dumps({"text": 5}), json.dumps({"text": "Two. " + TEXT})]
    write(tmp_path, "a.jsonl.gz", gzip.compress("\n".join(lines).encode()))
    result = warehouse.run(tmp_path)
    assert numbers(result) == {"loaded": 2, "quarantined": 2}
    assert [(row.record_number, row.reason_code) for row in result.quarantine] == [
        (2, Reason.MALFORMED_JSON),
        (3, Reason.WRONG_TYPE),
    ]
    assert [source.record_number for source in result.document_sources] == [1, 4]
    assert (result.files[0].record_count, result.files[0].document_count) == (4, 2)
    assert numbers(warehouse.run(tmp_path)) == {"unchanged": 4}


def test_the_order_of_files_and_the_number_of_runs_make_no_difference(tmp_path):
    files = {}
    for number in range(24):
        files[f"{number}.txt"] = f"Story {number % 16}. {TEXT}"
    files["2024-05-03_5.txt"] = f"Story 5. {TEXT}"  # another copy knows the date
    files["2024-05-01_5.txt"] = f"Story 5. {TEXT}"
    files["list.jsonl"] = "\n".join(
        json.dumps({"text": f"Story {n}. {TEXT}", "date": f"2024-03-{n + 1:02}", "author": "Desk"}) for n in range(3, 9)
    )
    expected = None
    for seed in range(4):
        names = list(files)
        random.Random(seed).shuffle(names)
        root = tmp_path / str(seed)
        root.mkdir()
        warehouse = Warehouse()
        for start in range(0, len(names), len(names) if seed == 0 else 5):
            for name in names[start : start + (len(names) if seed == 0 else 5)]:
                write(root, name, files[name])
            warehouse.run(root)
        state = (warehouse.documents, warehouse.sources)
        expected = expected or state
        assert state == expected
    dates = {d.text[:8]: (d.published_date, d.published_date_source) for d in expected[0].values()}
    assert dates["Story 5."] == (date(2024, 3, 6), DateSource.METADATA)
    assert dates["Story 1."][1] is DateSource.NONE


def test_preferred_is_a_total_order(tmp_path, warehouse):
    write(tmp_path, "a.txt", TEXT)
    (base,) = warehouse.run(tmp_path).documents
    better = replace(base, published_date=date(2024, 1, 2), published_date_source=DateSource.METADATA)
    earlier = replace(better, published_date=date(2024, 1, 1))
    fuller = replace(earlier, title="Ferries")
    for first, second in ((base, better), (better, earlier), (earlier, fuller)):
        assert preferred(first, second) == preferred(second, first) == second


def test_progress_counts_files(tmp_path, warehouse):
    for number in range(3):
        write(tmp_path, f"{number}.txt", f"{number} {TEXT}")
    steps = []
    warehouse.run(tmp_path, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_every_reason_has_a_meaning():
    assert set(MEANINGS) == set(Reason)
