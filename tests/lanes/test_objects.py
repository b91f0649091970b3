"""Lane 2: a real API server takes every object of every example, and says what is wrong in others.

By dry run: admission, defaults and validation are all asked, and nothing is kept but namespaces.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from lanes.control import ControlPlane
from rackhouse.rack.load import load
from unit.desired.kube.examples import APPLICATIONS, EXAMPLES, RACKS, manifests, released

pytestmark = pytest.mark.xdist_group("kubernetes")
Manifest = dict[str, Any]
# What pods cannot be made without: it has to be there, so that pods can be asked for.
_GROUND = frozenset({"Namespace", "PriorityClass", "ServiceAccount", "LimitRange"})
_SECRET = {"kubernetes.io/tls": {"tls.crt": "", "tls.key": ""}}


def every(rack: Path) -> list[Manifest]:
    found = manifests(load(rack.read_text()), [released(it) for it in APPLICATIONS])
    return sorted(found, key=lambda it: it["kind"] not in {"Namespace", "PriorityClass"})


@pytest.mark.parametrize("rack", RACKS, ids=lambda file: file.stem)
def test_every_object_of_every_example_is_taken(server: ControlPlane, rack: Path) -> None:
    hand, pods = server.hand, 0
    for each in every(rack):
        if each["kind"] == "Secret" and each["type"] in _SECRET:
            each["stringData"] = {**_SECRET[each["type"]], **each["stringData"]}
        kept = each["kind"] in _GROUND
        answer = hand.apply(hand.path(each), each, **({} if kept else {"dryRun": "All"}))
        assert answer["metadata"]["name"] == each["metadata"]["name"]
    for each in every(rack):
        if template := template_of(each):
            pod = pod_of(each, template)
            hand.ask("POST", hand.path(pod).rpartition("/")[0], pod, dryRun="All")
            pods += 1
    assert pods >= len(APPLICATIONS)


def template_of(each: Manifest) -> Manifest | None:
    """What its controller would make pods of; `restricted` judges those alone."""
    spec = each.get("spec") or {}
    found: Manifest | None = spec.get("jobTemplate", {}).get("spec", spec).get("template")
    return found if found and "spec" in found else None


def pod_of(each: Manifest, template: Manifest) -> Manifest:
    about = {"name": "asked", "namespace": each["metadata"]["namespace"], **template["metadata"]}
    spec = {"restartPolicy": "Always", **template["spec"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": spec}


def deployment() -> Manifest:
    found = manifests(load(""), [released(EXAMPLES / "apps" / "site")])
    (made,) = [it for it in found if it["kind"] == "Deployment"]
    return copy.deepcopy(made)


def container(of: Manifest) -> Manifest:
    found: Manifest = of["spec"]["template"]["spec"]["containers"][0]
    return found


def test_a_pod_that_restricted_refuses_is_refused(server: ControlPlane) -> None:
    """The test above asks the right one: without this, admission could be asleep."""
    hand, made = server.hand, deployment()
    for each in manifests(load(""), [released(EXAMPLES / "apps" / "site")]):
        if each["kind"] in _GROUND:
            hand.apply(hand.path(each), each)
    pod = pod_of(made, made["spec"]["template"])
    pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
    refused = hand.send("POST", hand.path(pod).rpartition("/")[0], pod, dryRun="All")
    assert refused.status_code == 403
    assert 'violates PodSecurity "restricted:latest"' in refused.json()["message"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param(
            lambda it: container(it)["resources"]["limits"].update(memory="64Mj"),
            "quantities must match",
            id="quantity",
        ),
        pytest.param(
            lambda it: it["spec"]["template"]["spec"].update(nmae="x"),
            "field not declared in schema",
            id="field",
        ),
        pytest.param(
            lambda it: container(it)["ports"][0].update(containerPort=80_000),
            "must be between 1 and 65535",
            id="port",
        ),
        pytest.param(lambda it: it["spec"].update(replicas="two"), "expected numeric", id="type"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    server: ControlPlane, wrong: Any, said: str
) -> None:
    made = deployment()
    for each in manifests(load(""), [released(EXAMPLES / "apps" / "site")]):
        if each["kind"] == "Namespace":
            server.hand.apply(server.hand.path(each), each)
    wrong(made)
    assert said in server.hand.refusal(server.hand.path(made), made)
