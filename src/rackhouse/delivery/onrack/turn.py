"""One change of what serves at a time: a ConfigMap beside the records, which only one can make.

One that was killed leaves it; it is over with the token of whoever made it. How old a thing is, the
server's clock alone says: writers have clocks of their own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

from rackhouse.delivery.onrack.records import Owner
from rackhouse.desired.kube.releasing import SECONDS
from rackhouse.kit.errors import Locked, RackhouseError
from rackhouse.kit.text import one_line
from rackhouse.targets.kube.server import Server

_NAME = "release-turn"


@asynccontextmanager
async def turn(server: Server, application: str, owner: Owner, by: str) -> AsyncIterator[None]:
    """Have it for the block. Locked while somebody else does."""
    path = f"/api/v1/namespaces/{application}/configmaps"
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": _NAME, "ownerReferences": [owner.reference]},
        "data": {"by": by},
    }
    made = await server.ask("POST", path, body=body, fine=(409,))
    if made is None:
        await _drop_old(server, path, application)
        made = await server.ask("POST", path, body=body, fine=(409,))
    if made is None:
        raise _locked(application, "somebody else")
    try:
        yield
    finally:
        with suppress(RackhouseError):  # then it is over with its token
            await _drop(server, path, made)


async def _drop_old(server: Server, path: str, application: str) -> None:
    there = await server.ask("GET", f"{path}/{_NAME}", fine=(404,))
    if there is None:
        return
    if await _now(server, path) - _since(there) < SECONDS:
        raise _locked(application, one_line((there.get("data") or {}).get("by", "")))
    await _drop(server, path, there)


async def _now(server: Server, path: str) -> float:
    """The server's clock: what it would write on a thing that is made now."""
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": f"{_NAME}-"}}
    return _since(await server.ask("POST", path, query={"dryRun": "All"}, body=body))


def _since(live: Any) -> float:
    """When a thing was made, in Unix seconds, as the server says: nobody else can write that."""
    return datetime.fromisoformat(live["metadata"]["creationTimestamp"]).timestamp()


async def _drop(server: Server, path: str, made: Any) -> None:
    """That very one."""
    body = {"preconditions": {"uid": made["metadata"]["uid"]}}
    await server.ask("DELETE", f"{path}/{_NAME}", body=body, fine=(404, 409))


def _locked(application: str, by: str) -> Locked:
    what = f"what serves of {application} is being changed, by {by}"
    return Locked(what, fix="try again when it has ended")
