"""What a job sees of the machine: which folders are covered, and which holes the covers have.

Everything is read-only there but the job's own folders. Arithmetic on paths; mounts nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rackhouse.delivery.runner.plan import Room

# Doors to servers that would do for the job what it may not (Docker, D-Bus, systemd), and files
# of the machine that only its owner may read, which matters where the rack runs as root.
_DOORS = tuple(
    Path(path)
    for path in (
        *("/run", "/root", "/boot", "/var/log", "/var/spool", "/var/lib/docker"),
        *("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers"),
        *("/etc/ssh", "/etc/ssl/private", "/etc/kubernetes", "/etc/rancher", "/var/lib/rancher"),
    )
)
# Where languages keep their tools below the home folder, which is covered as a whole.
_TOOLS = (
    *(".local/bin", ".local/lib", ".local/share/uv", ".local/share/pipx", ".local/share/mise"),
    *(".nvm", ".volta", ".asdf", ".pyenv", ".rbenv", ".rustup", ".cargo/bin", ".bun", ".deno"),
    *(".sdkman", "go/bin"),
)
_NOT_WHOLE = (".", ".local", ".cargo", "go")  # beside their `bin` lie credentials


def covers(hide: Sequence[Path], home: Path) -> list[Path]:
    """What is empty there: `hide`, the home folder, doors to other servers."""
    found = {*_DOORS, *(path.resolve() for path in hide)}
    if len(home.parts) > 2 or home == Path("/root"):
        found.add(home)
    return sorted(path for path in found if _there(path) and not path.is_symlink())


def holes(env: Mapping[str, str], covered: Iterable[Path], home: Path) -> Iterator[Room]:
    """What stays to be seen below the covers: interpreters, tools on PATH, the resolver's file."""
    folders = [Path(name).resolve() for name in env.get("PATH", "").split(os.pathsep) if name]
    prefixes = [folder.parent for folder in folders if folder.name == "bin"]
    ours = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[2]]
    wanted = {*folders, *prefixes, *(path.resolve() for path in ours)}
    wanted |= {home / tool for tool in _TOOLS}
    wanted.add(Path("/etc/resolv.conf").resolve())
    hidden = set(covered)
    for path in sorted(wanted - hidden - {home / name for name in _NOT_WHOLE}):
        if not hidden.isdisjoint(path.parents) and _there(path):
            yield room(path, path)


def room(source: Path, at: Path, *, writable: bool = False) -> Room:
    """`source`, seen at `at`."""
    return Room(source=str(source), at=str(at), writable=writable)


def _there(path: Path) -> bool:
    return os.access(path, os.F_OK)  # false, rather than an error, where we may not look
