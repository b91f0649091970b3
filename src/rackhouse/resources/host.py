"""Specs of the targets `host.<node>`: a Linux machine's system, changed as root over SSH.

Paths are absolute paths of that machine, times seconds, sizes bytes. What was there before the
first writing is kept on the machine, and comes back when the resource leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.resources.core import Text


@dataclass(frozen=True, slots=True)
class Packages:
    """`host.<node>/packages/<name>`: Debian packages, installed in one transaction.

    Those that were there before stay when this leaves.
    """

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """`host.<node>/folder/<name>`: a directory. Leaves only when it is empty."""

    path: str
    mode: int = 0o755
    user: str = "root"
    group: str = "root"


@dataclass(frozen=True, slots=True)
class File:
    """`host.<node>/file/<name>`: a whole file, written atomically. Output `digest` (SHA-256).

    `replaces`: a file that the distribution put there may be written over; else a stranger's file
    of that path is refused. `check` is an argv that must accept the new content before it takes the
    old one's place; `{}` stands for the new file's path (`("visudo", "-cf", "{}")`).
    """

    path: str
    content: Text
    mode: int = 0o644
    user: str = "root"
    group: str = "root"
    replaces: bool = False
    check: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """`host.<node>/download/<name>`: one file by its SHA-256. Output `digest`.

    `source` is an https address that the machine itself fetches, or the absolute path of a file on
    the machine that Rackhouse runs on, which is sent over SSH.
    """

    path: str
    source: str
    sha256: str
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class User:
    """`host.<node>/user/<name>`: an account. `keys` are lines of authorized_keys; an empty `shell`
    leaves it the one that it has.
    """

    login: str
    groups: tuple[str, ...] = ()
    shell: str = "/bin/bash"
    keys: tuple[str, ...] = ()
    system: bool = False


@dataclass(frozen=True, slots=True)
class Hostname:
    """`host.<node>/hostname/self`: the host name, now and at the next start."""

    name: str


@dataclass(frozen=True, slots=True)
class Names:
    """`host.<node>/names/<name>`: lines of /etc/hosts, each an address and what leads to it.

    A name may lead to several addresses. The lines of others stay.
    """

    of: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sysctl:
    """`host.<node>/sysctl/<name>`: kernel settings, in a file of their own and in force.

    Where /proc/sys cannot be written (a container, the twin), the file is all, as for systemd.
    """

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Modules:
    """`host.<node>/modules/<name>`: kernel modules, loaded now and at each start."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KernelArguments:
    """`host.<node>/kernel/arguments`: words on the one line of the Raspberry Pi's cmdline.txt.

    Written beside the words that are there. They hold from the next start on: `Restarted`.
    """

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restarted:
    """`host.<node>/restarted/<name>`: the machine has been started since `because` changed.

    Restarts it when /proc/cmdline lacks one of `words`, and waits for it to come back.
    """

    because: tuple[Text, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mount:
    """`host.<node>/mount/<name>`: a file system, now and at each start (fstab)."""

    source: str
    path: str
    type: str
    options: tuple[str, ...] = ("defaults",)


@dataclass(frozen=True, slots=True)
class Unit:
    """`host.<node>/unit/<name>`: a systemd unit: enabled, and running what its files say.

    `name` with its suffix. `files` are the contents' digests that it was started with (Refs to
    `digest`): it is restarted, or reloaded where `reload` says so, when one changes. Ready when it
    is active and `probe`, an argv, ends with 0 within `patience` seconds. Before a restart `before`
    is run, after it, ready or not, `after` (cordon and uncordon).
    """

    name: str
    files: tuple[Text, ...] = ()
    enabled: bool = True
    running: bool = True
    reload: bool = False
    probe: tuple[str, ...] = ()
    patience: float = 120.0
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Farewell:
    """`host.<node>/farewell/<name>`: a command that is run when this leaves, and must end with 0.

    What must still be there then is among its needs; what must be gone by then needs it.
    """

    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """`host.<node>/ruleset/<name>`: one nftables table of our own, loaded now and at each start.

    `content` begins with `table inet rackhouse_...`; loading replaces that table in one
    transaction and touches no other. The connection that it is sent over is tried anew afterwards;
    where it does not come back within `confirm` seconds, the machine goes back to what it had.
    """

    table: str
    content: Text
    confirm: float = 20.0


@dataclass(frozen=True, slots=True)
class Networkd:
    """`host.<node>/networkd/<name>`: systemd-networkd's files, name and content, in force together.

    Tried from /run first, like a Ruleset, so that a machine that nobody reaches any more goes back
    within `confirm` seconds, or with its power. An interface that is there and is of another kind
    than its file says is left as it is.
    """

    files: tuple[tuple[str, str], ...]
    confirm: float = 20.0


HostSpec = (
    Packages
    | Folder
    | File
    | Download
    | User
    | Hostname
    | Names
    | Sysctl
    | Modules
    | KernelArguments
    | Restarted
    | Mount
    | Unit
    | Farewell
    | Ruleset
    | Networkd
)
