"""Who may speak to whom: closed both ways, then exactly the edges that the files declare. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lightkube.models import networking_v1 as n
from lightkube.models.meta_v1 import LabelSelector
from lightkube.resources.networking_v1 import NetworkPolicy

from rackhouse.app.model import ResourceType
from rackhouse.desired.case import Case, Ground
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import (
    CACHE,
    CONSOLE,
    DNS,
    INGRESS,
    NAMESPACE,
    OBJECTS,
    POSTGRES,
    Party,
)
from rackhouse.desired.kube.pods import selector
from rackhouse.desired.kube.reach import Answered, spoken_to, workload
from rackhouse.desired.routes import access
from rackhouse.resources.core import Resource
from rackhouse.resources.machine import Access

SERVED_BY: Mapping[ResourceType, Party] = {
    ResourceType.POSTGRES: POSTGRES,
    ResourceType.VECTOR: POSTGRES,
    ResourceType.REDIS: CACHE,
    ResourceType.QUEUE: CACHE,
    ResourceType.S3: OBJECTS,
}
API_SERVER = (443, 6443)  # where a policy sees it: before and after its Service
# Addresses of homes, providers, links and this very cluster: none of them is the Internet.
INSIDE = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]


def policies(
    case: Case, answers: Iterable[Answered], callers: Iterable[tuple[str, int]]
) -> list[Resource[Any]]:
    """Of one application. `callers`: the applications that need it, and at which port."""
    home, name = Home.of(case), workload(case)
    allowed = NetworkPolicy(
        metadata=home.metadata(name),
        spec=n.NetworkPolicySpec(
            podSelector=LabelSelector(matchLabels=selector(case)),
            policyTypes=["Ingress", "Egress"],
            ingress=_incoming(case.ground, answers, callers) or None,
            egress=_outgoing(case),
        ),
    )
    return [closed(home), home.made(allowed)]


def closed(home: Home) -> Resource[Any]:
    """Nothing in and nothing out, for whatever else is ever put there."""
    spec = n.NetworkPolicySpec(podSelector=LabelSelector(), policyTypes=["Ingress", "Egress"])
    return home.made(NetworkPolicy(metadata=home.metadata("closed"), spec=spec))


def of_data(home: Home, users: Mapping[Party, list[Case]]) -> list[Resource[Any]]:
    """Of the data services: whoever declared a need of one, and no other."""
    found = []
    for party, cases in users.items():
        sources = [_peer(Home.of(case).namespace, selector(case)) for case in cases]
        spec = n.NetworkPolicySpec(
            podSelector=LabelSelector(matchLabels=dict(party.labels)),
            policyTypes=["Ingress"],
            ingress=[n.NetworkPolicyIngressRule(from_=sources, ports=[_port(party.port)])],
        )
        metadata = home.metadata(f"{party.service}-users")
        found.append(home.made(NetworkPolicy(metadata=metadata, spec=spec)))
    return found


def data_services(case: Case) -> tuple[Party, ...]:
    """The data services that an application declared a need of."""
    asked = {SERVED_BY[need.type] for need in case.app.needs if need.type in SERVED_BY}
    return tuple(sorted(asked, key=lambda it: it.service))


def _incoming(
    ground: Ground, answers: Iterable[Answered], callers: Iterable[tuple[str, int]]
) -> list[n.NetworkPolicyIngressRule]:
    rules = []
    if targets := sorted({it.port.target for it in answers}):
        source = _peer(INGRESS.namespace, dict(INGRESS.labels))
        rules.append(n.NetworkPolicyIngressRule(from_=[source], ports=list(map(_port, targets))))
    for name, port in callers:
        other = ground.case(name)
        source = _peer(Home.of(other).namespace, selector(other))
        rules.append(n.NetworkPolicyIngressRule(from_=[source], ports=[_port(port)]))
    return rules


def _outgoing(case: Case) -> list[n.NetworkPolicyEgressRule]:
    dns = [_port(DNS.port, "UDP"), _port(DNS.port)]
    rules = [n.NetworkPolicyEgressRule(to=[_party(DNS)], ports=dns)]
    parties = list(data_services(case))
    if access(case) is Access.SIGNED_IN:
        parties.append(CONSOLE)
    rules += [n.NetworkPolicyEgressRule(to=[_party(it)], ports=[_port(it.port)]) for it in parties]
    for name, port in spoken_to(case):
        other = case.ground.case(name)
        to = _peer(Home.of(other).namespace, selector(other))
        rules.append(n.NetworkPolicyEgressRule(to=[to], ports=[_port(port)]))
    if case.app.internet:
        block = n.IPBlock(cidr="0.0.0.0/0", except_=INSIDE)
        rules.append(n.NetworkPolicyEgressRule(to=[n.NetworkPolicyPeer(ipBlock=block)]))
    return rules


def _party(party: Party) -> n.NetworkPolicyPeer:
    return _peer(party.namespace, dict(party.labels))


def _peer(namespace: str, labels: Mapping[str, str]) -> n.NetworkPolicyPeer:
    return n.NetworkPolicyPeer(
        namespaceSelector=LabelSelector(matchLabels={NAMESPACE: namespace}),
        podSelector=LabelSelector(matchLabels=dict(labels)),
    )


def _port(number: int, protocol: str = "TCP") -> n.NetworkPolicyPort:
    return n.NetworkPolicyPort(port=number, protocol=protocol)


def of_servers(home: Home, party: Party, more: Iterable[tuple[str, int]]) -> Resource[Any]:
    """Of a data service's own pods: among themselves, with the operator that keeps them (whose
    namespace and port are `more`), and with the API that they learn their part from.
    """
    own = n.NetworkPolicyPeer(podSelector=LabelSelector(matchLabels=dict(party.labels)))
    numbers = sorted({party.port, *(port for _, port in more)})
    among = list(map(_port, numbers))
    operators = [
        n.NetworkPolicyIngressRule(from_=[_namespace(name)], ports=[_port(port)])
        for name, port in more
    ]
    dns = [_port(DNS.port, "UDP"), _port(DNS.port)]
    spec = n.NetworkPolicySpec(
        podSelector=LabelSelector(matchLabels=dict(party.labels)),
        policyTypes=["Ingress", "Egress"],
        ingress=[n.NetworkPolicyIngressRule(from_=[own], ports=among), *operators],
        egress=[
            n.NetworkPolicyEgressRule(to=[own], ports=among),
            n.NetworkPolicyEgressRule(to=[_party(DNS)], ports=dns),
            n.NetworkPolicyEgressRule(ports=list(map(_port, API_SERVER))),
        ],
    )
    return home.made(NetworkPolicy(metadata=home.metadata(party.service), spec=spec))


def _namespace(name: str) -> n.NetworkPolicyPeer:
    return n.NetworkPolicyPeer(namespaceSelector=LabelSelector(matchLabels={NAMESPACE: name}))
