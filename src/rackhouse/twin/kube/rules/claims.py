"""What a claim for a volume and a quota have to be. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.body import Body, at
from rackhouse.twin.kube.quantities import parse
from rackhouse.twin.kube.rules import words


def claim(body: Body) -> Iterator[Cause]:
    """Who may mount it, and how large."""
    if not at(body, "spec", "accessModes"):
        yield words.required("spec.accessModes", "at least 1 access mode is required")
    if at(body, "spec", "resources", "requests", "storage") is None:
        yield words.required("spec.resources[storage]")


def quota(body: Body) -> Iterator[Cause]:
    """Nothing below nothing."""
    for key, value in (at(body, "spec", "hard") or {}).items():
        if parse(value) < 0:
            yield words.invalid(f"spec.hard[{key}]", value, words.NOT_NEGATIVE)
