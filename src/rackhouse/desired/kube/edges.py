"""Edges: who may open a connection to whom, by NetworkPolicies read as their specification says.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
Pure, and without a view of its own: it judges manifests, whoever wrote them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rackhouse.desired.kube.platform import NAMESPACE

Manifest = Mapping[str, Any]  # an object of Kubernetes, as JSON has it

_NONE: Mapping[str, Any] = {}
_PEERS = {"Egress": "to", "Ingress": "from"}  # the other end, in the words of a rule


@dataclass(frozen=True)
class Pod:
    """One end. `address` alone: somebody outside of the cluster. `ports`: what its containers call
    theirs, since a policy may name the target's.
    """

    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    address: str = ""
    ports: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class _At:
    """Where a connection is opened to, and what its target calls that port."""

    port: int
    protocol: str
    called: frozenset[str]


class Edges:
    """The verdict of all policies of a cluster."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        """Of these, policies and namespaces count."""
        self._policies: dict[str, list[Manifest]] = {}
        self._namespaces: dict[str, Mapping[str, str]] = {}
        for it in manifests:
            metadata = it["metadata"]
            if it["kind"] == "NetworkPolicy":
                self._policies.setdefault(metadata["namespace"], []).append(it["spec"])
            elif it["kind"] == "Namespace":
                self._namespaces[metadata["name"]] = metadata.get("labels") or {}

    def open(self, source: Pod, target: Pod, port: int, protocol: str = "TCP") -> bool:
        """Both ends have to agree; an end outside of the cluster agrees always."""
        called = {name for name, number in target.ports.items() if number == port}
        at = _At(port, protocol, frozenset(called))
        out = self._allowed(source, target, "Egress", at)
        return out and self._allowed(target, source, "Ingress", at)

    def _allowed(self, pod: Pod, other: Pod, way: str, at: _At) -> bool:
        if pod.address:
            return True
        concerned = [it for it in self._policies.get(pod.namespace, ()) if _concerns(it, pod, way)]
        rules = [rule for it in concerned for rule in it.get(way.lower()) or ()]
        return not concerned or any(
            self._peer(rule.get(_PEERS[way]) or (), pod, other) and _port(rule, at)
            for rule in rules
        )

    def _peer(self, peers: Iterable[Manifest], pod: Pod, other: Pod) -> bool:
        found = list(peers)
        return not found or any(self._is(peer, pod, other) for peer in found)

    def _is(self, peer: Manifest, pod: Pod, other: Pod) -> bool:
        if "ipBlock" in peer:
            return bool(other.address) and _within(other.address, peer["ipBlock"])
        if other.address:
            return False
        if "namespaceSelector" in peer:
            labels = {**self._namespaces.get(other.namespace, {}), NAMESPACE: other.namespace}
            if not selects(peer["namespaceSelector"], labels):
                return False
        elif other.namespace != pod.namespace:
            return False
        return selects(peer.get("podSelector") or _NONE, other.labels)


def selects(selector: Manifest, labels: Mapping[str, str]) -> bool:
    """Whether a label selector fits; an empty one fits everything."""
    wanted: Mapping[str, str] = selector.get("matchLabels") or {}
    return wanted.items() <= labels.items() and all(
        _expression(it, labels) for it in selector.get("matchExpressions") or ()
    )


def _expression(it: Manifest, labels: Mapping[str, str]) -> bool:
    key, values = it["key"], it.get("values") or ()
    match it["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def _concerns(policy: Manifest, pod: Pod, way: str) -> bool:
    """A policy that names no way is about what comes in, and about what goes out if it says so."""
    ways = policy.get("policyTypes") or ["Ingress", *["Egress"] * bool(policy.get("egress"))]
    return way in ways and selects(policy.get("podSelector") or _NONE, pod.labels)


def _within(address: str, block: Manifest) -> bool:
    it = ipaddress.ip_address(address)
    inside = it in ipaddress.ip_network(block["cidr"])
    but = block.get("except") or ()
    return inside and not any(it in ipaddress.ip_network(net) for net in but)


def _port(rule: Manifest, at: _At) -> bool:
    """No port named is every port."""
    ports = rule.get("ports") or ()
    return not ports or any(
        it.get("protocol", "TCP") == at.protocol and _holds(it, at) for it in ports
    )


def _holds(it: Manifest, at: _At) -> bool:
    first = it.get("port")
    if first is None or isinstance(first, str):
        return first is None or first in at.called
    return bool(first <= at.port <= it.get("endPort", first))
