"""An application as a frozen value: containers, ports, needs, release."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """How an application lives."""

    WEB = "web"  # opens its service port; reached by routes
    WORKER = "worker"  # opens no door
    STATIC = "static"  # files that are served
    SCHEDULE = "schedule"  # runs to its end, on a schedule


class Runtime(StrEnum):
    """What a release needs under it. IMAGE needs a container engine."""

    PYTHON = "python"
    NODE = "node"
    STATIC = "static"
    COMMAND = "command"
    IMAGE = "image"


class ResourceType(StrEnum):
    """Resource types that Rackhouse provides; another is refused, with this list."""

    POSTGRES = "postgres"
    REDIS = "redis"
    VECTOR = "vector"
    S3 = "s3"
    ROUTE = "route"
    VOLUME = "volume"
    LLM = "llm"
    MODELS = "models"  # of the gateway alone: what it is told
    RETRIEVAL = "retrieval"
    TENANTS = "tenants"  # of retrieval alone: who may ask it
    QUEUE = "queue"
    SECRET = "secret"  # set by a person: `rackhouse secret set APP NAME`
    SERVICE = "service"  # another application on this rack, by name
    DNS = "dns"  # the application's own host name


@dataclass(frozen=True, slots=True, order=True)
class Placeholder:
    """`${resources.db.url}` is ("resources", "db", "url"); `${metadata.name}` likewise."""

    keys: tuple[str, ...]

    def __str__(self) -> str:
        return "${" + ".".join(self.keys) + "}"


@dataclass(frozen=True, slots=True)
class Template:
    """A string of the application file with placeholders; `$$` was already made `$`."""

    parts: tuple[str | Placeholder, ...] = ()

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A resource that the application asks for. `name` is the application's own word for it.

    `id` (Score: `resources.x.id`) shares one resource between applications that name the same.
    """

    name: str
    type: ResourceType
    params: tuple[tuple[str, str | int | bool | Template], ...] = ()
    id: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCheck:
    """An HTTP probe of the application file."""

    path: str
    port: int
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A file with content, or a volume need, placed at `target` (a path).

    `source`: the content is that of this file of the snapshot, as it is. `mode`: permission bits of
    the file; 0 leaves them to the target. `path`: only this folder inside the volume.
    """

    target: str
    content: Template | None = None  # a file
    volume: str = ""  # or the name of a need of type volume
    source: str = ""  # or a file of the snapshot
    mode: int = 0
    path: str = ""
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One program of the application. Embedded: one supervised process.

    `image` is `.` when it is built from the source. `check` decides ready; `command` + `args` may
    be empty, then the runtime's own way to start is used (Procfile, `npm start`). `after`: other
    containers that are first "started", "healthy" or "complete". What it may use, and what it asks
    for: `memory` in bytes, `cpu` in thousandths of a core, 0 where its file says nothing.
    """

    name: str
    image: str
    command: tuple[Template, ...] = ()
    args: tuple[Template, ...] = ()
    variables: tuple[tuple[str, Template], ...] = ()
    mounts: tuple[Mount, ...] = ()
    check: HttpCheck | tuple[Template, ...] | None = None
    memory_max: int = 0
    memory: int = 0
    cpu_max: int = 0
    cpu: int = 0
    after: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePort:
    """`service.ports.<name>`: clients use `port`, the container listens on `target`.

    Embedded, the process listens on a free port instead, given as `PORT` in its environment, and as
    `${service.ports.<name>}`... the `target` in probes and routes is mapped to it.
    """

    name: str
    port: int
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One immutable version of an application: what `deploy`, `env set` or a push made.

    `snapshot` is relative to the state folder: `releases/hello/r8`. `manifest` is the file in the
    snapshot from which dependencies are installed, "" for none; `packages` the digest that names
    their folder. `build` is run in the snapshot once. `commit` is what was pushed, "" for a folder.
    `image` is what a registry has of it, by digest; "" until one has. `architectures` are those
    that it was built for, none where nobody said.
    """

    number: int
    digest: str
    snapshot: str
    runtime: Runtime
    manifest: str = ""
    packages: str = ""
    build: tuple[str, ...] = ()
    commit: str = ""
    image: str = ""
    architectures: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """`r8`."""
        return f"r{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An application with the release that is to run; `release` None: known, not yet deployed.

    `uid` tells it from an earlier application of the same name. `expires`: the loader drops it
    after that day. `access`: "open" or "signed-in"; `exposure`: loopback | lan | internet, "" for
    the rack's own. `public`: off loopback without sign-in, on purpose. `before` is a command run
    to its end once per release before it starts (migrations); `build` is run once in its snapshot.
    `drain`: seconds.
    On a cluster, `replicas` are how many run at least and at most, and `internet` lets it open
    connections to the outside.
    """

    name: str
    uid: str = ""
    kind: Kind = Kind.WEB
    containers: tuple[Container, ...] = ()
    ports: tuple[ServicePort, ...] = ()
    needs: tuple[Need, ...] = ()
    schedule: str = ""
    timezone: str = "UTC"
    expires: date | None = None
    access: str = "open"
    exposure: str = ""
    public: bool = False
    before: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    drain: float = 1.0
    replicas: tuple[int, ...] = (1, 1)
    internet: bool = False
    folder: str = ""  # of a static site, inside the snapshot
    package: str = ""  # `datasette==0.65.5`: run a published package, without source
    release: Release | None = None
    kept: tuple[Release, ...] = ()  # others that can be gone back to: their snapshots stay
    said: tuple[Container, ...] = ()  # as the file has them, where variables were set over it
    overrides: tuple[tuple[str, str], ...] = ()  # those variables, which a person set
    annotations: tuple[tuple[str, str], ...] = field(default=())

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today > self.expires
