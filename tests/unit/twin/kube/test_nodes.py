"""Where pods go, why not, and how containers fare: the words are those of scheduler and kubelet."""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.twin.kube.nodes.images import Image
from rackhouse.twin.kube.nodes.node import Node, lose
from rackhouse.twin.kube.quantities import parse, text
from unit.twin.kube.lab import DEPLOYMENTS, PODS, Lab, Manifest, deployment

WEB = f"{DEPLOYMENTS}/web"
HOW = "requiredDuringSchedulingIgnoredDuringExecution"


async def pod_of(lab: Lab) -> Manifest:
    found: Manifest = (await lab.get(PODS))["items"][0]
    return found


async def why_pending(lab: Lab) -> str:
    [condition] = (await pod_of(lab))["status"]["conditions"]
    assert (condition["type"], condition["reason"]) == ("PodScheduled", "Unschedulable")
    assert await lab.events("FailedScheduling") == [condition["message"]]
    return str(condition["message"])


async def test_what_is_too_large_waits() -> None:
    async with Lab(Node(name="a", memory="4Gi"), Node(name="b", memory="4Gi")) as lab:
        await lab.apply(WEB, deployment(replicas=1, memory="5Gi"))
        assert await why_pending(lab) == (
            "0/2 nodes are available: 2 Insufficient memory. no new claims to deallocate,"
            " preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod."
        )


async def test_each_node_has_its_reason() -> None:
    nodes = [
        Node(name="a", taints=["gpu=yes:NoSchedule"]),
        Node(name="b", arch="amd64"),
        Node(name="c", memory="1Gi"),
    ]
    async with Lab(*nodes) as lab:
        pod = {"nodeSelector": {"kubernetes.io/arch": "arm64"}}
        await lab.apply(WEB, deployment(replicas=1, memory="2Gi", **pod))
        assert await why_pending(lab) == (
            "0/3 nodes are available: 1 Insufficient memory, 1 node(s) didn't match Pod's node"
            " affinity/selector, 1 node(s) had untolerated taint(s). no new claims to deallocate,"
            " preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod,"
            " 2 Preemption is not helpful for scheduling."
        )


@pytest.mark.parametrize(
    ("pod", "node"),
    [
        ({"nodeSelector": {"kubernetes.io/arch": "amd64"}}, "big"),
        ({"tolerations": [{"key": "gpu", "operator": "Exists"}], "nodeName": None}, "big"),
        (
            {
                "affinity": {
                    "nodeAffinity": {
                        HOW: {
                            "nodeSelectorTerms": [
                                {
                                    "matchExpressions": [
                                        {"key": "disk", "operator": "NotIn", "values": ["card"]}
                                    ]
                                }
                            ]
                        }
                    }
                }
            },
            "big",
        ),
    ],
)
async def test_a_pod_goes_where_it_may(pod: dict[str, Any], node: str) -> None:
    small = Node(name="small", memory="1Gi", labels={"disk": "card"})
    async with Lab(small, Node(name="big", arch="amd64", memory="16Gi")) as lab:
        memory = "2Gi" if "tolerations" in pod else "64Mi"
        await lab.apply(WEB, deployment(replicas=1, memory=memory, **pod))
        assert (await pod_of(lab))["spec"]["nodeName"] == node


async def test_pods_that_avoid_each_other_spread() -> None:
    term = {
        "labelSelector": {"matchLabels": {"app": "web"}},
        "topologyKey": "kubernetes.io/hostname",
    }
    apart = {"affinity": {"podAntiAffinity": {HOW: [term]}}}
    async with Lab(Node(name="a"), Node(name="b")) as lab:
        await lab.apply(WEB, deployment(replicas=3, **apart))
        where = [it["spec"].get("nodeName") for it in (await lab.get(PODS))["items"]]
        assert sorted(map(str, where)) == ["None", "a", "b"]
        [words] = await lab.events("FailedScheduling")
        assert words == (
            "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. no new"
            " claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims"
            " found for incoming pod."
        )


async def test_pods_that_spread_are_as_even_as_they_have_to_be() -> None:
    even = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
    nodes = [Node(name=name) for name in "ab"] + [Node(name="c", taints=["x:NoSchedule"])]
    async with Lab(*nodes) as lab:
        await lab.apply(WEB, deployment(replicas=4, topologySpreadConstraints=[even]))
        where = [it["spec"].get("nodeName") for it in (await lab.get(PODS))["items"]]
        assert sorted(map(str, where)) == ["None", "None", "a", "b"]
        words = (await lab.events("FailedScheduling"))[0]
        assert "2 node(s) didn't match pod topology spread constraints" in words


async def waiting(lab: Lab) -> tuple[str, str]:
    [status] = (await pod_of(lab))["status"]["containerStatuses"]
    found = status["state"]["waiting"]
    return found["reason"], found["message"]


async def test_an_image_for_another_architecture() -> None:
    async with Lab() as lab:
        lab.cluster.images.tell("web:*", Image(architectures=frozenset({"amd64"})))
        await lab.apply(WEB, deployment("web:1", replicas=1))
        reason, message = await waiting(lab)
        assert reason == "ImagePullBackOff"
        assert message == (
            'Back-off pulling image "web:1": ErrImagePull: rpc error: code = NotFound desc ='
            ' failed to pull and unpack image "web:1": no match for platform in manifest:'
            " not found"
        )
        [name] = await lab.names(PODS)
        answer = await lab.client.get(f"{PODS}/{name}/log")
        assert answer.json()["message"] == (
            f'container "web" in pod "{name}" is waiting to start: trying and failing to pull image'
        )


async def test_an_image_that_is_not_there() -> None:
    async with Lab() as lab:
        lab.cluster.images.tell("web:1", Image(exists=False))
        await lab.apply(WEB, deployment("web:1", replicas=1))
        reason, message = await waiting(lab)
        assert reason == "ImagePullBackOff"
        assert message.endswith('failed to resolve reference "web:1": web:1: not found')


async def test_a_program_that_keeps_ending() -> None:
    async with Lab() as lab:
        lab.cluster.images.tell("web:1", Image(exits=3, logs=("no database", "giving up")))
        await lab.apply(WEB, deployment("web:1", replicas=1))
        reason, message = await waiting(lab)
        assert reason == "CrashLoopBackOff"
        assert message.startswith("back-off 5m0s restarting failed container=web pod=web-")
        [status] = (await pod_of(lab))["status"]["containerStatuses"]
        assert status["lastState"]["terminated"]["exitCode"] == 3
        [name] = await lab.names(PODS)
        answer = await lab.client.get(f"{PODS}/{name}/log", params={"tailLines": "1"})
        assert answer.text == "giving up\n"


async def test_a_probe_that_fails_says_so() -> None:
    async with Lab() as lab:
        lab.cluster.images.tell("web:1", Image(ready=False, logs=("listening on 9000",)))
        await lab.apply(WEB, deployment("web:1", replicas=1))
        assert await lab.events("Unhealthy") == [
            "Readiness probe failed: HTTP probe failed with statuscode: 500"
        ]
        lab.cluster.images.tell("web:1", Image())
        lab.settle()
        assert (await lab.get(WEB))["status"]["readyReplicas"] == 1


async def test_a_secret_that_is_missing_is_named_until_it_is_there() -> None:
    async with Lab() as lab:
        reference = {"secretKeyRef": {"name": "app", "key": "url"}}
        body = deployment(replicas=1)
        [container] = body["spec"]["template"]["spec"]["containers"]
        container["env"] = [{"name": "URL", "valueFrom": reference}]
        await lab.apply(WEB, body)
        assert await waiting(lab) == ("CreateContainerConfigError", 'secret "app" not found')
        secret = {"apiVersion": "v1", "kind": "Secret", "stringData": {"url": "x"}}
        await lab.apply("/api/v1/namespaces/app/secrets/app", secret)
        assert (await lab.get(WEB))["status"]["readyReplicas"] == 1


async def test_a_machine_that_is_lost_takes_its_pods_out_of_service() -> None:
    async with Lab() as lab:
        await lab.apply(WEB, deployment(replicas=1))
        lose(lab.cluster, "pi1")
        lab.settle()
        status = (await lab.get(WEB))["status"]
        assert "readyReplicas" not in status
        node = await lab.get("/api/v1/nodes/pi1")
        [ready] = [it for it in node["status"]["conditions"] if it["type"] == "Ready"]
        assert (ready["status"], ready["reason"]) == ("Unknown", "NodeStatusUnknown")


@pytest.mark.parametrize(
    ("said", "amount"),
    [("100m", "0.1"), ("1", "1"), ("64Mi", "67108864"), ("1e3", "1000"), ("1.5G", "1500000000")],
)
def test_quantities_are_read(said: str, amount: str) -> None:
    assert str(parse(said).normalize() + 0) == str(parse(amount).normalize() + 0)


@pytest.mark.parametrize("said", ["64Mj", "", "1 Gi", "Gi", "1ki"])
def test_what_is_no_quantity_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="quantities must match"):
        parse(said)


def test_sums_are_written_as_the_server_does() -> None:
    assert text(parse("1536Mi"), "limits.memory") == "1536Mi"
    assert text(parse("2Gi"), "limits.memory") == "2Gi"
    assert text(parse("1500m"), "requests.cpu") == "1500m"
    assert text(parse("3"), "pods") == "3"
