"""What a pull says of itself, as one line for a person: how much of how much. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rackhouse.targets.protocol import Say

_STEP = 0.05  # of the whole: nobody reads every line of a pull


class Progress:
    """Adds up the layers; `say` hears of each further twentieth, and of the end."""

    def __init__(self, what: str, say: Say) -> None:
        self._what, self._say = what, say
        self._layers: dict[str, tuple[int, int]] = {}  # layer: bytes so far, of how many
        self._told = -1.0
        say(f"pulling {what}")

    def heard(self, line: Mapping[str, Any]) -> None:
        """One line of the engine's answer."""
        detail = line.get("progressDetail") or {}
        if line.get("status") != "Downloading" or not detail.get("total"):
            return
        self._layers[str(line.get("id"))] = (int(detail["current"]), int(detail["total"]))
        so_far = sum(now for now, _ in self._layers.values())
        whole = sum(total for _, total in self._layers.values())
        if so_far / whole - self._told >= _STEP or so_far == whole:
            self._told = so_far / whole
            self._say(f"pulling {self._what}: {so_far / 1e6:.0f} of {whole / 1e6:.0f} MB")
