"""What lies in the `user_data` of a spaCy Doc, read without spaCy's detours.

What belongs here: `Annotations` and the text of a Doc. What does not: its tokens (`parsed.py`), which annotations there are
(`annotations.py`).
"""

from __future__ import annotations

from typing import Any

from spacy.tokens import Doc
from spacy.tokens.underscore import Underscore

_TEXT = "communique_text"


def annotation_key(name: str) -> Any:
    """Where spaCy keeps an annotation of a Doc in its `user_data`."""
    return ("._.", name, None, None)


class Annotations:
    """What components wrote on a document, as `doc._` of spaCy, in a third of the time."""

    __slots__ = ("_data",)

    def __init__(self, doc: Doc) -> None:
        object.__setattr__(self, "_data", doc.user_data)

    def __getattr__(self, name: str) -> Any:
        value = self._data.get(("._.", name, None, None))
        return getattr(_DEFAULTS, name) if value is None else value

    def __setattr__(self, name: str, value: Any) -> None:
        getattr(_DEFAULTS, name)
        self._data["._.", name, None, None] = value


class _DefaultValues:
    """The values of extensions that no component has set."""

    def __getattr__(self, name: str) -> Any:
        extension = Underscore.doc_extensions.get(name)
        if extension is None:
            raise AttributeError(f"Doc has no extension {name!r}; annotations.py registers them")
        return extension[0]


_DEFAULTS = _DefaultValues()


def keep_text(doc: Doc, text: str) -> None:
    """Keep on a document the text that it was made from, which spaCy puts together from its tokens each time it is asked."""
    doc.user_data[_TEXT] = text


def text_of(doc: Doc) -> str:
    """The text of a document, put together once."""
    text: str | None = doc.user_data.get(_TEXT)
    if text is None:
        text = doc.user_data[_TEXT] = doc.text
    return text
