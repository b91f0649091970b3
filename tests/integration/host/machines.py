"""Debian machines for tests: an overlay over a root file system, entered by namespaces and chroot.

What a test writes lies in its own folder; the mounts, the host name and the network are of a
namespace that ends with the channel. The real machine is never changed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rackhouse.resources.core import Id, Resource
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.host import Host
from rackhouse.transport.local import Local

RACK = "test"
_ROOTFS = os.environ.get("RACKHOUSE_ROOTFS", "")  # read now: tests see none of these variables

# $1 the lower file system, $2 the test's folder; the rest is the program. /proc/sys is read-only
# but for the network's part, which belongs to the namespace.
_ENTER = """
set -e
mkdir -p "$2/up" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/up,workdir=$2/work" "$2/root"
cd "$2/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,rw proc/sys/net
mount -t tmpfs tmpfs run
mount --rbind /dev dev
shift 2
exec chroot . "$@"
"""


def rootfs() -> Path:
    """A Debian root file system; skips where there is none, or where we may not enter it."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("entering another root file system takes root and unshare")
    root = Path(_ROOTFS) if _ROOTFS else _twins()
    if root is None or not (root / "usr/bin/python3").exists():
        pytest.skip("there is no root file system: name one by RACKHOUSE_ROOTFS")
    return root


def _twins() -> Path | None:
    from rackhouse.twin.rootfs import find

    return find()


def machine(lower: Path, folder: Path) -> Local:
    """A new way into the machine whose disk is `folder` over `lower`."""
    namespaces = ("--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child")
    enter = ("sh", "-c", _ENTER, "sh", str(lower), str(folder))
    return Local(("unshare", *namespaces, *enter))


def host(folder: Path, lower: Path, prefix: Any = machine) -> Host:
    """That machine as a target."""

    async def connect() -> Local:
        return prefix(lower, folder)  # type: ignore[no-any-return]

    return Host("host.a", rack=RACK, connect=connect, fingerprint=Fingerprint(MemoryStore()))


def want(kind: str, name: str, spec: Any) -> Resource[Any]:
    return Resource(id=Id("host.a", kind, name), spec=spec)


async def make(target: Host, resource: Resource[Any], said: list[str] | None = None) -> Seen:
    stamp = Stamp(rack=RACK, digest=resource.digest)
    return await target.ensure(resource, stamp, {}, (said if said is not None else []).append)


async def take(target: Host, seen: Seen) -> None:
    await target.remove(seen, lambda _: None)


def changed(folder: Path) -> Mapping[str, str]:
    """Files that the machine's disk has and its root file system has not, without our records."""
    up = folder / "up"
    files = (path for path in up.rglob("*") if path.is_file() and not path.is_symlink())
    names = {str(path.relative_to(up)): path.read_text(errors="replace") for path in files}
    return {k: v for k, v in names.items() if not k.startswith("var/lib/rackhouse")}
