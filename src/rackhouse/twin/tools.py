"""Other programs that the twin is made with: each is run to its end, and its failure explained."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.process import run_sync

_PACKAGES = {
    "ip": "iproute2",
    "tc": "iproute2",
    "nft": "nftables",
    "ethtool": "ethtool",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "ovs-vsctl": "openvswitch-switch",
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
}
_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")


def need_root() -> None:
    """HostError unless we are root, be it in a user namespace (`holder`)."""
    if os.geteuid() != 0:
        raise HostError(
            "a twin is made of network namespaces and mounts, which only root may make",
            fix="run the command with sudo",
        )


def in_user_namespace() -> bool:
    """Whether we are root over our own only, and not over this machine."""
    try:
        return Path("/proc/self/uid_map").read_text().split() != ["0", "0", "4294967295"]
    except OSError:
        return False


def overlay_options() -> str:
    """What the options of an overlay end with: in a user namespace, its notes are in attributes
    that everybody may set (since Linux 5.11).
    """
    return ",userxattr" if in_user_namespace() else ""


def need(*names: str) -> None:
    """HostError unless these programs are installed."""
    if missing := [name for name in names if shutil.which(name) is None]:
        packages = " ".join(sorted({_PACKAGES.get(name, name) for name in missing}))
        raise HostError(
            f"this machine has no {', '.join(missing)}", fix=f"sudo apt install {packages}"
        )


def tool(argv: Sequence[str], *, words: str | None = None, timeout: float = 30.0) -> str:
    """Run a program to its end, `words` on its standard input; answer what it said.

    Raises HostError when it fails, with the reason that it gave. It ends when we are killed: what
    it still made after that, nobody would remove.
    """
    done = run_sync([*_WITH_US, *argv], input=words, timeout=timeout)
    if done.code != 0:
        # nft says the reason first, and underlines it last.
        reason = next((line for line in done.err.splitlines() if "rror: " in line), done.last)
        raise HostError(
            f"`{' '.join(argv)}` failed: {reason or f'exit code {done.code}'}",
            fix="`rackhouse twin down`, then try again; if it stays so, this kernel may lack what "
            "a twin needs",
        )
    return done.out


def ip_batch(lines: Sequence[str], *, namespace: str = "") -> None:
    """Run many `ip` commands in one process; HostError at the first that fails."""
    where = ("-n", namespace) if namespace else ()
    tool(["ip", *where, "-batch", "-"], words="".join(f"{line}\n" for line in lines))


def inside(namespace: str, *argv: str) -> list[str]:
    """`argv`, run in a network namespace. Not `ip netns exec`, which mounts another /sys."""
    return ["nsenter", f"--net=/run/netns/{namespace}", "--", *argv]
