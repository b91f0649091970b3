"""What the server would make of a manifest, by its own dry run: with what it fills in and admits.

Changes nothing. Of a Secret is said which keys change, never their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rackhouse.plan.diff import Change, fields
from rackhouse.resources.core import Id
from rackhouse.targets.kube import words
from rackhouse.targets.kube.applying import check_hands, send
from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.manifest import FORMER, STAMP, Body
from rackhouse.targets.kube.server import Server

# What the server counts by itself.
_COUNTED = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")


async def rehearse(
    server: Server, id: Id, path: str, body: Body, there: Live
) -> tuple[Change, ...]:
    """The changes to what is there, field by field. Raises what the apply would raise."""
    answer = await send(server, path, body, dry=True)
    if answer.code == 409 and words.is_conflict(answer.body):
        check_hands(id, answer.body, there)
        answer = await send(server, path, body, force=True, dry=True)
    if answer.code >= 400:
        raise words.refusal("", str(id), answer.code, answer.body)
    found = fields("", _told(there), _told(answer.body))
    if there["kind"] == "Secret":
        return tuple(_masked(change) for change in found)
    return tuple(found)


def _told(live: Live) -> Mapping[str, Any]:
    """All but what is counted, what controllers report, and our marks."""
    metadata = {key: it for key, it in live["metadata"].items() if key not in _COUNTED}
    annotations = {
        key: it
        for key, it in (metadata.pop("annotations", None) or {}).items()
        if key not in {STAMP, FORMER}
    }
    if annotations:
        metadata["annotations"] = annotations
    return {**{key: it for key, it in live.items() if key != "status"}, "metadata": metadata}


def _masked(change: Change) -> Change:
    if not change.path.startswith("data"):
        return change
    return Change(change.path, change.old and "***", change.new and "***")
