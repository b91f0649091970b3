"""Who may open a connection to whom: NetworkPolicies read as their specification says.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """One end. `address` alone: somebody outside of the cluster."""

    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    address: str = ""


class Reach:
    """The verdict of all policies of a cluster."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        found = list(manifests)
        self._policies = [it for it in found if it["kind"] == "NetworkPolicy"]
        self._namespaces = {
            it["metadata"]["name"]: it["metadata"].get("labels", {})
            for it in found
            if it["kind"] == "Namespace"
        }

    def open(self, source: Pod, target: Pod, port: int, protocol: str = "TCP") -> bool:
        """Both ends have to agree; an end outside of the cluster agrees always."""
        out = self._allowed(source, target, "Egress", "to", port, protocol)
        return out and self._allowed(target, source, "Ingress", "from", port, protocol)

    def _allowed(
        self, pod: Pod, other: Pod, way: str, peers: str, port: int, protocol: str
    ) -> bool:
        if pod.address:
            return True
        concerned = [it for it in self._policies if self._concerns(it, pod, way)]
        rules = [rule for it in concerned for rule in it["spec"].get(way.lower(), [])]
        return not concerned or any(
            self._peer(rule.get(peers, []), pod, other) and _port(rule, port, protocol)
            for rule in rules
        )

    def _concerns(self, policy: Manifest, pod: Pod, way: str) -> bool:
        spec = policy["spec"]
        here = policy["metadata"]["namespace"] == pod.namespace
        return here and way in spec["policyTypes"] and _selects(spec["podSelector"], pod.labels)

    def _peer(self, peers: list[Manifest], pod: Pod, other: Pod) -> bool:
        return not peers or any(self._is(peer, pod, other) for peer in peers)

    def _is(self, peer: Manifest, pod: Pod, other: Pod) -> bool:
        if "ipBlock" in peer:
            block = peer["ipBlock"]
            return bool(other.address) and _within(other.address, block)
        if other.address:
            return False
        if "namespaceSelector" in peer:
            labels = {
                **self._namespaces.get(other.namespace, {}),
                "kubernetes.io/metadata.name": other.namespace,
            }
            if not _selects(peer["namespaceSelector"], labels):
                return False
        elif other.namespace != pod.namespace:
            return False
        return _selects(peer.get("podSelector", {}), other.labels)


def _within(address: str, block: Manifest) -> bool:
    it = ipaddress.ip_address(address)
    inside = it in ipaddress.ip_network(block["cidr"])
    return inside and not any(it in ipaddress.ip_network(net) for net in block.get("except", []))


def _selects(selector: Manifest, labels: Mapping[str, str]) -> bool:
    assert selector.keys() <= {"matchLabels"}
    return selector.get("matchLabels", {}).items() <= labels.items()


def _port(rule: Manifest, port: int, protocol: str) -> bool:
    ports = rule.get("ports", [])
    return not ports or any(
        (it["port"], it.get("protocol", "TCP")) == (port, protocol) for it in ports
    )
