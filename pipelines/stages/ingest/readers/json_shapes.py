"""Where the records are in a JSON value: what collectors, their interfaces and pandas make of a list of articles.

What belongs here: values to records, by their shape and never by the name of a service. What does not: text to values
(`json_values.py`), what the keys of a record mean (`fields.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipelines.stages.ingest.readers.fields import is_missing, normal_name, text_field, text_of

# How deep lists of records, and the fields of a record, are looked for.
_MAX_LIST_DEPTH = 8
_MAX_RECORD_DEPTH = 4
_MAX_NODES = 500_000
# Keys that hold the one record of a value, whatever lists stand beside it.
_RECORD_KEYS = ("_source", "fields", "article", "document", "item", "story", "post")
# Objects beside an article that have texts of their own.
_SIDE_KEYS = frozenset(
    (
        "image",
        "media",
        "photo",
        "picture",
        "video",
        "thumbnail",
        "author",
        "creator",
        "user",
        "publisher",
        "comment",
        "place",
    )
)


class _Found(NamedTuple):
    """A list of records: the name of their text, and how much text they have."""

    records: list[Any]
    text_name: str
    characters: int


def find_records(value: Any, own: Mapping[str, str] | None = None) -> list[Any]:
    """The records in a value, in their order.

    A list or an object with a text is taken as it is; then tables (`to_json` of pandas: columns, index, split, table, values);
    then, of all lists of objects with a text at any depth, the one with the most text and those whose text has the same name.

    Args:
        value: a value of a JSON file.
        own: the user's names by meaning.

    Returns:
        Objects, for `record_fields`; the value itself where nothing in it has a text.
    """
    if isinstance(value, dict):
        if columns := _columns_of_lists(value, own):
            return columns
        if text_of(value, own) is not None or any(has_text(value.get(key), own) for key in _RECORD_KEYS):
            return [value]
        table = _table(value, own)
        if table:
            return table
    elif isinstance(value, list):
        if any(has_text(item, own) for item in value):
            return value
        if value and isinstance(value[0], list) and (table := _rows(value[0], value[1:], own)):
            return table
    else:
        return [value]
    found = list(_lists(value, own))
    if found:
        best = max(found, key=lambda one: one.characters)
        return [record for one in found if one.text_name == best.text_name for record in one.records]
    return value if isinstance(value, list) else [value]


def record_fields(value: Mapping[str, Any], own: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """The fields of a record whose text stands in an object of its own: those of that object, then those around it."""
    path = _path_to_text(value, own, 0)
    fields: dict[str, Any] = {}
    for level in reversed(path or []):
        fields.update({key: item for key, item in level.items() if key not in fields and not isinstance(item, dict)})
    return {**fields, **{key: item for key, item in path[-1].items() if key not in fields}} if path else value


def has_text(value: Any, own: Mapping[str, str] | None) -> bool:
    """Whether a value is an object that has a text, itself or in an object of it."""
    return isinstance(value, dict) and _path_to_text(value, own, 0) is not None


def _path_to_text(
    value: Mapping[str, Any], own: Mapping[str, str] | None, depth: int
) -> list[Mapping[str, Any]] | None:
    """The objects from a record down to the one that has the text: the longest one, where several have."""
    if text_of(value, own) is not None:
        return [value]
    best: list[Mapping[str, Any]] | None = None
    characters = 0
    for key, inner in value.items() if depth < _MAX_RECORD_DEPTH else ():
        if isinstance(inner, dict) and normal_name(key) not in _SIDE_KEYS:
            path = _path_to_text(inner, own, depth + 1)
            text = text_of(path[-1], own) if path else None
            if path and text and len(text[1]) > characters:
                best, characters = [value, *path], len(text[1])
    return best


def _lists(value: Any, own: Mapping[str, str] | None) -> Iterator[_Found]:
    """Lists, and objects of objects, whose elements have a text; not those inside another."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node, depth = waiting.pop()
        items = list(node.values()) if isinstance(node, dict) else node
        found = _as_records(items, own, least=2 if isinstance(node, dict) else 1)
        if found is not None:
            yield found
        elif table := _table(node, own) if isinstance(node, dict) else None:
            found = _as_records(table, own, least=1)
            if found is not None:
                yield found
        elif depth < _MAX_LIST_DEPTH:
            waiting.extend((item, depth + 1) for item in reversed(items) if isinstance(item, dict | list))


def _as_records(items: list[Any], own: Mapping[str, str] | None, *, least: int) -> _Found | None:
    texts = []
    for item in items:
        if isinstance(item, dict) and (path := _path_to_text(item, own, 0)) is not None:
            texts.append(text_of(path[-1], own) or ("", ""))
    if len(texts) < least:
        return None
    objects = [item for item in items if isinstance(item, dict)] if least > 1 else items
    return _Found(objects, texts[0][0], sum(len(text) for _, text in texts))


def _table(value: dict[str, Any], own: Mapping[str, str] | None) -> list[Any] | None:
    """The rows of a table: names and rows apart, or a column of values for each name."""
    names, rows = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(rows, list):
        return _rows(names, rows, own)
    name = text_field(value, own)
    column = value[name] if name is not None else None
    if (
        isinstance(column, dict)
        and column
        and all(isinstance(item, str) or is_missing(item) for item in column.values())
    ):
        columns = {key: item for key, item in value.items() if isinstance(item, dict)}
        return [{key: item.get(row) for key, item in columns.items()} for row in column]
    return _columns_of_lists(value, own)


def _columns_of_lists(value: dict[str, Any], own: Mapping[str, str] | None) -> list[Any] | None:
    """The rows of a table that has a list for each name; a list alone is one text in paragraphs."""
    name = text_field(value, own)
    column = value[name] if name is not None and len(value) > 1 else None
    if not isinstance(column, list) or not all(isinstance(item, str) or is_missing(item) for item in column):
        return None
    if not all(isinstance(item, list) and len(item) == len(column) for item in value.values()):
        return None
    return [dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True)]


def _rows(names: list[Any], rows: list[Any], own: Mapping[str, str] | None) -> list[Any] | None:
    """Rows as objects, by a list of names one of which is that of the text; a row that is no list stays as it is."""
    if not all(isinstance(name, str) for name in names) or text_field(names, own) is None:
        return None
    return [dict(zip(names, row, strict=False)) if isinstance(row, list) else row for row in rows]
