"""How long the questions of the guide, the macros, the views and the rebuilding of all models take on a warehouse.

    python -m benchmarks.query_warehouse FOLDER

FOLDER holds `communique.duckdb` and `build.duckdb`, as a run leaves them. Writes one line for each query of docs/guide.md, each
table macro and each view (all its rows), with its rows, CPU and elapsed milliseconds, the fastest of five each; then each model
with the time of one build, on a copy of the build database, and their sum. The guide asks about its own small corpus: its two
countries and its person are replaced by the most reported ones of this warehouse, so that rows are found.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb

from pipelines.settings import PROJECT_ROOT
from warehouse.models import discover_models, run_model

TIMES = 5
MOST_MILLISECONDS, MOST_SECONDS = 200, 5  # of a query; of all models
_SLOWEST = 12  # models with a line of their own
_QUERY = re.compile(r"```sql\n(?P<query>[^`]+)```")
# A call for each macro that is a table; one without a call here is an error.
CALLS = {
    "search": "from search('oil sanctions')",
    "said": "from said('{person}', 'trade')",
    "changes_between": "from changes_between(0, 1)",
}


def main() -> None:
    """Write the tables; see the module's docstring."""
    folder = Path(sys.argv[1])
    with closing(duckdb.connect(str(folder / "communique.duckdb"), read_only=True)) as con:
        stories = con.execute("select count(*) from raw.documents").fetchall()[0][0]
        _write(f"{stories} documents\n{'rows':>7} {'CPU ms':>8} {'ms':>8}  query")
        slow = 0
        for name, query in (*_documented(con), *_macros(con), *_views(con)):
            rows, cpu, elapsed = _fastest(con, query)
            slow += elapsed > MOST_MILLISECONDS
            _write(f"{rows:7} {cpu:8.1f} {elapsed:8.1f}  {name}{'  SLOW' * (elapsed > MOST_MILLISECONDS)}")
        _write(f"{slow} took more than {MOST_MILLISECONDS} ms\n")
    _time_models(folder / "build.duckdb")


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _documented(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """The guide's queries, with what this warehouse has most of in place of the names of their own corpus."""
    (country_a, country_b), *_ = con.execute(
        "select country_a, country_b from agg_dyad_months group by all order by sum(event_count) desc limit 1"
    ).fetchall()
    person = _person(con)
    text = (PROJECT_ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    for number, found in enumerate(_QUERY.finditer(text), start=1):
        query = found["query"].replace("'CHL'", f"'{country_a}'").replace("'PER'", f"'{country_b}'")
        query = query.replace("'Marisol Araneda'", f"'{person}'").replace("'Carlos Faría'", f"'{person}'")
        yield f"guide {number}: {' '.join(query.split())[:60]}", query


def _person(con: duckdb.DuckDBPyConnection) -> str:
    """The person with most events, quoted for SQL."""
    found = con.execute(
        "select entity_name from fct_entity_timeline inner join dim_entities using (entity_id) "
        "where label = 'PERSON' and is_named group by all order by count(*) desc limit 1"
    ).fetchall()
    return str(found[0][0]).replace("'", "''")


def _macros(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    names = con.execute(
        "select distinct function_name from duckdb_functions() "
        "where function_type = 'table_macro' and not internal order by 1"
    ).fetchall()
    person = _person(con)
    for (name,) in names:
        yield f"macro {name}", CALLS[name].format(person=person)


def _views(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    views = con.execute("select schema_name, view_name from duckdb_views() where not internal order by all").fetchall()
    for schema, name in views:
        yield f"view {schema}.{name}", f'from "{schema}"."{name}"'


def _fastest(con: duckdb.DuckDBPyConnection, query: str) -> tuple[int, float, float]:
    """Rows, CPU and elapsed milliseconds, of several times the least."""
    cpu, elapsed = [], []
    for _ in range(TIMES):
        processor, clock = time.process_time(), time.perf_counter()
        rows = len(con.execute(query).fetchall())
        cpu.append(time.process_time() - processor)
        elapsed.append(time.perf_counter() - clock)
    return rows, min(cpu) * 1e3, min(elapsed) * 1e3


def _time_models(build: Path) -> None:
    """Build every model once, in a copy, and write the slowest and the sum."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "build.duckdb"
        shutil.copy(build, copy)
        models = discover_models(PROJECT_ROOT / "sql")
        with closing(duckdb.connect(str(copy))) as con:
            taken = []
            for model in models:
                processor, clock = time.process_time(), time.perf_counter()
                run_model(con, model)
                taken.append((time.process_time() - processor, time.perf_counter() - clock, model.qualified_name))
    _write(f"{'CPU s':>7} {'s':>7}  model")
    for cpu, elapsed, name in sorted(taken, reverse=True)[:_SLOWEST]:
        _write(f"{cpu:7.3f} {elapsed:7.3f}  {name}")
    cpu, elapsed = sum(cpu for cpu, *_ in taken), sum(elapsed for _, elapsed, _ in taken)
    _write(f"{cpu:7.3f} {elapsed:7.3f}  all {len(taken)}; at most {MOST_SECONDS} s are wanted")


if __name__ == "__main__":
    main()
