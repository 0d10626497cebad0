"""How fast a core extracts documents, beside plain spaCy on the same documents, and where the time goes.

    python -m benchmarks.extract_documents STORIES.jsonl [DOCUMENTS] [SETTING=VALUE ...]

STORIES.jsonl has a document a line, as `communique extract` reads them; DOCUMENTS (default 300) of them are taken, at equal
distances. Settings are those of `pipelines/settings.py` (`batch_documents=16`). Two processes of one thread each take the same
portion of documents in turn, so that the load of the machine weighs on both: one runs raw `nlp.pipe` of `en_core_web_sm` with
all its components, batch size 16; the other does what a worker does, from document to Arrow table. Prints words a second of
processor time of both and their ratio, then the share of each part of the extraction. Loading is not counted, nor are the
first few documents of each.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_PORTION = 128  # documents
_WARMING = 16  # documents
_BATCH = 16
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
_BETWEEN = "between the parts"


class Clock:
    """Processor seconds by part; one part runs at a time."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._part, self._since = _BETWEEN, time.process_time()

    def switch(self, part: str) -> str:
        """Count for another part from now on; returns the one before."""
        before, now = self._part, time.process_time()
        self.seconds[before] += now - self._since
        self._part, self._since = part, now
        return before

    def timed(self, part: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """A function whose time counts for a part."""

        def measured(*args: Any, **kwargs: Any) -> Any:
            before = self.switch(part)
            try:
                return call(*args, **kwargs)
            finally:
                self.switch(before)

        return measured

    def through(self, part: str, items: Iterable[Any]) -> Iterator[Any]:
        """Items, whose making counts for a part."""
        advance = self.timed(part, iter(items).__next__)
        while True:
            try:
                item = advance()
            except StopIteration:
                return
            yield item


class TimedComponent:
    """A component of a pipeline whose time is counted."""

    def __init__(self, name: str, component: Any, clock: Clock) -> None:
        self._name, self._component, self._clock = name, component, clock
        self._call = clock.timed(name, component)

    def __call__(self, doc: Any) -> Any:
        return self._call(doc)

    def __getattr__(self, name: str) -> Any:
        if name == "pipe" and hasattr(self._component, "pipe"):
            return self._pipe
        return getattr(self._component, name)

    def _pipe(self, docs: Iterable[Any], **options: Any) -> Iterator[Any]:
        inner = self._component.pipe(self._clock.through(_BETWEEN, docs), **options)
        return self._clock.through(self._name, inner)


def spacy_alone(connection: Connection) -> None:
    """The process of raw spaCy: lists of texts in, processor seconds out."""
    import spacy

    from pipelines.nlp.packages import PACKAGED_SUFFIX

    nlp = spacy.load("en_core_web_sm" + PACKAGED_SUFFIX)
    for lines in iter(connection.recv, None):
        texts = [line["text"] for line in lines]
        start = time.process_time()
        for _ in nlp.pipe(texts, batch_size=_BATCH):
            pass
        connection.send((time.process_time() - start, {}))


def extraction(connection: Connection) -> None:
    """The process of the extraction: lists of lines in, processor seconds, in all and by part, out."""
    from pipelines.collection import keep_for_good, uncollected
    from pipelines.nlp.build import build_nlp
    from pipelines.settings import Settings
    from pipelines.stages import coding
    from pipelines.stages.record import to_json_dict
    from pipelines.stages.stream import read_document
    from warehouse.extraction_schema import extraction_table

    settings = Settings()
    nlp = build_nlp(settings.model)
    clock = Clock()
    for place, (name, component) in enumerate(nlp._components):
        nlp._components[place] = (name, TimedComponent(name, component, clock))
    nlp.make_doc = clock.timed("tokenizer", nlp.make_doc)  # type: ignore[method-assign]
    coding.extraction_from_doc = clock.timed("record", coding.extraction_from_doc)
    build = clock.timed("record", lambda found: extraction_table(map(to_json_dict, found), extractor_version="x"))
    keep_for_good()
    for lines in iter(connection.recv, None):
        documents = [read_document(line, settings) for line in lines]
        start = time.process_time()
        clock.switch(_BETWEEN)
        clock.seconds.clear()
        for first in range(0, len(documents), settings.batch_documents):
            with uncollected():  # as `extraction_worker.extract_batch`
                build(coding.code_documents(documents[first : first + settings.batch_documents], nlp))
        clock.switch(_BETWEEN)
        connection.send((time.process_time() - start, dict(clock.seconds)))


def main(path: Path, count: int) -> None:
    """Print the comparison."""
    with path.open(encoding="utf-8") as stories:
        lines = [json.loads(line) for line in stories]
    lines = lines[:: max(1, len(lines) // count)][:count]
    context = get_context("spawn")
    sides = []
    for work in (spacy_alone, extraction):
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there,))
        process.start()
        sides.append((here, process))
        _run(here, lines[:_WARMING])
    seconds, parts = [0.0, 0.0], Counter[str]()
    for first in range(0, len(lines), _PORTION):
        for place, (here, _) in enumerate(sides):
            spent, by_part = _run(here, lines[first : first + _PORTION])
            seconds[place] += spent
            parts.update(by_part)
    for here, process in sides:
        here.send(None)
        process.join()
    _report(sum(len(line["text"].split()) for line in lines), len(lines), seconds, parts)


def _run(connection: Connection, lines: list[dict[str, Any]]) -> tuple[float, dict[str, float]]:
    connection.send(lines)
    answer: tuple[float, dict[str, float]] = connection.recv()
    return answer


def _report(words: int, documents: int, seconds: list[float], parts: Counter[str]) -> None:
    raw, ours = (words / spent for spent in seconds)
    print(f"{documents} documents, {words} words")  # noqa: T201
    print(f"words a second: spaCy {raw:.0f}, extraction {ours:.0f}; ratio {ours / raw:.2f}")  # noqa: T201
    for part, spent in parts.most_common():
        print(f"{part:20} {spent / seconds[1]:6.1%} {1e6 * spent / words:7.1f} microseconds a word")  # noqa: T201


if __name__ == "__main__":
    values = [value for value in sys.argv[2:] if "=" not in value]
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    for setting in (value for value in sys.argv[2:] if "=" in value):
        name, _, text = setting.partition("=")
        os.environ[f"COMMUNIQUE_{name.upper()}"] = text
    main(Path(sys.argv[1]), int(values[0]) if values else 300)
