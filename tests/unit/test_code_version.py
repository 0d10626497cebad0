"""The version of code: every file that a pattern names, in the order of paths, whatever its bytes; no bytecode."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import pytest

from pipelines.ids import code_version

FILES = {
    "a.py": b"one",
    "a-b/c.py": b"two",
    "a/b.py": b"three",
    "a/.hidden.py": b"four",
    "a/list.csv": b"\xff\x00",
    "b/d/e.py": b"",
}


@pytest.mark.parametrize(
    ("patterns", "counted"),
    [
        (("**/*.py",), ["a/.hidden.py", "a/b.py", "a-b/c.py", "a.py", "b/d/e.py"]),
        (("a/*", "a.py"), ["a/.hidden.py", "a/b.py", "a/list.csv", "a.py"]),
        (("a/**/*", "a/*.csv"), ["a/.hidden.py", "a/b.py", "a/list.csv", "a/list.csv"]),
        (("none/*",), []),
    ],
)  # fmt: skip
def test_a_version_is_of_the_files_that_patterns_name(
    patterns: tuple[str, ...], counted: list[str], tmp_path: Path
) -> None:
    for name, content in {**FILES, "a/__pycache__/b.py": b"", "__pycache__/x.py": b""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    expected = blake2b(b"name", digest_size=6)
    for name in counted:
        expected.update(name.encode())
        expected.update(blake2b(FILES[name]).digest())
    assert code_version("name", patterns, package=tmp_path) == expected.hexdigest()
