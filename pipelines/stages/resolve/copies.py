"""Near-duplicates brought up to date by the documents that came, went or changed.

What belongs here: which texts a change can make a copy, or an original. What does not: what a copy is
(`ingest/fingerprint.py`, `ingest/copy_evidence.py`), boilerplate (`ingest/boilerplate.py`).

Whether a text is a copy depends on those alone that it shares a band of its signature with, directly or by way of others; so a
run looks at these parts anew. A text changes too when a line of it becomes boilerplate of its source, or ceases to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.records import DocumentDuplicate
from pipelines.stages.ingest.boilerplate import MIN_PAGES, long_lines, own_text
from pipelines.stages.ingest.fingerprint import (
    BANDS,
    MIN_CHARACTERS,
    PERMUTATIONS,
    TextRow,
    copies_among,
    is_comparable,
    signature,
)
from pipelines.stages.resolve.kept_tables import KeptTable
from pipelines.stages.resolve.kept_texts import ABOUT_TEXTS, KeptTexts

_TEXTS_AT_ONCE = 5_000
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)


class Text(NamedTuple):
    """A document without its text, as the search for copies takes it."""

    document_id: str
    published_date: date | None
    source_key: str
    url: str | None

    @property
    def page(self) -> str:
        """Versions of one page count once."""
        return self.url or self.document_id


TextsOf = Callable[[Collection[str]], Mapping[str, tuple[str, bytes | None]]]


@dataclass(frozen=True, slots=True)
class Copies:
    """The near-duplicates of all texts, by document id, and what is kept for the next run."""

    duplicates: list[DocumentDuplicate]
    kept: KeptTexts


def text_table(texts: Iterable[Text]) -> pa.Table:
    """Texts as an Arrow table.

    Args:
        texts: the texts.
    """
    return KeptTable.of(ABOUT_TEXTS, list(texts)).table()


def change_copies(texts: pa.Table, texts_of: TextsOf, before: KeptTexts | None = None) -> Copies:
    """Find the documents that repeat an earlier one, as `fingerprint.copies_among` would among all without their boilerplate.

    Args:
        texts: all documents that count, as of `text_table`.
        texts_of: gives text and signature of some documents.
        before: what the run before kept; `None`: all are looked at.
    """
    before = before or KeptTexts.nothing()
    fresh, gone = _differences(texts, before.texts.table(*ABOUT_TEXTS))
    loaded = _Texts(KeptTable(texts), texts_of)
    lines, shared, reworded = _change_lines(before.lines, fresh, gone, loaded)
    reworded -= fresh
    changed = fresh | reworded
    shared.look_up(lines, (key for (key,) in lines.where("document_id", changed, columns=["key"])))

    def signed() -> Iterator[tuple[Any, ...]]:
        for row in loaded.rows(changed):
            own = loaded.own(row, lines, shared)
            its_signature = (row.signature if own is row.text else signature(own)) if own else None
            yield row.document_id, row.published_date, row.source_key, row.url, its_signature

    former = before.texts.where("document_id", gone | reworded, columns=["signature"])
    kept = before.texts.replaced("document_id", gone | reworded, signed())
    reached, sharing = _sharing(kept, changed, [value for (value,) in former if value])
    rows = []
    if sharing:
        shared.look_up(lines, (key for (key,) in lines.where("document_id", sharing, columns=["key"])))
        signatures = dict(kept.where("document_id", sharing, columns=["document_id", "signature"]))
        rows = [
            row._replace(text=loaded.own(row, lines, shared), signature=signatures[row.document_id])
            for row in loaded.rows(sharing)
        ]
    found = copies_among(rows)
    duplicates = before.duplicates.replaced(
        "document_id", gone | changed | reached, [(d.document_id, d.duplicate_of, d.similarity_score) for d in found]
    )
    told = [DocumentDuplicate(*row) for row in sorted(duplicates.all())]
    return Copies(told, KeptTexts(kept, lines, duplicates))


def find_copies(texts: pa.Table, found: Mapping[str, tuple[str, bytes | None]]) -> Copies:
    """Find the near-duplicates among all texts, from nothing.

    Args:
        texts: all documents that count, as of `text_table`.
        found: text and signature of each.
    """
    return change_copies(texts, lambda documents: {document: found[document] for document in documents})


def _differences(now: pa.Table, was: pa.Table) -> tuple[set[str], set[str]]:
    """The documents that are new, or another than they were; and those that are no more, or another now."""
    place = pc.index_in(was["document_id"], value_set=now["document_id"])
    is_same = pc.is_valid(place)
    at = now.take(place.fill_null(0)) if len(now) else now
    for name in ABOUT_TEXTS if len(now) else ():
        one, other = was[name], at[name]
        alike = pc.or_(pc.fill_null(pc.equal(one, other), False), pc.and_(pc.is_null(one), pc.is_null(other)))
        is_same = pc.and_(is_same, alike)
    staying = was["document_id"].filter(is_same)
    fresh = now["document_id"].filter(pc.invert(pc.is_in(now["document_id"], value_set=staying)))
    return set(fresh.to_pylist()), set(was["document_id"].filter(pc.invert(is_same)).to_pylist())


class _Texts:
    """The texts that a run reads: those of many documents some after the others, and again where they are asked for again."""

    def __init__(self, now: KeptTable, texts_of: TextsOf) -> None:
        self._now, self._texts_of = now, texts_of
        self._found: dict[str, TextRow] = {}

    def about(self, documents: Collection[str]) -> Iterator[Text]:
        """Some documents without their texts."""
        for row in self._now.each("document_id", documents, columns=list(ABOUT_TEXTS)):
            yield Text(*row)

    def rows(self, documents: Collection[str]) -> Iterator[TextRow]:
        """Some documents with their texts and signatures."""
        yield from (self._found[document] for document in documents if document in self._found)
        # In the order of their ids, as the warehouse has them: a portion is then read from few places.
        missing = sorted(document for document in documents if document not in self._found)
        for begin in range(0, len(missing), _TEXTS_AT_ONCE):
            some = missing[begin : begin + _TEXTS_AT_ONCE]
            about = {text.document_id: text for text in self.about(some)}
            for document, (text, its_signature) in self._texts_of(some).items():
                _, day, source, url = about[document]
                row = TextRow(document, day, its_signature, text, source, url)
                if len(self._found) < _TEXTS_AT_ONCE:
                    self._found[document] = row
                yield row

    def own(self, row: TextRow, lines: KeptTable, shared: _Shared) -> str:
        """Its text without boilerplate; nothing where it cannot be compared."""
        if not is_comparable(row):
            return ""
        named = {line: line_key(row.source_key, line) for line in long_lines(row.text)}
        common = shared.among(lines, named.values())
        return own_text(row.text, {line for line, key in named.items() if key in common}, least=MIN_CHARACTERS)


class _Shared:
    """The lines that are boilerplate, looked up once each.

    Args:
        every: all of them, where they are known.
    """

    def __init__(self, every: Collection[str] | None = None) -> None:
        self._known: dict[str, bool] = {}
        self._every = every

    def among(self, lines: KeptTable, keys: Collection[str]) -> set[str]:
        """Those of some lines that are boilerplate now."""
        if self._every is not None:
            return {key for key in keys if key in self._every}
        self.look_up(lines, keys)
        return {key for key in keys if self._known[key]}

    def look_up(self, lines: KeptTable, keys: Iterable[str]) -> None:
        """Find out about some lines at once."""
        if self._every is not None:
            return
        missing = {key for key in keys if key not in self._known}
        if missing:
            common = _common(lines, missing)
            self._known.update({key: key in common for key in missing})


def line_key(source: str, line: str) -> str:
    """A hash of a line of a source's texts."""
    return blake2b(f"{source}\x1f{line}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _change_lines(
    before: KeptTable, fresh: Collection[str], gone: Collection[str], texts: _Texts
) -> tuple[KeptTable, _Shared, set[str]]:
    """The lines as they are now, and the documents with a line that became boilerplate or ceases to be."""
    rows = (
        (line_key(row.source_key, line), row.document_id, row.url or row.document_id)
        for row in texts.rows(fresh)
        if is_comparable(row)
        for line in long_lines(row.text)
    )
    lines = before.replaced("document_id", gone, rows)
    if not len(before):
        return lines, _Shared(_common(lines)), set()  # no document was there before
    keys = {key for (key,) in before.where("document_id", gone, columns=["key"])}
    keys.update(key for (key,) in lines.each("document_id", fresh, columns=["key"]))
    shared = _Shared()
    shared.look_up(lines, keys)
    flipped = _common(before, keys) ^ shared.among(lines, keys)
    return lines, shared, {document for (document,) in lines.where("key", flipped, columns=["document_id"])}


def _common(lines: KeptTable, keys: Collection[str] | None = None) -> set[str]:
    """Those of some lines, or of all, that are boilerplate."""
    told = lines.table("key") if keys is None else lines.any_of(("key", keys, None), columns=["key"])
    counts = pc.value_counts(told["key"])
    # Most lines are of one page.
    often = counts.field("values").filter(pc.greater_equal(counts.field("counts"), MIN_PAGES)).to_pylist()
    pages: defaultdict[str, set[str]] = defaultdict(set)
    for key, page in lines.where("key", often, columns=["key", "page"]):
        pages[key].add(page)
    return {key for key, found in pages.items() if len(found) >= MIN_PAGES}


def _sharing(texts: KeptTable, changed: Collection[str], former: Sequence[bytes]) -> tuple[set[str], set[str]]:
    """The documents that share a band with a changed one or a former signature, or with one that does, and so on.

    Returns:
        These, and those among them that share a band with another one: the rest are no copies.
    """
    signed = texts.table("document_id", "signature").drop_null()
    if not len(signed) or not (changed or former):
        return set(), set()
    bands = _bands(signed["signature"])
    is_changed = pc.is_in(signed["document_id"], value_set=pa.array(list(changed), pa.string())).to_numpy()
    found = np.zeros(len(bands), dtype=bool)
    frontier = np.concatenate([bands[is_changed], _bands(pa.chunked_array([pa.array(former, pa.binary())]))])
    if is_changed.all():
        found, frontier = is_changed, frontier[:0]
    while len(frontier):
        reached = np.zeros(len(bands), dtype=bool)
        for band in range(BANDS):
            reached |= np.isin(bands[:, band], frontier[:, band])
        new = reached & ~found
        found |= new
        frontier = bands[new]
    is_shared = np.zeros(len(bands), dtype=bool)
    for band in range(BANDS):
        _, number, counts = np.unique(bands[found, band], return_inverse=True, return_counts=True)
        is_shared[found] |= counts[number] > 1
    ids = signed["document_id"]
    return set(ids.filter(found).to_pylist()), set(ids.filter(is_shared).to_pylist())


def _bands(signatures: pa.ChunkedArray) -> np.ndarray:
    """Numbers of the bands; two that differ hardly ever have one, and would be looked at in vain if they had."""
    found = np.empty((len(signatures), BANDS), dtype=np.uint64)
    for begin in range(0, len(signatures), _TEXTS_AT_ONCE):
        some = b"".join(signatures.slice(begin, _TEXTS_AT_ONCE).to_pylist())
        mixed = np.frombuffer(some, dtype="<u8").reshape(-1, BANDS, PERMUTATIONS // BANDS // 2) * _MIX
        mixed ^= mixed >> np.uint64(29)
        found[begin : begin + len(mixed)] = mixed.sum(axis=2, dtype=np.uint64)
    return found
