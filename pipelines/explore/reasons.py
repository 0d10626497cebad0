"""Why the reports of a document were coded as they are: the text is read once more by a pipeline that explains.

What belongs here: loading that pipeline when it is first asked for, and its answers, kept for the next time. What does not: the
explanation (`pipelines/nlp/events/explanation.py`). No table has these reasons: they are many times the rows.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from pipelines.errors import QueryError
from pipelines.explore.reading import Row
from pipelines.records import DateSource, Document
from pipelines.settings import Settings

_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Reason:
    """A piece of evidence and what it added to the logarithm of the odds."""

    name: str
    weight: float

    @property
    def pair(self) -> tuple[str, float]:
        """Name and weight."""
        return self.name, self.weight


@dataclass(frozen=True, slots=True)
class Candidate:
    """A party that was weighed for a role."""

    text: str
    score: float
    is_chosen: bool
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """How one draft was judged: the two probabilities, what weighed in them, and who was weighed for each role."""

    event_mention_id: str
    event_type: str
    trigger: str
    is_row: bool
    exists: float
    exists_because: tuple[Reason, ...]
    right: float
    right_because: tuple[Reason, ...]
    roles: tuple[tuple[str, tuple[Candidate, ...]], ...]


class Reasoner:
    """Explains documents, one at a time."""

    def __init__(self, settings: Settings) -> None:
        """Load nothing yet; the model takes seconds."""
        self._settings = settings
        self._lock = Lock()
        self._nlp: Any = None
        self._kept: OrderedDict[str, tuple[Decision, ...]] = OrderedDict()

    def decisions(self, document: Row) -> tuple[Decision, ...]:
        """Read a document anew, and tell of each draft, also those that became no row.

        Args:
            document: its row of `dim_documents`, with `text`.

        Raises:
            QueryError: the pipeline fails on the document.
            ModelMissingError: the spaCy pipeline is not installed.
        """
        identifier = document["document_id"]
        with self._lock:  # a pipeline reads one batch at a time
            if identifier not in self._kept:
                self._kept[identifier] = tuple(map(_decision, self._explain(document)))
                if len(self._kept) > _MOST_KEPT:
                    self._kept.popitem(last=False)
            return self._kept[identifier]

    def _explain(self, row: Row) -> list[dict[str, Any]]:
        from pipelines.nlp.build import build_nlp
        from pipelines.stages.coding import CodingError, code_documents

        if self._nlp is None:
            self._nlp = build_nlp(self._settings.model, is_explaining=True)
        document = Document(
            document_id=row["document_id"],
            source_key=row["source_key"],
            title=row["title"],
            text=row["text"],
            language=row["language"],
            source_name=row["source_name"],
            url=row["url"],
            author=row["author"],
            published_date=row["published_date"],
            published_date_source=DateSource(row["published_date_source"]),
            published_date_evidence=row["published_date_evidence"],
            content_hash="",  # the pipeline does not look at it
        )
        told: dict[str, list[dict[str, Any]]] = {}
        limit = self._settings.max_run_characters
        for result in code_documents([document], self._nlp, max_run_characters=limit, explanations=told):
            if isinstance(result, CodingError):
                raise QueryError(f"the document cannot be explained: {result.message}")
        return told.get(document.document_id, [])


def _decision(draft: dict[str, Any]) -> Decision:
    return Decision(
        event_mention_id=draft["event_id"],
        event_type=draft["event_type"],
        trigger=draft["trigger"],
        is_row=draft["is_row"],
        exists=draft["exists"],
        exists_because=_reasons(draft["exists_because"]),
        right=draft["right"],
        right_because=_reasons(draft["right_because"]),
        roles=tuple(
            (
                role,
                tuple(Candidate(c["text"], c["score"], c["is_chosen"], _reasons(c["because"])) for c in candidates),
            )
            for role, candidates in draft["roles"].items()
        ),
    )


def _reasons(told: list[str]) -> tuple[Reason, ...]:
    """Split "name +1.20"; a name may have spaces."""
    parts = (words.rpartition(" ") for words in told)
    return tuple(Reason(name, float(weight)) for name, _, weight in parts)
