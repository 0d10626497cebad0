"""Which files are found, and which are opened."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from pipelines.errors import SeedsMissingError
from pipelines.settings import PROJECT_ROOT
from pipelines.stages.ingest.inbox import InboxFile, list_inbox, open_file, printable_path
from pipelines.stages.ingest.reasons import Reason, Refused, SkipReason


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "seeds"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("secret")
    return folder


def found(root) -> dict[str, InboxFile]:
    return {file.path: file for file in list_inbox(root)}


def test_regular_files_in_the_order_of_their_paths(root):
    for name in ("b.txt", "a/z.txt", "a.txt", "c/d/e.TXT"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    files = list(list_inbox(root))
    assert [file.path for file in files] == ["a.txt", "a/z.txt", "b.txt", "c/d/e.TXT"]
    assert [file.size_bytes for file in files] == [5, 7, 5, 9]
    with open_file(files[1]) as stream:
        assert stream.read() == b"a/z.txt"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".hidden.txt", SkipReason.HIDDEN),
        ("draft.txt~", SkipReason.TEMPORARY),
        ("upload.txt.part", SkipReason.TEMPORARY),
        ("download.crdownload", SkipReason.TEMPORARY),
        ("copy.tmp", SkipReason.TEMPORARY),
        ("README", SkipReason.NO_EXTENSION),
        ("sources.toml", SkipReason.CONFIGURATION),
    ],
)
def test_files_that_are_passed_over(root, name, reason):
    (root / name).write_text("text")
    assert found(root)[name].skip is reason


def test_hidden_folders_are_not_entered(root):
    (root / ".git").mkdir()
    (root / ".git" / "a.txt").write_text("text")
    assert found(root) == {}


def test_links(root):
    (root / "a.txt").write_text("text")
    links = {
        "inside.txt": "a.txt",
        "outside.txt": "../outside.txt",
        "device.txt": "/dev/zero",
        "nowhere.txt": "missing.txt",
        "self.txt": "self.txt",
        "folder": ".",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    files = found(root)
    with open_file(files["inside.txt"]) as stream:
        assert stream.read() == b"text"
    assert files["folder"].skip is SkipReason.DIRECTORY_LINK
    for name in ("outside.txt", "device.txt", "nowhere.txt", "self.txt"):
        assert files[name].refusal.reason is Reason.SYMLINK, name


def test_what_is_no_regular_file_is_refused_without_opening_it(root, monkeypatch):
    os.mkfifo(root / "fifo.txt")
    monkeypatch.chdir(root)  # the path of a socket may have a hundred characters only
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        files = found(root)
    assert {file.refusal.reason for file in files.values()} == {Reason.NOT_REGULAR_FILE}


def test_a_file_that_becomes_something_else_is_not_read(root, tmp_path):
    (root / "a.txt").write_text("text")
    (root / "b.txt").write_text("text")
    files = found(root)
    (root / "a.txt").unlink()
    os.mkfifo(root / "a.txt")
    (root / "b.txt").unlink()
    for name in files:
        with pytest.raises(Refused), open_file(files[name]):
            pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(root):
    (root / "a.txt").write_text("text")
    (root / "a.txt").chmod(0)
    with pytest.raises(Refused) as refused, open_file(found(root)["a.txt"]):
        pass
    assert refused.value.reason is Reason.PERMISSION_DENIED


def test_names_that_are_no_utf_8_become_printable(root):
    with open(os.fsencode(root) + b"/caf\xe9.txt", "wb") as file:
        file.write(b"text")
    (found_file,) = list_inbox(root)
    assert found_file.path == "caf\\xe9.txt"
    with open_file(found_file) as stream:
        assert stream.read() == b"text"
    assert printable_path("Café\n.txt") == "Café\n.txt"


def test_names_that_look_alike_stay_apart(root):
    names = [
        *(b"esc\\xff.txt", b"esc\xff.txt", b"esc\\\\xff.txt", b"esc\\\xff.txt"),
        *("caf\u00e9.txt".encode(), "cafe\u0301.txt".encode(), b"caf\xe9.txt", b"caf\\xe9.txt", b"caf\\u00e9.txt"),
        *(b"Port.txt", b"port.txt", b"port .txt", b"port\xc2\xa0.txt", b"port\n.txt", b"port\\n.txt"),
    ]
    for name in names:
        with open(os.fsencode(root) + b"/" + name, "wb") as file:
            file.write(name)
    files = list(list_inbox(root))
    assert len({file.path for file in files}) == len(names)
    assert all(file.path.encode() for file in files), "they can be stored"


def test_names_do_not_depend_on_the_locale(root):
    for name in ("größe.txt", "esc\\xff.txt"):
        (root / name).write_text("text")
    code = (
        "import sys; from pathlib import Path; from pipelines.stages.ingest.inbox import list_inbox\n"
        "print(ascii([file.path for file in list_inbox(Path(sys.argv[1]))]))"
    )
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        env=environment,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == ascii([file.path for file in list_inbox(root)])


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(SeedsMissingError, match="does not exist"):
        list(list_inbox(tmp_path / "none"))
