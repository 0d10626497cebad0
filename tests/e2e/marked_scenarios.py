"""Scenarios of reports with marked events: reading them, and judging a published warehouse by them.

What belongs here: the format of `tests/cases/identity` and what each of its expectations asks. What does not: how many must hold
(`test_event_identity.py`). Not asked: `gdelt`, which the SQL tests pin down row by row.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

PASSED, FAILED, UNCODED = "passed", "failed", "uncoded"
Verdict = tuple[str, str]  # what was asked, and PASSED, FAILED or UNCODED


@dataclass(frozen=True, slots=True)
class Story:
    """A document of a scenario: its text without the brackets, and where each marked event is told in it."""

    text: str
    marks: Sequence[tuple[str, int, int]]  # event, first character, character after the last
    fields: Mapping[str, str]  # as a seed has them


@dataclass(frozen=True, slots=True)
class Scenario:
    """Reports that are told together, and what is expected of their events."""

    stories: Sequence[Story]
    expect: Mapping[str, Mapping[str, Any]]


def read_scenarios(path: Path) -> list[Scenario]:
    """The scenarios of a file, one a line."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Scenario([_story(story) for story in line["documents"]], line["expect"]) for line in lines]


def _story(given: Mapping[str, str]) -> Story:
    text, marks = "", []
    head, *parts = unicodedata.normalize("NFC", given["text"]).split("[")
    text = head
    for part in parts:
        marked, after = part.split("]", 1)
        name, words = marked.split("|", 1)
        marks.append((name, len(text), len(text) + len(words)))
        text += words + after
    return Story(text, marks, {**given, "text": text})


class Judge:
    """Asks a published warehouse what the scenarios expect.

    Args:
        con: connection to the published warehouse.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._document_of = {
            text.rstrip(): name for name, text in self._rows("select document_id, text from raw.documents")
        }
        self._mentions: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for document, *mention in self._rows(
            "select document_id, start_char, end_char, event_id from fct_event_mentions order by event_mention_id"
        ):
            self._mentions[document].append(tuple(mention))
        self._occurred = {event for (event,) in self._rows("select event_id from fct_events where has_occurred")}

    def verdicts(self, scenario: Scenario) -> Iterator[Verdict]:
        """What is asked of a scenario, and the answers."""
        told = self._told(scenario)
        events = {name: Counter(e for mark in marks for e in mark) for name, marks in told.items()}
        sure = [name for name in events if not name.endswith("?")]
        for name in sure:
            if len(told[name]) > 1:
                is_coded = sum(bool(mark) for mark in told[name]) > 1
                yield "together", _verdict(is_coded, len(events[name]) == 1)
            if len(sure) > 1:
                others = set().union(*(events[other] for other in sure if other != name))
                yield "apart", _verdict(events[name], not others & events[name].keys())
        for name in events.keys() - set(sure):
            known = events.get(name[:-1], Counter())
            yield "background", _verdict(events[name], not (events[name].keys() & self._occurred) - known.keys())
        yield from self._expected(scenario, events, all(events[name] for name in sure))

    def _expected(self, scenario: Scenario, events: Mapping[str, Counter[str]], is_coded: bool) -> Iterator[Verdict]:
        for types, count in scenario.expect.get("occurred", {}).items():
            yield "occurred", _verdict(is_coded, self._count(scenario, types.split("+")) == count)
        for name, event_type in scenario.expect.get("not_occurred", {}).items():
            found = events.get(name, Counter()).keys() & self._occurred
            yield (
                "not_occurred",
                _verdict(events.get(name), event_type not in {self._fact(e, "event_type") for e in found}),
            )
        for name, day in scenario.expect.get("dates", {}).items():
            days = {
                self._fact(e, date_) for e in events.get(name, ()) for date_ in ("event_date_start", "event_date_end")
            }
            yield "dates", _verdict(events.get(name), days == {date.fromisoformat(day)})
        for what, ask in (
            ("deaths", self._has_deaths),
            ("documents", self._has_documents),
            ("participants", self._is_short),
        ):
            for name, wanted in scenario.expect.get(what, {}).items():
                found = events.get(name)
                yield what, _verdict(found, ask(found.most_common(1)[0][0], wanted)) if found else UNCODED

    def _told(self, scenario: Scenario) -> dict[str, list[set[str]]]:
        """For each marked event the events of core that each of its marks is coded as."""
        told: dict[str, list[set[str]]] = defaultdict(list)
        for story in scenario.stories:
            mentions = self._mentions[self._document_of[story.text.rstrip()]]
            for name, first, last in story.marks:
                told[name].append({event for start, end, event in mentions if start < last and first < end})
        return told

    def _count(self, scenario: Scenario, types: Sequence[str]) -> int:
        documents = [self._document_of[story.text.rstrip()] for story in scenario.stories]
        events = {event for document in documents for *_, event in self._mentions[document]} & self._occurred
        return sum(self._fact(event, "event_type") in types for event in events)

    def _has_deaths(self, event: str, wanted: Sequence[int]) -> bool:
        return [self._fact(event, f"fatalities{which}") for which in ("_min", "", "_max")] == list(wanted)

    def _has_documents(self, event: str, wanted: int) -> bool:
        return self._fact(event, "document_count") == wanted

    def _is_short(self, event: str, most: Mapping[str, int]) -> bool:
        sql = "select role, count(*) from bridge_event_participants where event_id = ? group by role"
        counts = dict(self._rows(sql, event))
        return all(counts.get(role, 0) <= count for role, count in most.items())

    def _fact(self, event: str, column: str) -> Any:
        return self._rows(f'select "{column}" from fct_events where event_id = ?', event)[0][0]

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self._con.execute(sql, list(values)).fetchall()


def _verdict(is_coded: object, is_right: bool) -> str:
    return UNCODED if not is_coded else PASSED if is_right else FAILED
