"""What a rack file may leave out because something else in it says it. Pure."""

from __future__ import annotations

from dataclasses import replace

from rackhouse.rack.boards import BOARDS
from rackhouse.rack.model import Application, Cluster, Node, Rack
from rackhouse.rack.unreadable import UNREAD, Unreadable
from rackhouse.rack.words import GpuRuntime, Role


def complete(rack: Rack) -> Rack:
    """With what boards know about their nodes, and the cluster that is assumed when none is named.

    Parts that could not be read stay so.
    """
    try:
        rack = replace(rack, nodes=tuple(_with_board(node) for node in rack.nodes))
        return replace(rack, clusters=rack.clusters or _assumed(rack))
    except Unreadable:
        return replace(rack, clusters=UNREAD)


def hosts_of(rack: Rack, application: Application) -> tuple[str, ...]:
    """The host names of an application: its own, else its name below the domain."""
    return application.hosts or (f"{application.name}.{rack.domain}",)


def joins(node: Node) -> bool:
    """Whether a node can be part of a cluster."""
    inside = node.role == Role.GPU and node.runtime == GpuRuntime.K3S
    return inside or node.role in {Role.SERVER, Role.AGENT}


def _with_board(node: Node) -> Node:
    try:
        if not node.board:
            return node
        board = BOARDS[node.board]
        return replace(
            node,
            arch=node.arch or board.arch,
            cpus=node.cpus or board.cpus,
            memory=node.memory or board.memory,
            watts=node.watts or board.watts,
        )
    except Unreadable:
        return node


def _assumed(rack: Rack) -> tuple[Cluster, ...]:
    members = tuple(node.name for node in rack.nodes if joins(node))
    servers = any(node.role == Role.SERVER for node in rack.nodes)
    return (Cluster(name=rack.name, nodes=members),) if servers else ()
