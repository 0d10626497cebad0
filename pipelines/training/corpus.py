"""The articles coded by hand: one JSON object a line with text and events (`tests/cases/articles/README.md` has the form).

What belongs here: reading them. What does not: comparing (`matching.py`), fitting (`fit.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from spacy.language import Language

from pipelines import ids
from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.coreference.country_vote import CountryVote
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.explanation import EXPLANATIONS
from pipelines.nlp.names.line_breaks import join_broken_names
from pipelines.records import Event
from pipelines.stages.ingest.canonical import mask


@dataclass(frozen=True, slots=True)
class Article:
    """One article with its coded events, as plain JSON values."""

    article_id: str
    text: str
    published_date: date | None
    events: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the coder made of an article: every draft with its row, emitted or not, the names of its entities, and the vote
    on the countries of its nameless parties.
    """

    article: Article
    drafts: tuple[tuple[Draft, Event], ...]
    names: dict[str, str]  # entity id -> name
    vote: CountryVote | None = None


def read_articles(path: Path) -> list[Article]:
    """The articles of a file, in its order.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line is no JSON.
    """
    articles = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        published = row.get("published_date")
        articles.append(
            Article(row["id"], row["text"], date.fromisoformat(published) if published else None, tuple(row["events"]))
        )
    return articles


def readings(articles: list[Article], nlp: Language) -> Iterator[Reading]:
    """Run the pipeline over articles; `nlp`'s events component has to explain (`is_explaining`)."""
    for article in articles:
        doc = nlp.make_doc(join_broken_names(mask(article.text)))
        doc._.context = DocumentContext(article.article_id, article.text, article.published_date)
        doc = next(iter(nlp.pipe([doc])))
        names = {ids.entity_id(entity.key): entity.name for entity in doc._.entities or ()}
        vote = doc._.home.vote if doc._.home is not None else None
        yield Reading(article, tuple(doc.user_data.get(EXPLANATIONS, ())), names, vote)
