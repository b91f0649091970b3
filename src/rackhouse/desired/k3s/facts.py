"""What was measured on machines. Values; measures nothing.

The shape is that of one JSON object, whose keys are the fields of `HostFacts`. What was not
measured is left out, and is judged by nobody. Facts are recorded when a host joins, not at each
plan: else a plan would differ from one minute to the next.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any, get_args, get_type_hints

from rackhouse.kit.errors import HostError


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """One machine. None is: not measured.

    `arch` is as container images call it. `model` is /proc/device-tree/model. `controllers` are the
    words of /sys/fs/cgroup/cgroup.controllers, `cmdline` the lines of the boot partition's
    cmdline.txt, `started_with` the words of /proc/cmdline. `disk` is what /var/lib/rancher lies on,
    a word of the rack file, and `fsync_ms` how long 99 of 100 fsyncs to it take at most.
    `clock_offset` is in seconds, `memory` in bytes. `ports` maps what is listened on (`6443/tcp`)
    to the program, `addresses` each interface to its IPv4 addresses. `iptables` is its version,
    `1.8.9`. `datastore` is what K3s servers left on the disk: sqlite, etcd, or "" for nothing.
    `nvidia` says whether the container toolkit is there.
    """

    os: str | None = None
    os_version: str | None = None
    arch: str | None = None
    kernel: str | None = None
    model: str | None = None
    hostname: str | None = None
    machine_id: str | None = None
    page_size: int | None = None
    memory: int | None = None
    cpus: int | None = None
    controllers: tuple[str, ...] | None = None
    cmdline: tuple[str, ...] | None = None
    started_with: tuple[str, ...] | None = None
    disk: str | None = None
    fsync_ms: float | None = None
    clock_offset: float | None = None
    default_route: bool | None = None
    vxlan: bool | None = None
    iptables: str | None = None
    iptables_nft: bool | None = None
    ports: Mapping[str, str] | None = None
    addresses: Mapping[str, tuple[str, ...]] | None = None
    datastore: str | None = None
    nvidia: bool | None = None

    @classmethod
    def of(cls, body: Mapping[str, object]) -> HostFacts:
        """From a JSON object. HostError for a key or a value that is none of ours."""
        known = {each.name: each for each in dataclasses.fields(cls)}
        for name in body:
            if name not in known:
                raise HostError(f"{name!r} is no fact of a host", fix="measure it anew")
        hints = get_type_hints(cls)
        values: dict[str, Any] = {name: _read(name, hints[name], body[name]) for name in body}
        return cls(**values)

    def interface(self, address: IPv4Address | None) -> str:
        """The interface that has this address; "" where none is known to."""
        every = self.addresses or {}
        return next((name for name, of in sorted(every.items()) if str(address) in of), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What `k3s` is told, since it may not look: what was measured on each that has joined, which
    machine each is (`members.machines`), and the certificate of the rack's authority, "" before
    that was made.
    """

    hosts: Mapping[str, HostFacts] = field(default_factory=dict)
    machines: Mapping[str, str] = field(default_factory=dict)
    authority: str = ""


def _read(name: str, hint: object, value: object) -> object:
    kind = get_args(hint)[0]
    if value is None or type(value) is kind or (kind is float and type(value) is int):
        return value
    if kind == tuple[str, ...] and _strings(value):
        return tuple(value)  # type: ignore[arg-type]  # `_strings` saw to it
    if isinstance(value, dict):
        if kind == Mapping[str, str] and _strings(list(value.values())):
            return value
        if kind == Mapping[str, tuple[str, ...]] and all(map(_strings, value.values())):
            return {key: tuple(each) for key, each in value.items()}
    raise HostError(f"the fact {name!r} cannot be {value!r}", fix="measure it anew")


def _strings(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
