"""A cluster joins: what it is asked, and what speaks against it. Against the twin of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from rackhouse.apply.clusters import joined
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.kit.errors import Missing, Refused, Unavailable
from rackhouse.operations.cluster.joining import asked, forget, join, remember
from rackhouse.operations.cluster.standings import standings
from rackhouse.resources.core import Hidden
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.server import Server
from rackhouse.twin.kube.app import create_app
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.serving import serve

AT = Access(server="http://cluster")


@contextmanager
def _house(folder: Path) -> Iterator[OpenRack]:
    (folder / "rack.yaml").write_text("rack: home\nclusters: {lab: {}, edge: {}}\n")
    house = open_rack(folder / "rack.yaml", root=folder / "home", now=datetime.now(UTC))
    try:
        yield house
    finally:
        house.close()


def _server(app: Starlette) -> Server:
    return Server(AT, httpx.ASGITransport(app))


def _namespace(name: str, **labels: str) -> dict[str, object]:
    metadata = {"name": name, "labels": {k.replace("_", "/"): v for k, v in labels.items()}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _says(version: str, *, allowed: bool = True) -> Starlette:
    """An API server that answers nothing else."""

    async def told(request: Request) -> JSONResponse:
        if request.method == "POST":
            return JSONResponse({"status": {"allowed": allowed}}, 201)
        if request.url.path == "/version":
            return JSONResponse({"gitVersion": version})
        return JSONResponse({"items": [], "metadata": {}})

    return Starlette(routes=[Route("/{path:path}", told, methods=["GET", "POST"])])


async def test_it_joins_is_seen_and_is_forgotten(tmp_path: Path) -> None:
    with _house(tmp_path) as house, serve(Cluster(), tmp_path / "server") as served:
        found = await join(house, "lab", Hidden(served.kubeconfig()))
        assert found.server == served.url
        assert found.version.startswith("v1.")
        lab, edge = await standings(house)
        assert (lab.joined, lab.answers, lab.version) == (True, True, found.version)
        assert (edge.joined, edge.answers) == (False, None)
        assert [row.answers for row in await standings(house, ask=False)] == [None, None]
        forget(house, "lab")
        with pytest.raises(Missing, match="lab has not joined"):
            forget(house, "lab")


async def test_one_that_the_rack_file_does_not_know_is_refused_unasked(tmp_path: Path) -> None:
    with _house(tmp_path) as house, pytest.raises(Missing, match="no cluster 'lob'") as caught:
        await join(house, "lob", Hidden("unread"))
    assert "lab" in str(caught.value)


async def test_one_cluster_does_not_join_under_two_names(tmp_path: Path) -> None:
    cluster = Cluster()
    with (
        _house(tmp_path) as house,
        serve(cluster, tmp_path / "one") as one,
        serve(cluster, tmp_path / "two") as two,
        serve(Cluster(), tmp_path / "other") as other,
    ):
        await join(house, "lab", Hidden(one.kubeconfig()))
        for served in (one, two):  # whatever its address
            with pytest.raises(Refused, match="this is the cluster that joined as 'lab'") as caught:
                await join(house, "edge", Hidden(served.kubeconfig()))
            assert "--context" in caught.value.fix
        await remember(house, "lab", Hidden(one.kubeconfig(token="renewed")))
        with pytest.raises(Refused, match="joined as 'lab'"):
            await join(house, "edge", Hidden(two.kubeconfig()))
        await join(house, "lab", Hidden(two.kubeconfig()))
        await join(house, "edge", Hidden(other.kubeconfig()))
        assert list(joined(house.store)) == ["edge", "lab"]


async def test_the_cluster_of_another_rack_is_refused_by_its_name() -> None:
    server = _server(create_app(Cluster()))
    await server.ask(
        "POST", "/api/v1/namespaces", body=_namespace("a", **{"rackhouse.dev_rack": "home"})
    )
    await server.ask("POST", "/api/v1/namespaces", body=_namespace("strangers"))
    assert (await asked(server, "home")).server == AT.server
    with pytest.raises(
        Refused, match=r"the rack 'home' has this cluster already \(its namespace a"
    ):
        await asked(server, "attic")
    await server.close()


@pytest.mark.parametrize("version", ["v1.29.9+k3s1", "v0.99", "?"])
async def test_one_that_is_too_old_is_refused(version: str) -> None:
    with pytest.raises(Refused, match=r"1\.30 is the oldest"):
        await asked(_server(_says(version)), "home")


async def test_an_account_that_may_not_write_is_refused() -> None:
    found = await asked(_server(_says("v1.30.0")), "home")
    assert (found.version, found.caution) == ("v1.30.0", AT.caution)
    with pytest.raises(Refused, match="may not write everything"):
        await asked(_server(_says("v1.34.1", allowed=False)), "home")


async def test_one_that_does_not_answer_is_not_remembered(tmp_path: Path) -> None:
    with _house(tmp_path) as house:
        with serve(Cluster(), tmp_path / "server") as served:
            text = served.kubeconfig()
        with pytest.raises(Unavailable, match="API server"):
            await join(house, "lab", Hidden(text))
        assert joined(house.store) == {}


async def test_one_that_has_gone_since_is_silent_and_says_why(tmp_path: Path) -> None:
    with _house(tmp_path) as house:
        with serve(Cluster(), tmp_path / "server") as served:
            await join(house, "lab", Hidden(served.kubeconfig()))
        lab, _ = await standings(house)
        assert (lab.answers, lab.objects) == (False, 0)
        assert "API server" in lab.wrong
