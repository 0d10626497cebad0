"""Which spans of a document name a place: gazetteer matches that have the evidence.

What belongs here: the decision over a whole document. What does not: matching (`matching.py`), the evidence of one span
(`evidence.py`), which namesake is meant (`disambiguation.py`).
"""

from __future__ import annotations

from collections.abc import Container

from pipelines.nlp.places.evidence import weigh, weigh_lists
from pipelines.nlp.places.gazetteer import Gazetteer
from pipelines.nlp.places.matching import ToponymSpan, match_names
from pipelines.nlp.places.view import TokenView
from pipelines.nlp.places.weights import ACCEPT, SURE


def find_spans(
    view: TokenView, gazetteer: Gazetteer, demonyms: Container[str]
) -> tuple[list[ToponymSpan], list[ToponymSpan]]:
    """Find the spans that name places.

    Args:
        view: the document.
        gazetteer: where names are looked up.
        demonyms: words that name a people or are its adjective, never a place.

    Returns:
        The spans that name a place, by position; and the regions that only occur within names of other things:
        "University of Utah" is no place name here, yet tells where a document's towns are.
    """
    spans = match_names(view, gazetteer, demonyms)
    for span in spans:
        span.evidence += weigh(view, span)
    weigh_lists(view, spans)
    _spread_certainty(view, spans)
    accepted = [span for span in spans if span.evidence >= ACCEPT]
    context = [
        span
        for span in spans
        if span.evidence < ACCEPT
        and span.candidates[0].is_area
        and view.label(span.start, span.end) in (("ORG", False), ("FAC", False))
    ]
    return accepted, context


def _spread_certainty(view: TokenView, spans: list[ToponymSpan]) -> None:
    """A name that surely is a place once is one everywhere, save in a person's name; so is the region after a place."""
    sure = {span.text for span in spans if span.evidence >= SURE}
    for span in spans:
        if span.text in sure and view.label(span.start, span.end) != ("PERSON", False):
            span.evidence = max(span.evidence, ACCEPT)
        if span.container is not None and span.evidence >= ACCEPT:
            span.container.evidence = max(span.container.evidence, ACCEPT)
