"""Rules about how K3s is set up on a cluster. Pure."""

from __future__ import annotations

import re

from rackhouse.rack.model import Cluster, K3s, Rack
from rackhouse.rack.rules.finding import Finding, Findings, members, repeated, vlan_of
from rackhouse.rack.words import Arch, Datastore, Flannel, Role

OLDEST = 32  # the first minor that reads kubelet.conf.d
_PROGRAMS = frozenset(Arch)
_HOST = re.compile(r"[a-z0-9.-]+(:\d+)?")
_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:\d+)?(/[\w./-]*)?")


def k3s_too_old(_: Rack, cluster: Cluster) -> Findings:
    """Settings of the kubelet are files beside its own since 1.32, which also brought Traefik 3
    (K3s documentation, installation/configuration); older minors are supported by nobody.
    """
    if cluster.k3s and cluster.k3s.version.minor < OLDEST:
        what = f"{cluster.k3s.version} is older than 1.{OLDEST}"
        yield Finding(_at(cluster, "version"), what, f"take a release of 1.{OLDEST} or later")


def k3s_without_checksum(rack: Rack, cluster: Cluster) -> Findings:
    """A program that runs as root on every node is verified by its SHA-256, or it is not put there.
    The release page has the digests in `sha256sum-ARCH.txt`.
    """
    for arch in sorted(_architectures(rack, cluster) - _summed(cluster.k3s)):
        what = f"no checksum of K3s for {arch}"
        yield Finding(_at(cluster, "sums"), what, f"add `{arch}: {{program: SHA-256}}` to `sums`")


def k3s_checksum_of_no_architecture(_: Rack, cluster: Cluster) -> Findings:
    """Releases of K3s are made for these architectures and no other."""
    for name in sorted(_summed(cluster.k3s) - _PROGRAMS):
        what = f"{name} is no architecture that K3s is made for"
        yield Finding(_at(cluster, f"sums.{name}"), what, f"take one of {', '.join(Arch)}")


def k3s_on_unknown_architecture(rack: Rack, cluster: Cluster) -> Findings:
    """Which program a node gets depends on its processor; the wrong one ends in `exec format
    error`.
    """
    for node in members(rack, cluster) if cluster.k3s else ():
        if not node.arch:
            what = "which program of K3s it needs is not known"
            yield Finding(f"nodes.{node.name}", what, "add its `board`, or its `arch`")


def k3s_without_address(rack: Rack, cluster: Cluster) -> Findings:
    """Nodes of a cluster find each other by addresses that stay."""
    for node in members(rack, cluster) if cluster.k3s and len(rack.nodes) == 1 else ():
        if node.address is None:
            what = "it has no address, so no other machine reaches the cluster"
            yield Finding(f"nodes.{node.name}", what, "add `address:`, one that stays")


def k3s_registry_unreadable(_: Rack, cluster: Cluster) -> Findings:
    """containerd knows a registry by host and port, and asks a mirror by its whole address (K3s
    documentation, installation/private-registry). One registry has one entry.
    """
    registries = cluster.k3s.registries if cluster.k3s else ()
    pairs = [(each.host, _at(cluster, f"registries[{n}]")) for n, each in enumerate(registries)]
    for host, path, first in repeated(pairs):
        yield Finding(path, f"{host} is already in {first}", "name it once")
    for each, path in zip(registries, (path for _, path in pairs), strict=True):
        if not _HOST.fullmatch(each.host):
            yield Finding(f"{path}.host", f"{each.host!r} is no HOST or HOST:PORT", "as images do")
        for mirror in each.mirrors:
            if not _ADDRESS.fullmatch(mirror):
                what = f"{mirror!r} is no address of a mirror"
                yield Finding(f"{path}.mirrors", what, "as in https://mirror.home.arpa:5000")


def sqlite_of_several_servers(rack: Rack, cluster: Cluster) -> Findings:
    """SQLite is a file on one server; a second server cannot share it (K3s documentation,
    datastore).
    """
    several = len(members(rack, cluster, Role.SERVER)) > 1
    if several and cluster.k3s and cluster.k3s.datastore == Datastore.SQLITE:
        fix = "leave `datastore` out: several servers keep etcd"
        yield Finding(_at(cluster, "datastore"), "several servers cannot share SQLite", fix)


def host_gw_across_subnets(rack: Rack, cluster: Cluster) -> Findings:
    """`host-gw` sends packets of pods to the other node as a gateway, which must be in the same
    subnet (K3s documentation, networking/basic-network-options).
    """
    vlans = {vlan.name for node in members(rack, cluster) if (vlan := vlan_of(rack, node.address))}
    if len(vlans) > 1 and cluster.k3s and cluster.k3s.flannel == Flannel.HOST_GW:
        what = f"nodes of {cluster.name} are in several subnets: {', '.join(sorted(vlans))}"
        yield Finding(_at(cluster, "flannel"), what, "use vxlan or wireguard-native")


def _at(cluster: Cluster, key: str) -> str:
    return f"clusters.{cluster.name}.k3s.{key}"


def _architectures(rack: Rack, cluster: Cluster) -> set[str]:
    return {node.arch for node in members(rack, cluster) if node.arch} if cluster.k3s else set()


def _summed(setup: K3s | None) -> set[str]:
    return {each.name for each in setup.sums} if setup else set()
