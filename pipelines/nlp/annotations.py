"""What the spaCy components write on a Doc and read from it: the contract between them.

What belongs here: the `Doc._` extensions, set by `set_extensions` (called by `build_nlp`, never at import), and the
working forms that need tokens. Finished rows are the records of `pipelines/records.py`. Read next: `build.py`, which lists
the components in order, and each component's `component.py`.

Extensions of a Doc:
  context            DocumentContext: id, canonical text, published date, title, source
  time_expressions   list[TimeExpression], by position
  quantities         list[Quantity], by position
  mentions           list[MentionSpan], by position; names first, nominals and pronouns added by coreference
  entities           list[EntityNode], by first mention
  home               CountryOfEvents (`coreference/home.py`): the country of each sentence and of the story
  places             list[Place], by position
  quotes             list[Quote], by position
  clauses            list[Predicate] (`clauses/component.py`)
  events             list[Event], by position
"""

from __future__ import annotations

from dataclasses import field
from datetime import date

from spacy.tokens import Doc

from pipelines.immutable import dataclass
from pipelines.nlp.document_data import annotation_key
from pipelines.nlp.parsed import AnyDoc

MENTIONS, _CONTEXT = annotation_key("mentions"), annotation_key("context")
_MENTION_INDEX = "communique_mention_index"  # key of doc.user_data
EXTENSIONS = ("time_expressions", "quantities", "mentions", "entities", "home", "places", "quotes", "clauses", "events")


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """What a component may know of a document beside its tokens.

    `text` is the canonical text: the Doc's own text may be masked, character for character, so `Doc.text` and `text` have
    equal length and rows take their text from here.
    """

    document_id: str
    text: str
    published_date: date | None = None
    title: str | None = None
    source_name: str | None = None


@dataclass(slots=True)
class EntityNode:
    """A thing of the document that mentions stand for.

    `key` is the canonical key that `entity_id` is hashed from: equal for one thing in every document that names it fully.
    `members` are the entities a group stands for ("both countries"); a group has no row of its own.
    """

    key: str
    name: str
    label: str
    country: str | None = None
    sector: str | None = None
    titles: list[str] = field(default_factory=list)
    members: tuple[EntityNode, ...] = ()


@dataclass(slots=True)
class MentionSpan:
    """A mention as a token span [start, end), with the entity it stands for."""

    start: int
    end: int
    label: str
    is_name: bool
    entity: EntityNode | None = None
    title: str | None = None
    country: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Affiliation:
    """Country (ISO 3166 alpha-3), sector (PLOVER code) and title that a phrase states."""

    country: str | None = None
    sector: str | None = None
    title: str | None = None


_UNLISTED_STATES = "communique_unlisted_states"  # key of doc.user_data
UNLISTED_STATE = "state:"  # the key of a state that calls itself one and is in no lexicon begins so


def note_unlisted_states(doc: AnyDoc, *, is_any: bool) -> None:
    """Note whether a document names any state that is in no lexicon."""
    doc.user_data[_UNLISTED_STATES] = is_any


def names_unlisted_state(doc: AnyDoc, start: int, end: int) -> bool:
    """Whether tokens [start, end) name a state that is in no lexicon: what is of it is of no country told elsewhere."""
    if not doc.user_data.get(_UNLISTED_STATES):
        return False
    owners = [grand.i for child in doc[start:end].root.children if child.lower_ == "of" for grand in child.children]
    found = (mention_at(doc, i) for i in (*range(start, end), *owners))
    return any(m is not None and m.entity is not None and m.entity.key.startswith(UNLISTED_STATE) for m in found)


def written_on(doc: AnyDoc) -> date | None:
    """The day a document is from, as far as it is known."""
    context: DocumentContext | None = doc.user_data.get(_CONTEXT)
    return context.published_date if context is not None else None


def set_extensions() -> None:
    """Register the Doc extensions; safe to call again."""
    if not Doc.has_extension("context"):
        Doc.set_extension("context", default=None)
    for name in EXTENSIONS:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)


def mention_at(doc: AnyDoc, token_index: int) -> MentionSpan | None:
    """The shortest mention that covers a token, or None."""
    return mentions_by_token(doc).get(token_index)


def mentions_by_token(doc: AnyDoc) -> dict[int, MentionSpan]:
    """The shortest mention that covers each token; not to be changed."""
    mentions = doc.user_data.get(MENTIONS) or ()
    known = doc.user_data.get(_MENTION_INDEX)
    if known is None or known[0] is not mentions or known[1] != len(mentions):  # a component has added mentions since
        index: dict[int, MentionSpan] = {}
        for mention in sorted(mentions, key=lambda m: m.start - m.end):
            index.update(dict.fromkeys(range(mention.start, mention.end), mention))
        known = doc.user_data[_MENTION_INDEX] = (mentions, len(mentions), index)
    index_of_mentions: dict[int, MentionSpan] = known[2]
    return index_of_mentions
