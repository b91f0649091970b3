"""State files, as whoever reads them finds them."""

from __future__ import annotations

from pathlib import Path

from rackhouse.supervisor.unit import State


def load(path: Path) -> State | None:
    """A state file, or None where there is none that can be read."""
    try:
        return State.from_json(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
