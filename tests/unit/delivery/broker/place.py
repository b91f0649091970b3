"""A broker before a Gitea that knows jobs, and a cluster in memory as a rack's apply left it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from fakes.gitea.jobs import Jobs
from rackhouse.delivery.broker.app import Broker, create_app
from rackhouse.delivery.broker.gitea import Gitea
from rackhouse.delivery.broker.pace import Pace
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import BROKER
from rackhouse.desired.kube.releasing import account, lending, repository_of
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden, Resource
from rackhouse.resources.kube import Object
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.server import Server
from rackhouse.twin.kube.app import create_app as twin
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.hand import create

RACK = load(
    "rack: home\nclusters: {lab: {}}\napplications:\n"
    "  hello: {repository: hello, cluster: lab}\n"
    "  other: {repository: other, cluster: lab}\n"
    "  bare: {folder: ./bare, cluster: lab}\n"
)
_RBAC = "rbac.authorization.k8s.io"
PLURALS = {
    "ServiceAccount": "serviceaccounts",
    "Role": f"roles.{_RBAC}",
    "RoleBinding": f"rolebindings.{_RBAC}",
}
JOB, READER = "job-0f3c", "reader-77aa"  # tokens of jobs


def brought(application: str) -> Iterator[Resource[Any]]:
    """What lets the broker lend there, and the account that it lends."""
    home = Home(rack="home", cluster="lab", namespace=application, owner=application)
    yield from account(home, repository_of(RACK, application))
    yield from lending(home)


@dataclass
class Place:
    """`away`: nothing answers where the API server should be. `token` is the broker's own, a new
    one each time where there is none.
    """

    cluster: Cluster = field(default_factory=Cluster)
    jobs: Jobs = field(default_factory=Jobs)
    now: float = 0.0
    away: bool = False
    token: str = ""

    def __post_init__(self) -> None:
        self.cluster.administrators = frozenset({"root"})
        for name in ("hello", "other", "bare", BROKER.namespace):
            create(self.cluster, "namespaces", {"metadata": {"name": name}})
        mine = {"metadata": {"name": BROKER.service, "namespace": BROKER.namespace}}
        create(self.cluster, "serviceaccounts", mine)
        for name in ("hello", "other", "bare"):
            for it in brought(name):
                assert isinstance(it.spec, Object)
                create(self.cluster, PLURALS[it.spec.kind], json.loads(str(it.spec.body)))
        self.jobs.tokens = {JOB: {"home/hello": "write"}, READER: {"home/hello": "read"}}

    def server(self, token: str) -> Server:
        """The API server, for whose token that is."""
        access = Access(server="https://lab.test", authority="PEM", token=Hidden(token))
        return Server(access, httpx.ASGITransport(app=twin(self.cluster)))

    @asynccontextmanager
    async def opens(self) -> AsyncIterator[Server]:
        """As the broker's own account."""
        if self.away:
            access = Access(server="http://127.0.0.1:9", token=Hidden("own-1b2d"))
            yield Server(access)
            return
        yield self.server(self.token or await self.own())

    async def own(self) -> str:
        """A token of the broker's account, as the kubelet asks for one."""
        path = f"/api/v1/namespaces/{BROKER.namespace}/serviceaccounts/{BROKER.service}/token"
        root = self.server("root")
        given = await root.ask("POST", path, body={"spec": {"expirationSeconds": 600}})
        return str(given["status"]["token"])

    def http(self) -> httpx.AsyncClient:
        """Whoever asks the broker."""
        there = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.jobs.app()))
        broker = Broker(
            gitea=Gitea("http://git.test", there),
            opens=self.opens,
            pace=Pace(lambda: self.now),
        )
        transport = httpx.ASGITransport(app=create_app(broker), client=("10.42.0.7", 1))
        return httpx.AsyncClient(transport=transport, base_url="http://broker.test")

    async def ask(
        self, application: str = "hello", repository: str = "home/hello", token: str = JOB
    ) -> httpx.Response:
        """One question."""
        question = {"application": application, "repository": repository}
        return await self.post(json.dumps(question).encode(), token)

    async def post(self, body: bytes, token: str = JOB) -> httpx.Response:
        """The same, of any content."""
        async with self.http() as http:
            headers = {"authorization": f"Bearer {token}"}
            return await http.post("/token", content=body, headers=headers)
