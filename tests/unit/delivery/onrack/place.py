"""A cluster in memory to which a rack has brought one application, as its apply does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from rackhouse.app import score
from rackhouse.app.model import App, Release, Runtime
from rackhouse.delivery.onrack.release import Coming, Door
from rackhouse.desired.kube import kube
from rackhouse.desired.kube.images import repository
from rackhouse.desired.kube.needed import needed
from rackhouse.desired.kube.releasing import releasing
from rackhouse.plan.order import ordered
from rackhouse.rack.load import load
from rackhouse.resources.core import Id, Resource
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.node import Node, join
from unit.targets.kube.place import PATIENT, Lab, driven

RACK = load("rack: lab\nclusters: {home: {}}\n")
HELLO = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers:
  web: {image: ., command: [python, main.py], variables: {KEY: "${resources.key.value}"}}
resources: {key: {type: secret}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
"""


def image(number: int) -> str:
    return f"{repository(RACK, 'hello')}@sha256:{number:064x}"


def released(text: str, number: int, of: str = "") -> App:
    app = score.parse(text)
    return replace(app, uid=f"uid-{app.name}", release=_release(number, of or image(number)))


def _release(number: int, image: str) -> Release:
    return Release(
        number=number, digest=f"{number:016x}", snapshot="", runtime=Runtime.PYTHON, image=image
    )


def coming(text: str = HELLO, number: int = 7, *, now: float = 1000.0, of: str = "") -> Coming:
    """What a push brings: its number is not known yet."""
    release = _release(0, of or image(number))
    return Coming(app=score.parse(text), release=release, by="push main", now=now)


@dataclass
class House:
    """The rack, and what it looks at and what it was told."""

    lab: Lab
    heard: list[str] = field(default_factory=list)

    @property
    def door(self) -> Door:
        return Door(application="hello", server=self.lab.way, opens=lambda _: self.lab.target)

    async def apply(self, *apps: App, secret: str = "hunter2") -> None:
        """Everything, its values filled."""
        given = {f"{app.name}.{it.name}" for app in apps for it in app.needs}
        wanted = needed(kube(RACK, apps, given))
        wanted = {**wanted, **{it.id: it for it in releasing(RACK, apps, wanted, given)}}
        here = {id: it for id, it in wanted.items() if id.target.startswith("kube.")}
        for id in ordered({id: it.before for id, it in here.items()}):
            await self._ensure(here[id], secret)

    async def _ensure(self, it: Resource[Any], secret: str) -> None:
        values = {ref: secret for ref in it.refs if ref.to.target == "vault"}
        for ref in it.refs - values.keys():
            values[ref] = (await self.lab.target.output(ref)).reveal()
        await self.lab.ensure(it, values)

    async def get(self, path: str) -> Any:
        return await self.lab.get(path)

    async def ready(self) -> set[str]:
        """The images of the pods that are ready."""
        pods = (await self.get("/api/v1/namespaces/hello/pods"))["items"]
        return {it["spec"]["containers"][0]["image"] for it in pods if _is_ready(it)}

    async def serving(self) -> str:
        """The image that alone is there."""
        (found,) = await self.ready()
        return found

    async def see(self, ids: Sequence[Id]) -> Sequence[Any]:
        return await self.lab.target.observe(ids)


def later(lab: House, minutes: int) -> None:
    """The server's clock is ahead from now on."""
    cluster, before = lab.lab.cluster, lab.lab.cluster.clock
    cluster.clock = lambda: before() + timedelta(minutes=minutes)


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    ready = any(it["type"] == "Ready" and it["status"] == "True" for it in conditions)
    return ready and not pod["metadata"].get("deletionTimestamp")


@asynccontextmanager
async def house(*apps: App) -> AsyncIterator[House]:
    """On which these run."""
    cluster = Cluster()
    join(cluster, Node(name="pi-1"))
    lab = Lab(cluster, pace=PATIENT)
    async with driven(cluster):
        made = House(lab)
        await made.apply(*apps)
        yield made
