"""Rules about clusters and the data services on them. Pure."""

from __future__ import annotations

from rackhouse.kit.text import did_you_mean
from rackhouse.rack.complete import joins
from rackhouse.rack.model import Cluster, Rack
from rackhouse.rack.rules.finding import Finding, Findings, gi, members, node_named, repeated
from rackhouse.rack.words import Disk, Role

_WEAR_OUT = {Disk.SD, Disk.EMMC}


def etcd_on_sd_card(rack: Rack, cluster: Cluster) -> Findings:
    """Three servers keep their state in etcd, which waits for the disk at every write: "SD cards
    and eMMC cannot handle the IO load" (K3s documentation, installation/requirements). Clusters on
    them lose their leader and restart all night (k3s#1850, #2615, #8956).
    """
    servers = members(rack, cluster, Role.SERVER)
    for node in servers if len(servers) > 1 else ():
        if node.disk in _WEAR_OUT:
            what = f"etcd runs on every one of several servers, and this one's disk is {node.disk}"
            fix = "give it an NVMe or SSD, or make it an agent"
            yield Finding(f"nodes.{node.name}.disk", what, fix)


def even_number_of_servers(rack: Rack, cluster: Cluster) -> Findings:
    """etcd needs more than half of its servers: two survive no failure and four no more than
    three do, each with one more that can fail (K3s documentation, datastore/ha-embedded).
    """
    count = len(members(rack, cluster, Role.SERVER))
    if count and count % 2 == 0:
        what = f"{cluster.name} has {count} servers, an even number"
        fix = f"have {count - 1} or {count + 1}: a server can become an agent"
        yield Finding(f"clusters.{cluster.name}", what, fix)


def cluster_without_server(rack: Rack, cluster: Cluster) -> Findings:
    """Without a server there is nothing that agents could join. A cluster without any node is one
    that is there already.
    """
    if (cluster.nodes or cluster.k3s) and not members(rack, cluster, Role.SERVER):
        what = f"{cluster.name} has no server"
        yield Finding(f"clusters.{cluster.name}", what, "give one of its nodes `role: server`")


def cluster_begun_by_nobody(rack: Rack, cluster: Cluster) -> Findings:
    """The first server of the list begins the cluster and the others join it; what is not owned is
    in no plan, so with it as the first nothing would ever begin.
    """
    servers = {node.name: node for node in members(rack, cluster, Role.SERVER)}
    first = next((servers[name] for name in cluster.nodes if name in servers), None)
    if first and not first.owned and any(node.owned for node in members(rack, cluster)):
        what = f"{first.name}, which begins the cluster, is not owned yet"
        yield Finding(f"clusters.{cluster.name}.nodes", what, "write a server that you have first")


def agents_without_server(rack: Rack) -> Findings:
    """An agent joins a server; alone it does nothing."""
    agents = [node for node in rack.nodes if node.role == Role.AGENT]
    if agents and not rack.clusters:
        what = "there are agents and no server that they could join"
        yield Finding(f"nodes.{agents[0].name}.role", what, "give one node `role: server`")


def cluster_of_unknown_node(rack: Rack, cluster: Cluster) -> Findings:
    """A cluster is made of nodes that the file describes."""
    known = [node.name for node in rack.nodes]
    for number, name in enumerate(cluster.nodes):
        if node_named(rack, name) is None:
            fix = did_you_mean(name, known).strip() or "add it under `nodes`"
            path = f"clusters.{cluster.name}.nodes[{number}]"
            yield Finding(path, f"there is no node {name!r}", fix)


def node_in_two_clusters(rack: Rack) -> Findings:
    """One machine runs one K3s, which belongs to one cluster."""
    pairs = [
        (name, f"clusters.{cluster.name}.nodes[{number}]")
        for cluster in rack.clusters
        for number, name in enumerate(cluster.nodes)
    ]
    for name, path, first in repeated(pairs):
        yield Finding(path, f"{name} is already in {first}", "name it once")


def node_cannot_join(rack: Rack, cluster: Cluster) -> Findings:
    """K3s is installed on servers, on agents, and on GPU machines that say `runtime: k3s`."""
    for number, name in enumerate(cluster.nodes):
        node = node_named(rack, name)
        if node is not None and not joins(node):
            gpu = "set its `runtime: k3s`" if node.role == Role.GPU else "make it an agent"
            what = f"{name} is a {node.role} machine outside clusters"
            path = f"clusters.{cluster.name}.nodes[{number}]"
            yield Finding(path, what, f"{gpu}, or take it out of the list")


def more_copies_than_machines(rack: Rack) -> Findings:
    """Two copies on one machine are lost together; they cost memory and protect nothing."""
    postgres = rack.data.postgres
    room = sum(1 for node in rack.nodes if node.role in {Role.SERVER, Role.AGENT}) or 1
    if postgres and postgres.instances > room:
        what = f"{postgres.instances} copies, and {room} to keep them on"
        yield Finding("data.postgres.instances", what, f"have {room} at most, or add nodes")


def data_larger_than_disks(rack: Rack) -> Findings:
    """Each copy of the database lies on one disk as a whole."""
    disks = [node.storage for node in rack.nodes if node.role in {Role.SERVER, Role.AGENT}]
    postgres = rack.data.postgres
    if postgres and disks and all(disks) and postgres.storage > max(disks):
        what = f"{gi(postgres.storage)} do not fit on the largest disk, {gi(max(disks))}"
        yield Finding("data.postgres.storage", what, "ask for less, or add a disk")
