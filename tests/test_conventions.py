"""Keeps the layout, the direction of imports and the documents true."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipelines.settings import PROJECT_ROOT, Settings

LAYOUT = (
    "pyproject.toml README.md Makefile requirements.lock requirements-dev.lock workspace.yaml CHANGELOG.md "
    "LICENSE dagster_home/dagster.yaml "
    "seeds pipelines/definitions.py pipelines/cli.py pipelines/settings.py pipelines/records.py pipelines/errors.py "
    "pipelines/defs/assets.py pipelines/defs/sql_assets.py pipelines/defs/checks.py pipelines/defs/resources.py "
    "pipelines/defs/jobs.py pipelines/stages/ingest pipelines/nlp pipelines/lexicons warehouse/tables.py "
    "sql/staging sql/intermediate sql/marts sql/checks tests/unit tests/cases tests/integration tests/e2e docs/decisions"
).split()

BANNED_NAMES = re.compile(r"(utils?|helpers?|common|misc|magic_numbers|managers?|base2|.*_new|.*_v2)(\.py)?$")
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60

# What the modules below a package may not import, by longest prefix; "nothing imports defs" but the two entry points.
ENTRY_POINTS = {"pipelines.definitions", "pipelines.cli"}
FOR_ALL = "pipelines.immutable"  # imports nothing itself
FORBIDDEN_IMPORTS = {
    "pipelines": ("dagster", "pipelines.defs", "pipelines.definitions", "pipelines.training", "sklearn", "scipy"),
    "pipelines.stages": (
        *("dagster", "duckdb", "warehouse", "pipelines.defs", "pipelines.definitions", "pipelines.cli"),
        *("pipelines.training", "sklearn", "scipy"),
    ),
    "pipelines.nlp": (
        *("dagster", "duckdb", "warehouse", "pipelines.defs", "pipelines.definitions", "pipelines.cli"),
        *("pipelines.stages", "pipelines.settings", "pipelines.training", "sklearn", "scipy"),
    ),
    "pipelines.training": (
        "dagster",
        "duckdb",
        "warehouse",
        "pipelines.defs",
        "pipelines.definitions",
        "pipelines.cli",
    ),
    "warehouse": (
        *("dagster", "spacy", "pipelines.defs", "pipelines.definitions", "pipelines.cli", "pipelines.stages"),
        *("pipelines.nlp", "pipelines.settings", "pipelines.training", "sklearn", "scipy"),
    ),
    "pipelines.records": ("pipelines", "warehouse", "dagster", "spacy", "duckdb"),
    "pipelines.errors": ("pipelines", "warehouse", "dagster", "spacy", "duckdb"),
    "pipelines.defs": (),
    "pipelines.definitions": (),
    "pipelines.cli": ("dagster",),
}


@cache
def tracked(suffix: str) -> tuple[Path, ...]:
    """Files of the repository with a suffix, tracked or new, without what git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", f"*{suffix}"],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return tuple(path for line in listed.stdout.splitlines() if (path := PROJECT_ROOT / line).exists())


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()


def packages() -> list[Path]:
    return [path for path in tracked(".py") if name_of(path).startswith(("pipelines/", "warehouse/"))]


@pytest.mark.parametrize("path", LAYOUT)
def test_layout(path: str) -> None:
    assert (PROJECT_ROOT / path).exists()


@pytest.mark.parametrize("path", packages(), ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    module = name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package = max((p for p in FORBIDDEN_IMPORTS if _is_below(module, p)), key=len)
    forbidden = FORBIDDEN_IMPORTS[package]
    wrong = [
        imported
        for imported in _imports(path)
        if any(_is_below(imported, name) for name in forbidden)
        and not _is_below(imported, module)
        and not _is_below(imported, FOR_ALL)
    ]
    assert not wrong, f"{module} may not import {', '.join(wrong)}"


@pytest.mark.parametrize("path", tracked(".py"), ids=name_of)
def test_modules_and_functions_are_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= MAX_MODULE_LINES
    if path.name == "patterns.py":  # word lists, as long as they are
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno < MAX_FUNCTION_LINES, f"{node.name} is too long"


@pytest.mark.parametrize("path", packages(), ids=name_of)
def test_every_module_says_what_belongs_in_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_dumping_grounds() -> None:
    parts = {part for path in tracked(".py") for part in path.relative_to(PROJECT_ROOT).parts}
    assert not [part for part in parts if BANNED_NAMES.match(part)]


@pytest.mark.parametrize("folder", ["staging", "intermediate", "marts"])
def test_every_model_has_a_contract(folder: str) -> None:
    models = {path.stem for path in (PROJECT_ROOT / "sql" / folder).glob("*.sql")}
    contracts = {path.stem for path in (PROJECT_ROOT / "sql" / folder).glob("*.yml")}
    assert models == contracts
    assert models or folder == "intermediate"


@pytest.mark.parametrize("path", tracked(".md"), ids=name_of)
def test_paths_named_in_documents_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?)`", text) + re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text)
    for name in named:
        assert (PROJECT_ROOT / name).exists() or (path.parent / name).exists() or _is_ignored(name), name


def test_every_setting_is_documented() -> None:
    operations = (PROJECT_ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"COMMUNIQUE_{name.upper()}" not in operations]
    assert not missing


# Each lock with those that are installed before it, and how many packages it has at least.
LOCKS = [
    ("requirements.lock", (), 100),
    ("requirements-dev.lock", ("requirements.lock",), 15),
    ("requirements-explore.lock", ("requirements.lock",), 1),
    ("requirements-extras.lock", ("requirements.lock", "requirements-explore.lock"), 5),
    ("requirements-cluster.lock", ("requirements.lock",), 20),
]


@pytest.mark.parametrize(("name", "count"), [(name, count) for name, _, count in LOCKS])
def test_lock_is_hashed_and_names_no_index(name: str, count: int) -> None:
    lock = (PROJECT_ROOT / name).read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index-url" not in re.sub(r"^#.*$", "", lock, flags=re.MULTILINE)
    requirements = re.split(r"\n(?=[\w.-]+(?:\[[\w,-]+\])?==)", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE))
    assert len(requirements) >= count
    assert not [line.splitlines()[0] for line in requirements if "--hash=sha256:" not in line]
    assert not (PROJECT_ROOT / "uv.lock").exists()


@pytest.mark.parametrize(("name", "earlier"), [(name, earlier) for name, earlier, _ in LOCKS])
def test_lock_has_all_that_its_packages_declare(name: str, earlier: tuple[str, ...]) -> None:
    """pip installs a lock without looking at what its packages ask for: here that is looked at, for those installed."""
    locked = _locked(name)
    there = set(locked).union(*map(_locked, earlier))
    missing = {
        f"{package} needs {needed.name}"
        for package, extras in locked.items()
        for needed in _declared(package)
        if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        if canonicalize_name(needed.name) not in there
    }
    assert not missing


def _locked(name: str) -> dict[str, list[str]]:
    """The packages of a lock with their extras."""
    lock = (PROJECT_ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"^([\w.-]+)(?:\[([\w,-]+)\])?==", lock, flags=re.MULTILINE)
    return {canonicalize_name(package): extras.split(",") if extras else [] for package, extras in found}


def _declared(package: str) -> list[Requirement]:
    try:
        return [Requirement(text) for text in metadata.requires(package) or ()]
    except metadata.PackageNotFoundError:  # of a lock that is not installed here, or of another platform
        return []


def test_both_ways_to_load_have_one_name() -> None:
    workspace = yaml.safe_load((PROJECT_ROOT / "workspace.yaml").read_text(encoding="utf-8"))
    module = workspace["load_from"][0]["python_module"]
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dg"]["project"]
    assert module["module_name"] == project["code_location_target_module"]
    assert module["location_name"] == project["code_location_name"]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _is_below(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def _is_ignored(name: str) -> bool:
    """Whether git ignores a path: data that the pipeline makes."""
    command = ["git", "check-ignore", name, f"{name}/"]
    return subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True).returncode == 0
