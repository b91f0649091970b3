"""Specs of the target `machine`: ports, folders, files, releases, processes and routes.

All paths are relative to the state folder unless absolute. Times are seconds, sizes bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rackhouse.resources.core import Text


class Exposure(StrEnum):
    """Who can reach a door: this machine, the local network, or the Internet."""

    LOOPBACK = "loopback"
    LAN = "lan"
    INTERNET = "internet"


class Access(StrEnum):
    """Who may pass a route. SIGNED_IN: the ingress asks the console who it is, first."""

    OPEN = "open"
    SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True)
class Port:
    """`machine/port/<name>`: `count` free neighbouring ports, chosen once and remembered.

    `fixed` is a number that the rack file demands: busy is then an error that names the process,
    never another number. Outputs `number`: the first port; `number+1` to `number+<count - 1>`: its
    neighbours, since a Text cannot count.
    """

    fixed: int = 0
    count: int = 1
    bind: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Folder:
    """`machine/folder/<name>`: mode 0700. Output `path` (absolute)."""

    path: str


@dataclass(frozen=True, slots=True)
class File:
    """`machine/file/<name>`: mode 0600, written atomically. Output `path` (absolute)."""

    path: str
    content: Text


class Runtime(StrEnum):
    """What a release needs under it before it can run."""

    PYTHON = "python"  # uv, from the project's own lock or hashed requirements
    NODE = "node"  # npm ci
    STATIC = "static"  # nothing: the files are the site
    COMMAND = "command"  # nothing: the command is on this machine


@dataclass(frozen=True, slots=True)
class Source:
    """`machine/source/<app>@r8`: the immutable snapshot of a release, with its build step run.

    `digest` is that of the snapshot which `deploy` put under `releases/<app>/r8`. Output `path`.
    """

    application: str
    release: int
    digest: str
    build: tuple[str, ...] = ()  # argv run in the snapshot, with `packages` on its PATH
    packages: Text = Text()


@dataclass(frozen=True, slots=True)
class Packages:
    """`machine/packages/<runtime>-<digest>`: installed dependencies, shared between releases.

    Named by the digest of what it is installed from, so a redeploy without a dependency change
    finds it made. `manifest` is the file in the release's snapshot that it is installed from.
    Outputs `path`, and `bin` (the folder to put first on PATH).
    """

    runtime: Runtime
    digest: str
    snapshot: str  # releases/hello/r8: where the manifest is read at install
    manifest: str  # uv.lock | requirements.txt | package-lock.json


@dataclass(frozen=True, slots=True)
class TcpProbe:
    """Ready when the port accepts a connection."""

    port: Text


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """Ready when GET answers 200 to 399."""

    url: Text
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CommandProbe:
    """Ready when the command ends with 0."""

    command: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class AliveProbe:
    """Ready when it has lived this long: for workers, which open no door."""

    seconds: float = 1.0


Probe = TcpProbe | HttpProbe | CommandProbe | AliveProbe


class Identity(StrEnum):
    """As whom a process runs. UNPRIVILEGED: not as root even when we are (PostgreSQL)."""

    SELF = "self"
    UNPRIVILEGED = "unprivileged"


@dataclass(frozen=True, slots=True)
class Program:
    """What is started: argv, environment, folder. `path` folders go first on PATH."""

    command: tuple[Text, ...]
    env: tuple[tuple[str, Text], ...] = ()
    folder: Text = Text()
    path: tuple[Text, ...] = ()
    identity: Identity = Identity.SELF
    memory_max: int = 0  # 0: no limit


@dataclass(frozen=True, slots=True)
class Process:
    """`machine/process/<app>.<container>@r8`, or `machine/process/postgres`: kept running.

    `drain`: how long before `stop_signal` it still serves, so that the ingress can turn away.
    `sockets`: names and addresses (`127.0.0.1:80`; `:80` is every address) of open sockets that it
    is handed as systemd would, and that stay when it ends.
    """

    program: Program
    probe: Probe = AliveProbe()
    sockets: tuple[tuple[str, Text], ...] = ()
    stop_signal: str = "SIGTERM"
    grace: float = 10.0
    drain: float = 0.0
    start_timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class Job:
    """`machine/job/<app>.<name>@r8`: run to its end once, before what needs it. `once`."""

    program: Program
    timeout: float = 600.0


@dataclass(frozen=True, slots=True)
class Timer:
    """`machine/timer/<app>.<name>`: a program run on a schedule (five cron fields), never twice
    at once; a run missed while the machine slept is made up for once.
    """

    program: Program
    schedule: str
    timezone: str = "UTC"
    timeout: float = 3600.0


@dataclass(frozen=True, slots=True)
class Door:
    """`machine/door/<route>`: one of the ingress's spare entry points, on a plain port.

    Chosen once and remembered. Outputs `number` (the port) and `entry` (the entry point's name).
    `first` is the first port of the pool, `size` how many there are.
    """

    exposure: Exposure
    first: Text
    size: int


def entry_name(exposure: Exposure, index: int) -> str:
    """The name of the ingress's spare entry point `index`: `door-07`, `lan-03`."""
    pool = "door" if exposure is Exposure.LOOPBACK else exposure.value
    return f"{pool}-{index:02}"


@dataclass(frozen=True, slots=True)
class Route:
    """`machine/route/<name>`: the ingress sends `hosts` and `path` to `to`.

    `to` holds one URL per instance, none while nothing serves yet. `entries` are the entry points'
    names; one that ends in `https` speaks TLS. `verify`: URL that the ingress asks before it lets
    a request pass, when `access` is SIGNED_IN; `sign_in` is the console's URL to which
    `/.rackhouse/` on that host goes. `admin` is the URL of the ingress's entry point `admin`, which
    has its ping: there the target learns that the ingress knows the route. Empty: not waited for.
    """

    application: str
    hosts: tuple[str, ...]
    path: str
    to: tuple[Text, ...]
    entries: tuple[Text, ...]
    door: Text = Text()  # entry point of the plain 127.0.0.1 form, which has no host name
    access: Access = Access.OPEN
    verify: Text = Text()
    sign_in: Text = Text()
    admin: Text = Text()


MachineSpec = Port | Folder | File | Source | Packages | Process | Job | Timer | Door | Route
