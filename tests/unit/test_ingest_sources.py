"""What `sources.toml` says: publisher, language, columns, encoding, and what becomes of a file's old versions."""

from __future__ import annotations

import json

import pytest
from test_ingest_files import TEXT, Warehouse, numbers, write

from pipelines.errors import SettingsError


@pytest.fixture
def warehouse():
    return Warehouse()


def test_sources_toml_names_publisher_language_and_columns(tmp_path, warehouse):
    write(
        tmp_path,
        "sources.toml",
        """
        [[source]]
        name = "Everything"
        [[source]]
        folder = "wire/baltic"
        name = "Baltic Wire"
        language = "pl"
        licence = "internal"
        [source.fields]
        text = "Story Body"
        title = "Slug"
        """,
    )
    write(tmp_path, "wire/baltic/a.csv", f'Slug,Story Body,Text\nFerries,"{TEXT}",no\n')
    write(tmp_path, "wire/b.txt", TEXT)
    result = warehouse.run(tmp_path)
    assert numbers(result) == {"loaded": 2, "skipped": 1}
    baltic, other = warehouse.by_path["wire/baltic/a.csv"], warehouse.by_path["wire/b.txt"]
    assert (baltic.source_name, baltic.source_key, baltic.language) == ("Baltic Wire", "baltic wire", "pl")
    assert (baltic.title, baltic.text) == ("Ferries", TEXT)
    assert (other.source_name, other.language) == ("Everything", "en")
    assert (baltic.licence, other.licence) == ("internal", None)


def test_the_encoding_of_a_source_counts_for_its_text_and_tables(tmp_path, warehouse):
    write(tmp_path, "sources.toml", '[[source]]\nfolder = "old"\nencoding = "cp852"')
    names = f"Łódź and Gdańsk. {TEXT}"
    write(tmp_path, "old/a.txt", names.encode("cp852"))
    write(tmp_path, "old/b.csv", f'id,text\n1,"B {names}"\n'.encode("cp852"))
    write(tmp_path, "old/c.jsonl", json.dumps({"text": f"C {names}"}, ensure_ascii=False).encode("cp852"))
    write(tmp_path, "old/d.txt", ("\ufeffD " + names).encode("utf-16"))
    warehouse.run(tmp_path)
    texts = {path: document.text for path, document in warehouse.by_path.items()}
    assert texts == {
        "old/a.txt": names, "old/b.csv": f"B {names}", "old/c.jsonl": f"C {names}", "old/d.txt": f"D {names}"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "overwritten", "taken_away"),
    [("snapshot", "loaded", "vanished"), ("feed", "kept", "vanished"), ("archive", "kept", "kept")],
)
def test_the_kind_of_a_source_says_what_becomes_of_its_old_versions(tmp_path, warehouse, kind, overwritten, taken_away):
    write(tmp_path, "sources.toml", f'[[source]]\nfolder = "f"\nkind = "{kind}"')
    write(tmp_path, "f/a.txt", TEXT)
    write(tmp_path, "stays.txt", "Norway met Ghana in Accra.")
    warehouse.run(tmp_path)
    write(tmp_path, "f/a.txt", "Later. " + TEXT)
    old, new = warehouse.run(tmp_path).files
    assert [(file.status, file.is_current) for file in (old, new)] == [(overwritten, False), ("loaded", True)]
    (tmp_path / "f" / "a.txt").unlink()
    (gone,) = warehouse.run(tmp_path).files
    assert (gone.status, gone.is_current) == (taken_away, False)


@pytest.mark.parametrize(
    "text",
    [
        '[[source]]\nencoding = "base64"',
        '[[source]]\nencoding = "cp9999"',
        '[[source]]\nkind = "hourly"',
        "[[source]",
        '[[source]]\nfolders = "a"',
        "[[source]]\n[source.fields]\nheadline = 'x'",
    ],
)
def test_a_sources_toml_that_cannot_be_used_is_an_error(tmp_path, warehouse, text):
    write(tmp_path, "sources.toml", text)
    with pytest.raises(SettingsError, match="sources.toml"):
        warehouse.run(tmp_path)
