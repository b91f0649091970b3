"""Whether this account may have a user namespace with accounts of its own, and which are its."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.process import run_sync

_ENOUGH = 65536  # accounts of a Debian: up to `nobody`, 65534
_FIRST = 100_000  # where distributions begin to hand them out
# Settings of kernels and distributions that forbid it, and the value that does.
_FORBIDS = {
    "user.max_user_namespaces": ("0", "10000"),
    "kernel.unprivileged_userns_clone": ("0", "1"),  # Debian's kernels
    "kernel.apparmor_restrict_unprivileged_userns": ("1", "0"),  # Ubuntu from 23.10 on
}
_OR_ROOT = "or run it as root: sudo rackhouse twin up"


@dataclass(frozen=True, slots=True)
class Range:
    """Accounts of this machine that nobody has, and that are ours to give to nodes."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Owned:
    """What an ordinary account owns by /etc/subuid and /etc/subgid."""

    users: Range
    groups: Range


def require(etc: Path = Path("/etc"), sysctls: Path = Path("/proc/sys")) -> Owned:
    """What is ours. HostError says in words what is lacking, and how an administrator gives it."""
    if shutil.which("newuidmap") is None:
        raise HostError(
            "without root, a twin needs newuidmap, which this machine does not have",
            fix=f"sudo apt install uidmap; {_OR_ROOT}",
        )
    owned = {name: range_of(_text(etc / name), _names()) for name in ("subuid", "subgid")}
    users, groups = owned["subuid"], owned["subgid"]
    if users is None or groups is None:
        raise HostError(
            f"the account {_names()[0]} owns no {_ENOUGH} accounts for its nodes",
            where=str(etc / ("subuid" if users is None else "subgid")),
            fix=f"{_grant(etc)}; {_OR_ROOT}",
        )
    if reason := _refusal():
        what, fix = next(_forbidden(sysctls), (reason, "allow user namespaces"))
        raise HostError(
            f"this machine lets no ordinary account make namespaces: {what}",
            fix=f"{fix}; {_OR_ROOT}",
        )
    return Owned(users, groups)


def range_of(text: str, names: tuple[str, ...]) -> Range | None:
    """The first range in a file as /etc/subuid that is enough, for an account of those names."""
    for line in text.splitlines():
        name, _, numbers = line.partition(":")
        first, _, count = numbers.partition(":")
        if name in names and first.isdigit() and count.isdigit() and int(count) >= _ENOUGH:
            return Range(int(first), _ENOUGH)
    return None


def _names() -> tuple[str, ...]:
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name, str(uid)
    except KeyError:
        return (str(uid),)


def _grant(etc: Path) -> str:
    """A command that gives this account a range that no other has."""
    ends = [_FIRST]
    for name in ("subuid", "subgid"):
        rows = (line.split(":") for line in _text(etc / name).splitlines())
        ends += (int(row[1]) + int(row[2]) for row in rows if len(row) == 3 and row[1].isdigit())
    span = f"{max(ends)}-{max(ends) + _ENOUGH - 1}"
    return f"sudo usermod --add-subuids {span} --add-subgids {span} {_names()[0]}"


def _forbidden(sysctls: Path) -> Iterator[tuple[str, str]]:
    for name, (bad, good) in _FORBIDS.items():
        if _text(sysctls / name.replace(".", "/")).strip() == bad:
            yield f"{name} is {bad}", f"sudo sysctl -w {name}={good}"


def _refusal() -> str:
    """Why a namespace in which we may mount cannot be had; "" where it can."""
    done = run_sync(["unshare", "--user", "--map-root-user", "--mount", "true"], timeout=10)
    return "" if done.code == 0 else done.last or "unshare failed"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
