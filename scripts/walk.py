"""What becomes of one line of a rack file, station by station, on the twin of an API server.

All of it in this process: the product reads, compiles, plans and applies; the twin's controllers
and its node do the rest. What Kubernetes makes up is written as `…`. For `make docs`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import yaml

from rackhouse.app.sources import read_source, release_of
from rackhouse.apply import clusters as known
from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Silent
from rackhouse.apply.world import World
from rackhouse.cli.show import plan_lines
from rackhouse.desired.clusters import clusters, sides
from rackhouse.plan.planner import plan
from rackhouse.plan.step import Plan
from rackhouse.rack.load import load
from rackhouse.rack.model import Application
from rackhouse.resources.clusters import KEYS
from rackhouse.resources.core import Hidden, Id, Resource
from rackhouse.resources.place import Place, Wanted
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.target import Kube
from rackhouse.targets.memory import MemoryTarget, MemoryWorld
from rackhouse.targets.protocol import Target
from rackhouse.twin.kube.app import create_app
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import drive
from rackhouse.twin.kube.nodes.node import Node, join

_WEB = "/apis/apps/v1/namespaces/hello/deployments/web"


@dataclass
class Desk:
    """Where the apply is typed, and what it says; `asked` are the writes of the Deployment."""

    cluster: Cluster = field(default_factory=Cluster)
    store: MemoryStore = field(default_factory=MemoryStore)
    memory: MemoryWorld = field(default_factory=MemoryWorld)
    plans: list[Plan] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def agrees(self, found: Plan) -> bool:
        """Whoever is shown a plan."""
        self.plans.append(found)
        return True

    def open_place(self, place: Place, address: Mapping[str, str]) -> Target:
        """The cluster over HTTP in this process; the vaults in memory."""
        if place.kind != "kube":
            return MemoryTarget(self.memory, place.name, dict(address))
        transport = httpx.ASGITransport(app=create_app(self.cluster))
        http = Server(Access(server="http://twin"), _Heard(transport, self.asked))
        texts = self.store.text_of
        fingerprint = Fingerprint(self.store)
        return Kube(place.name, rack="home", server=http, fingerprint=fingerprint, texts=texts)


class _Heard(httpx.AsyncBaseTransport):
    """Notes what is written of the Deployment, each with what its stamp says of being finished."""

    def __init__(self, way: httpx.AsyncBaseTransport, asked: list[str]) -> None:
        self.way, self.asked = way, asked

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH" and request.url.path == _WEB:
            notes = json.loads(request.content)["metadata"]["annotations"]
            stamp = json.loads(notes["rackhouse.dev/stamp"])
            done = "finished" if stamp.get("found") else "begun"
            self.asked.append(f"PATCH {request.url.path}?{request.url.query.decode()}  ({done})")
        return await self.way.handle_async_request(request)


def walk(rack_file: str, folder: Path) -> Iterator[str]:
    """The text of each station, in order: read, wanted, the Deployment, the plan, what is sent,
    what is kept there, what runs, and the plan after it.
    """
    (entry,) = load(rack_file).applications
    found = compiled(rack_file, folder)
    desk = Desk()
    join(desk.cluster, Node(name="pi-1"))
    asyncio.run(_apply(desk, found))
    yield _entry(entry)
    yield _wanted(it for it in found.resources.values() if it.id.target == "kube.home")
    yield _manifest(found.resources)
    yield _lines(desk.plans[0])
    yield "\n".join(desk.asked) + "\n"
    yield _kept(desk.cluster)
    yield _run(desk.cluster)
    yield _lines(desk.plans[-1])


def compiled(rack_file: str, folder: Path) -> Wanted:
    """All that the files want on the cluster `home`."""
    rack, source = load(rack_file), read_source(folder)
    app = replace(source.app, uid="a1", release=release_of(source, 1))
    return clusters(rack, sides(rack, [app], ["home"]), ())


def databases(rack_file: str, folder: Path) -> str:
    """What the files want of PostgreSQL's operator."""
    kinds = ("Cluster", "DatabaseRole", "Database")
    found = {id.kind: it.spec for id, it in compiled(rack_file, folder).resources.items()}
    bodies = [json.loads(str(found[kind].body)) for kind in kinds]
    for body in bodies:
        body["metadata"].pop("labels")
    bodies[0]["spec"] = {key: bodies[0]["spec"][key] for key in ("instances", "storage")}
    return yaml.safe_dump_all(bodies, sort_keys=False)


async def _apply(desk: Desk, wanted: Wanted) -> None:
    """Once, and to its end: the last plan has nothing to do."""
    vault = desk.open_place(Place(name=KEYS, kind="vault"), {})
    await known.join(desk.store, vault, "home", "home", Hidden("kept apart"))
    order = Apply(who="ada", what="apply", confirm=desk.agrees, observer=Silent(), now=lambda: 0.0)
    controllers = asyncio.create_task(drive(desk.cluster))
    try:
        with TemporaryDirectory() as place:
            world = World(wanted, desk.store, desk.open_place)
            done = await converge(world, order, rack="home", lock=Path(place, "lock"))
            assert not done.failed, done.failed
            desk.plans.append(plan(wanted.resources, await world.look(), frozenset()))
            await world.close()
    finally:
        controllers.cancel()
        with suppress(asyncio.CancelledError):
            await controllers


def _entry(entry: Application) -> str:
    """What the line is once it was read; what it does not say is left out."""
    default = Application(name=entry.name)
    said = [
        f"{it.name}={getattr(entry, it.name)!r}"
        for it in fields(entry)
        if it.name == "name" or getattr(entry, it.name) != getattr(default, it.name)
    ]
    return f"Application({', '.join(said)})\n"


def _wanted(found: Iterable[Resource[Any]]) -> str:
    """Each object with what has to be there before it."""
    lines = [(str(it.id), ", ".join(sorted(id.kind for id in it.before))) for it in found]
    width = max(len(id) for id, _ in lines)
    return "".join(
        f"{id:<{width}}  {f'after {needs}' if needs else ''}".rstrip() + "\n" for id, needs in lines
    )


def _manifest(found: Mapping[Id, Resource[Any]]) -> str:
    """The Deployment, as `rackhouse compile` writes it."""
    spec = found[Id("kube.home", "Deployment", "hello.web")].spec
    return yaml.safe_dump(json.loads(str(spec.body)), sort_keys=False)


def _lines(found: Plan) -> str:
    return "".join(f"{line}\n" for line, _ in plan_lines(found))


def _kept(cluster: Cluster) -> str:
    """What the server has of the Deployment beyond what it was sent."""
    live = _one(cluster, "deployments.apps")
    notes = live["metadata"]["annotations"]
    stamp = json.loads(notes["rackhouse.dev/stamp"])
    shown = {
        "labels": live["metadata"]["labels"],
        "stamp": {key: stamp[key] for key in ("rack", "owner") if key in stamp},
        "managers": [
            f"{it['manager']}: {it['operation']}" for it in live["metadata"]["managedFields"]
        ],
    }
    return yaml.safe_dump(shown, sort_keys=False)


def _run(cluster: Cluster) -> str:
    """From the Deployment down to the container."""
    replicas, pod = _one(cluster, "replicasets.apps"), _one(cluster, "pods")
    (container,) = pod["status"]["containerStatuses"]
    ready = "ready" if container["ready"] else "not ready"
    lines = [
        "Deployment web",
        f"  ReplicaSet {replicas['metadata']['name']}",
        f"    Pod {pod['metadata']['name']} on {pod['spec']['nodeName']}: {pod['status']['phase']}",
        f"      container {container['name']}, {container['image']}: {ready}",
    ]
    return re.sub(r"web-[0-9a-z-]+", "web-…", "\n".join(lines)) + "\n"


def _one(cluster: Cluster, resource: str) -> Mapping[str, Any]:
    (found,) = cluster.store.all(resource, "hello")
    return found
