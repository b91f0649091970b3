"""What leaves a cluster: what is this rack's, and never more."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from rackhouse.kit.errors import NotReady, Refused, Unavailable
from rackhouse.targets.kube.strangers import Strangers
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.node import Node, join
from unit.targets.kube.place import PATIENT, Lab, defined, driven, made, web

SPACE = made("Namespace", "hello")
CONFIG = made("ConfigMap", "config", "hello", data={"a": "1"})
CONFIGS = "/api/v1/namespaces/hello/configmaps"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
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


async def made_by(lab: Lab, owner: str) -> list[Body]:
    """An ownerReference to a ConfigMap, or to the namespace."""
    if owner == "Namespace":
        live = await lab.get("/api/v1/namespaces/hello")
    else:
        live = await lab.get(f"{CONFIGS}/{owner}")
    kind, metadata = live["kind"], live["metadata"]
    reference = {"apiVersion": "v1", "kind": kind, "name": metadata["name"]}
    return [{**reference, "uid": metadata["uid"]}]


POD = {"containers": [{"name": "web", "image": "hello:r1"}]}
TEMPLATE = {"metadata": {"labels": {"app": "x"}}, "spec": POD}
SETS: Body = {"selector": {"matchLabels": {"app": "x"}}, "template": TEMPLATE, "replicas": 0}


async def test_so_does_one_with_a_kind_that_no_rack_makes(lab: Lab) -> None:
    body = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "theirs"}}
    await lab.post("/apis/apps/v1/namespaces/hello/replicasets", {**body, "spec": SETS})
    with pytest.raises(Refused, match="others keep things there: ReplicaSet theirs"):
        await lab.remove(SPACE)


async def test_a_custom_resource_of_somebody_counts_too(lab: Lab) -> None:
    definition = json.loads(str(defined("Plan", "plans").spec.body))
    spec = {**definition["spec"], "group": "example.org"}
    names = {"metadata": {"name": "plans.example.org"}, "spec": spec}
    patient = replace(lab, pace=PATIENT)
    async with driven(lab.cluster):
        await lab.post(DEFINITIONS, {**definition, **names})
        async with asyncio.timeout(20):
            while await lab.get("/apis/example.org/v1") is None:
                await asyncio.sleep(0.02)
        plan = {"apiVersion": "example.org/v1", "kind": "Plan", "metadata": {"name": "theirs"}}
        plans = "/apis/example.org/v1/namespaces/hello/plans"
        await lab.post(plans, plan)
        with pytest.raises(Refused, match="others keep things there: Plan theirs"):
            await patient.remove(SPACE)
        await lab.way.ask("DELETE", f"{plans}/theirs")
        await patient.remove(SPACE)
    assert await lab.get("/api/v1/namespaces/hello") is None


async def test_what_programs_made_there_by_themselves_keeps_no_namespace(lab: Lab) -> None:
    of_ours, of_none = await made_by(lab, "config"), await made_by(lab, "Namespace")
    by_itself: list[Body] = [
        {"kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt"}},
        {"kind": "ConfigMap", "metadata": {"name": "made", "ownerReferences": of_ours}},
        {"kind": "Endpoints", "metadata": {"name": "web"}},
        {"kind": "ServiceAccount", "metadata": {"name": "default"}},
    ]
    for body in by_itself:
        plural = body["kind"].lower().removesuffix("s") + "s"
        await lab.post(f"/api/v1/namespaces/hello/{plural}", {"apiVersion": "v1", **body})
    strangers = Strangers(lab.way, lab.rack)
    assert await strangers.within("hello") == []
    metadata = {"name": "theirs", "ownerReferences": of_none}
    await lab.post(CONFIGS, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    assert await strangers.within("hello") == ["ConfigMap theirs"]
    assert await Strangers(lab.way, "other").within("hello") == [
        "ConfigMap config",
        "ConfigMap theirs",
    ]


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
