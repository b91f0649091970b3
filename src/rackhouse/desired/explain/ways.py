"""Who can reach whom on a cluster, and where a pod may run: asked of the compiled objects. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rackhouse.app import graph
from rackhouse.app.model import ResourceType
from rackhouse.desired.case import Case
from rackhouse.desired.explain import words
from rackhouse.desired.explain.model import Edge, Line, Spot
from rackhouse.desired.explain.objects import Compiled, network, pod_of
from rackhouse.desired.explain.told import Told, needed
from rackhouse.desired.kube import placement, platform, policies
from rackhouse.desired.kube.edges import Edges, Pod, selects
from rackhouse.desired.kube.home import cluster_of
from rackhouse.desired.listening import listeners
from rackhouse.desired.platform.wanted import nodes
from rackhouse.kit.text import plural
from rackhouse.rack.model import Node

INTERNET = "the Internet"
HOME = "the home network"

_OUTSIDE = {INTERNET: Pod(address="192.0.2.1"), HOME: Pod(address="192.168.1.1")}
_WEB = 443
_FEW = 6  # other applications that are named; more are counted

_PARTIES = {
    "Traefik": platform.INGRESS,
    "DNS": platform.DNS,
    "PostgreSQL": platform.POSTGRES,
    "Valkey": platform.CACHE,
    "SeaweedFS": platform.OBJECTS,
    "the console": platform.CONSOLE,
}


def edges(told: Told) -> Iterator[Edge]:
    """Every connection that the policies let through, to the application and from it."""
    verdict = network(told.wanted)
    yield from _coming(told, verdict)
    yield from _going(told, verdict)


def _coming(told: Told, verdict: Edges) -> Iterator[Edge]:
    me, name = pod_of(told.case), told.case.app.name
    for port in _ports(told.case):
        if verdict.open(_pod(platform.INGRESS), me, port):
            yield Edge(source="Traefik", target=name, port=port, why=_route(told))
        for other in _others(told.case):
            if verdict.open(pod_of(other), me, port):
                why = _declared(other, name)
                yield Edge(source=other.app.name, target=name, port=port, why=why)


def _going(told: Told, verdict: Edges) -> Iterator[Edge]:
    me, name = pod_of(told.case), told.case.app.name
    for word, party in _PARTIES.items():
        if verdict.open(me, _pod(party), party.port):
            yield Edge(source=name, target=word, port=party.port, why=_reason(told, word))
    for other in _others(told.case):
        for port in _ports(other):
            if verdict.open(me, pod_of(other), port):
                why = _service(told, other.app.name)
                yield Edge(source=name, target=other.app.name, port=port, why=why)
    for word, outside in _OUTSIDE.items():
        if verdict.open(me, outside, _WEB):
            why = told.note("internet") or told.score("metadata", "name")
            yield Edge(source=name, target=word, port=0, why=why)


def closed(told: Told, found: Iterable[Edge]) -> Iterator[str]:
    """What is near and not connected with it, either way. `found`: its edges."""
    found = list(found)
    connected = {it.source for it in found} | {it.target for it in found}
    there = {"postgres": "PostgreSQL", "cache": "Valkey", "objects": "SeaweedFS"}
    yield from (it for it in _OUTSIDE if it not in connected)
    if "Traefik" not in connected:
        yield "Traefik"
    yield from (
        word
        for part, word in there.items()
        if part in told.case.ground.parts and word not in connected
    )
    others = [it for it in sorted(told.case.ground.apps) if it not in connected]
    yield from others if len(others) <= _FEW else [f"{plural(len(others), 'other application')}"]


def spots(told: Told, compiled: Compiled) -> Iterator[Spot]:
    """Each machine of the cluster, judged as its scheduler will."""
    case = told.case
    rack = case.ground.rack
    there = nodes(rack, cluster_of(rack, case.entry.cluster))
    for node in there:
        labels = {placement.ARCH: str(node.arch), placement.DISK: str(node.disk)}
        against = [
            it for it in compiled.affinity if not selects({"matchExpressions": [it]}, labels)
        ]
        why = "; ".join(_against(node, it["key"], it.get("values") or []) for it in against)
        fits = words.FITS.format(arch=node.arch or "any processor", disk=node.disk or "any disk")
        yield Spot(node=node.name, fits=not against, why=why or fits)
    if not there:
        yield Spot(node="", fits=True, why=words.ANY_NODE)


def _against(node: Node, key: str, values: list[str]) -> str:
    if key == placement.ARCH:
        return words.WRONG_ARCH.format(arch=node.arch or "unknown", wanted=words.names(values))
    if key == placement.DISK:
        return words.WEARS_OUT.format(disk=node.disk)
    return words.OTHER_LABEL.format(label=key, value="another")


def _others(case: Case) -> list[Case]:
    return [case.ground.case(it) for it in sorted(case.ground.apps) if it != case.app.name]


def _pod(party: platform.Party) -> Pod:
    return Pod(party.namespace, dict(party.labels))


def _ports(case: Case) -> list[int]:
    return sorted({port.target for it in listeners(case.app).values() for port in it.ports})


def _first(told: Told, *types: ResourceType) -> Line:
    need = next((it for it in told.case.app.needs if it.type in types), None)
    return told.need(need) if need else told.score("metadata", "name")


def _route(told: Told) -> Line:
    return _first(told, ResourceType.ROUTE)


def _reason(told: Told, word: str) -> Line:
    if word == "the console":
        return told.setting("access")
    party = _PARTIES[word]
    return _first(told, *(it for it in ResourceType if policies.SERVED_BY.get(it) == party))


def _service(told: Told, name: str) -> Line:
    need = next(it for it in graph.services(told.case.app) if graph.application(it) == name)
    return told.need(need)


def _declared(other: Case, name: str) -> Line:
    """Where another application's file says that it needs this one."""
    need = next(it for it in graph.services(other.app) if graph.application(it) == name)
    return needed(other.app.name, need)
