"""An application's database, Redis or bucket on a cluster: the login, and a port that leads there.

Logins are read from what the cluster's own servers read. Answers values in the clear, for the one
process that needs them; never prints any.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

from rackhouse.app.model import App, Need, ResourceType
from rackhouse.apply.open import OpenRack
from rackhouse.desired import names
from rackhouse.desired.kube import users
from rackhouse.desired.kube.platform import CACHE, DATA, OBJECTS, POSTGRES, Party
from rackhouse.kit.errors import Missing, RackhouseError
from rackhouse.operations.cluster.inside import running_pod
from rackhouse.operations.cluster.whereabouts import way_to
from rackhouse.operations.credentials import Login
from rackhouse.resources.core import Id
from rackhouse.targets.kube.forward import forwarded
from rackhouse.targets.kube.server import Server

_HERE = "127.0.0.1"
_REGION = "us-east-1"  # what clients take for granted
_WRITES = "cnpg.io/instanceRole=primary"  # the one of PostgreSQL's servers that writes
_TYPES = {
    POSTGRES: ("postgres", frozenset({ResourceType.POSTGRES, ResourceType.VECTOR})),
    CACHE: ("redis", frozenset({ResourceType.REDIS, ResourceType.QUEUE})),
    OBJECTS: ("s3", frozenset({ResourceType.S3})),
}


@contextmanager
def login(
    house: OpenRack, application: str, cluster: str, to: Party, need: str | None
) -> Iterator[Login]:
    """The login, whose host and port lead there until the end of the block. Missing: the
    application has none, or several; Unavailable while the cluster is away.
    """
    role, server = _role(_app(house, application), to, need), way_to(house, cluster)
    opened: Future[tuple[Login, Callable[[], object]]] = Future()

    async def hold() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with _way_in(server, to, role) as found:
                opened.set_result((found, lambda: loop.call_soon_threadsafe(over.set)))
                await over.wait()
        except RackhouseError as error:
            if not opened.done():
                opened.set_exception(error)
        finally:
            opened.cancel()  # unless it was answered: whoever waits shall not do so for ever
            await server.close()

    # A thread of its own: what uses the login (psql, redis, obstore) waits for answers meanwhile.
    thread = threading.Thread(target=lambda: asyncio.run(hold()), daemon=True)
    thread.start()
    found, close = opened.result()
    try:
        yield found
    finally:
        close()
        thread.join()


@contextmanager
def bucket(
    house: OpenRack, application: str, cluster: str, need: str | None
) -> Iterator[tuple[str, str, Login]]:
    """The endpoint and region of its bucket, and the key: of the cluster's own S3 as `login`, or of
    the one elsewhere that the rack file names.
    """
    said = house.rack.data.objects
    if said is not None and said.at:
        yield said.at, said.region or _REGION, _elsewhere(house, application, need)
        return
    with login(house, application, cluster, OBJECTS, need) as found:
        yield f"http://{found.host}:{found.port}", _REGION, found


def _elsewhere(house: OpenRack, application: str, need: str | None) -> Login:
    """What a person gave as its bucket and key there."""
    from rackhouse.desired.kube.elsewhere import WORDS

    it = _need(_app(house, application), OBJECTS, need)
    found = []
    for name in (f"{it.name}-{word}" for word in WORDS):
        values = house.store.values(Id("vault", "given", f"{application}.{name}"))
        if not values:
            fix = f"rackhouse secret set {application} {name}"
            raise Missing(f"nobody has given {application} its {name}", fix=fix)
        found.append(values["value"].reveal())
    name, access, secret = found
    return Login(host="", port="", user=access, password=secret, scope=name)


def _app(house: OpenRack, application: str) -> App:
    app = house.apps.get(application)
    if app is None:
        fix = "`rackhouse status` shows what is live; the data of a preview is its namespace's own"
        raise Missing(f"{application} has no live release", fix=fix)
    return app


@asynccontextmanager
async def _way_in(server: Server, to: Party, role: str) -> AsyncIterator[Login]:
    found = await _READS[to](server, role)
    labels = [f"{key}={value}" for key, value in to.labels]
    selector = ",".join([*labels, _WRITES] if to == POSTGRES else labels)
    pod = await running_pod(server, to.namespace, selector)
    path = f"/api/v1/namespaces/{to.namespace}/pods/{pod['metadata']['name']}"
    async with forwarded(server.access, path, to.port) as port:
        yield replace(found, host=_HERE, port=str(port))


def _role(app: App, to: Party, need: str | None) -> str:
    """What the application is there."""
    it, word = _need(app, to, need), _TYPES[to][0]
    kind = "queue" if it.type is ResourceType.QUEUE else word
    return names.shared(kind, it.id) if it.id else names.role(app.name, it.name)


def _need(app: App, to: Party, need: str | None) -> Need:
    """Its only need of that kind, or the one that is named."""
    word, types = _TYPES[to]
    found = {it.name: it for it in app.needs if it.type in types}
    if not found:
        fix = f"its score.yaml asks for one by `resources: {{NAME: {{type: {word}}}}}`"
        raise Missing(f"{app.name} has no {word}", fix=fix)
    if need is None and len(found) == 1:
        need = next(iter(found))
    if need not in found:
        what = "has several" if need is None else f"has no {word} {need!r}, but"
        fix = "name one of them with --need"
        raise Missing(f"{app.name} {what}: {', '.join(sorted(found))}", fix=fix)
    return found[need]


async def _database(server: Server, role: str) -> Login:
    name, query = names.database(role), {"labelSelector": "cnpg.io/reload=true"}
    async for it in server.listed(f"/api/v1/namespaces/{DATA}/secrets", query=query):
        held = _values(it)
        if held.get("username") == name:
            return Login(host="", port="", user=name, password=held["password"], scope=name)
    raise _unknown(role)


async def _cache(server: Server, role: str) -> Login:
    lines = (await _secret(server, users.CACHE))[users.USERS]
    match = re.search(rf"^user {re.escape(role)} on >(\S+) ", lines, re.MULTILINE)
    if match is None:
        raise _unknown(role)
    return Login(host="", port="", user=role, password=match[1], scope=names.prefix(role))


async def _bucket(server: Server, role: str) -> Login:
    name = names.bucket(role)
    held = json.loads((await _secret(server, users.OBJECTS))[users.IDENTITIES])
    for it in held["identities"]:
        if it["name"] == name:
            key = it["credentials"][0]
            return Login(
                host="", port="", user=key["accessKey"], password=key["secretKey"], scope=name
            )
    raise _unknown(role)


async def _secret(server: Server, name: str) -> Mapping[str, str]:
    """What is in it. Missing where there is none."""
    found = await server.ask("GET", f"/api/v1/namespaces/{DATA}/secrets/{name}", fine=(404,))
    if found is None:
        raise _unknown(name)
    return _values(found)


def _values(secret: Mapping[str, Any]) -> Mapping[str, str]:
    return {key: base64.b64decode(it).decode() for key, it in (secret.get("data") or {}).items()}


def _unknown(name: str) -> Missing:
    fix = "rackhouse apply --only clusters"
    return Missing(f"the data services of that cluster do not know {name} yet", fix=fix)


_READS: Mapping[Party, Callable[[Server, str], Awaitable[Login]]] = {
    POSTGRES: _database,
    CACHE: _cache,
    OBJECTS: _bucket,
}
