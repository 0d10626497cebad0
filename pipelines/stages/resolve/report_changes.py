"""The reports of this run beside those of the run before: which stay, which are new, which are gone.

What belongs here: `compare_reports`. What does not: reading reports (`reports.py`), what follows from the changes.

A document changes as a whole: where anything that is told of it is another than before, all its reports are gone and come anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from pipelines.stages.resolve.kept_rows import KeptRows
from pipelines.stages.resolve.pair_blocks import Status
from pipelines.stages.resolve.report_parties import Parties
from pipelines.stages.resolve.reports import OF_DOCUMENT, Reports


@dataclass(frozen=True, slots=True)
class ReportChanges:
    """All reports, those that are gone behind those that are there; documents likewise.

    Attributes:
        reports: the reports.
        status: of each report.
        text_status: of each document.
        former: for each report that is there its number in the run before, -1 for a new one.
        present: for each report of the run before its number now, -1 if it is gone.
        present_text: likewise for documents, the gone ones numbered too.
    """

    reports: Reports
    status: Status
    text_status: Status
    former: np.ndarray
    present: np.ndarray
    present_text: np.ndarray


def changed_documents(
    document_ids: np.ndarray, prints: np.ndarray, former_ids: np.ndarray, former_prints: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each document its former number, -1 for one that is new or another; and those of the former ones that are gone."""
    at = pd.Index(former_ids).get_indexer(pd.Index(document_ids))
    if len(former_prints):
        at[(at >= 0) & (former_prints[at] != prints)] = -1
    gone = np.ones(len(former_ids), dtype=bool)
    gone[at[at >= 0]] = False
    return at, np.flatnonzero(gone)


def compare_reports(
    document: np.ndarray,
    former_text: np.ndarray,
    gone_texts: np.ndarray,
    before: Reports,
    read: Callable[[np.ndarray], Reports],
) -> ReportChanges:
    """Put the reports together from those that stay and those that are read anew.

    Args:
        document: for each report of this run, in the order of their ids, the number of its document.
        former_text: for each document its former number, -1 for one that is new or another.
        gone_texts: the former numbers of documents that are gone or another now.
        before: the reports of the run before.
        read: reads the reports of some rows.
    """
    n, texts = len(document), len(former_text)
    stays = former_text[document] >= 0
    fresh = read(np.flatnonzero(~stays))
    gone = np.zeros(len(before.document_ids), dtype=bool)
    gone[gone_texts] = True
    is_gone = gone[before.document]
    present_text = np.full(len(gone), -1, dtype=np.int64)
    present_text[former_text[former_text >= 0]] = np.flatnonzero(former_text >= 0)
    present_text[gone_texts] = texts + np.arange(len(gone_texts))
    # The reports of a document that stays are the same ones, in the same order.
    staying, kept = np.flatnonzero(stays), np.flatnonzero(~is_gone)
    now = staying[np.argsort(document[staying], kind="stable")]
    was = kept[np.argsort(present_text[before.document[kept]], kind="stable")]
    former = np.full(n, -1, dtype=np.int64)
    former[now] = was
    present = np.full(len(before), -1, dtype=np.int64)
    present[was] = now
    rows = _Rows(np.flatnonzero(stays), former[stays], np.flatnonzero(~stays), np.flatnonzero(is_gone), n)
    new_texts = np.flatnonzero(former_text < 0)
    text_rows = _Rows(np.flatnonzero(former_text >= 0), former_text[former_text >= 0], new_texts, gone_texts, texts)
    reports = rows.put_together(before, fresh, text_rows)
    reports.document[:n] = document
    reports.document[n:] = present_text[before.document[rows.gone]]
    return ReportChanges(reports, rows.status(), text_rows.status(), former, present, present_text)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where rows come from: at `staying` the former ones, at `fresh` the new ones, behind all `count` the gone ones."""

    staying: np.ndarray
    former: np.ndarray
    fresh: np.ndarray
    gone: np.ndarray
    count: int

    def status(self) -> Status:
        was, is_now = (np.zeros(self.count + len(self.gone), dtype=bool) for _ in range(2))
        was[self.staying] = was[self.count :] = is_now[: self.count] = True
        return Status(was, is_now)

    def array(self, before: np.ndarray, fresh: np.ndarray) -> np.ndarray:
        if not len(before):
            return fresh
        found = np.empty((self.count + len(self.gone), *fresh.shape[1:]), dtype=fresh.dtype)
        found[self.staying] = before[self.former]
        found[self.fresh] = fresh
        found[self.count :] = before[self.gone]
        return found

    def kept(self, before: KeptRows, fresh: np.ndarray) -> KeptRows:
        """The same of rows that stay in their file."""
        former = np.empty(self.count + len(self.gone), dtype=np.int64)
        former[self.staying], former[self.count :] = self.former, self.gone
        is_fresh = np.zeros(len(former), dtype=bool)
        is_fresh[self.fresh] = True
        return before.put_together(former, is_fresh, fresh)

    def put_together(self, before: Reports, fresh: Reports, texts: _Rows) -> Reports:
        found: dict[str, Any] = {}
        for field in fields(Reports):
            one, other = getattr(before, field.name), getattr(fresh, field.name)
            if isinstance(one, Parties):
                found[field.name] = Parties(
                    *(self.array(getattr(one, part.name), getattr(other, part.name)) for part in fields(Parties))
                )
            else:
                of = texts if field.name in OF_DOCUMENT else self
                found[field.name] = of.kept(one, other) if isinstance(one, KeptRows) else of.array(one, other)
        return Reports(**found)
