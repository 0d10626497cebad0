"""Many runs give what one run gives: near-duplicates as documents come, change and go, and all of them from nothing."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from all_copies import near_duplicates

from pipelines.stages.beside import beside
from pipelines.stages.ingest.fingerprint import TextRow, signature
from pipelines.stages.resolve import copies
from pipelines.stages.resolve.copies import Text, change_copies, find_copies, text_table
from pipelines.stages.resolve.kept_texts import KeptTexts

_WORDS = (
    "harbour treaty envoy grain border strike council vote river budget rail minister farm coast school mine".split()
)
_NAMES = "Lindholm Okafor Tahiri Calloway Brekkedal Petrov Urrutia Boateng".split()


class Stream:
    """Stories told again by other sources, some cut or with another lead, under lines that a source repeats."""

    def __init__(self, seed: int, count: int) -> None:
        self.draw = random.Random(seed)
        self.stories = [self.sentences(8) for _ in range(count // 4)]
        self.lines = [
            f"Subscribe to {' '.join(self.draw.sample(_WORDS, 6))} for more news of this kind" for _ in range(4)
        ]
        self.rows = {f"d{number:03d}": self.row(f"d{number:03d}") for number in range(count)}

    def sentences(self, count: int) -> list[str]:
        words = (" ".join(self.draw.sample(_WORDS, 7)) for _ in range(count))
        return [f"{self.draw.choice(_NAMES)} told the {some} on day {self.draw.randrange(90)}." for some in words]

    def row(self, document: str) -> TextRow:
        draw = self.draw
        told = list(draw.choice(self.stories))
        if draw.random() < 0.4:
            told[:1] = self.sentences(1)
        if draw.random() < 0.3:
            told = told[: draw.randrange(2, 8)]
        text = "\n".join([" ".join(told), *(line for line in self.lines if draw.random() < 0.3)])
        day = draw.choice((None, date(2020, 1, 1) + timedelta(days=draw.randrange(5))))
        source, url = draw.choice("ab"), draw.choice((None, None, f"http://{draw.randrange(9)}"))
        return TextRow(document, day, signature(text) if draw.random() < 0.95 else None, text, source, url)


@pytest.mark.parametrize("seed", range(3))
def test_runs_as_documents_come_change_and_go(seed, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "_TEXTS_AT_ONCE", 20)
    stream = Stream(seed, 90)
    draw, here, before = stream.draw, set(), None
    asked = []

    def texts_of(documents):
        asked[-1] |= set(documents)
        return {name: (stream.rows[name].text, stream.rows[name].signature) for name in documents}

    for number, share in enumerate((0.4, 0.02, 0.2, 0.05, 0.5, 0.02)):
        gone = {name for name in sorted(here) if number % 2 and draw.random() < 0.05}
        here = (here | {name for name in stream.rows if draw.random() < share}) - gone
        for name in [name for name in sorted(here) if number > 1 and draw.random() < 0.05]:
            other = stream.row(name)  # the text of a document is what its id stands for
            stream.rows[name] = stream.rows[name]._replace(
                published_date=other.published_date, source_key=other.source_key, url=other.url
            )
        rows = [stream.rows[name] for name in here]
        draw.shuffle(rows)
        asked.append(set())
        found = change_copies(
            text_table(Text(r.document_id, r.published_date, r.source_key, r.url) for r in rows), texts_of, before
        )
        assert found.duplicates == near_duplicates(rows)
        found.kept.write(tmp_path / str(number), "code")
        before = KeptTexts.read(tmp_path / str(number), "code")
        assert before is not None
    assert found.duplicates
    assert len(asked[1]) < len(asked[0])


def test_another_process_finds_the_same() -> None:
    rows = Stream(7, 60).rows
    texts = text_table(Text(row.document_id, row.published_date, row.source_key, row.url) for row in rows.values())
    told = {name: (row.text, row.signature) for name, row in rows.items()}
    with beside(find_copies.__module__) as process:
        found = process.call(find_copies, texts, told)
        here, there = change_copies(texts, lambda names: {name: told[name] for name in names}), found()
    assert here.duplicates, "there are some"
    assert there.duplicates == here.duplicates
    assert [sorted(map(str, getattr(there.kept, name).all())) for name in ("texts", "lines", "duplicates")] == [
        sorted(map(str, getattr(here.kept, name).all())) for name in ("texts", "lines", "duplicates")
    ]
