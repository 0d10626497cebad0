"""Settings checked before anything is done: one line for each that cannot be used, with what it was and what it may be.

What belongs here: `read_settings`, the words for each setting's range, names that are no setting. What does not: the settings
themselves (`settings.py`).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from pipelines.errors import SettingsError
from pipelines.settings import ENV_PREFIX, LEAST_QUERY_MEMORY, MOST_QUERY_MEMORY, PROJECT_ROOT, Settings

_SHOWN_CHARACTERS = 80
_FILES = frozenset(("corrections",))  # the other paths are folders
_ALLOWED = {
    "seeds": "an existing folder",
    "warehouse": "a folder; it is made if it is missing",
    "corrections": "a file; only the default may be missing",
    "sql": "an existing folder with SQL models",
    "model": "the name of an installed package",
    "extraction_engine": "local or ray",
    "ray_address": "auto, host:port, ray://host:port, or nothing",
    "batches_url": "a folder, a URL such as s3://bucket/batches, or nothing",
    "cron": "five fields such as 0 * * * *",
    "time_zone": "a name such as UTC or Europe/Berlin",
    "quiet_times": "times such as 22:00-06:00, 12:30-13:00, or nothing",
    "webhook_url": "an address, or nothing",
    "docs_url": "an address, or nothing",
    "query_memory": f"a size such as 300MB or 2GiB, from {LEAST_QUERY_MEMORY} to {MOST_QUERY_MEMORY}",
}
# Of the tests and the evaluation, which are not part of the program.
_OTHERS = frozenset(f"{ENV_PREFIX}{name}" for name in ("EVAL", "FAULTS", "UPDATE_SNAPSHOTS"))
_OTHER_PREFIXES = (f"{ENV_PREFIX}TEST_",)


def read_settings(*, needed: Collection[str] = (), **options: Any) -> Settings:
    """The settings of the environment, with those given as options instead.

    Args:
        needed: paths that must exist already: those of `seeds`, `sql` and `warehouse` that a command reads or writes.
        options: values by the settings' names; None for those that are not given.

    Returns:
        Settings that can be used.

    Raises:
        SettingsError: one or more cannot; a line for each.
    """
    given = {name: value for name, value in options.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        lines = dict.fromkeys(_told(e, given) for e in error.errors())
        raise SettingsError("\n".join(lines)) from error
    problems = [*_paths(settings, needed), *_missing_packages(settings)]
    wrong = [_refusal(name, str(getattr(settings, name)), given, problem) for name, problem in problems]
    if wrong:
        raise SettingsError("\n".join(wrong))
    return settings


def allowed(name: str) -> str:
    """What a setting may be, in words."""
    if name in _ALLOWED:
        return _ALLOWED[name]
    field = Settings.model_fields[name]
    kind = "a whole number" if field.annotation is int else "a number"
    least, most = _bound(field, "ge"), _bound(field, "le")
    above = f"above {_bound(field, 'gt'):g}, at most" if least is None else f"from {_number(least)} to"
    return f"{kind} {above} {_number(most)}"


def settings_table() -> list[tuple[str, str, str, str]]:
    """Every setting: variable, default, what it may be, meaning; as the documentation has them."""
    return [
        (f"{ENV_PREFIX}{name.upper()}", _default(field), allowed(name), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def unknown_names(environment: Mapping[str, str]) -> Iterator[str]:
    """A line for each variable with our prefix that is no setting, with the setting most like it."""
    known = {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in sorted(environment):
        written = name.upper()
        if not written.startswith(ENV_PREFIX) or written in known | _OTHERS or written.startswith(_OTHER_PREFIXES):
            continue
        close = get_close_matches(written, known, n=1, cutoff=0.8)
        yield f"{name} is no setting and has no effect" + (f"; did you mean {close[0]}?" if close else "")


def _told(error: Any, given: Mapping[str, object]) -> str:
    if not error["loc"]:  # of several settings together: times of the day and their zone
        return str(error["msg"]).removeprefix("Value error, ")
    return _refusal(str(error["loc"][0]).lower(), error["input"], given)


def _refusal(name: str, value: object, given: Mapping[str, object], problem: str = "") -> str:
    shown = str(value)
    if len(shown) > _SHOWN_CHARACTERS:
        shown = f"{shown[:_SHOWN_CHARACTERS]}..."
    variable = f"--{name}" if name in given else f"{ENV_PREFIX}{name.upper()}"
    return f"{variable} cannot be {shown!r}{problem and ': '}{problem}; it may be {allowed(name)}"


def _paths(settings: Settings, needed: Collection[str]) -> Iterator[tuple[str, str]]:
    """Paths that are missing, of the wrong kind, or not to be used by this user, with what is wrong."""
    for name in _ALLOWED.keys() & {n for n, field in Settings.model_fields.items() if field.annotation is Path}:
        path: Path = getattr(settings, name)
        try:
            is_folder, is_there = path.is_dir(), path.exists()
        except (OSError, ValueError) as error:  # a name too long, a folder that may not be entered
            yield name, getattr(error, "strerror", None) or str(error)
            continue
        if is_there and is_folder == (name in _FILES):
            yield name, "it is a folder" if is_folder else "it is not a folder"
        elif name in needed and name == "warehouse":
            parent = next(p for p in (path, *path.absolute().parents) if p.exists())
            if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
                yield name, f"{parent} cannot be written"
        elif name in needed and not is_there:
            yield name, f"the {name} folder does not exist"
        elif name in needed and not os.access(path, os.R_OK | os.X_OK):
            yield name, "it cannot be read"
        elif name in needed and name == "sql" and next(path.glob("*/*.sql"), None) is None:
            yield name, "there are no SQL models in it"


def _missing_packages(settings: Settings) -> Iterator[tuple[str, str]]:
    """Settings for which an optional package is needed that is not installed."""
    if settings.extraction_engine == "ray" and find_spec("ray") is None:
        yield "extraction_engine", "Ray is not installed (make cluster)"
    if settings.batches_url and "://" in settings.batches_url:
        protocol = settings.batches_url.partition("://")[0]
        from fsspec import get_filesystem_class  # most runs need none

        try:
            get_filesystem_class(protocol)
        except (ImportError, ValueError) as error:
            yield "batches_url", str(error).rstrip(".")


def _bound(field: FieldInfo, kind: str) -> float | None:
    return next((getattr(m, kind) for m in field.metadata if hasattr(m, kind)), None)


def _number(value: float | None) -> str:
    assert value is not None, "every number has a range"
    return str(int(value)) if value == int(value) else f"{value:g}"


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "one a core"
    if isinstance(field.default, Path):
        return str(field.default.relative_to(PROJECT_ROOT))
    if isinstance(field.default, float):
        return f"{field.default:g}"
    return str(field.default) if field.default not in (None, "") else "none"
