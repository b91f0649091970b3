"""Placement: which nodes may run a pod. Pure.

`rackhouse.dev/disk` is the label that `desired.k3s` gives every node; the architecture is the
kubelet's own.
"""

from __future__ import annotations

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
from rackhouse.rack.words import Disk

DISK = f"{OWN}/disk"
ARCH = "kubernetes.io/arch"
WEAR = (Disk.EMMC, Disk.SD, Disk.USB)  # flash that dies of being written to


def affinity(case: Case, *, keeps: bool) -> Affinity | None:
    """Where an application's pods may run; `keeps`: they keep data. Notes when that is nowhere."""
    found = []
    if case.entry.arch:
        found.append(NodeSelectorRequirement(ARCH, "In", values=sorted(case.entry.arch)))
    if keeps:
        found.append(off_cards())
        _check_disks(case)
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


def _check_disks(case: Case) -> None:
    rack = case.ground.rack
    there = nodes(rack, cluster_of(rack, case.entry.cluster))
    archs = case.entry.arch
    fit = [node for node in there if node.disk not in WEAR and (not archs or node.arch in archs)]
    if there and not fit:
        case.say(
            "resources",
            "data-on-cards",
            "it keeps data, and every node that could run it has a card or a stick for a disk",
            "give one node an SSD and say so (`disk: ssd`), or keep the data in s3 or postgres",
        )
