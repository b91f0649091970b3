"""What the platform is made of: what the servers' schemas take, and what `restricted` allows."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from rackhouse.desired.platform import table
from rackhouse.desired.platform.build import platform
from rackhouse.desired.platform.pins import Pin, Pins
from rackhouse.desired.platform.wanted import images
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from unit.desired.kube.schemas import NEWEST, errors
from unit.desired.platform.cases import (
    SUM,
    containers,
    every_rack,
    manifests,
    of,
    pods,
    with_models,
)

ALL = pytest.mark.parametrize("rack", [pytest.param(it, id=name) for name, it in every_rack()])
# Every pod of the platform that `restricted` would refuse. Another one needs a reason in the table.
EXCEPTIONS = {"builds": table.BUILDKIT, "gpu": table.GPU, "longhorn-system": table.LONGHORN}
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}


@pytest.mark.parametrize("version", NEWEST)
@ALL
def test_the_newest_minor_versions_take_all_of_it(rack: Rack, version: str) -> None:
    assert [error for it in of(rack) for error in errors(it, version)] == []


@ALL
def test_nothing_is_root_or_unconfined_that_is_not_listed(rack: Rack) -> None:
    for workload, spec in pods(of(rack)):
        if workload["metadata"]["namespace"] in EXCEPTIONS:
            continue
        security = spec["securityContext"]
        assert security["runAsNonRoot"] is True
        assert security["runAsUser"] > 0
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not spec.keys() & {"hostNetwork", "hostPID", "hostIPC"}
        assert not [it for it in spec["volumes"] if "hostPath" in it]
        assert all(it["securityContext"] == RESTRICTED for it in containers(spec))


@ALL
def test_namespaces_are_restricted_but_for_those_that_are_listed(rack: Rack) -> None:
    for it in of(rack):
        if it["kind"] == "Namespace":
            name, labels = it["metadata"]["name"], it["metadata"]["labels"]
            level = "privileged" if name in EXCEPTIONS else "restricted"
            assert labels["pod-security.kubernetes.io/enforce"] == level


def test_every_exception_has_its_reason() -> None:
    reasons = {it.namespace for it in table.COMPONENTS if it.exception}
    assert reasons == {*EXCEPTIONS, "kube-system"}  # there: kube-vip, which K3s itself applies
    assert all(it.exception for it in EXCEPTIONS.values())


@ALL
def test_no_pod_has_a_token_and_each_has_limits_and_an_account(rack: Rack) -> None:
    found = of(rack)
    accounts = {
        (it["metadata"]["namespace"], it["metadata"]["name"])
        for it in found
        if it["kind"] == "ServiceAccount"
    }
    for workload, spec in pods(found):
        assert spec["automountServiceAccountToken"] is False
        assert (workload["metadata"]["namespace"], spec["serviceAccountName"]) in accounts
        assert spec["priorityClassName"]
        for it in containers(spec):
            assert it["resources"]["limits"].keys() >= {"cpu", "memory"}
            assert it["resources"]["requests"].keys() == {"cpu", "memory"}
            assert re.search(r"(:[\w.-]*\d[\w.-]*|@sha256:[0-9a-f]{64})$", it["image"])


@ALL
def test_what_keeps_data_is_kept_off_cards(rack: Rack) -> None:
    for workload, spec in pods(of(rack)):
        if workload["kind"] == "StatefulSet":
            assert "rackhouse.dev/disk" in json.dumps(spec["affinity"])


@ALL
def test_one_that_is_broken_is_not_waited_for(rack: Rack) -> None:
    found = [it for it, _ in pods(of(rack)) if it["kind"] == "StatefulSet"]
    assert all(it["spec"]["podManagementPolicy"] == "Parallel" for it in found)
    assert found


def disks(text: str) -> dict[str, str]:
    """How large each claim of data is."""
    return {
        it["metadata"]["name"]: it["spec"]["resources"]["requests"]["storage"]
        for it in of(load(text))
        if it["kind"] == "PersistentVolumeClaim"
    }


def test_the_cache_may_hold_more_without_another_disk() -> None:
    assert disks("data: {cache: {memory: 64Mi}}") == disks("data: {cache: {memory: 1Gi}}")
    assert disks("data: {cache: {memory: 2Gi}}")["valkey"] == "8Gi"


@ALL
def test_every_namespace_is_closed_and_every_service_finds_its_pods(rack: Rack) -> None:
    found = of(rack)
    closed = {it["metadata"]["namespace"] for it in found if it["metadata"]["name"] == "closed"}
    made = {it["metadata"]["name"] for it in found if it["kind"] == "Namespace"}
    assert made - closed <= {"longhorn-system"}  # its own pods speak as they like; none else
    for it in found:
        if it["kind"] == "Service" and "selector" in it["spec"]:
            _check_service(it, found)


def _check_service(service: dict[str, Any], found: list[dict[str, Any]]) -> None:
    ports = {port["targetPort"] for port in service["spec"]["ports"]}
    here = [
        {at["containerPort"] for it in spec["containers"] for at in it.get("ports", [])}
        for workload, spec in pods(found)
        if workload["metadata"]["namespace"] == service["metadata"]["namespace"]
        and service["spec"]["selector"].items()
        <= workload["spec"]["template"]["metadata"]["labels"].items()
    ]
    assert len(here) == 1
    assert ports <= here[0]


@ALL
def test_whatever_is_needed_is_there(rack: Rack) -> None:
    found = platform(rack)
    for it in found.values():
        assert it.before <= found.keys(), it.id
        if it.id.target.startswith("kube.") and it.id.kind != "Secret":
            assert {ref.output for ref in it.refs} <= {"version"}


def test_the_same_rack_gives_the_same_bytes() -> None:
    one, other = platform(with_models("k3s")), platform(with_models("k3s"))
    assert [it.text for it in one.values()] == [it.text for it in other.values()]


def test_pins_are_used_wherever_an_image_is_named() -> None:
    rack = with_models("k3s")
    pin = Pin(digest=f"sha256:{SUM}")
    pins = Pins({it.reference: pin for it in images(rack)})
    found = manifests(platform(rack, pins=pins))
    for _, spec in pods(found):
        assert all(it["image"].endswith(SUM) for it in containers(spec))
    for it in found:
        if it["kind"] == "HelmChart" and it["metadata"]["name"] != "longhorn":
            values = json.loads(it["spec"]["valuesContent"])
            assert values["image"]["tag"].endswith(f"@sha256:{SUM}")


def test_nothing_is_of_those_that_were_given_up() -> None:
    names = " ".join(it.reference for component in table.COMPONENTS for it in component.images)
    assert not re.search("bitnami|minio|ingress-nginx|:latest", names)
