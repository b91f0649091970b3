"""Which release may follow which: judged before an upgrade, by what runs now. Pure.

Servers go before agents and one node at a time by the order of the resources (`node`); here is what
order cannot mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rackhouse.rack.model import Cluster, Rack
from rackhouse.rack.rules.finding import members
from rackhouse.rack.values import Release
from rackhouse.rack.verdict import Finding, Severity
from rackhouse.rack.words import Role

_UPGRADES = "https://docs.k3s.io/upgrades"
_SKEW = "https://kubernetes.io/releases/version-skew-policy/"
_KUBELET_BEHIND = 3  # minors that a kubelet may be older than its API server


def way(present: Release, wanted: Release) -> tuple[int, ...]:
    """The minors to go through, one apply each, the wanted one last: 1.32 to 1.34 is (33, 34)."""
    return tuple(range(present.minor + 1, wanted.minor + 1))


def skew(rack: Rack, running: Mapping[str, Release]) -> tuple[Finding, ...]:
    """What speaks against the rack file's versions; `running` maps nodes to what they run now."""
    return tuple(
        finding
        for cluster in rack.clusters
        if cluster.k3s
        for finding in _cluster(rack, cluster, cluster.k3s.version, running)
    )


def _cluster(
    rack: Rack, cluster: Cluster, wanted: Release, running: Mapping[str, Release]
) -> Iterator[Finding]:
    names = {node.name: node.role for node in members(rack, cluster)}
    now = {name: running[name] for name in names if name in running}
    servers = {name: it for name, it in now.items() if names[name] == Role.SERVER}
    for name, release in now.items():
        yield from _step(name, release, wanted, server=name in servers)
    yield from _between(now, servers)


def _step(name: str, release: Release, wanted: Release, *, server: bool) -> Iterator[Finding]:
    if wanted < release:
        yield Finding(
            rule="downgrade",
            node=name,
            what=f"it runs {release}, and {wanted} is older",
            fix="keep the version; to go back, restore the snapshot made before the upgrade",
            why="What a newer release has written, an older one does not read.",
            source=_UPGRADES,
        )
    if server and len(minors := way(release, wanted)) > 1:
        through = ", then ".join(f"1.{minor}" for minor in minors)
        yield Finding(
            rule="minor-skipped",
            node=name,
            what=f"from {release} to {wanted} is more than one minor",
            fix=f"go through a release of {through}, an apply each",
            why="Kubernetes changes its stored objects from one minor to the next alone.",
            source=_UPGRADES,
        )
    if not server and wanted.minor - release.minor > _KUBELET_BEHIND:
        yield Finding(
            rule="agent-too-old",
            node=name,
            what=f"it runs {release}, more than {_KUBELET_BEHIND} minors behind {wanted}",
            fix="take it out of the cluster's nodes, apply, and add it again: it begins anew",
            why="An API server takes kubelets that are three minors older at most.",
            source=_SKEW,
        )


def _between(now: Mapping[str, Release], servers: Mapping[str, Release]) -> Iterator[Finding]:
    if not servers:
        return
    oldest, newest = min(servers.values()), max(servers.values())
    for name, release in servers.items():
        if newest.minor - release.minor > 1:
            yield Finding(
                rule="servers-apart",
                node=name,
                what=f"it runs {release}, and another server {newest}",
                fix="upgrade it one minor at a time before anything else",
                why="API servers of one cluster are within one minor of each other.",
                source=_SKEW,
            )
    for name, release in now.items():
        if name not in servers and release.minor > oldest.minor:
            yield Finding(
                rule="agent-newer",
                node=name,
                what=f"it runs {release}, and a server {oldest}",
                fix="nothing to do: apply upgrades the servers first",
                why="A kubelet is never newer than an API server that it may speak to.",
                source=_SKEW,
                severity=Severity.WARNING,  # to refuse the apply would be to refuse the mending
            )
