"""What was chosen for a preview, its passwords above all: in a Secret of its own namespace.

So it can be opened again by whoever knows nothing of it, and leaves with it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection

from rackhouse.resources.core import Id
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Store
from rackhouse.targets.kube.server import Server

_NAME, _KEY = "rackhouse-chosen", "values"
_FINGERPRINT = Id("vault", "key", "fingerprint")  # else every Secret would seem changed
_MERGE = "application/merge-patch+json"


async def recalled(server: Server, namespace: str) -> Store:
    """A store that has what was chosen there before."""
    path = f"/api/v1/namespaces/{namespace}/secrets/{_NAME}"
    found = await server.ask("GET", path, fine=(404,))
    store = MemoryStore()
    text = base64.b64decode(found["data"][_KEY]).decode() if found else "{}"
    for id, values in json.loads(text).items():
        store.replace(Id.parse(id), values)
    return store


async def keep(server: Server, namespace: str, store: Store, ids: Collection[Id]) -> None:
    """Have it recalled the next time."""
    values = {
        str(id): {name: it.reveal() for name, it in store.values(id).items()}
        for id in sorted({*ids, _FINGERPRINT})
    }
    path = f"/api/v1/namespaces/{namespace}/secrets"
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": _NAME},
        "stringData": {_KEY: json.dumps(values)},
    }
    if await server.ask("POST", path, body=body, fine=(409,)) is None:
        await server.send("PATCH", f"{path}/{_NAME}", body=body, kind=_MERGE)
