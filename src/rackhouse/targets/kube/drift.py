"""What somebody changed by hand, in words: `spec.replicas: 2 -> 5 (kubectl-scale)`. Pure.

Says what can be said: whose hand wrote a field is on the object, what it was before is remembered.
No value of a Secret is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rackhouse.plan.diff import fields
from rackhouse.targets.kube.fields import Live, by_hand, pick

_SHOWN = 3
_WIDTH = 60


def words(live: Live, text: str | None) -> str:
    """`text`: the specification as it was written, None where it is not known; "" for nothing."""
    wanted = _manifest(text)
    found = list(dict.fromkeys((*_changed(live, wanted), *_gone(wanted, live))))
    more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def _manifest(text: str | None) -> dict[str, Any]:
    spec = json.loads(text)["spec"] if text else {}
    body = spec.get("body")
    manifest: dict[str, Any] = json.loads(body) if body else {}
    return manifest


def _changed(live: Live, wanted: dict[str, Any]) -> Iterator[str]:
    """What people's tools wrote over what was ours."""
    for who, theirs in by_hand(live):
        now = pick(live, theirs, keys=True)
        if live["kind"] == "Secret":
            yield from (f"{part} (by {who})" for part in now if part in {"data", "type"})
        elif not wanted:
            yield from (f"{part} (by {who})" for part in now if part not in {"metadata", "status"})
        else:
            for change in fields("", pick(wanted, theirs, keys=True), now):
                if change.old is not None:
                    old, new = change.old[:_WIDTH], (change.new or "nothing")[:_WIDTH]
                    yield f"{change.path}: {old} -> {new} (by {who})"


def _gone(wanted: Any, live: Any, path: str = "") -> Iterator[str]:
    """What was ours and is there no more."""
    if not isinstance(wanted, dict) or not isinstance(live, dict):
        return
    for name, inside in wanted.items():
        below = f"{path}.{name}" if path else name
        if name not in live:
            if inside not in ({}, []):  # the server leaves out what is empty
                yield f"{below} was taken away"
        else:
            yield from _gone(inside, live[name], below)
