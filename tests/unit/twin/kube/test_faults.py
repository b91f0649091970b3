"""Bad days that are told: which requests meet them, and what they see."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.faults import Fault
from rackhouse.twin.kube.serving import serve
from unit.twin.kube.lab import DEPLOYMENTS, Lab


async def test_requests_before_and_after_are_well() -> None:
    async with Lab() as lab:
        lab.cluster.faults.tell(Fault(what="unavailable", after=1, times=2))
        codes = [(await lab.client.get(DEPLOYMENTS)).status_code for _ in range(4)]
        assert codes == [200, 503, 503, 200]


async def test_only_those_that_are_meant_meet_it() -> None:
    async with Lab() as lab:
        lab.cluster.faults.tell(Fault(what="webhook", asked="PATCH *"))
        assert (await lab.client.get(DEPLOYMENTS)).status_code == 200
        answer = await lab.client.patch(f"{DEPLOYMENTS}/web", content="{}")
        assert answer.status_code == 500
        assert 'failed calling webhook "webhook.example.com"' in answer.json()["message"]
        lab.cluster.faults.mend()
        assert (await lab.client.patch(f"{DEPLOYMENTS}/web", content="{}")).status_code == 404


async def test_a_busy_server_says_when_to_ask_again() -> None:
    async with Lab() as lab:
        lab.cluster.faults.tell(Fault(what="busy", seconds=3, times=1))
        answer = await lab.client.get(DEPLOYMENTS)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")


async def test_a_slow_server_answers_in_the_end() -> None:
    async with Lab() as lab:
        lab.cluster.faults.tell(Fault(what="slow", seconds=0.01))
        assert (await lab.client.get(DEPLOYMENTS)).status_code == 200


async def test_who_is_away_breaks_the_connection() -> None:
    async with Lab() as lab:
        lab.cluster.faults.tell(Fault(what="away"))
        with pytest.raises(ConnectionResetError):
            await lab.client.get(DEPLOYMENTS)


def test_who_is_away_breaks_a_real_connection_too(tmp_path: Path) -> None:
    cluster = Cluster()
    with serve(cluster, tmp_path) as served, httpx.Client(verify=False) as client:
        cluster.faults.tell(Fault(what="away", times=1))
        with pytest.raises(httpx.TransportError):
            client.get(f"{served.url}/version")
        assert client.get(f"{served.url}/version").status_code == 200


async def test_a_token_that_nobody_gave_out_is_not_let_in() -> None:
    async with Lab() as lab:
        lab.cluster.administrators = frozenset({"mine"})
        assert (await lab.client.get(DEPLOYMENTS)).status_code == 401
        mine = {"authorization": "Bearer mine"}
        assert (await lab.client.get(DEPLOYMENTS, headers=mine)).status_code == 200


async def test_a_token_has_its_time() -> None:
    async with Lab() as lab:
        path = "/api/v1/namespaces/app/serviceaccounts/default/token"
        answer = await lab.client.post(path, json={"spec": {"expirationSeconds": 600}})
        token = {"authorization": f"Bearer {answer.json()['status']['token']}"}
        assert (await lab.client.get(DEPLOYMENTS, headers=token)).status_code == 403
        lab.later(seconds=601)
        assert (await lab.client.get(DEPLOYMENTS, headers=token)).status_code == 401


async def test_what_was_forgotten_cannot_be_continued() -> None:
    async with Lab() as lab:
        spaces = "/api/v1/namespaces"
        first = await lab.get(f"{spaces}?limit=2")
        await lab.apply(f"{spaces}/more", {"apiVersion": "v1", "kind": "Namespace"})
        lab.cluster.store.forget()
        query = {"limit": "2", "continue": first["metadata"]["continue"]}
        answer = await lab.client.get(spaces, params=query)
        assert (answer.status_code, answer.json()["reason"]) == (410, "Expired")
        old = {"watch": "true", "resourceVersion": "2"}
        answer = await lab.client.get(spaces, params=old)
        assert answer.json()["object"]["code"] == 410
