"""Placement: which nodes may run a pod. Pure.

`rackhouse.dev/disk` is the label that `desired.k3s` gives every node; the architecture is the
kubelet's own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lightkube.models.core_v1 import (
    Affinity,
    NodeAffinity,
    NodeSelector,
    NodeSelectorRequirement,
    NodeSelectorTerm,
)

from rackhouse.desired.case import Case
from rackhouse.desired.kube.home import OWN, cluster_of
from rackhouse.desired.platform.wanted import nodes
from rackhouse.rack.model import Node
from rackhouse.rack.words import Disk

DISK = f"{OWN}/disk"
ARCH = "kubernetes.io/arch"
WEAR = (Disk.EMMC, Disk.SD, Disk.USB)  # flash that dies of being written to


def affinity(case: Case, *, keeps: bool) -> Affinity | None:
    """Where an application's pods may run; `keeps`: they keep data. Notes when that is nowhere."""
    found, archs = [], _architectures(case)
    if archs:
        found.append(NodeSelectorRequirement(ARCH, "In", values=archs))
    if keeps:
        found.append(off_cards())
        _check_disks(case, archs)
    return _required(found) if found else None


def data_affinity() -> Affinity:
    """Where a data service may run."""
    return _required([off_cards()])


def off_cards() -> NodeSelectorRequirement:
    """Nodes whose disk bears to be written to. A node that says nothing of its disk is trusted."""
    return NodeSelectorRequirement(DISK, "NotIn", values=[str(disk) for disk in WEAR])


def _required(found: list[NodeSelectorRequirement]) -> Affinity:
    terms = [NodeSelectorTerm(matchExpressions=found)]
    return Affinity(
        nodeAffinity=NodeAffinity(
            requiredDuringSchedulingIgnoredDuringExecution=NodeSelector(nodeSelectorTerms=terms)
        )
    )


def _architectures(case: Case) -> list[str]:
    """Those that may run it: what the rack file says, of what its image was built for."""
    said, built = set(map(str, case.entry.arch)), set(case.release.architectures)
    found = said & built if said and built else said | built
    there = {str(node.arch) for node in _nodes(case) if node.arch}
    if built and (not found or (there and not found & there)):
        nowhere = "no node of its cluster is that" if found else "its entry names others"
        case.say(
            "containers",
            "arch-not-there",
            f"its image was built for {' and '.join(sorted(built))}, and {nowhere}",
            "build it for what is there: `rackhouse image ... --platform linux/arm64`",
        )
    return sorted(found)


def _nodes(case: Case) -> Sequence[Node]:
    rack = case.ground.rack
    return nodes(rack, cluster_of(rack, case.entry.cluster))


def _check_disks(case: Case, archs: Collection[str]) -> None:
    there = _nodes(case)
    fit = [node for node in there if node.disk not in WEAR and (not archs or node.arch in archs)]
    if there and not fit:
        case.say(
            "resources",
            "data-on-cards",
            "it keeps data, and every node that could run it has a card or a stick for a disk",
            "give one node an SSD and say so (`disk: ssd`), or keep the data in s3 or postgres",
        )
