"""What was found in SQL is asked for once, in this warehouse or in the project's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from warehouse import kept_answers
from warehouse.kept_answers import KeptAnswers


@pytest.fixture
def asked() -> list[str]:
    return []


def _answers(path: Path | None, asked: list[str], *keys: str) -> list[str]:
    answers = KeptAnswers(path)
    found = [answers.get(key, lambda key=key: asked.append(key) or f"answer {key}") for key in keys]
    answers.keep()
    return found


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        (None, None, ["a", "b"]),
        ('{"a": "answer a"}', None, ["b"]),
        (None, '{"b": "answer b"}', ["a"]),
        ('{"a": "answer a"}', '{"b": "answer b"}', []),
        ("damaged", "[1]", ["a", "b"]),
    ],
    ids=["nothing kept", "here", "in the own folder", "both", "damaged"],
)
def test_only_what_is_not_kept_is_asked_for(
    own: str | None, other: str | None, expected: list[str], asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    here, there = tmp_path / "here" / "x.json", tmp_path / "there" / "x.json"
    monkeypatch.setattr(kept_answers, "OWN_FOLDER", there.parent)
    for path, text in ((here, own), (there, other)):
        path.parent.mkdir()
        if text is not None:
            path.write_text(text)
    assert _answers(here, asked, "a", "b", "a") == ["answer a", "answer b", "answer a"]
    assert asked == expected
    assert json.loads(here.read_text()) == {"a": "answer a", "b": "answer b"}
    assert _answers(here, asked, "b") == ["answer b"]
    assert asked == expected


def test_without_a_folder_nothing_is_kept(asked: list[str], tmp_path: Path) -> None:
    assert _answers(tmp_path / "none" / "x.json", asked, "a") == ["answer a"]
    assert _answers(None, asked, "a") == ["answer a"]
    assert asked == ["a", "a"]
    assert not list(tmp_path.iterdir())
