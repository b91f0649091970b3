"""Back to what was before: the last configuration that was wholly made, when the next one fails.

It is the very one: what our apply had set, taken from the object before it was changed and kept on
it meanwhile. The old pods of a Deployment that rolls never left; all else has ended one before it
began the next, and has to begin it again, which is not waited for.
"""

from __future__ import annotations

import json

from rackhouse.kit.errors import NotReady, RackhouseError
from rackhouse.targets.kube.applying import send
from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.ready import WORKLOADS, condition
from rackhouse.targets.kube.reasons import pods
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.words import refusal
from rackhouse.targets.protocol import Say

_REVISION = "controller-revision-hash"


async def back(server: Server, path: str, former: str, error: NotReady, say: Say) -> NotReady:
    """Roll back where there is something to go back to; the error that says so."""
    body = json.loads(former) if former else {}
    if body.get("kind") not in WORKLOADS:
        return error
    say("it does not become ready: going back to what was before")
    try:
        answer = await send(server, path, body, force=True)
        if answer.code >= 400:
            raise refusal(path, server.where, answer.code, answer.body)
        if body["kind"] == "StatefulSet":
            await _free(server, path, answer.body)
    except RackhouseError as other:
        return _said(error, f"and what was before could not be put back: {other.what}")
    if _rolls(answer.body):
        return _said(error, "what was before is back, and serves on")
    return _said(error, "what was before is being put back")


def _rolls(live: Live) -> bool:
    """Whether no old pod goes before a new one is ready."""
    strategy = live["spec"].get("strategy") or {}
    return live["kind"] == "Deployment" and strategy.get("type") == "RollingUpdate"


async def _free(server: Server, path: str, live: Live) -> None:
    """Delete the pods of the revision that failed: a StatefulSet waits for them for ever."""
    now = await server.ask("GET", path, fine=(404,)) or live
    good = (now.get("status") or {}).get("currentRevision")
    for pod in await pods(server, now):
        revision = (pod["metadata"].get("labels") or {}).get(_REVISION)
        if revision != good and condition(pod, "Ready").get("status") != "True":
            metadata = pod["metadata"]
            where = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
            body = {"preconditions": {"uid": metadata["uid"]}}
            await server.ask("DELETE", where, body=body, fine=(404, 409))


def _said(error: NotReady, what: str) -> NotReady:
    return type(error)(f"{error.what}\n  {what}", where=error.where, fix=error.fix)
