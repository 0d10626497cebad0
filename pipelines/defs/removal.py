"""What a run is to remove.

What belongs here: reading it from a step's configuration. What does not: removing (`warehouse/removal.py`).
"""

from collections.abc import Mapping
from typing import Any

from pipelines.errors import SettingsError


def removal_of(config: Mapping[str, Any]) -> list[str] | None:
    """What a run is to remove, from the configuration of the step `load`.

    Args:
        config: the configuration, as plain values.

    Returns:
        The paths whose documents are to go, none for all; `None` where nothing is to be removed.

    Raises:
        SettingsError: it is to remove, and does not say what.
    """
    if not config.get("remove_documents"):
        return None
    paths, is_all = list(config.get("paths") or ()), bool(config.get("all"))
    if bool(paths) == is_all:
        raise SettingsError(
            "say what is to be removed: paths of files or folders, or all: true (in the launchpad, ops: load: config), and not "
            "both; dry_run: true lists what would go"
        )
    return paths
