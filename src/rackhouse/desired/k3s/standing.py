"""What speaks against the rack file's cluster by what runs on its machines now. Pure.

Beside `skew`, which is about versions: who may begin a cluster, and who may leave it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rackhouse.desired.k3s.layout import founder_of
from rackhouse.desired.k3s.skew import skew
from rackhouse.rack.model import Cluster, Rack
from rackhouse.rack.rules.finding import members
from rackhouse.rack.values import Release
from rackhouse.rack.verdict import Finding
from rackhouse.rack.words import Role

_HA = "https://docs.k3s.io/datastore/ha-embedded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What one machine runs. `role` and `release` None: no K3s. `data`: a server's is there.
    `begun`: a plan has begun to put K3s there, or to take it away.
    """

    role: Role | None = None
    release: Release | None = None
    data: bool = False
    begun: bool = False

    @property
    def bare(self) -> bool:
        """Whether nobody has put K3s there that is known: what lies there is a stranger's."""
        return self.role is None and not self.begun


def standing(
    rack: Rack, runs: Mapping[str, Runs], away: frozenset[str] = frozenset()
) -> tuple[Finding, ...]:
    """`runs` is of the machines that have joined and answer; `away` have joined and do not."""
    releases = {name: each.release for name, each in runs.items() if each.release}
    found = list(skew(rack, releases))
    for cluster in rack.clusters:
        if cluster.k3s:
            found += _founder(rack, cluster, runs, away)
            found += _quorum(rack, cluster, runs, away)
    return tuple(found)


def _founder(
    rack: Rack, cluster: Cluster, runs: Mapping[str, Runs], away: frozenset[str]
) -> Iterator[Finding]:
    founder = founder_of(rack, cluster)
    others = [each.name for each in members(rack, cluster) if each.name != founder]
    running = [name for name in others if name in runs and runs[name].role]
    servers = [name for name in running if runs[name].role == Role.SERVER]
    nodes = f"clusters.{cluster.name}.nodes"
    if running and founder not in runs.keys() | away:
        yield Finding(
            rule="founder-not-joined",
            node=founder,
            what=f"it has not joined, and {', '.join(running)} are in a cluster that began there",
            fix=f"`rackhouse hosts add {founder}`, or write another server first in {nodes}",
            why="Without the server that the others join by, nothing is known to stay.",
            source=_HA,
        )
    if servers and founder in runs and not runs[founder].data:
        yield Finding(
            rule="founder-without-data",
            node=founder,
            what=f"it has no data, and {', '.join(servers)} run: it would begin another cluster",
            fix=f"write {servers[0]} first in {nodes}: then this one joins it",
            why="The first server of the list begins a cluster where it finds no data.",
            source=_HA,
        )


def _quorum(
    rack: Rack, cluster: Cluster, runs: Mapping[str, Runs], away: frozenset[str]
) -> Iterator[Finding]:
    """Servers leave one at a time, each while more than half of those that stay are up."""
    wanted = {node.name for node in members(rack, cluster, Role.SERVER)}
    elsewhere = {name for each in rack.clusters if each != cluster for name in each.nodes}
    running = {name for name, each in runs.items() if each.role == Role.SERVER} - elsewhere
    leaving, staying, lost = running - wanted, running & wanted, away & wanted
    if leaving and lost and len(staying) <= len(lost):
        yield Finding(
            rule="quorum-lost",
            node=", ".join(sorted(leaving)),
            what=f"{', '.join(sorted(lost))} do not answer: {len(staying)} of"
            f" {len(staying) + len(lost)} servers would be left, no majority",
            fix="bring those back first, or take them out instead",
            why="etcd takes no write, and no server back, without more than half of its members.",
            source=_HA,
        )
