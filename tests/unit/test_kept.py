"""What is kept: made once, made again when it cannot be used, and never at the cost of the work."""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Callable
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import pytest

from pipelines.nlp import kept as store
from pipelines.nlp.kept import kept

THING: dict[str, Any] = {"words": ("ökad", "b"), "numbers": memoryview(array("f", (0.5, 2.0))), "none": memoryview(b"")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def made() -> list[int]:
    return []


@pytest.fixture
def load(folder: Path, made: list[int]) -> Callable[..., dict[str, Any]]:
    def make() -> dict[str, Any]:
        made.append(1)
        return THING

    def load(**depends_on: Any) -> dict[str, Any]:
        return kept("thing", make, **{"files": (), **depends_on})

    return load


def _plain(thing: dict[str, Any]) -> dict[str, Any]:
    return {key: value.tolist() if isinstance(value, memoryview) else value for key, value in thing.items()}


def test_made_once_and_found_the_same(load: Any, made: list[int]) -> None:
    found = [_plain(load()) for _ in range(3)]
    assert found == [_plain(THING)] * 3
    assert len(made) == 1


def test_what_it_depends_on_names_the_file(load: Any, made: list[int], folder: Path) -> None:
    load()
    load(packages=["spacy"])
    load(files=["lexicons/light_verbs.csv"])
    for text in ("short", "longer"):
        data = folder.parent / "cities.json"
        data.write_text(text)
        load(data=[data])
    assert len(made) == len(list(folder.iterdir())) == 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: bytes(len(data)),
        lambda data: data.replace("ökad".encode(), b"oekad"),
    ],
    ids=["empty", "header cut", "end cut", "more", "zeros", "a byte changed"],
)
def test_a_damaged_file_is_made_again(load: Any, made: list[int], folder: Path, damage: Any) -> None:
    load()
    (path,) = folder.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert _plain(load()) == _plain(THING)
    load()
    assert len(made) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="its files have no such bits")
def test_a_file_that_others_may_write_is_not_read(load: Any, made: list[int], folder: Path) -> None:
    load()
    (path,) = folder.iterdir()
    path.chmod(0o666)
    load()
    assert len(made) == 2


def test_no_folder_no_harm(load: Any, made: list[int], folder: Path) -> None:
    folder.write_text("a file, where the folder should be")
    assert _plain(load()) == _plain(load()) == _plain(THING)
    assert len(made) == 2


def test_a_home_that_is_none(monkeypatch: pytest.MonkeyPatch, load: Any, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(store, "cache_folder", lambda: Path("~") / "cache")
    assert _plain(load()) == _plain(THING)
    assert not list(tmp_path.iterdir())


def test_several_at_once(load: Any, folder: Path) -> None:
    with ThreadPool(8) as pool:
        found = pool.map(lambda _: _plain(load()), range(16))
    assert found == [_plain(THING)] * 16
    assert len(list(folder.iterdir())) == 1


def test_old_files_of_other_versions_go(load: Any, folder: Path) -> None:
    load()
    (path,) = folder.iterdir()
    os.utime(path, (0, 0))
    load(packages=["spacy"])
    assert path not in folder.iterdir()
    assert len(list(folder.iterdir())) == 1
