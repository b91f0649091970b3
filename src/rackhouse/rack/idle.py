"""What a rack file says and this version does not act on yet: told, so that nobody relies on it.

Pure. Each field of `Rack` is here or in `ACTED_ON`; a test sees to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rackhouse.rack.model import Rack
from rackhouse.rack.words import SERVICES

ACTED_ON = frozenset(
    {"version", "name", "domain", "exposure", "ingress", "data", "applications", "electricity"}
    | {"gateway"}  # said or not, it counts for nothing without models
    | {"platform"}  # what it says is compiled for clusters
)
IDLE: Mapping[str, tuple[Callable[[Rack], object], str]] = {
    "backups": (
        lambda rack: rack.backups,
        "of this machine no copy is made by itself yet: `rackhouse backup FILE`",
    ),
    "nodes": (
        lambda rack: rack.nodes,
        "checked and drawn; everything runs on this machine",
    ),
    "network": (
        lambda rack: rack.network.switch or rack.network.vlans or rack.network.reach,
        "checked and drawn; no switch and no firewall is set up",
    ),
    "clusters": (
        lambda rack: any(each.nodes and each.k3s is None for each in rack.clusters),
        "checked and drawn; one is set up, on machines that joined, where it says `k3s`",
    ),
    "models": (
        lambda rack: rack.models and all(each.service != "gateway" for each in rack.applications),
        "no application asks them: add `gateway: {service: gateway}` under `applications`",
    ),
}


def idle(rack: Rack) -> tuple[str, ...]:
    """A line for each part of the file that changes nothing today; services of ours among them."""
    lines = [f"{name}: {text}" for name, (said, text) in IDLE.items() if said(rack)]
    unknown = [each for each in rack.applications if {each.service} - SERVICES - {""}]
    if names := ", ".join(each.name for each in unknown):
        lines.append(f"applications {names}: no service of that name comes with this version")
    return tuple(lines)
