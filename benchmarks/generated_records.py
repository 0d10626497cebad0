"""Invented documents with the extraction records that they would have: as files of the seeds folder, and as records by title.

What belongs here: `write_documents`. What does not: the events of the stream (`generated_reports.py`), any measurement
(`grow_warehouse.py`).

Beside the events each document has what wire stories have, by their average of 3,000: names besides those of its events, half of
them told in no other document, times, places, quantities, here and there a quotation. A tenth of the persons bear one surname and
are of one country.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.generated_reports import Stream, country_code, generate
from warehouse.reference import reference_tables

_DOCUMENTS_OF_PART = 50_000  # made at a time, which bounds the memory
_DOCUMENTS_OF_FILE = 500
_MENTIONS_OF_DOCUMENT = 2.0
_LABELS = {"0": "GPE", "2": "ORG", "3": "PERSON"}  # by the kind that an entity's id of the stream begins with
_SURNAME, _SURNAME_COUNTRY = "Barado", "AGO"
_NAMES_OF_SENTENCE = 3
_NAMES, _TIMES, _PLACES, _QUANTITIES, _QUOTED_SHARE = 6, 4, 3, 4, 0.5
_EVENT_FIELDS = (
    "trigger", "start_char", "end_char", "sentence_start_char", "sentence_end_char", "event_type", "event_mode",
    "quad_class", "intensity", "confidence", "is_negated", "modality", "event_date_start", "event_date_end",
    "event_date_precision", "event_date_source", "fatalities", "injuries", "arrests", "crowd_size",
)  # fmt: skip
_PLACE_FIELDS = ("name", "country", "admin1", "latitude", "longitude", "geonames_id", "precision", "confidence")


def write_documents(count: int, seeds: Path, records: Path) -> None:
    """Write documents as JSON Lines, and their extraction records in the same order.

    Args:
        count: number of documents.
        seeds: the folder for the documents, a file for every few hundred; their titles are "Report 0", "Report 1", ...
        records: the file of records, without the ids of mentions and documents.
    """
    written = 0
    with records.open("w") as records_file:
        for part in range(-(-count // _DOCUMENTS_OF_PART)):
            size = min(_DOCUMENTS_OF_PART, count - written)
            # A few more than are needed, as the number of documents follows from that of the mentions.
            stream = generate(
                round(size * _MENTIONS_OF_DOCUMENT * 1.03) + 50, part + 1, of_document=_MENTIONS_OF_DOCUMENT
            )
            lines: list[str] = []
            for number, (seed, record) in enumerate(_documents(stream, part, size), start=written):
                lines.append(json.dumps({"title": f"Report {number}", "source": f"Paper {number % 40}"} | seed) + "\n")
                records_file.write(json.dumps(record) + "\n")
                if len(lines) == _DOCUMENTS_OF_FILE or number == written + size - 1:
                    (seeds / f"reports-{number:07}.jsonl").write_text("".join(lines))
                    lines = []
            written += size


def _documents(stream: Stream, part: int, count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    chance = random.Random(part)
    mentions = _rows(_as_listed(stream.mentions.replace({"place_country": _countries()})))
    parties = _rows(_with_names(stream.participants.replace({"country": _countries()})))
    mention, party = next(mentions), next(parties)
    days = stream.documents["published_date"].dt.strftime("%Y-%m-%d")
    for document_id, text, day in zip(
        stream.documents["document_id"][:count], stream.documents["text"][:count], days[:count], strict=True
    ):
        told = []
        while mention is not None and mention["document_id"] == document_id:
            those = []
            while party is not None and party["event_mention_id"] == mention["event_mention_id"]:
                those.append(party)
                party = next(parties, None)
            told.append((mention, those))
            mention = next(mentions, None)
        full, record = _record(text, told, part, chance)
        yield {"text": full, "published_date": day if isinstance(day, str) else None}, record


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """The country that stands for each of the stream."""
    listed = sorted(reference_tables()["raw.countries"]["country"].to_pylist())
    return {country_code(number): listed[number] for number in range(150)}


def _as_listed(mentions: pd.DataFrame) -> pd.DataFrame:
    """The mentions with quad class and intensity of type and mode, and no mode where the type has none such."""
    types = reference_tables()["raw.event_types"].to_pandas()
    types = types.assign(event_mode=types["event_mode"].astype(object).where(types["event_mode"].notna(), None))
    of = {(row.event_type, row.event_mode): (row.quad_class, row.intensity) for row in types.itertuples(index=False)}
    kinds = list(zip(mentions["event_type"], mentions["event_mode"], strict=True))
    kinds = [kind if kind in of else (kind[0], None) for kind in kinds]
    columns = {"event_mode": [mode for _, mode in kinds], "quad_class": [of[kind][0] for kind in kinds]}
    return mentions.assign(**columns, intensity=[of[kind][1] for kind in kinds])


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows as plain values: dates as text, None where there is none."""
    columns = {}
    for name in frame:
        values = frame[name]
        if values.dtype.kind == "M":
            values = values.dt.strftime("%Y-%m-%d")
        if name == "contexts":
            columns[name] = values.tolist()
            continue
        columns[name] = [
            None if missing else value for value, missing in zip(values.tolist(), values.isna(), strict=True)
        ]
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def _with_names(participants: pd.DataFrame) -> pd.DataFrame:
    """The participants, a tenth of the persons with one surname and country."""
    entity = participants["entity_id"]
    is_one = entity.str.startswith("ent_3").fillna(False) & (entity.str[9:14].astype(float).fillna(1) % 10 == 0)
    given = participants["text"].str.split().str[0] + "-" + entity.str[5:9].fillna("")
    return participants.assign(
        text=np.where(is_one, "X" + given.str.replace(r"-0*", "", regex=True) + f" {_SURNAME}", participants["text"]),
        country=np.where(is_one, _SURNAME_COUNTRY, participants["country"]),
    )


def _record(
    text: str, told: list[tuple[dict[str, Any], list[dict[str, Any]]]], part: int, chance: random.Random
) -> tuple[str, dict[str, Any]]:
    """A document's text, its names in a last sentence, and its extraction record."""
    words = _word_spans(text)
    named = {row["text"]: row for _, rows in told for row in rows if row["entity_id"]}
    others = [_bystander(text, words, chance) for _ in range(_NAMES)]
    named |= {row["text"]: row for row in others if row["text"] not in named}
    spans: dict[str, list[tuple[int, int]]] = {}
    ends = [words[at][1] for at in range(19, len(words), 20)]
    for at, name in enumerate(sorted(named) * 2):
        text += f", {name}"
        spans.setdefault(name, []).append((len(text) - len(name), len(text)))
        if at % _NAMES_OF_SENTENCE == _NAMES_OF_SENTENCE - 1 or at == 2 * len(named) - 1:
            ends.append(len(text))
    labels = {name: _LABELS[row["entity_id"][4]] for name, row in named.items()}
    record = {
        "sentences": [{"start_char": a, "end_char": b} for a, b in zip([0, *(e + 1 for e in ends[:-1])], ends, strict=True)],
        "mentions": [
            {"entity_id": row["entity_id"], "label": labels[name], "text": name, "start_char": start, "end_char": stop,
             "is_name": True, "title": None, "country": row["country"], "sector": row["sector"]}
            for name, row in named.items() for start, stop in spans[name]
        ],
        "entities": [
            {"entity_id": row["entity_id"], "name": name, "label": labels[name], "titles": [],
             "country": row["country"], "sector": row["sector"]}
            for name, row in {row["entity_id"]: (name, row) for name, row in named.items()}.values()
        ],
        "events": [_event(mention, rows, spans, part) for mention, rows in told],
        **_others(text, words, [mention for mention, _ in told], chance),
    }  # fmt: skip
    return text + ".", record


def _word_spans(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for word in text.split(" "):
        spans.append((start, start + len(word)))
        start += len(word) + 1
    return spans


def _bystander(text: str, words: list[tuple[int, int]], chance: random.Random) -> dict[str, Any]:
    """Somebody of whom no event tells: half of them are known to this document alone."""
    one, other = (text[slice(*chance.choice(words))].capitalize() for _ in range(2))
    country = chance.randrange(150)
    if chance.random() < 0.5:
        code = f"{chance.getrandbits(76):019x}"
        return {"entity_id": f"ent_3{code}", "text": f"{one} {other}{code[:4]}", "country": None, "sector": None}
    number = min(int(chance.paretovariate(1)), 400)
    code = f"{country:03d}x{number:04d}"
    return {
        "entity_id": f"ent_3b{code:0<18}",
        "text": f"Given{number} Family{country}",
        "country": None,
        "sector": "GOV",
    }


def _others(
    text: str, words: list[tuple[int, int]], mentions: list[dict[str, Any]], chance: random.Random
) -> dict[str, list[dict[str, Any]]]:
    """Times, places, quotations and quantities, each of a word of the text by chance."""

    def spans(count: int) -> list[dict[str, Any]]:
        chosen = sorted(chance.sample(words, count))
        return [{"text": text[start:end], "start_char": start, "end_char": end} for start, end in chosen]

    year = chance.randrange(2014, 2024)
    known = [row for row in mentions if row["place_name"] and row["place_latitude"] is not None]
    quoted = chance.randrange(150)
    start, end = words[quoted][0], words[quoted + 12][1]
    return {
        "time_expressions": [
            span | {"type": "DATE", "value": str(year), "date_start": f"{year}-01-01", "date_end": f"{year}-12-31",
                    "precision": "year", "modifier": None}
            for span in spans(_TIMES)
        ],
        "places": [span | _place(chance.choice(known)) for span in spans(_PLACES)] if known else [],
        "quotes": [{"text": text[start:end], "start_char": start, "end_char": end, "kind": "indirect", "cue": "said",
                    "speaker": None}] if chance.random() < _QUOTED_SHARE else [],
        "quantities": [
            span | {"kind": "count", "value": float(chance.randrange(1000)), "unit": "people", "currency": None,
                    "modifier": None, "measure": None, "date_start": None, "date_end": None}
            for span in spans(_QUANTITIES)
        ],
    }  # fmt: skip


def _place(mention: dict[str, Any]) -> dict[str, Any]:
    return {name: mention[f"place_{name}"] for name in _PLACE_FIELDS}


def _event(
    mention: dict[str, Any], parties: list[dict[str, Any]], spans: dict[str, list[tuple[int, int]]], part: int
) -> dict[str, Any]:
    place = None
    if mention["place_name"] and mention["place_latitude"] is not None:
        place = _place(mention) | {"text": mention["trigger"]}
        place |= {"start_char": mention["start_char"], "end_char": mention["end_char"]}
    roles: dict[str, list[dict[str, Any]]] = {"actor": [], "recipient": []}
    for row in parties:
        start, end = spans.get(row["text"], [(mention["start_char"], mention["end_char"])])[0]
        is_named = row["text"] in spans
        party = {name: row[name] for name in ("entity_id", "country", "sector")}
        party["text"] = row["text"] if is_named else mention["trigger"]
        roles[row["role"]].append({"mention_id": None, "start_char": start, "end_char": end, **party})
    return {name: mention[name] for name in _EVENT_FIELDS} | {
        "event_id": f"evm_{part:04x}{mention['event_mention_id'][-20:]}", "contexts": ["military"], "attributed_to": None,
        "theme": None, "actors": roles["actor"], "recipients": roles["recipient"], "place": place, "displaced": None,
    }  # fmt: skip
