"""Specs of the targets `k3s.<cluster>`: who is in a cluster, as its servers know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """`k3s.<cluster>/<role>/<node>`: the node's name belongs to one machine.

    `machine` changes with the machine, or with its disk: its host key, digested. Where that is
    another one than the cluster knows by the name, what is left of the old one is deleted first;
    when this leaves, the node is drained, if it still runs, and deleted by another server.
    """

    node: str
    machine: str
