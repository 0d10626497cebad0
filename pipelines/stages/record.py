"""The extraction record: from a processed Doc to typed rows, and their one JSON form.

What belongs here: `extraction_from_doc`, `empty_extraction` and `to_json_dict`. What does not: finding anything in a text
(`pipelines/nlp`), running the pipeline (`coding.py`), storing records (`batches.py`).

The components' rows are taken as they are, but for the guarantees that the warehouse checks: every text is the slice of the
canonical text that its offsets say, no mention is empty or has white space at its ends, no list has two rows of one key, and
a party or speaker refers to mentions and entities of the record only.

A group nominal ("both countries") has one mention, as a mention id is the hash of a span, and an entity row of its own with
the label GROUP for this mention to point at; events name its members, one party each, all by that mention.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from spacy.tokens import Doc as SpacyDoc

from pipelines import ids
from pipelines.nlp.annotations import EntityNode, MentionSpan
from pipelines.nlp.parsed import Doc, parsed
from pipelines.records import (
    Document,
    Entity,
    Event,
    Extraction,
    Mention,
    Party,
    Place,
    Quantity,
    Quote,
    Sentence,
    TimeExpression,
)

GROUP_LABEL = "GROUP"

# Names come again and again, and a hash takes 2 microseconds.
_entity_id = lru_cache(maxsize=8192)(ids.entity_id)

_Row = TypeVar("_Row", Sentence, TimeExpression, Place, Quote, Quantity)


def extraction_from_doc(doc: SpacyDoc, document: Document) -> Extraction:
    """Turn the annotations of a Doc into the extraction record of its document.

    Args:
        doc: the processed Doc; its text is as long as the document's and may be masked.
        document: the document; texts are slices of its text.
    """
    text = document.text
    mentions, entities = _mentions_and_entities(parsed(doc), document)
    rows = _Rows(text, mentions, entities)
    return Extraction(
        document_id=document.document_id,
        published_date=document.published_date,
        published_date_source=document.published_date_source,
        published_date_evidence=document.published_date_evidence,
        language=document.language,
        sentences=_sentences(doc),
        mentions=mentions,
        entities=entities,
        time_expressions=_rows(doc._.time_expressions, text),
        places=_rows(doc._.places, text),
        quotes=_rows(map(rows.quote, doc._.quotes or ()), text),
        quantities=_rows(doc._.quantities, text),
        events=_unique(map(rows.event, doc._.events or ()), attrgetter("event_id")),
    )


def empty_extraction(document: Document) -> Extraction:
    """The extraction record of a document that is kept but not coded, such as one in another language than English."""
    return Extraction(
        document_id=document.document_id,
        published_date=document.published_date,
        published_date_source=document.published_date_source,
        published_date_evidence=document.published_date_evidence,
        language=document.language,
        sentences=(),
        mentions=(),
        entities=(),
        time_expressions=(),
        places=(),
        quotes=(),
        quantities=(),
        events=(),
    )


def to_json_dict(extraction: Extraction) -> dict[str, Any]:
    """The record as `communique extract` writes it: plain dicts and lists, dates as ISO strings."""
    flat = _plain(extraction)
    return {
        "id": flat.pop("document_id"),
        "document": {
            "published_date": flat.pop("published_date"),
            "published_date_source": flat.pop("published_date_source"),
            "published_date_evidence": flat.pop("published_date_evidence"),
            "language": flat.pop("language"),
        },
        **flat,
    }


def _sentences(document: SpacyDoc) -> tuple[Sentence, ...]:
    if not document.has_annotation("SENT_START"):
        return ()
    doc = parsed(document)
    text = doc.text
    spans = (_trimmed(text, sent.start_char, sent.end_char) for sent in doc.sents)
    return tuple(Sentence(start, end) for start, end in spans if start < end)


def _mentions_and_entities(doc: Doc, document: Document) -> tuple[tuple[Mention, ...], tuple[Entity, ...]]:
    mentions: dict[str, Mention] = {}
    entities: dict[str, Entity] = {}
    read = doc.text
    for node in doc._.entities or ():
        _add_entity(entities, node)
    for span in doc._.mentions or ():
        first, last = doc[span.start], doc[span.end - 1]
        start, end = _trimmed(read, first.idx, last.idx + len(last))
        if start >= end:
            continue
        identifier = ids.mention_id(document.document_id, start, end)
        if identifier in mentions:
            continue
        text = document.text[start:end]
        mentions[identifier] = Mention(
            mention_id=identifier,
            entity_id=_entity_of(span, text, entities),
            label=span.label,
            text=text,
            start_char=start,
            end_char=end,
            is_name=span.is_name,
            title=span.title,
            country=span.country,
            sector=span.sector,
        )
    return tuple(mentions.values()), tuple(entities.values())


def _entity_of(span: MentionSpan, text: str, entities: dict[str, Entity]) -> str:
    """The entity id of a mention; adds the entity's row, or those of a group and its members, where they are missing."""
    node = span.entity
    if node is None:  # nothing linked the mention: it stands for what it says
        identifier = _entity_id(f"{span.label}:{text.casefold()}")
        entities.setdefault(identifier, Entity(identifier, text, span.label, span.country, span.sector))
        return identifier
    for member in node.members:
        _add_entity(entities, member)
    return _add_entity(entities, node)


def _add_entity(entities: dict[str, Entity], node: EntityNode) -> str:
    identifier = _entity_id(node.key)
    if identifier not in entities:
        label = GROUP_LABEL if node.members else node.label
        entities[identifier] = Entity(identifier, node.name, label, node.country, node.sector, tuple(node.titles))
    return identifier


def _rows(rows: Iterable[_Row] | None, text: str) -> tuple[_Row, ...]:
    return _unique((_exact(row, text) for row in rows or ()), attrgetter("start_char", "end_char"))


def _exact(row: Any, text: str) -> Any:
    """A row whose text is the slice that its offsets say."""
    piece = text[row.start_char : row.end_char]
    return row if row.text == piece else replace(row, text=piece)


class _Rows:
    """Makes rows that refer to others exact.

    Args:
        text: the canonical text.
        mentions: the record's mentions.
        entities: the record's entities.
    """

    def __init__(self, text: str, mentions: Iterable[Mention], entities: Iterable[Entity]) -> None:
        self._text = text
        self._mention_ids = {mention.mention_id for mention in mentions}
        self._entity_ids = {entity.entity_id for entity in entities}

    def quote(self, quote: Quote) -> Quote:
        """A quotation with an exact speaker."""
        if quote.speaker is None:
            return quote
        speaker = self._known(_exact(quote.speaker, self._text))
        return quote if speaker is quote.speaker else replace(quote, speaker=speaker)

    def event(self, event: Event) -> Event:
        """An event with exact trigger, place, parties and theme."""
        trigger = self._text[event.start_char : event.end_char]
        place = None if event.place is None else _exact(event.place, self._text)
        attributed_to = None if event.attributed_to is None else self._party(event.attributed_to)
        actors = tuple(map(self._party, event.actors))
        recipients = tuple(map(self._party, event.recipients))
        theme = None if event.theme is None else _exact(event.theme, self._text)
        exact = (trigger, place, attributed_to, actors, recipients, theme)
        if exact == (event.trigger, event.place, event.attributed_to, event.actors, event.recipients, event.theme):
            return event
        return replace(
            event,
            trigger=trigger,
            place=place,
            attributed_to=attributed_to,
            actors=actors,
            recipients=recipients,
            theme=theme,
        )

    def _party(self, party: Party) -> Party:
        party = self._known(_exact(party, self._text))
        if party.mention_id is not None and party.mention_id not in self._mention_ids:
            party = replace(party, mention_id=None)
        return party

    def _known(self, row: Any) -> Any:
        """A row whose entity is one of the record's, or none."""
        return row if row.entity_id is None or row.entity_id in self._entity_ids else replace(row, entity_id=None)


def _unique(rows: Iterable[Any], key: Callable[[Any], Hashable]) -> tuple[Any, ...]:
    found: dict[Hashable, Any] = {}
    for row in rows:
        found.setdefault(key(row), row)
    return tuple(found.values())


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _plain(record: Any) -> dict[str, Any]:
    names, values, special = _form(type(record))  # type: ignore[arg-type]
    plain = dict(zip(names, values(record), strict=True))
    for name, convert in special.items():
        if plain[name] is not None:
            plain[name] = convert(plain[name])
    return plain


@lru_cache(maxsize=32)
def _form(record: type) -> tuple[tuple[str, ...], Callable[[Any], Any], Mapping[str, Callable[[Any], Any]]]:
    """How a record class becomes a dict: its fields, what reads them, and which of them need a conversion by their type."""
    hints = get_type_hints(record)
    names = tuple(field.name for field in fields(record))
    special = {name: convert for name in names if (convert := _conversion(hints[name])) is not None}
    return names, attrgetter(*names), special


def _conversion(hint: Any) -> Callable[[Any], Any] | None:
    """The conversion of a field to its JSON form, by its type hint; None where the value is that already."""
    if get_origin(hint) is tuple:
        return list if get_args(hint)[0] is str else _plain_list
    inner = next((option for option in get_args(hint) if option is not NoneType), hint)
    if inner is date:
        return date.isoformat
    if issubclass(inner, StrEnum):
        return str
    return _plain if is_dataclass(inner) else None


def _plain_list(records: Iterable[Any]) -> list[dict[str, Any]]:
    return [_plain(record) for record in records]
