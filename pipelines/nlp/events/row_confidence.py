"""Row confidence: how likely a finished row is right, by what is known only once the row is made.

What belongs here: the evidence of a row beside its draft's own (`judgement.py`): the countries that its parties got, which sides
it has for its type, who else its sentence names, other rows of the sentence, how often the document speaks of its parties, in
what words the sentence is. What does not: whether a draft becomes a row.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.choice import Weights
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.evidence import ACTOR, RECIPIENT, stands_alone
from pipelines.nlp.events.judgement import RIGHT, log_odds, probability
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.parsed import Doc, Span
from pipelines.records import Party

CONFIDENCE = "confidence"
_COORDINATED = frozenset(("cc", "conj"))
_LEAST = 0.001  # probability
_OFTEN = 5  # mentions of an entity; of those that are mentioned so often a document is about the first few
_FEW = 2

RowCounts = Counter[tuple[str, int]]


def row_key(draft: Draft) -> tuple[str, int]:
    """What rows that could be one another's doubles share: the type and the sentence."""
    return draft.event_type, draft.site.token.sent.start


class ConfidenceReader:
    """Tells the confidence of the rows of one Doc."""

    def __init__(self, doc: Doc, weights: Weights) -> None:
        """
        Args:
            doc: the document.
            weights: weight of each evidence by role; without the role `confidence`, a row is as sure as its draft.
        """
        self.doc = doc
        self.weights = weights
        self._mentions = sorted(doc._.mentions or (), key=lambda m: m.start)
        self._places: dict[int, list[int]] = {}  # of an entity's mentions in the text, by its id
        for mention in self._mentions:
            if mention.entity is not None:
                self._places.setdefault(id(mention.entity), []).append(mention.start)
        self._least: int | None = None  # mentions of one that the document is about
        home = doc._.home
        self._home: str | None = home.clear if home is not None else None

    def of(self, draft: Draft, actors: Sequence[Party], recipients: Sequence[Party], rows: RowCounts) -> float:
        """The confidence of a draft's row; its evidence is noted in the draft.

        Args:
            draft: the draft.
            actors: the row's actors, in the draft's order.
            recipients: its recipients, likewise.
            rows: how many drafts of the document become rows, by `row_key`.

        Returns:
            A probability.
        """
        draft.row_evidence = self.evidence(draft, actors, recipients, rows)
        if CONFIDENCE not in self.weights:
            return draft.right
        return probability(self.weights, CONFIDENCE, draft.row_evidence)

    def evidence(
        self, draft: Draft, actors: Sequence[Party], recipients: Sequence[Party], rows: RowCounts
    ) -> dict[str, float]:
        """Named evidence of a row, as `draft_evidence` gives it of a draft; for the arguments see `of`."""
        found: dict[str, float] = {RIGHT: log_odds(min(max(draft.right, _LEAST), 1 - _LEAST))}
        if stands_alone(draft.site.token.sent):
            return found  # the weights are of whole articles
        sides = "+".join([ACTOR] * bool(actors) + [RECIPIENT] * bool(recipients)) or "nobody"
        names = {f"sides={sides}", f"{draft.event_type}:{sides}", f"word={lemma_of(draft.site.token)}"}
        for role, side, told in ((ACTOR, draft.actors, actors), (RECIPIENT, draft.recipients, recipients)):
            names.update(f"{role}_{of_it}" for of_it in self._countries(side, told))
        if any(
            c.dep_ in _COORDINATED for p in draft.recipients for c in (self.doc[p.head], *self.doc[p.head].children)
        ):
            names.add("recipient_coordinated")
        if any(self._is_main(p) for p in draft.recipients[:1]):
            names.add("recipient_main")
        if any(place > p.end for p in draft.actors[:1] for place in self._places_of(p)[-1:]):
            names.add("actor_again")
        if rows[row_key(draft)] > draft.is_row:
            names.add("same_type_beside")
        found.update(dict.fromkeys(names, 1.0))
        found["others_named"] = math.log(1 + self._others(draft))
        found["determiners"] = _determiners(draft.site.token.sent)
        return found

    def _countries(self, side: Sequence[PartyPhrase], told: Sequence[Party]) -> set[str]:
        """Whether parties have no country, one that only the scene gives, that of the story or another."""
        found = set()
        for phrase, party in zip(side, told, strict=True):
            if party.country is None:
                found.add("no_country")
            elif phrase.country is None:
                found.add("country_of_scene")
            if self._home and party.country:
                found.add("of_home" if party.country == self._home else "of_abroad")
        return found

    def _places_of(self, party: PartyPhrase) -> list[int]:
        """Where the document mentions a party, in text order; nowhere if it stands for no entity."""
        return self._places.get(id(party.entity), []) if party.entity is not None else []

    def _is_main(self, party: PartyPhrase) -> bool:
        """Whether a party is one of those few that the document speaks of most, and often."""
        if self._least is None:
            counts = sorted(map(len, self._places.values()), reverse=True)
            self._least = max(_OFTEN, counts[min(_FEW, len(counts)) - 1]) if counts else _OFTEN
        return len(self._places_of(party)) >= self._least

    def _others(self, draft: Draft) -> int:
        """Mentions in the sentence that are neither party nor source."""
        sent = draft.site.token.sent
        parties = draft.parties()
        spans = [(p.start, p.end) for p in parties]
        if draft.attributed_to is not None:
            spans.append((draft.attributed_to.start, draft.attributed_to.end))
        entities = {id(p.entity) for p in parties if p.entity is not None}
        first, last = (bisect_left(self._mentions, at, key=lambda m: m.start) for at in (sent.start, sent.end))
        return sum(
            not any(m.start < end and start < m.end for start, end in spans)
            and (m.entity is None or id(m.entity) not in entities)
            for m in self._mentions[first:last]
        )


def _determiners(sent: Span) -> float:
    """How many of ten words of a sentence are determiners: many where things and people are described, not named."""
    words = [token.pos_ for token in sent if not token.is_space]
    return 10 * words.count("DET") / max(len(words), 1)
