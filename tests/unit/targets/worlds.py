"""Worlds for the laws of targets: one example of each kind, what changes it, what spoils it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rackhouse.kit.paths import Paths
from rackhouse.resources import machine as m
from rackhouse.resources import vault as v
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Text
from rackhouse.resources.seen import Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Store
from rackhouse.supervisor import client
from rackhouse.targets import machine, vault
from rackhouse.targets.memory import Killed as KilledInMemory
from rackhouse.targets.memory import MemoryTarget, MemoryWorld
from rackhouse.targets.protocol import Target
from rackhouse.targets.vault import certificates

RACK = "test"


class Killed(BaseException):
    """As sudden as SIGKILL: nothing catches it."""


class Mortal:
    """A store that dies just before its `n`th change: a stand-in for SIGKILL at that moment."""

    def __init__(self, store: Store, n: int) -> None:
        self._store = store
        self._left = n

    def __getattr__(self, name: str) -> Any:
        if name in {"put_stamp", "drop_stamp", "replace", "forget", "choose"}:
            self._left -= 1
            if self._left < 0:
                raise Killed
        return getattr(self._store, name)


@dataclass(frozen=True)
class World:
    """A target with what it stands on. `reopen` answers it anew, on that store."""

    name: str
    paths: Paths
    store: Store
    target: Target
    reopen: Callable[[Store], Target]
    memory: MemoryWorld = field(default_factory=MemoryWorld)

    @contextmanager
    def dying(self, n: int) -> Iterator[Target]:
        """The target, which is killed at its `n`th change; `Killed` is all that gets out."""
        self.memory.kill_at = n + 1
        try:
            yield self.reopen(Mortal(self.store, n))  # type: ignore[arg-type]
        except KilledInMemory as killed:
            raise Killed from killed
        finally:
            self.memory.revive()


@dataclass(frozen=True, kw_only=True)
class Example:
    """One kind: a resource, another version of it, its outputs, and how a hand spoils it."""

    id: Id
    spec: Any
    changed: Any = None
    outputs: tuple[str, ...] = ()
    prepare: Callable[[World], None] = lambda world: None
    spoil: Callable[[World], None] | None = None
    values: Mapping[Ref, Hidden] | None = None
    slow: bool = False  # the supervisor or an installer is involved

    @property
    def resource(self) -> Resource[Any]:
        return self.of(self.spec)

    @property
    def other(self) -> Resource[Any]:
        return self.of(self.changed)

    def of(self, spec: Any) -> Resource[Any]:
        return Resource(id=self.id, spec=spec)


def stamp_for(resource: Resource[Any], rack: str = RACK) -> Stamp:
    """As apply makes it: unfinished."""
    return Stamp(
        rack=rack,
        digest=resource.digest,
        inputs={ref.to: "1" for ref in resource.refs},
        before=resource.before,
    )


def quiet(words: str) -> None:
    """Say nothing."""


@contextmanager
def open_world(kind: str, root: Path) -> Iterator[World]:
    """A world of its own in `root`; its supervisor, if one was started, is stopped at the end."""
    paths, memory = Paths(root), MemoryWorld()

    def reopen(store: Store) -> Target:
        if kind == "memory":
            return MemoryTarget(memory, kind)
        opener: Any = {"vault": vault.open_target, "machine": machine.open_target}[kind]
        target: Target = opener(kind, {}, rack=RACK, paths=paths, store=store)
        return target

    store = MemoryStore()
    try:
        yield World(kind, paths, store, reopen(store), reopen, memory)
    finally:
        client.stop(paths, timeout=20)


def _alive(*argv: str) -> m.Program:
    return m.Program(command=tuple(map(Text.of, argv)))


def _sleeper(seconds: str = "60") -> m.Process:
    return m.Process(program=_alive("sleep", seconds), probe=m.AliveProbe(0.05), grace=2.0)


def _edit_unit(name: str) -> Callable[[World], None]:
    def edit(world: World) -> None:
        path = world.paths.units / f"{name}.json"
        path.write_text(path.read_text().replace('"grace": 2.0', '"grace": 3.0'))

    return edit


def _authority() -> Mapping[str, str]:
    return certificates.authority(v.Authority("Test"), datetime.now(UTC))


_CA = Id("vault", "authority", "rack")
_ISSUED = _authority()
_CA_VALUES = {_CA.ref(name): Hidden(value) for name, value in _ISSUED.items()}


def _certificate(*names: str) -> v.Certificate:
    return v.Certificate(
        authority_certificate=Text.of(_CA.ref("certificate")),
        authority_key=Text.of(_CA.ref("key")),
        names=names,
    )


def _replace_value(id: Id, **values: str) -> Callable[[World], None]:
    return lambda world: world.store.replace(id, values)


def _lay_snapshot(world: World) -> None:
    folder = world.paths.releases / "hello" / "r1"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text("print('hello')\n")


def _write_route(world: World) -> None:
    (world.paths.routes / "hello.yaml").write_text("{}")


_ROUTE = m.Route(
    application="hello",
    hosts=("hello.rack.localhost",),
    path="/",
    to=(Text.of("http://127.0.0.1:20001"),),
    entries=(Text.of("http"), Text.of("https")),
)

MEMORY = Example(
    id=Id("memory", "secret", "hello.db"),
    spec=v.Password(),
    changed=v.Password(48),
    outputs=("value",),
    spoil=lambda world: world.memory.by_hand(Id("memory", "secret", "hello.db")),
)

EXAMPLES: tuple[Example, ...] = (
    Example(
        id=Id("vault", "secret", "hello.db"),
        spec=v.Password(),
        changed=v.Password(48),
        outputs=("value",),
        spoil=_replace_value(Id("vault", "secret", "hello.db"), value="by hand"),
    ),
    Example(
        id=Id("vault", "given", "hello.token"),
        spec=v.Given("hello", "token"),
        outputs=("value",),
        prepare=lambda world: vault.give(world.store, "hello", "token", "s3cret"),
        spoil=_replace_value(Id("vault", "given", "hello.token"), value="by hand"),
    ),
    Example(id=Id("vault", "signer", "identity"), spec=v.Signer(), outputs=("private", "public")),
    Example(
        id=_CA,
        spec=v.Authority("Rackhouse test", ("rack.localhost",)),
        changed=v.Authority("Rackhouse test", ("home.arpa",)),
        outputs=("certificate", "key"),
    ),
    Example(
        id=Id("vault", "certificate", "rack"),
        spec=_certificate("rack.localhost", "127.0.0.1"),
        changed=_certificate("rack.localhost", "hello.rack.localhost"),
        outputs=("certificate", "key"),
        values=_CA_VALUES,
    ),
    Example(
        id=Id("machine", "port", "hello.web@r1"),
        spec=m.Port(),
        changed=m.Port(count=3),
        outputs=("number",),
    ),
    Example(
        id=Id("machine", "door", "hello"),
        spec=m.Door(m.Exposure.LOOPBACK, Text.of("21000"), 4),
        changed=m.Door(m.Exposure.LAN, Text.of("22000"), 4),
        outputs=("number", "entry"),
    ),
    Example(
        id=Id("machine", "folder", "hello.data"),
        spec=m.Folder("volumes/hello.data"),
        outputs=("path",),
        spoil=lambda world: (world.paths.volumes / "hello.data").chmod(0o755),
    ),
    Example(
        id=Id("machine", "file", "hello.conf"),
        spec=m.File("files/hello.conf", Text.of("a = 1\n")),
        changed=m.File("files/hello.conf", Text.of("a = 2\n")),
        outputs=("path",),
        spoil=lambda world: (world.paths.files / "hello.conf").write_text("a = 3\n") and None,
    ),
    Example(
        id=Id("machine", "source", "hello@r1"),
        spec=m.Source("hello", 1, "abcd"),
        changed=m.Source("hello", 1, "abcd", build=("touch", "built")),
        outputs=("path",),
        prepare=_lay_snapshot,
    ),
    Example(
        id=Id("machine", "packages", "static-1"),
        spec=m.Packages(m.Runtime.STATIC, "1", "releases/hello/r1", ""),
        outputs=("path", "bin"),
        prepare=_lay_snapshot,
        spoil=lambda world: (world.paths.packages / "static-1" / ".complete").unlink(),
    ),
    Example(
        id=Id("machine", "route", "hello"),
        spec=_ROUTE,
        changed=replace(_ROUTE, path="/api"),
        spoil=_write_route,
    ),
    Example(
        id=Id("machine", "process", "hello.web@r1"),
        spec=_sleeper(),
        changed=_sleeper("61"),
        spoil=_edit_unit("hello.web@r1"),
        slow=True,
    ),
    Example(
        id=Id("machine", "job", "hello.migrate@r1"),
        spec=m.Job(_alive("true")),
        changed=m.Job(_alive("sh", "-c", "true")),
        slow=True,
    ),
    Example(
        id=Id("machine", "timer", "hello.nightly"),
        spec=m.Timer(_alive("true"), "0 3 * * *"),
        changed=m.Timer(_alive("true"), "0 4 * * *"),
        slow=True,
    ),
)
