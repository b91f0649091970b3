"""Policies allow exactly what the files declare, whatever these say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import given

from rackhouse.app.graph import application, services
from rackhouse.app.model import App, ResourceType
from rackhouse.desired.kube import platform
from rackhouse.desired.kube.edges import Edges, Manifest, Pod
from rackhouse.rack.load import load
from unit.desired.kube.examples import APPLICATIONS, manifests, released
from unit.desired.kube.worlds import few, many, worlds
from unit.desired.scenario import released as parsed

T = ResourceType
RACK = load("")
DATA = {
    platform.POSTGRES: {T.POSTGRES, T.VECTOR},
    platform.CACHE: {T.REDIS, T.QUEUE},
    platform.OBJECTS: {T.S3},
}
OUTSIDE, ROUTER = Pod(address="93.184.215.14"), Pod(address="192.168.1.1")


def _pods(found: list[Manifest]) -> dict[str, Pod]:
    """The pod of each application, as its workload makes it."""
    kinds = {"Deployment", "StatefulSet", "CronJob"}
    return {
        it["metadata"]["namespace"]: Pod(it["metadata"]["namespace"], _labels(it))
        for it in found
        if it["kind"] in kinds
    }


def _labels(it: Manifest) -> dict[str, str]:
    spec = it["spec"].get("jobTemplate", it)["spec"]
    return spec["template"]["metadata"]["labels"]


def _party(it: platform.Party) -> Pod:
    return Pod(it.namespace, dict(it.labels))


def _ports(app: App) -> set[int]:
    return {80, 443, 5432, 8080, 9, *(port.target for port in app.ports)}


def _told(found: list[Manifest], app: App, name: str) -> Iterator[int]:
    """The ports of the pods that an application's variables lead to, through their Service."""
    (spec,) = [
        it["spec"]
        for it in found
        if (it["kind"], it["metadata"].get("namespace")) == ("Service", name)
    ]
    targets = {it["port"]: it["targetPort"] for it in spec["ports"]}
    (workload,) = [
        it for it in found if it["kind"] == "Deployment" and _pods([it]).keys() == {app.name}
    ]
    for variable in workload["spec"]["template"]["spec"]["containers"][0]["env"]:
        if url := re.fullmatch(rf"http://web\.{name}\.svc:(\d+)", variable.get("value", "")):
            yield targets[int(url[1])]


def edges(apps: list[App]) -> None:
    found = manifests(RACK, apps)
    reach, pods = Edges(found), _pods(found)
    for app in apps:
        me = pods[app.name]
        for other in apps:
            opened = {port for port in _ports(other) if reach.open(me, pods[other.name], port)}
            wanted = {application(need) for need in services(app)}
            if other.name not in wanted or other is app:
                assert opened == set(), (app.name, other.name)
            else:
                assert len(opened) == 1
                assert opened <= {port.target for port in other.ports}
        for party, types in DATA.items():
            asked = any(need.type in types for need in app.needs)
            assert reach.open(me, _party(party), party.port) == asked
            assert not reach.open(_party(party), me, 8080)
            assert not reach.open(me, _party(party), 22)


def outside(apps: list[App]) -> None:
    found = manifests(RACK, apps)
    reach, pods = Edges(found), _pods(found)
    ingress = _party(platform.INGRESS)
    for app in apps:
        me = pods[app.name]
        assert reach.open(me, OUTSIDE, 443) == app.internet
        assert not reach.open(me, ROUTER, 443)
        assert not reach.open(OUTSIDE, me, 8080)
        assert reach.open(me, _party(platform.DNS), 53, "UDP")
        assert reach.open(me, _party(platform.CONSOLE), 8400) == (app.access == "signed-in")
        routed = {
            port.target
            for it in found
            if it["kind"] == "Ingress" and it["metadata"]["namespace"] == app.name
            for rule in it["spec"]["rules"]
            for path in rule["http"]["paths"]
            for port in app.ports
            if port.port == path["backend"]["service"]["port"]["number"]
        }
        assert {port for port in _ports(app) if reach.open(ingress, me, port)} == routed
        assert not routed or app.exposure == "lan"
        stranger = Pod(app.name, {"added": "by hand"})
        assert not any(reach.open(stranger, pod, 8080) for pod in pods.values())
        assert not reach.open(stranger, OUTSIDE, 443)


@few
@given(worlds())
def test_exactly_the_declared_edges_are_open(apps: list[App]) -> None:
    edges(apps)
    outside(apps)


@many
@given(worlds())
def test_exactly_the_declared_edges_are_open_in_many_worlds(apps: list[App]) -> None:
    edges(apps)
    outside(apps)


TWO_PORTS = """
apiVersion: score.dev/v1b1
metadata: {name: %s}
containers: {web: {image: ., command: [run], variables: {V: "%s"}}}
service: {ports: {web: {port: 80, targetPort: 8080}, admin: {port: 81, targetPort: 8081}}}
resources: {%s}
"""


def test_a_need_leads_where_its_policy_lets_it() -> None:
    by_id = "other: {type: service, id: back, params: {port: admin}}"
    apps = [
        parsed(TWO_PORTS % ("back", "", "")),
        parsed(TWO_PORTS % ("first", "${resources.back.url}", "back: {type: service}")),
        parsed(TWO_PORTS % ("second", "${resources.other.url}", by_id)),
    ]
    found = manifests(RACK, apps)
    reach, pods = Edges(found), _pods(found)
    for app, port in zip(apps[1:], (8080, 8081), strict=True):
        assert list(_told(found, app, "back")) == [port]
        assert reach.open(pods[app.name], pods["back"], port)
        assert not reach.open(pods[app.name], pods["back"], 16161 - port)


def test_a_policy_more_is_seen() -> None:
    """The evaluator is no rubber stamp: without its policies, everything is open."""
    found = manifests(RACK, [released(folder) for folder in APPLICATIONS])
    pods = _pods(found)
    closed, none = Edges(found), Edges([it for it in found if it["kind"] == "Namespace"])
    assert not closed.open(pods["chat"], pods["guestbook"], 8080)
    assert none.open(pods["chat"], pods["guestbook"], 8080)
