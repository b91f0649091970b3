"""The words of the read model: one frozen value per thing that a person sees. Nothing is read."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum
from typing import Any

from rackhouse.resources.machine import Access, Exposure
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.supervisor.unit import Phase

# How bad a phase is, worst first: an application is as bad as the worst of its processes.
WORST = (
    Phase.CRASHED,
    Phase.FAILED,
    Phase.BACKOFF,
    Phase.STOPPED,
    Phase.STOPPING,
    Phase.WAITING,
    Phase.STARTING,
    Phase.READY,  # what has a process that serves is ready, though a job of it is done
    Phase.DONE,
)
SETTLED = frozenset({Phase.READY, Phase.DONE})
BROKEN = frozenset({Phase.BACKOFF, Phase.CRASHED, Phase.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """One supervised unit. `memory` is bytes now, `cpu` processor seconds so far, times are Unix
    seconds. `name` is the unit's own: `postgres`, `guestbook.web@r8`.
    """

    name: str
    phase: Phase
    why: str = ""
    pid: int = 0
    memory: int = 0
    cpu: float = 0.0
    restarts: int = 0
    since: float = 0.0
    next_run: float = 0.0  # timers


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView(UnitView):
    """A part of the rack: PostgreSQL, the cache, the objects, the ingress, this console."""

    address: str = ""  # 127.0.0.1:5433
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessView(UnitView):
    """A process, job or timer of an application, under the release that it runs."""

    release: int = 0  # 0: of every release (a timer)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """One version of an application. `made` is in Unix seconds."""

    number: int
    status: ReleaseStatus
    made: float
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedView:
    """A resource that an application asks for, and the part that provides it ("" for none)."""

    name: str
    type: str
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableView:
    """One environment variable as the file says it: references unfilled, secrets as `***`."""

    process: str
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteView:
    """A way in. `url` is by name with TLS, `plain` by address without; `origins` are all of them.

    `lan_port`: the plain port at which this machine's own addresses answer too, 0 for none.
    """

    name: str
    application: str
    path: str
    url: str
    plain: str
    origins: tuple[str, ...]
    exposure: Exposure = Exposure.LOOPBACK
    access: Access = Access.OPEN
    lan_port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AppView:
    """An application. Its phase is the worst of what its live release is made of.

    `url` and `plain` are those of its first route; `release` 0: nothing is live.
    """

    name: str
    kind: str
    phase: Phase
    why: str = ""
    url: str = ""
    plain: str = ""
    release: int = 0
    releases: tuple[ReleaseView, ...] = ()
    processes: tuple[ProcessView, ...] = ()
    needs: tuple[NeedView, ...] = ()
    variables: tuple[VariableView, ...] = ()
    expires: str = ""  # 2026-12-24
    working_folder: str = ""  # where its code runs, for what `rackhouse dev` made
    cluster: str = ""  # where it runs, when not here; its phase is what the last apply left

    @property
    def memory(self) -> int:
        """Bytes, of all its processes."""
        return sum(process.memory for process in self.processes)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """A machine of the rack file. `port` is the switch's, 0 for none; `vlan` its network's name."""

    name: str
    role: str
    board: str = ""
    address: str = ""
    port: int = 0
    vlan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchView:
    """The switch of the rack file. `uplink` is the port that leads to the router, 0 for none."""

    name: str
    ports: int
    uplink: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VlanView:
    """A network of the rack file."""

    name: str
    id: int
    subnet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyView:
    """The last change. `ended` 0: it runs, or it was `interrupted`: killed, or out of power.
    `failed` counts its failed steps.
    """

    number: int
    who: str
    what: str
    began: float
    ended: float = 0.0
    steps: int = 0
    failed: int = 0
    interrupted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RackView:
    """A whole rack at one moment. `ready` is true when every part and every live release serves;
    `why` has a line for each that does not, `hints` one for what is to be done though all serves,
    `notes` one for what the rack file says in vain.
    """

    name: str
    domain: str
    ready: bool
    supervisor: bool  # whether it lives; without it, nothing here is kept running
    why: tuple[str, ...] = ()
    parts: tuple[PartView, ...] = ()
    applications: tuple[AppView, ...] = ()
    routes: tuple[RouteView, ...] = ()
    nodes: tuple[NodeView, ...] = ()
    switch: SwitchView | None = None
    vlans: tuple[VlanView, ...] = ()
    last_apply: ApplyView | None = None
    hints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def application(self, name: str) -> AppView | None:
        """The application of that name."""
        return next((app for app in self.applications if app.name == name), None)

    def part(self, name: str) -> PartView | None:
        """The part of that name."""
        return next((part for part in self.parts if part.name == name), None)

    @property
    def units(self) -> tuple[UnitView, ...]:
        """Everything that the supervisor runs."""
        return (*self.parts, *(p for app in self.applications for p in app.processes))

    @property
    def memory(self) -> int:
        """Bytes, of everything that the supervisor runs."""
        return sum(unit.memory for unit in self.units)


def to_json(view: Any) -> Any:
    """Any of these as JSON values: the answer of `status --json` and of the HTTP API."""
    if dataclasses.is_dataclass(view):
        return {f.name: to_json(getattr(view, f.name)) for f in dataclasses.fields(view)}
    if isinstance(view, tuple):
        return [to_json(item) for item in view]
    return view.value if isinstance(view, Enum) else view
