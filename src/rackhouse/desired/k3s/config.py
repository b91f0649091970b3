"""/etc/rancher/k3s/config.yaml: all that K3s is told. Nothing is ever an argument of its program.

Arguments of the install script are lost when it runs again without them, and lists on the command
line replace those of the file (K3s documentation, installation/configuration).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from rackhouse.desired.k3s.layout import Layout
from rackhouse.desired.k3s.paths import AGENT_TOKEN, TOKEN
from rackhouse.rack.boards import BOARDS
from rackhouse.rack.model import Node
from rackhouse.rack.words import Role

Value = str | bool | list[str]
API = 6443
PODS, SERVICES, DNS = "10.42.0.0/16", "10.43.0.0/16", "10.43.0.10"
GPU_TAINT = "nvidia.com/gpu=present:NoSchedule"


def config(layout: Layout, node: Node) -> str:
    """The whole file of one node."""
    lines = ["# Rackhouse", *_lines(_own(layout, node))]
    if node.role == Role.SERVER:
        lines += ["# The same on every server: one that differs is refused.", *_lines(same(layout))]
    return "\n".join(lines) + "\n"


def same(layout: Layout) -> Mapping[str, Value]:
    """The critical flags. Servers that differ in one cannot join (K3s, datastore/ha-embedded)."""
    return {
        "cluster-cidr": PODS,
        "cluster-dns": DNS,
        "disable": sorted(layout.setup.disable),
        "embedded-registry": True,  # nodes hand each other images: a rate limit is met once
        "flannel-backend": layout.setup.flannel.value,
        "secrets-encryption": True,
        "service-cidr": SERVICES,
    }


def _own(layout: Layout, node: Node) -> dict[str, Value]:
    interface = layout.facts(node).interface(node.address)
    found: dict[str, Value] = {"node-name": node.name, "node-ip": str(node.address)}
    if interface:  # node-ip alone does not move flannel (k3s#12056)
        found["flannel-iface"] = interface
    if node is not layout.founder:
        found["server"] = f"https://{layout.founder.address}:{API}"
    elif layout.etcd:
        found["cluster-init"] = True
    found["prefer-bundled-bin"] = True  # iptables 1.8.0 to 1.8.4 loses rules
    found["token-file"] = TOKEN
    if node.role == Role.SERVER:
        found["agent-token-file"] = AGENT_TOKEN
        found["tls-san"] = _names(layout)
    found["node-label"] = _labels(node)
    if node.gpu:
        found["node-taint"] = [GPU_TAINT]
    return found


def _names(layout: Layout) -> list[str]:
    """What the API may be called: the virtual address before it exists, each server, and the name
    that the rack's DNS has for all of them.
    """
    domain = layout.rack.domain
    addresses = [str(server.address) for server in layout.servers]
    virtual = [str(layout.virtual_ip)] if layout.virtual_ip else []
    names = [f"{server.name}.{domain}" for server in layout.servers]
    return [*virtual, *addresses, f"api.{layout.cluster.name}.{domain}", *names]


def _labels(node: Node) -> list[str]:
    """The architecture is the kubelet's own label."""
    board = BOARDS.get(node.board)
    labels = {
        "disk": node.disk,
        "gpu": "nvidia" if node.gpu else "",
        "page-size": str(board.page_size) if board else "",
        "role": node.role,
    }
    return [f"rackhouse.dev/{name}={value}" for name, value in labels.items() if value]


def _lines(values: Mapping[str, Value]) -> list[str]:
    """JSON is YAML that nobody reads otherwise."""
    return [f"{key}: {json.dumps(value)}" for key, value in values.items()]
