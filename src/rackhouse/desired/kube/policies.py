"""Who may speak to whom: closed both ways, then exactly the edges that the files declare. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from lightkube.models import networking_v1 as n
from lightkube.models.meta_v1 import LabelSelector
from lightkube.resources.networking_v1 import NetworkPolicy

from rackhouse.app.model import ResourceType
from rackhouse.desired.case import Case, Ground
from rackhouse.desired.kube import elsewhere, models
from rackhouse.desired.kube.allow import from_, internet, names, party, peer, to
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import (
    CACHE,
    CONSOLE,
    INGRESS,
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
    for it, cases in users.items():
        sources = [peer(Home.of(case).namespace, selector(case)) for case in cases]
        spec = n.NetworkPolicySpec(
            podSelector=LabelSelector(matchLabels=dict(it.labels)),
            policyTypes=["Ingress"],
            ingress=[from_(*sources, at=[it.port])],
        )
        metadata = home.metadata(f"{it.service}-users")
        found.append(home.made(NetworkPolicy(metadata=metadata, spec=spec)))
    return found


def data_services(case: Case) -> tuple[Party, ...]:
    """The data services that an application declared a need of; a preview has its own."""
    asked = {SERVED_BY[need.type] for need in case.app.needs if need.type in SERVED_BY}
    if elsewhere.address(case.ground.rack):
        asked.discard(OBJECTS)
    if case.ground.preview:
        asked = {replace(it, namespace=case.app.name) for it in asked}
    return tuple(sorted(asked, key=lambda it: it.service))


def _incoming(
    ground: Ground, answers: Iterable[Answered], callers: Iterable[tuple[str, int]]
) -> list[n.NetworkPolicyIngressRule]:
    rules = []
    if targets := sorted({it.port.target for it in answers}):
        rules.append(from_(party(INGRESS), at=targets))
    for name, port in callers:
        other = ground.case(name)
        rules.append(from_(peer(Home.of(other).namespace, selector(other)), at=[port]))
    return rules


def _outgoing(case: Case) -> list[n.NetworkPolicyEgressRule]:
    rules = [names()]
    parties = list(data_services(case))
    if access(case) is Access.SIGNED_IN:
        parties.append(CONSOLE)
    rules += [to(party(it), at=[it.port]) for it in parties]
    for name, port in spoken_to(case):
        other = case.ground.case(name)
        rules.append(to(peer(Home.of(other).namespace, selector(other)), at=[port]))
    rules += elsewhere.way(case.ground.rack, case.app)
    rules += models.ways_out(case)
    if case.app.internet:
        rules.append(to(internet()))
    return rules


def of_servers(
    home: Home, servers: Party, more: Iterable[tuple[str, int]], out: Iterable[int] = ()
) -> Resource[Any]:
    """Of a data service's own pods: among themselves, with the operator that keeps them (whose
    namespace and port are `more`), with the API that they learn their part from, and at the ports
    `out` with whomever their copies go to.
    """
    own = n.NetworkPolicyPeer(podSelector=LabelSelector(matchLabels=dict(servers.labels)))
    numbers = sorted({servers.port, *(port for _, port in more)})
    operators = [from_(peer(name), at=[port]) for name, port in more]
    spec = n.NetworkPolicySpec(
        podSelector=LabelSelector(matchLabels=dict(servers.labels)),
        policyTypes=["Ingress", "Egress"],
        ingress=[from_(own, at=numbers), *operators],
        egress=[to(own, at=numbers), names(), to(at=sorted({*API_SERVER, *out}))],
    )
    return home.made(NetworkPolicy(metadata=home.metadata(servers.service), spec=spec))
