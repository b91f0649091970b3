"""Who may reach whom on a cluster: its pods and its policies in, every pair out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rackhouse.console.cluster.scene import Edge
from rackhouse.desired.kube.edges import Edges, Manifest
from rackhouse.desired.kube.edges import Pod as End
from rackhouse.desired.kube.platform import INGRESS, NAME

INTERNET = "the Internet"

MOST = 60  # parties whose pairs are judged: each is one with every other

_OUTSIDE = End(address="192.0.2.1")  # RFC 5737: nobody's, and no address of a home
_WEB = 443
_VARY = frozenset(
    {"pod-template-hash", "controller-revision-hash", "statefulset.kubernetes.io/pod-name"}
)


@dataclass(frozen=True, slots=True)
class Party:
    """Pods that are alike, and the ports that they listen at, each with its protocol."""

    end: End
    ports: frozenset[tuple[int, str]]


def parties(ours: Collection[str], pods: Iterable[Manifest]) -> Mapping[str, Party]:
    """By name: what runs in the namespaces of this rack, and Traefik. Pods of one name are alike,
    so that one of them will do. Where two share a name, each says its namespace too.
    """
    found: dict[str, Party] = {}
    for pod in pods:
        labels = pod["metadata"].get("labels") or {}
        if pod["metadata"]["namespace"] in ours or INGRESS.labels[0] in labels.items():
            found.setdefault(_called(pod), _party(pod))
    alone = Counter(map(_last, found))
    named = {_last(it) if alone[_last(it)] == 1 else it: party for it, party in found.items()}
    return dict(sorted(named.items()))


def edges(who: Mapping[str, Party], policies: Iterable[Manifest]) -> Iterator[Edge]:
    """Every pair of two, closed ones too, and who may speak to the Internet; of too many, none."""
    if len(who) > MOST:
        return
    verdict = Edges(policies)
    for source, one in who.items():
        for target, other in who.items():
            if source != target:
                ports = {at for at, how in other.ports if verdict.open(one.end, other.end, at, how)}
                yield Edge(source=source, target=target, ports=tuple(sorted(ports)))
        out = (_WEB,) if verdict.open(one.end, _OUTSIDE, _WEB) else ()
        yield Edge(source=source, target=INTERNET, ports=out)


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _party(pod: Manifest) -> Party:
    labels = pod["metadata"].get("labels") or {}
    stable = {key: value for key, value in labels.items() if key not in _VARY}
    ports = [
        port
        for container in (*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ()))
        for port in container.get("ports") or ()
    ]
    called = {it["name"]: it["containerPort"] for it in ports if "name" in it}
    listens = frozenset((it["containerPort"], it.get("protocol", "TCP")) for it in ports)
    return Party(End(pod["metadata"]["namespace"], stable, ports=called), listens)


def _called(pod: Manifest) -> str:
    """Its application's name; else that of the workload, in its namespace."""
    labels = pod["metadata"].get("labels") or {}
    namespace = str(pod["metadata"]["namespace"])
    name = str(labels.get("cnpg.io/cluster") or labels.get(NAME) or pod["metadata"]["name"])
    return name if name == namespace else f"{namespace}/{name}"
