"""The edges of the platform's own policies, in few words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address

from lightkube.models import networking_v1 as n
from lightkube.models.meta_v1 import LabelSelector

from rackhouse.desired.kube.platform import NAMESPACE, Party
from rackhouse.desired.kube.policies import INSIDE


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
    """Let it speak to these, at these ports, or at any."""
    return n.NetworkPolicyEgressRule(to=list(targets), ports=list(map(port, at)) or None)


def internet() -> n.NetworkPolicyPeer:
    """Everybody who is neither in the house nor in the cluster."""
    return n.NetworkPolicyPeer(ipBlock=n.IPBlock(cidr="0.0.0.0/0", except_=INSIDE))
