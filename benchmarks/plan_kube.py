"""How long a plan takes against a cluster that holds 12,000 objects of ours, and how much memory.

    python benchmarks/plan_kube.py [APPLICATIONS]

Each of 1,000 applications has a database and a route. The cluster is the shipped API server in
memory, in a process of its own, filled as an apply leaves it: stamped, ready, with the owners of
fields. What listing takes is the server's and the network's: its answers are kept, and read again
from memory. That, and the plan, is ours: whether each object is ours and as it was left.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from compile import applications
from rackhouse.desired.kube import kube
from rackhouse.plan.planner import plan
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden, Id, Resource
from rackhouse.resources.seen import Observed, Seen, Stamp
from rackhouse.store.sqlite import SqliteStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.kube import Kube, manifest
from rackhouse.targets.kube.applying import send
from rackhouse.targets.kube.kinds import Kinds
from rackhouse.targets.kube.kubeconfig import Access, read
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.server import Server
from rackhouse.twin.kube.app import create_app
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import crds
from racks import table

COUNT = 1_000
RACK = "rack: many\ndomain: many.home.arpa\nexposure: lan\n"
TARGET = "kube.many"
Wanted = Mapping[Id, Resource[Any]]
NOTHING: Mapping[Id, str] = {}
_AT_ONCE = 32
_KUBECONFIG = """
clusters: [{{name: twin, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: twin, user: {{token: twin}}}}]
contexts: [{{name: twin, context: {{cluster: twin, user: twin}}}}]
current-context: twin
"""
_STATUS: Mapping[str, Mapping[str, Any]] = {
    "Cluster": {"readyInstances": 1},
    "Database": {"applied": True},
    "DatabaseRole": {"applied": True},
    "Deployment": {
        "observedGeneration": 9,  # later ones too
        **dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 1),
    },
}


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="rackhouse-bench-") as name:
        folder = Path(name)
        with _server(folder, count) as kubeconfig:
            gc.disable()  # as the command does
            began = time.perf_counter()
            wanted = _wanted(count)
            compiled = time.perf_counter() - began
            rows = asyncio.run(_measure(folder, kubeconfig, wanted))
    rows.insert(0, ("files to objects", f"{compiled:.2f} s", ""))
    rows.append(("memory at most", f"{_peak():.0f} MB", "goal: 500 MB"))
    table(rows, (f"load {os.getloadavg()[0]:.1f}", "", ""))


def _wanted(count: int) -> Wanted:
    return kube(load(RACK), applications(count), ())


async def _measure(folder: Path, kubeconfig: str, wanted: Wanted) -> list[tuple[str, str, str]]:
    access, tape = read(kubeconfig), _Tape()
    listing = await _listing(Server(access, tape))
    store = SqliteStore(folder / "store.db")
    fingerprint, texts = Fingerprint(store), store.text_of
    server = Server(access, tape)
    target = Kube(TARGET, rack="many", server=server, fingerprint=fingerprint, texts=texts)
    busy, began = time.process_time(), time.perf_counter()
    seen = {each.id: each for each in await target.observe(None)}
    looked = time.perf_counter()
    steps = plan(wanted, Observed(seen={**seen, **_elsewhere(wanted)})).steps
    planned, busy = time.perf_counter(), time.process_time() - busy
    await target.close()
    await tape.close()
    store.close()
    assert not steps, steps[:3]
    return [
        (f"listing {len(seen):,} objects", f"{listing:.2f} s", "the server's"),
        ("reading what came", f"{looked - began:.2f} s", ""),
        ("plan with nothing to do", f"{planned - looked:.2f} s", ""),
        (
            "both, after the listing",
            f"{planned - began:.2f} s",
            f"goal: 2 s; processor {busy:.2f} s",
        ),
    ]


class _Tape(httpx.AsyncBaseTransport):
    """Each answer comes over the wire once, and from memory when it is asked for again."""

    def __init__(self) -> None:
        self._wire = httpx.AsyncHTTPTransport()
        self._answers: dict[httpx.URL, tuple[int, bytes]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url not in self._answers:
            answer = await self._wire.handle_async_request(request)
            self._answers[request.url] = answer.status_code, await answer.aread()
        code, content = self._answers[request.url]
        return httpx.Response(code, content=content)

    async def aclose(self) -> None:
        """A server that is closed lets go of it; it is wanted again."""

    async def close(self) -> None:
        await self._wire.aclose()


async def _listing(server: Server) -> float:
    """Seconds in which all of it is asked for and has come."""
    began = time.perf_counter()
    query = {"labelSelector": f"{manifest.RACK}=many"}

    async def of(path: str) -> None:
        async for _ in server.listed(path, query=query):
            pass

    await asyncio.gather(*(of(kind.all) for kind in await Kinds(server).every()))
    await server.close()
    return time.perf_counter() - began


def _elsewhere(wanted: Wanted) -> dict[Id, Seen]:
    """What is not on the cluster (secrets) is there."""
    return {
        id: Seen(id=id, stamp=_stamp(each, "f"), found="f")
        for id, each in wanted.items()
        if id.target != TARGET
    }


def _stamp(of: Resource[Any], found: str, versions: Mapping[Id, str] = NOTHING) -> Stamp:
    return Stamp(
        rack="many",
        digest=of.digest,
        owner=of.owner,
        uid=of.uid,
        inputs={ref.to: versions.get(ref.to, "1") for ref in of.refs},
        before=of.before,
        claims=of.claims,
        keep=of.keep,
        found=found,
    )


@contextmanager
def _server(folder: Path, count: int) -> Iterator[str]:
    """The twin in a process of its own, filled; its kubeconfig."""
    argv = [sys.executable, __file__, str(count), str(folder)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdin
        print(f"filling the cluster ({child.stdout.readline().strip()})", file=sys.stderr)
        try:
            if child.stdout.readline().strip() != "ready":
                raise SystemExit("the API server in memory could not be filled")
            yield (folder / "kubeconfig").read_text()
        finally:
            child.stdin.close()


def _serve(count: int, folder: Path) -> None:
    """The child: fill, serve, and end when nobody listens any more."""
    gc.disable()
    cluster = Cluster()
    wanted = _wanted(count)
    print(f"{len(wanted):,} things", flush=True)
    asyncio.run(_fill(cluster, folder, wanted))
    app = create_app(cluster)  # without controllers, which would work meanwhile
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))

    def end() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=end, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        (folder / "kubeconfig").write_text(_KUBECONFIG.format(port=port))
        print("ready", flush=True)
        server.run([listener])


async def _fill(cluster: Cluster, folder: Path, wanted: Wanted) -> None:
    transport = httpx.ASGITransport(create_app(cluster))
    server, store = (
        Server(Access(server="https://twin"), transport),
        SqliteStore(folder / "store.db"),
    )
    for definition in _definitions():
        name = definition["metadata"]["name"]
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
        assert (await send(server, path, definition)).code < 300
    crds.step(cluster)
    pace = Pace(first=0.01, most=0.05)
    target = Kube(TARGET, rack="many", server=server, fingerprint=Fingerprint(store), pace=pace)
    kinds, versions, turn = Kinds(server), {}, asyncio.Semaphore(_AT_ONCE)

    async def make(each: Resource[Any]) -> None:
        async with turn:
            stamp = _stamp(each, "", versions)
            values = {ref: Hidden("1") for ref in each.refs}
            making = asyncio.create_task(target.ensure(each, stamp, values, lambda _: None))
            if status := _STATUS.get(each.id.kind):
                await _report(server, kinds, each.id, status)
            versions[each.id] = (await making).version

    for first in ({"Namespace", "PriorityClass"}, {"Secret"}, None):
        mine = [it for it in wanted.values() if it.id.target == TARGET and it.id not in versions]
        await asyncio.gather(*(make(it) for it in mine if first is None or it.id.kind in first))
    await target.close()
    store.close()


async def _report(server: Server, kinds: Kinds, id: Id, status: Mapping[str, Any]) -> None:
    """That it is ready, as its controller would say."""
    kind = await kinds.of(id.kind)
    assert kind, id
    patch = "application/merge-patch+json"
    body = {"status": status}
    while True:
        answer = await server.send("PATCH", f"{kind.path(id)}/status", body=body, kind=patch)
        if answer.code < 300:
            return
        await asyncio.sleep(0.01)


def _definitions() -> Iterator[dict[str, Any]]:
    """Of the kinds that are not Kubernetes' own, without a schema."""
    kinds = {"postgresql.cnpg.io/v1": ("Cluster", "Database", "DatabaseRole")}
    kinds["traefik.io/v1alpha1"] = ("Middleware",)
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": anything, "status": anything}}
    for api, names in kinds.items():
        group, _, version = api.partition("/")
        for kind in names:
            plural = f"{kind.lower()}s"
            served = {"name": version, "served": True, "storage": True}
            yield {
                "apiVersion": "apiextensions.k8s.io/v1",
                "kind": "CustomResourceDefinition",
                "metadata": {"name": f"{plural}.{group}"},
                "spec": {
                    "group": group,
                    "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
                    "scope": "Namespaced",
                    "versions": [
                        {
                            **served,
                            "subresources": {"status": {}},
                            "schema": {"openAPIV3Schema": schema},
                        }
                    ],
                },
            }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _serve(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
