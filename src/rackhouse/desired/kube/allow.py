"""What policies are made of, in few words: who, at which ports. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address

from lightkube.models import networking_v1 as n
from lightkube.models.meta_v1 import LabelSelector

from rackhouse.desired.kube.platform import DNS, NAMESPACE, Party

# What a home or its provider has: what may reach the Internet, may not reach these.
INSIDE = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]


def port(number: int, protocol: str = "TCP") -> n.NetworkPolicyPort:
    """One port, as a policy names it."""
    return n.NetworkPolicyPort(port=number, protocol=protocol)


def party(it: Party) -> n.NetworkPolicyPeer:
    """Pods that others speak to."""
    return peer(it.namespace, dict(it.labels))


def peer(namespace: str, labels: Mapping[str, str] | None = None) -> n.NetworkPolicyPeer:
    """Pods of a namespace; all of them where no labels are said."""
    return n.NetworkPolicyPeer(
        namespaceSelector=LabelSelector(matchLabels={NAMESPACE: namespace}),
        podSelector=LabelSelector(matchLabels=dict(labels)) if labels else None,
    )


def machine(address: IPv4Address) -> n.NetworkPolicyPeer:
    """One machine of the house."""
    return n.NetworkPolicyPeer(ipBlock=n.IPBlock(cidr=f"{address}/32"))


def from_(*sources: n.NetworkPolicyPeer, at: Iterable[int]) -> n.NetworkPolicyIngressRule:
    """Let these in, at these ports."""
    return n.NetworkPolicyIngressRule(from_=list(sources), ports=list(map(port, at)))


def to(*targets: n.NetworkPolicyPeer, at: Iterable[int] = ()) -> n.NetworkPolicyEgressRule:
    """Let it speak to these, or to anybody; at these ports, or at any."""
    return n.NetworkPolicyEgressRule(to=list(targets) or None, ports=list(map(port, at)) or None)


def names() -> n.NetworkPolicyEgressRule:
    """Let it ask for names."""
    ports = [port(DNS.port, "UDP"), port(DNS.port)]
    return n.NetworkPolicyEgressRule(to=[party(DNS)], ports=ports)


def internet() -> n.NetworkPolicyPeer:
    """Everybody who is neither in the house nor in the cluster."""
    return n.NetworkPolicyPeer(ipBlock=n.IPBlock(cidr="0.0.0.0/0", except_=INSIDE))
