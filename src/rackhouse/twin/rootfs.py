"""The root file system that all nodes share, read-only: Debian, made once by mmdebstrap.

It is `$RACKHOUSE_ROOTFS`, a folder, or else lies in the user's cache folder under a name made of
what is in it. It is whole or not there: it is made aside and then renamed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

from rackhouse.kit.errors import HostError, Missing, Refused
from rackhouse.kit.files import make_folder
from rackhouse.kit.process import run_sync
from rackhouse.kit.tail import Say
from rackhouse.store.lock import hold
from rackhouse.twin.tools import need, need_root

SUITE = "bookworm"
PACKAGES = (
    "systemd",
    "systemd-sysv",
    "libpam-systemd",
    "dbus",
    "openssh-server",
    "sudo",
    "python3-minimal",
    "iproute2",
    "iputils-ping",
    "nftables",
    "ethtool",
    "ca-certificates",
    "dnsmasq-base",
)
_SOON = 'Acquire::http::Timeout "20"'  # seconds until an archive that is silent has failed
_PATIENCE = 1800.0  # seconds: some 80 MB over a slow line


def find() -> Path | None:
    """The root file system, or None when none was made yet. Makes nothing."""
    if given := os.environ.get("RACKHOUSE_ROOTFS"):
        return Path(given) if (Path(given) / "usr/sbin/sshd").exists() else None
    path = cached()
    return path if path.is_dir() else None


def require() -> Path:
    """`find`, or Missing with how to make it; Refused where it is another account's: on nodes, its
    `sudo` would not be root's.
    """
    if (path := find()) is not None:
        if path.stat().st_uid != os.geteuid():
            raise Refused(
                "does not belong to the account that runs the twin",
                where=str(path),
                fix="make one that does, by that account: rackhouse twin root",
            )
        return path
    if given := os.environ.get("RACKHOUSE_ROOTFS"):
        raise Missing(
            "is no root file system with an SSH server", where=given, fix="unset RACKHOUSE_ROOTFS"
        )
    raise Missing(
        "nodes of a twin need a root file system",
        fix="make it once: rackhouse twin root (with sudo, where the twin is root's)",
    )


def cached() -> Path:
    """Where it lies once it is made."""
    key = hashlib.sha256(" ".join((SUITE, *sorted(PACKAGES))).encode()).hexdigest()[:12]
    base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser().absolute()
    return base / "rackhouse" / f"root-{SUITE}-{key}"


def make(say: Say | None = None) -> Path:
    """Make it in the cache unless it is there; about a minute. Needs root and the Internet."""
    need_root()
    need("mmdebstrap")
    path = cached()
    make_folder(path.parent)
    with hold(path.parent / "root.lock", "rackhouse twin root", time.time()):
        if not path.is_dir():
            _make(path, say)
    return path


def bootstrap(target: Path, say: Say | None, *options: str) -> None:
    """Have mmdebstrap make it at `target`, a folder, or an archive where that ends in `.tar`."""
    debian = ("--variant=essential", f"--include={','.join(PACKAGES)}", f"--aptopt={_SOON}")
    argv = ["mmdebstrap", *debian, *options, SUITE, str(target)]
    done = run_sync(argv, timeout=_PATIENCE, say=say)
    if done.code != 0:
        raise HostError(
            f"mmdebstrap failed: {done.last}",
            fix="see whether this machine reaches the Debian archive (apt update), or set "
            "RACKHOUSE_ROOTFS to a Debian root file system with openssh-server",
        )


def _make(path: Path, say: Say | None) -> None:
    draft = path.with_name(f"{path.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)  # of one that was killed
    try:
        bootstrap(draft, say)
        draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
