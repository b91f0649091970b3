"""What the agent tells of a failure, as our own errors."""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.errors import (
    HostError,
    Missing,
    NotOurs,
    NotReady,
    RackhouseError,
    Unavailable,
)

_CLASSES: Mapping[str, type[RackhouseError]] = {
    "host": HostError,
    "missing": Missing,
    "not-ours": NotOurs,
    "not-ready": NotReady,
    "unavailable": Unavailable,
}


class Asked(Exception):
    """No error: the agent asks something of us.

    `what`: `restarting` (come back and ask again) or `confirm` (show that you get in).
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def raised(error: Mapping[str, str], where: str) -> Exception:
    """The exception for a message's `error`; `where` is the host and the thing."""
    if error["kind"] not in _CLASSES:
        return Asked(error["kind"])
    return _CLASSES[error["kind"]](error["what"], where=where, fix=error["fix"])
