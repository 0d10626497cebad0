"""The order of files and the number of runs do not matter: the same stories give the same tables, ids included.

The stories are made from phrases, some syndicated under two names, some telling of one event in different words.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from pipelines.defs import steps
from pipelines.settings import Settings
from tests.e2e.project import Rows, differences, table_rows
from warehouse import builds
from warehouse.connection import WriterLock, open_build
from warehouse.models import discover_models, run_model
from warehouse.publish import publish

pytestmark = [pytest.mark.slow, pytest.mark.model]

STORIES = int(os.environ.get("COMMUNIQUE_TEST_STORIES", "60"))
RUNS = STORIES // 10
SEED = 4_711

# One row: who a country's officials are, and where they sit.
_STATES = (
    ("Norway", "Norwegian", "Oslo", "Ingrid Solberg", "foreign minister"),
    ("Chile", "Chilean", "Santiago", "Tomás Urrutia", "trade minister"),
    ("Ghana", "Ghanaian", "Accra", "Kwame Boateng", "president"),
    ("Vietnam", "Vietnamese", "Hanoi", "Nguyen Van Minh", "prime minister"),
    ("Jordan", "Jordanian", "Amman", "Rania Haddad", "interior minister"),
    ("Finland", "Finnish", "Helsinki", "Aino Virtanen", "defence minister"),
)
_ACTS = (
    "met {theirs} {their_title} {their_name} in {city} on {day}",
    "accused {their_country} of closing the border on {day}",
    "promised {their_country} ${amount} million in aid",
    "urged {their_country} to release {count} detained fishermen",
    "signed a fisheries agreement with {their_country} in {city}",
    "condemned {their_country} over an attack that killed {count} people",
)
_ENDS = (
    '"We are satisfied," {name} said after the talks.',
    "Some {count} people demonstrated in {city} against the decision.",
    "{their_name} did not comment.",
    "Trade between the two countries rose {count} percent last year.",
)


@cache
def stories(count: int) -> Mapping[str, str]:
    """Texts by file name, the same in every process."""
    draw = random.Random(SEED)
    made: dict[str, str] = {}
    for number in range(count):
        if number % 10 == 9:  # syndicated: an earlier text under another name
            made[f"wire/{number:03d}.txt"] = draw.choice(list(made.values()))
            continue
        ours, theirs = draw.sample(_STATES, 2)
        day = date(2023, 2, 1) + timedelta(days=draw.randrange(40))
        values = {
            "country": ours[0], "adjective": ours[1], "city": ours[2], "name": ours[3], "title": ours[4],
            "their_country": theirs[0], "theirs": theirs[1], "their_name": theirs[3], "their_title": theirs[4],
            "day": f"{day:%A}", "amount": draw.randrange(5, 90), "count": draw.randrange(3, 60),
        }  # fmt: skip
        sentences = [f"{ours[1]} {ours[4]} {ours[3]} {act}." for act in draw.sample(_ACTS, 2)] + draw.sample(_ENDS, 2)
        made[f"{day:%Y-%m-%d}_{number:03d}.txt"] = " ".join(sentences).format(**values) + "\n"
    return made


def run(settings: Settings, run_id: str) -> None:
    """A run of all steps, by the functions that the assets call."""
    models = discover_models(settings.sql)
    quiet = lambda done, total, unit: None  # noqa: E731
    with WriterLock(settings.build_database, run_id):
        with closing(open_build(settings.build_database)) as con:
            steps.ingest(con, settings, run_id=run_id, progress=quiet)
            steps.extract(con, settings, progress=quiet)
        steps.load(settings, run_id=run_id)
        with closing(open_build(settings.build_database)) as con:
            steps.resolve_core(con, settings, run_id=run_id)
            for model in models:
                run_model(con, model)
            builds.stamp(con, builds.model_parts(models), run_id=run_id)
        publish(settings.build_database, settings.published_database, run_id=run_id)


def tables_after(folder: Path, portions: Iterable[Sequence[str]]) -> Rows:
    """The tables after a run on each portion of the stories."""
    settings = Settings(
        seeds=folder / "seeds", warehouse=folder / "warehouse", corrections=folder / "corrections.csv", workers=1
    )
    folder.mkdir(parents=True, exist_ok=True)
    settings.corrections.touch()
    for number, names in enumerate(portions):
        for name in names:
            path = settings.seeds / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(stories(STORIES)[name], encoding="utf-8")
        run(settings, f"run-{number}")
    return table_rows(settings.published_database)


@pytest.fixture(scope="module")
def one_run(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    rows = tables_after(tmp_path_factory.mktemp("one_run"), [sorted(stories(STORIES))])
    counts = {table: len(values) for table, values in rows.items()}
    assert counts["raw.document_sources"] == STORIES
    assert counts["raw.documents"] < STORIES
    assert counts["main.fct_events"] > STORIES / 2
    assert counts["core.events"] < counts["nlp.event_mentions"]
    return rows


def _portions(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[number::RUNS] for number in range(RUNS)]


def test_number_of_runs_does_not_matter(one_run: Rows, tmp_path: Path) -> None:
    assert differences(tables_after(tmp_path, _portions(sorted(stories(STORIES)))), one_run) == {}


def test_order_does_not_matter(one_run: Rows, tmp_path: Path) -> None:
    names = sorted(stories(STORIES))
    random.Random(SEED + 1).shuffle(names)
    assert differences(tables_after(tmp_path, _portions(names)), one_run) == {}
