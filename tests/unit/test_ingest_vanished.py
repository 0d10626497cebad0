"""How many documents may be gone from the inbox in one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from pipelines.errors import InboxVanishedError
from pipelines.records import SourceFile
from pipelines.settings import Settings
from pipelines.stages.ingest.ingest import ingest_files
from pipelines.stages.ingest.reading import read_file


@dataclass
class Ledger:
    """What the runs before have read."""

    files: dict[str, SourceFile] = field(default_factory=dict)
    document_ids: frozenset[str] = frozenset()
    quarantine: dict = field(default_factory=dict)

    def run(self, root, **options):
        settings = Settings(seeds=root, warehouse=root / ".warehouse", **options.pop("settings", {}))
        result = ingest_files(
            root, ledger=self, settings=settings, run_id="r", now=datetime(2026, 1, 1), read_files=read_here, **options
        )
        for file in result.files:
            if file.is_current:
                self.files[file.path] = file
            elif self.files.get(file.path) is not None and self.files[file.path].file_id == file.file_id:
                del self.files[file.path]
        self.document_ids |= {document.document_id for document in result.documents}
        return result


def read_here(changed, settings):
    for item in changed:
        yield item, list(read_file(item.file, settings, item.source))


@pytest.fixture
def ledger():
    return Ledger()


def write(root, *numbers, text="The harbour board met on pier {}."):
    for number in numbers:
        (root / f"{number}.txt").write_text(text.format(number))


def delete(root, *numbers):
    for number in numbers:
        (root / f"{number}.txt").unlink()


@pytest.mark.parametrize(
    ("held", "gone", "stops"),
    [
        (1, 1, True),
        (2, 2, True),
        (40, 40, True),
        (2, 1, False),
        (3, 2, False),
        (3, 3, True),
        (4, 3, True),
        (6, 3, False),
        (6, 4, True),
        (40, 19, False),
        (40, 21, True),
    ],
)
def test_an_emptied_or_mostly_vanished_inbox_stops_the_run(tmp_path, ledger, held, gone, stops):
    write(tmp_path, *range(held))
    ledger.run(tmp_path)
    before = dict(ledger.files)
    delete(tmp_path, *range(gone))
    if not stops:
        assert sum(file.status == "vanished" for file in ledger.run(tmp_path).files) == gone
        return
    with pytest.raises(InboxVanishedError, match=rf"{gone} of {held} documents are gone.*--allow-vanished"):
        ledger.run(tmp_path)
    assert ledger.files == before
    assert sum(file.status == "vanished" for file in ledger.run(tmp_path, allow_vanished=True).files) == gone
    ledger.run(tmp_path)  # what may go has gone


def test_the_share_is_a_setting(tmp_path, ledger):
    write(tmp_path, *range(10))
    ledger.run(tmp_path)
    delete(tmp_path, 0, 1, 2)
    with pytest.raises(InboxVanishedError, match=r"max_vanished_share 0\.2"):
        ledger.run(tmp_path, settings={"max_vanished_share": 0.2})
    delete(tmp_path, *range(3, 9))
    ledger.run(tmp_path, settings={"max_vanished_share": 1})
    delete(tmp_path, 9)
    with pytest.raises(InboxVanishedError, match="none is left"):
        ledger.run(tmp_path, settings={"max_vanished_share": 1})


def test_a_renamed_folder_has_lost_nothing(tmp_path, ledger):
    write(tmp_path, *range(8))
    ledger.run(tmp_path)
    (tmp_path / "2025").mkdir()
    for path in tmp_path.glob("*.txt"):
        path.rename(tmp_path / "2025" / path.name)
    assert sum(file.status == "vanished" for file in ledger.run(tmp_path).files) == 8


def test_files_that_hold_nothing_any_more_count_as_gone(tmp_path, ledger):
    write(tmp_path, *range(8))
    ledger.run(tmp_path)
    for number in range(8):
        (tmp_path / f"{number}.txt").write_text("")
    with pytest.raises(InboxVanishedError):
        ledger.run(tmp_path)


def test_documents_count_and_not_files(tmp_path, ledger):
    write(tmp_path, 1, 2)
    (tmp_path / "wire.jsonl").write_text(
        "\n".join(f'{{"text": "Pier {number} was closed on Sunday."}}' for number in range(50))
    )
    ledger.run(tmp_path)
    (tmp_path / "wire.jsonl").unlink()
    with pytest.raises(InboxVanishedError, match="50 of 52 documents"):
        ledger.run(tmp_path)


def test_corrected_versions_and_new_files_do_not_stop_a_run(tmp_path, ledger):
    write(tmp_path, *range(8))
    ledger.run(tmp_path)
    write(tmp_path, *range(8), text="The harbour board never met on pier {}.")
    write(tmp_path, *range(8, 20))
    assert ledger.run(tmp_path).counts.loaded == 20


def test_an_inbox_that_never_held_a_document_may_be_empty(tmp_path, ledger):
    (tmp_path / "empty.txt").write_text("")
    ledger.run(tmp_path)
    (tmp_path / "empty.txt").unlink()
    assert ledger.run(tmp_path).counts.seen == 0
