"""What things are called on an engine, and the labels that say whose they are. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rackhouse.kit.errors import UsageError
from rackhouse.resources.seen import Stamp

RACK = "dev.rackhouse.rack"
STAMP = "dev.rackhouse.stamp"
ANSWERS = "dev.rackhouse.answers"  # the URL at which a container says that it is healthy

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*(@[a-z0-9.-]+)?")


def on_engine(name: str) -> str:
    """`ollama@3f2a` as an engine takes it: `ollama_3f2a`. `of_ours` is the way back."""
    return name.replace("@", "_")


def check(name: str) -> None:
    """UsageError for a name that could not come back from the engine as it was."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"an engine takes no thing called {name!r}",
            fix="use small letters, digits, dots and dashes, and one `@` before the release",
        )


def of_ours(name: str) -> str:
    """The inverse of `on_engine`."""
    return name.replace("_", "@")


def labels(stamp: Stamp) -> dict[str, str]:
    """What a thing is made with, and keeps as long as it lives."""
    return {RACK: stamp.rack, STAMP: stamp.to_json()}


def made_with(labels: Mapping[str, str] | None) -> Stamp | None:
    """The stamp that a thing was made with; None when it is no rack's."""
    try:
        return Stamp.from_json((labels or {})[STAMP])
    except (KeyError, ValueError):
        return None


def image_tag(rack: str, name: str) -> tuple[str, str]:
    """Repository and tag by which this rack holds an image. No registry has that name."""
    return f"rackhouse.localhost/{rack}", on_engine(name)
