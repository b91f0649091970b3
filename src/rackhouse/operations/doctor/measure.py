"""Looks at this machine: answers `Facts`. Judges nothing; changes nothing but one scratch file."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rackhouse.kit.errors import NotReady
from rackhouse.kit.process import run_sync

FSYNC_ROUNDS = 60
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)
_CGROUP = Path("/sys/fs/cgroup/cgroup.controllers")
_USER_NAMESPACES = Path("/proc/sys/user/max_user_namespaces")
_UNPRIVILEGED = Path("/proc/sys/kernel/unprivileged_userns_clone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was measured. Sizes in bytes, times in seconds; None: this system does not tell."""

    python: tuple[int, int]
    fsync_p99: float | None
    cannot_write: str  # why the state folder cannot be written; "" where it can
    disk_free: int
    memory_available: int | None
    page_size: int
    open_files: int
    free_ports: int  # of the 64 that were tried on the loopback
    clock_synchronised: bool | None
    clock_year: int
    cgroup_controllers: tuple[str, ...] | None
    user_namespaces: bool
    root: bool
    git: bool
    node: bool
    container_engine: str
    certificates: Mapping[str, float]  # the rack's own, by file: days left


def measure(folder: Path) -> Facts:
    """Look at this machine. Takes about half a second on an SSD."""
    fsync, cannot = None, ""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fsync = _measure_fsync(folder)
    except OSError as error:  # the disk is full, read-only or failing: the very thing to say
        cannot = (error.strerror or str(error)).lower()
    return Facts(
        python=sys.version_info[:2],
        fsync_p99=fsync,
        cannot_write=cannot,
        disk_free=_free_space(folder),
        memory_available=_available_memory(),
        page_size=resource.getpagesize(),
        open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        free_ports=sum(map(_is_free, range(20000, 32000, 188))),
        clock_synchronised=_synchronised(),
        clock_year=time.gmtime().tm_year,
        cgroup_controllers=_controllers(),
        user_namespaces=_namespaces_allowed(),
        root=os.geteuid() == 0,
        git=shutil.which("git") is not None,
        node=shutil.which("node") is not None,
        container_engine=next((e for e in ("docker", "podman") if shutil.which(e)), ""),
        certificates=_certificates(folder),
    )


def _measure_fsync(folder: Path) -> float:
    scratch = folder / ".doctor-fsync"
    taken = []
    file = os.open(scratch, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        for _ in range(FSYNC_ROUNDS):
            os.write(file, b"x" * 4096)
            began = time.perf_counter()
            os.fsync(file)
            taken.append(time.perf_counter() - began)
    finally:
        os.close(file)
        scratch.unlink(missing_ok=True)
    return sorted(taken)[int(len(taken) * 0.99) - 1]


def _certificates(folder: Path) -> Mapping[str, float]:
    """Of those that this rack serves, and of its authority's."""
    from cryptography import x509

    now = datetime.now(UTC)
    found = {}
    for pattern in ("*.pem", "files/*.pem", "routes/*.toml"):
        for file in sorted(folder.glob(pattern)):
            with contextlib.suppress(OSError, ValueError):
                for pem in _PEM.findall(file.read_text())[:1]:  # what is after it, has signed it
                    left = x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc - now
                    found[str(file.relative_to(folder))] = left.total_seconds() / 86400
    return found


def _free_space(folder: Path) -> int:
    """Where it lies, or would lie."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    return shutil.disk_usage(there).free


def _available_memory() -> int | None:
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def _synchronised() -> bool | None:
    # The kernel's own view, as timesyncd, chrony and ntpd all set it.
    if not shutil.which("timedatectl"):
        return None
    asked = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    with contextlib.suppress(NotReady):  # a bus that does not answer
        return {"yes": True, "no": False}.get(run_sync(asked, timeout=5).out.strip())
    return None


def _controllers() -> tuple[str, ...] | None:
    with contextlib.suppress(OSError):
        return tuple(_CGROUP.read_text().split())
    return None


def _namespaces_allowed() -> bool:
    with contextlib.suppress(OSError, ValueError):
        if int(_USER_NAMESPACES.read_text()) == 0:
            return False
        return not (_UNPRIVILEGED.exists() and int(_UNPRIVILEGED.read_text()) == 0)
    return False
