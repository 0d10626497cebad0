"""Rows of whole articles judged one by one against their coding by hand: what the shared scorer adds up but does not give.

`python -m tests.e2e.article_rows` compares the learned weights with those set by hand, on our own test part and on the articles
of others where they are at hand (`COMMUNIQUE_EVAL`), and prints F1 by type, what a limit of confidence leaves, what is wrong
with rows, and what is thrown away.

What belongs here: reading articles, judging rows, macro F1 by type. What does not: which row tells which coded event
(`pipelines/training/matching.py`), the figures that the scorer prints (`score_corpora.py`). Articles without a coded event are
left out, as the scorer counts their rows as false alarms by themselves.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.nlp.build import build_nlp
from pipelines.nlp.events.choice import WEIGHTS_FILE, load_weights
from pipelines.output import write_table
from pipelines.settings import PROJECT_ROOT
from pipelines.training.corpus import read_articles, readings
from pipelines.training.matching import Match, designation, is_party, match_rows

BY_HAND = "event_weights_by_hand.csv"
OWN_TEST_PART = PROJECT_ROOT / "tests" / "cases" / "articles" / "test.jsonl"


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """An emitted row: whether its sentence holds a coded event of its type, and whether both sides are right too."""

    event_type: str
    confidence: float
    is_there: bool
    is_right: bool
    is_required: bool = False  # the coded event is one that every coder would record
    fault: str = ""  # the kind of what is wrong with it


@dataclass(frozen=True, slots=True)
class CodedEvent:
    """A coded event that every coder would record, by its best type, and whether a row tells it."""

    event_type: str
    is_found: bool
    is_right: bool  # with all parties of both sides


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows and the required coded events of files of articles, and the drafts that became no row."""

    rows: list[JudgedRow]
    coded: list[CodedEvent]
    thrown: list[JudgedRow] = field(default_factory=list)


def judge(paths: Iterable[Path], nlp: Any = None) -> Judged:
    """Run the extractor over files of coded articles and judge its rows.

    Args:
        paths: files in the form that `tests/cases/articles/README.md` describes.
        nlp: a pipeline whose events component explains; by default one is built.
    """
    nlp = nlp or build_nlp(is_explaining=True)
    judged = Judged([], [])
    articles = [article for path in paths for article in read_articles(path) if article.events]
    for reading in readings(articles, nlp):
        emitted = [(draft, row) for draft, row in reading.drafts if draft.is_row]
        matches = match_rows(emitted, reading.article.events, reading.names)
        found = {id(match.coded): match.is_right for match in matches if match.coded is not None}
        judged.rows.extend(_judged(match, reading.names) for match in matches)
        thrown = [(draft, row) for draft, row in reading.drafts if not draft.is_row]
        left = [event for event in reading.article.events if id(event) not in found]
        judged.thrown.extend(_judged(match, reading.names) for match in match_rows(thrown, left, reading.names))
        judged.coded.extend(
            CodedEvent(event["types"][0], id(event) in found, found.get(id(event), False))
            for event in reading.article.events
            if event["required"]
        )
    return judged


def _judged(match: Match, names: Mapping[str, str]) -> JudgedRow:
    coded = match.coded
    required = coded is not None and bool(coded["required"])
    fault = "" if match.is_right else _fault(match, names)
    return JudgedRow(match.row.event_type, match.row.confidence, coded is not None, match.is_right, required, fault)


def _fault(match: Match, names: Mapping[str, str]) -> str:
    """What is wrong with the first side that is not right."""
    coded, row = match.coded, match.row
    if coded is None:
        return "no such event"
    if coded.get("symmetric"):
        side, found, wanted = "parties", [*row.actors, *row.recipients], [*coded["actors"], *coded["recipients"]]
    elif not match.actors_right:
        side, found, wanted = "actors", [*row.actors], coded["actors"]
    else:
        side, found, wanted = "recipients", [*row.recipients], coded["recipients"]
    known = [designation(party, names) for party in found]
    missing = [
        w for w in wanted if not w.get("optional") and not any(is_party(f, w, with_country=False) for f in known)
    ]
    added = [f for f in known if not any(is_party(f, w, with_country=False) for w in wanted)]
    if not missing and not added:
        return f"{side}: country wrong or missing"
    if not added:
        return f"{side}: " + ("one of several missing" if known else "none given")
    return f"{side}: " + ("another one given" if missing else "one too many")


def f1(precision: float, recall: float) -> float:
    """Harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def totals(judged: Judged) -> dict[str, float]:
    """Precision, recall and F1 of the type, and of who did what to whom, over all rows; the types' mean F1."""
    rows, coded = max(len(judged.rows), 1), max(len(judged.coded), 1)
    type_precision, type_recall = (
        sum(r.is_there for r in judged.rows) / rows,
        sum(c.is_found for c in judged.coded) / coded,
    )
    who_precision, who_recall = (
        sum(r.is_right for r in judged.rows) / rows,
        sum(c.is_right for c in judged.coded) / coded,
    )
    return {
        "rows": len(judged.rows),
        "type_precision": type_precision,
        "type_recall": type_recall,
        "type_f1": f1(type_precision, type_recall),
        "type_macro_f1": macro_f1(judged),
        "who_precision": who_precision,
        "who_recall": who_recall,
        "who_f1": f1(who_precision, who_recall),
    }


def f1_by_type(judged: Judged) -> dict[str, float]:
    """F1 of each type that is coded: precision over its rows, recall over the required coded events whose best type it is."""
    emitted = Counter(row.event_type for row in judged.rows)
    right = Counter(row.event_type for row in judged.rows if row.is_there)
    coded = Counter(event.event_type for event in judged.coded)
    found = Counter(event.event_type for event in judged.coded if event.is_found)
    result = {}
    for event_type in sorted(coded):
        precision = right[event_type] / emitted[event_type] if emitted[event_type] else 0.0
        result[event_type] = f1(precision, found[event_type] / coded[event_type])
    return result


def macro_f1(judged: Judged) -> float:
    """The mean of the types' F1, each type counting the same however rare it is."""
    by_type = f1_by_type(judged)
    return sum(by_type.values()) / len(by_type) if by_type else 0.0


def limits(judged: Judged) -> Iterator[tuple[str, int, str, str]]:
    """What is left of the rows from a confidence on: how many, and precision and recall of who did what to whom."""
    for limit in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        kept = [row for row in judged.rows if row.confidence >= limit]
        precision = sum(row.is_right for row in kept) / max(len(kept), 1)
        recall = sum(row.is_right and row.is_required for row in kept) / max(len(judged.coded), 1)
        yield f"{limit:.1f}", len(kept), f"{precision:.3f}", f"{recall:.3f}"


def faults(judged: Judged) -> Iterator[tuple[str, int, str]]:
    """Kinds of wrong rows with their number and share of all rows, and events missed with their share of those required."""
    for fault, count in Counter(row.fault for row in judged.rows if row.fault).most_common():
        yield fault, count, f"{count / len(judged.rows):.2f}"
    missed = sum(not event.is_found for event in judged.coded)
    yield "(events missed)", missed, f"{missed / max(len(judged.coded), 1):.2f}"


def main() -> int:
    """Compare and print."""
    console = Console(width=140)
    sources = {"own test part": OWN_TEST_PART}
    shared = Path(os.environ.get("COMMUNIQUE_EVAL") or PROJECT_ROOT.parent / "shared" / "eval") / "articles.jsonl"
    if shared.exists():
        sources["articles of others"] = shared
    nlp = build_nlp(is_explaining=True)
    events: Any = nlp.get_pipe("events")
    judged = {}
    for weights in (BY_HAND, WEIGHTS_FILE):
        events.weights = load_weights(weights)
        judged.update({(name, weights): judge([path], nlp) for name, path in sources.items()})
    figures = {key: totals(one) for key, one in judged.items()}
    for name in sources:
        hand, learned = figures[name, BY_HAND], figures[name, WEIGHTS_FILE]
        rows = [(figure, f"{hand[figure]:.3f}", f"{learned[figure]:.3f}") for figure in hand]
        write_table(console, (name, "set by hand", "learned"), rows)
        one = judged[name, WEIGHTS_FILE]
        write_table(console, (name, "F1, learned"), [(kind, f"{value:.2f}") for kind, value in f1_by_type(one).items()])
        write_table(console, ("confidence from", "rows", "who_precision", "who_recall"), list(limits(one)))
        write_table(console, ("what is wrong", "count", "share"), list(faults(one)))
        there, required = sum(r.is_there for r in one.thrown), sum(r.is_required for r in one.thrown)
        console.print(
            f"thrown away: {len(one.thrown)} drafts, {there} of them coded events, {required} required ones\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
