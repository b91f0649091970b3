"""One node of a cluster as resources of its machine, in the order in which they may be touched.

What stops K3s or would change it at its next start (its unit, its settings, a restart of the
machine) comes after the unit of the node before is ready again: at most one node is away at any
moment, but for agents that are out of sight. What does no harm beside a K3s that runs is done on
all nodes at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from rackhouse.desired.gpu.toolkit import before_runtime, restarts
from rackhouse.desired.k3s import paths
from rackhouse.desired.k3s.config import config
from rackhouse.desired.k3s.farewell import departure, farewell, wiping
from rackhouse.desired.k3s.layout import Layout, service
from rackhouse.desired.k3s.manifests import DRAIN, kube_vip
from rackhouse.desired.k3s.members import member
from rackhouse.desired.k3s.paths import on
from rackhouse.desired.k3s.registries import registries
from rackhouse.desired.k3s.script import Script
from rackhouse.desired.k3s.trust import CERTIFICATE, trust
from rackhouse.desired.k3s.unit import unit
from rackhouse.rack.model import Node
from rackhouse.rack.words import Arch, Role
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.host import (
    Download,
    File,
    Folder,
    KernelArguments,
    Modules,
    Restarted,
    Sysctl,
    Unit,
)

PATIENCE = 300.0  # a Pi unpacks its images from a card
CGROUPS = ("cgroup_memory=1", "cgroup_enable=memory")
_SYSCTLS = (
    ("fs.inotify.max_user_instances", "512"),
    ("fs.inotify.max_user_watches", "524288"),
    ("net.bridge.bridge-nf-call-iptables", "1"),
    ("net.ipv4.ip_forward", "1"),
)
_PROGRAMS = {Arch.AMD64: "k3s", Arch.ARM64: "k3s-arm64", Arch.ARM: "k3s-armhf"}
_KUBELET = """\
# Rackhouse
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
imageGCHighThresholdPercent: 80
imageGCLowThresholdPercent: 70
shutdownGracePeriod: 60s
shutdownGracePeriodCriticalPods: 20s
"""
_FOLDERS = {"k3s": paths.DATA, "k3s-etc": paths.ETC, "k3s-lib": paths.LIB}
_COMMAND = '#!/bin/sh\n# Rackhouse\nexec {program} "$@"\n'


def resources(layout: Layout, node: Node, tokens: dict[str, Id]) -> list[Resource[Any]]:
    """All of one node. `tokens` maps the files of tokens to the secrets that they hold."""
    quiet = [*_machine(node), *_folders(node), *_release(layout, node), *_tokens(node, tokens)]
    quiet += [_farewell(layout, node), wiping(node), member(layout, node), *trust(layout, node)]
    loud = [*_cgroups(layout, node), *_settings(layout, node)]
    started_with = [
        each.id
        for each in (*quiet, *loud)
        if isinstance(each.spec, File | Download) and each.id.name not in _READ_LATER
    ]
    unit = _unit(layout, node, started_with, quiet + loud)
    return [*map(_in_folder, (*quiet, *loud)), unit, departure(layout, node)]


_READ_LATER = frozenset(
    {"k3s-command", "k3s-farewell", "k3s-node", "k3s-images", "k3s-drain", "kube-vip", CERTIFICATE}
)


def _machine(node: Node) -> Iterator[Resource[Any]]:
    yield Resource(id=on(node.name, "modules", "k3s"), spec=Modules(("br_netfilter", "overlay")))
    modules = frozenset({on(node.name, "modules", "k3s")})
    yield Resource(id=on(node.name, "sysctl", "k3s"), spec=Sysctl(_SYSCTLS), needs=modules)


def _folders(node: Node) -> Iterator[Resource[Any]]:
    """Of their own, so that they leave after all that is in them."""
    for name, path in _FOLDERS.items():
        yield Resource(id=on(node.name, "folder", name), spec=Folder(path))


def _in_folder(resource: Resource[Any]) -> Resource[Any]:
    if not isinstance(resource.spec, File | Download):
        return resource
    above = (name for name, path in _FOLDERS.items() if resource.spec.path.startswith(f"{path}/"))
    folders = {replace(resource.id, kind="folder", name=name) for name in above}
    return replace(resource, needs=resource.needs | folders)


def _cgroups(layout: Layout, node: Node) -> Iterator[Resource[Any]]:
    """The firmware of a Pi switches the memory controller off unless it is told (k3s#2067)."""
    if node.board.startswith("rpi"):
        arguments = on(node.name, "kernel", "arguments")
        yield Resource(id=arguments, spec=KernelArguments(CGROUPS))
        yield Resource(
            id=on(node.name, "restarted", "k3s"),
            spec=Restarted(because=(), words=CGROUPS),
            needs=layout.previous(node) | {arguments},
            follows=layout.follows(node),
        )


def _release(layout: Layout, node: Node) -> Iterator[Resource[Any]]:
    setup, arch = layout.setup, Arch(node.arch)
    sums = next(each for each in setup.sums if each.name == arch)  # a rule sees to it
    yield _download(
        on(node.name, "download", f"k3s@{setup.version}"),
        paths.program(setup.version),
        _source(layout, _PROGRAMS[arch]),
        sums.program,
        0o755,
    )
    if sums.images:
        name = f"k3s-airgap-images-{arch}.tar.zst"
        images = on(node.name, "download", "k3s-images")
        path = f"{paths.IMAGES}/{name}"
        yield _download(images, path, _source(layout, name), sums.images, 0o644)


def _download(id: Id, path: str, source: str, sha256: str, mode: int) -> Resource[Any]:
    return Resource(id=id, spec=Download(path, source, sha256, mode))


def _source(layout: Layout, file: str) -> str:
    """`VERSION/FILE` below the source. In an address, `+` is written `%2B`."""
    version = str(layout.setup.version)
    folder = quote(version) if layout.setup.source.startswith("https:") else version
    return f"{layout.setup.source}/{folder}/{file}"


def _farewell(layout: Layout, node: Node) -> Resource[Any]:
    spec = File(paths.FAREWELL, Text.of(farewell(layout, node)), 0o755)
    return Resource(id=on(node.name, "file", "k3s-farewell"), spec=spec)


def _tokens(node: Node, tokens: dict[str, Id]) -> Iterator[Resource[Any]]:
    """An agent has its own token alone, as `token-file`: it cannot make a server."""
    mine = tokens if node.role == Role.SERVER else {paths.TOKEN: tokens[paths.AGENT_TOKEN]}
    for path, secret in mine.items():
        name = f"k3s-{path.rsplit('/', 1)[-1]}"
        content = Text.of(secret.ref("value"), "\n")
        yield Resource(id=on(node.name, "file", name), spec=File(path, content, 0o600))


def _settings(layout: Layout, node: Node) -> Iterator[Resource[Any]]:
    program = paths.program(layout.setup.version)
    name = service(node)
    files: dict[str, tuple[str, str | Text, int]] = {
        "k3s-config": (f"{paths.ETC}/config.yaml", config(layout, node), 0o600),
        "k3s-registries": (f"{paths.ETC}/registries.yaml", registries(layout), 0o600),
        "k3s-kubelet": (f"{paths.KUBELET}/50-rackhouse.conf", _KUBELET, 0o600),
        "k3s-command": (paths.COMMAND, _COMMAND.format(program=program), 0o755),
        "k3s-node": (paths.SCRIPT, Script.of(layout, node).text, 0o755),
        f"{name}.service": (f"{paths.UNITS}/{name}.service", unit(layout, node), 0o644),
    }
    if node is layout.founder:
        files["k3s-drain"] = (f"{paths.MANIFESTS}/rackhouse-drain.yaml", DRAIN, 0o600)
        if layout.virtual_ip:
            text = kube_vip(layout.virtual_ip, _interface(layout))
            files["kube-vip"] = (f"{paths.MANIFESTS}/rackhouse-kube-vip.yaml", text, 0o600)
    for key, (path, content, mode) in files.items():
        spec = File(path, Text.of(content), mode)
        needs = layout.previous(node)
        if key == "k3s-command":  # no command before its program
            needs |= {on(node.name, "download", f"k3s@{layout.setup.version}")}
        follows = layout.follows(node)
        yield Resource(id=on(node.name, "file", key), spec=spec, needs=needs, follows=follows)


def _interface(layout: Layout) -> str:
    """What every server calls the interface of its address; "" where they differ."""
    servers = [node for node in layout.nodes if node.role == Role.SERVER]
    names = {layout.facts(node).interface(node.address) for node in servers}
    return names.pop() if len(names) == 1 else ""


def _unit(
    layout: Layout, node: Node, started_with: list[Id], others: list[Resource[Any]]
) -> Resource[Any]:
    version = str(layout.setup.version)
    return Resource(
        id=layout.unit(node),
        spec=Unit(
            name=f"{service(node)}.service",
            files=tuple(Text.of(id.ref("digest")) for id in (*started_with, *restarts(node))),
            probe=(paths.SCRIPT, "ready", version),
            patience=PATIENCE,
            before=(paths.SCRIPT, "leave", version),
            after=(paths.SCRIPT, "return"),
        ),
        needs=layout.previous(node) | {each.id for each in others} | before_runtime(node),
        follows=layout.follows(node),
        claims=frozenset({f"k3s:{node.name}"}),  # a server's unit is gone before an agent's comes
    )
