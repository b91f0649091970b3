"""What leaves a cluster: what is this rack's, and never more."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from rackhouse.kit.errors import NotReady, Refused, Unavailable
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.node import Node, join
from unit.targets.kube.place import PATIENT, Lab, driven, made, web

SPACE = made("Namespace", "hello")
CONFIG = made("ConfigMap", "config", "hello", data={"a": "1"})
CONFIGS = "/api/v1/namespaces/hello/configmaps"
STAMP = "rackhouse.dev/stamp"


@pytest.fixture
async def lab() -> Lab:
    lab = Lab(Cluster())
    await lab.ensure(SPACE)
    await lab.ensure(CONFIG)
    return lab


async def test_what_is_ours_is_gone_and_a_second_time_is_no_error(lab: Lab) -> None:
    (seen,) = await lab.target.observe([CONFIG.id])
    await lab.target.remove(seen, lab.heard.append)
    assert await lab.get(f"{CONFIGS}/config") is None
    await lab.target.remove(seen, lab.heard.append)
    assert lab.heard == ["removing ConfigMap hello.config"]


async def test_what_has_passed_to_another_meanwhile_stays(lab: Lab) -> None:
    (seen,) = await lab.target.observe([CONFIG.id])
    await lab.by_hand(f"{CONFIGS}/config", {"metadata": {"annotations": {STAMP: None}}})
    await lab.target.remove(seen, lab.heard.append)
    assert await lab.get(f"{CONFIGS}/config") is not None


async def test_a_namespace_in_which_others_keep_something_stays(lab: Lab) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs"}}
    await lab.post(CONFIGS, body)
    with pytest.raises(Refused) as caught:
        await lab.remove(SPACE)
    assert caught.value.what == "others keep things there: ConfigMap theirs"
    space = await lab.get("/api/v1/namespaces/hello")
    assert "deletionTimestamp" not in space["metadata"]


async def test_an_application_leaves_with_its_pods_and_its_namespace(lab: Lab) -> None:
    patient = Lab(lab.cluster, pace=PATIENT, store=lab.store)
    join(lab.cluster, Node(name="pi-1"))
    async with driven(lab.cluster):
        await patient.ensure(web())
        for each in (web(), CONFIG, SPACE):
            await patient.remove(each)
    assert not await patient.target.observe(None)
    assert await lab.get("/api/v1/namespaces/hello") is None
    assert not (await lab.get("/api/v1/pods"))["items"]


async def test_what_does_not_go_says_what_holds_it(lab: Lab) -> None:
    patch = {"metadata": {"finalizers": ["example.org/guard"]}}
    await lab.by_hand(f"{CONFIGS}/config", patch)
    with pytest.raises(NotReady) as caught:
        await lab.remove(CONFIG)
    assert "the finalizer example.org/guard waits" in caught.value.what
    assert (await lab.one(CONFIG)).why == "it is being removed"
    await lab.by_hand(f"{CONFIGS}/config", {"metadata": {"finalizers": None}})
    assert await lab.get(f"{CONFIGS}/config") is None


async def test_a_namespace_that_does_not_end_says_what_is_in_its_way(lab: Lab) -> None:
    await lab.by_hand(f"{CONFIGS}/config", {"metadata": {"finalizers": ["example.org/guard"]}})
    async with driven(lab.cluster):
        waits = asyncio.create_task(replace(lab, pace=PATIENT).remove(SPACE))
        try:
            async with asyncio.timeout(20):
                while not any("example.org/guard" in line for line in lab.heard):
                    await asyncio.sleep(0.02)
            with pytest.raises(Unavailable, match="it is being terminated"):
                await lab.ensure(made("ConfigMap", "new", "hello"))
            with pytest.raises(NotReady, match=r"it does not go: .*example\.org/guard"):
                await lab.ensure(SPACE)
            await lab.by_hand(f"{CONFIGS}/config", {"metadata": {"finalizers": None}})
            await waits
        finally:
            waits.cancel()
    assert await lab.get("/api/v1/namespaces/hello") is None
