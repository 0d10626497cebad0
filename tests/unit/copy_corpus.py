"""The corpus of templates and syndicated stories: documents made from tests/cases/copies, and the errors of a search for copies.

Twenty stories with four changed copies each (new lead, byline and credits, cut end, corrected spelling) in five papers, ten of
them with two follow-ups that keep the background; twenty families of five bulletins in one template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from all_copies import near_duplicates

from pipelines.stages.ingest.fingerprint import TextRow, signature

FOLDER = Path(__file__).parents[1] / "cases" / "copies"
BOILERPLATE = json.loads((FOLDER / "boilerplate.json").read_text("utf-8"))
FIRST_DAY = date(2023, 5, 2)
_SENTENCE = re.compile(r"(?<=[.])\s+(?=[A-ZÀ-Ž])")


@dataclass(frozen=True, slots=True)
class Errors:
    """Copies that were taken for different documents, bulletins and follow-ups that were taken for copies, by id."""

    missed: tuple[str, ...]
    joined: tuple[str, ...]
    follow_ups: tuple[str, ...]


def corpus(*, terms: bool = False, footers: bool = False, source: str | None = None) -> list[TextRow]:
    """All documents.

    Args:
        terms: a long text of terms of use ends every bulletin, in its last paragraph.
        footers: a paragraph of the paper ends every copy.
        source: the source of all documents, instead of that of each.
    """
    found: list[TextRow] = []

    def add(document_id: str, day: date, text: str, key: str) -> None:
        found.append(TextRow(document_id, day, signature(text), text, source or key))

    for number, case in enumerate(_cases("stories.jsonl")):
        for copy, text in enumerate([case["text"], *(_copy(case["text"], change) for change in case["copies"])]):
            footer = "\n\n" + BOILERPLATE["footers"][copy % 4] if footers else ""
            add(f"s{number:02}-{copy}", FIRST_DAY + timedelta(days=copy > 2), text + footer, f"paper {copy}")
        if "follow_up" in case:
            text = " ".join([case["follow_up"], *_SENTENCE.split(case["text"])[1:]])
            for later in (0, 1):
                add(f"f{number:02}-{later}", FIRST_DAY + timedelta(days=3 + later), text, f"paper {9 * later}")
    for number, case in enumerate(_cases("templates.jsonl")):
        for bulletin, values in enumerate(case["bulletins"]):
            text = case["template"].format(**values) + (" " + BOILERPLATE["terms"] if terms else "")
            stated = re.fullmatch(r"2023-\d\d-\d\d", values.get("date", ""))
            day = date.fromisoformat(stated[0]) if stated else FIRST_DAY + timedelta(days=bulletin)
            add(f"t{number:02}-{bulletin}", day, text, case["family"])
    return found


def errors(rows: Iterable[TextRow], search: Callable = near_duplicates) -> Errors:
    """The errors of a search for copies in the corpus."""
    rows = list(rows)
    links = {found.document_id: found.duplicate_of for found in search(rows)}
    ids = sorted(row.document_id for row in rows)
    return Errors(
        missed=tuple(i for i in ids if i[0] == "s" and i[-1] != "0" and links.get(i, "")[:3] != i[:3]),
        joined=tuple(i for i in ids if i[0] == "t" and i in links),
        follow_ups=tuple(i for i in ids if i[0] == "f" and links.get(i, "f")[0] != "f"),
    )


def _cases(name: str) -> list[dict]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def _copy(text: str, change: dict) -> str:
    sentences = _SENTENCE.split(text)
    if "lead" in change:
        sentences[0] = change["lead"]
    text = " ".join(sentences[: len(sentences) - change.get("cut", 0)])
    for old, new in change.get("replace", {}).items():
        assert old in text, f"{old} is not in the story"
        text = text.replace(old, new)
    return change.get("prepend", "") + text + change.get("append", "")
