"""A rack to look at: a store and the files that a supervisor would have written.

Nothing runs: unit and state files are written by hand, the supervisor's lock is held by the test.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rackhouse.app.codec import encode
from rackhouse.app.model import (
    App,
    Container,
    Kind,
    Need,
    Placeholder,
    Release,
    ResourceType,
    Runtime,
    Template,
)
from rackhouse.kit.paths import Paths
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Access, Exposure, Route
from rackhouse.resources.seen import Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import ApplicationRow, ReleaseRow, ReleaseStatus, Result, Store
from rackhouse.supervisor import lock
from rackhouse.supervisor.unit import Phase, State, Unit

NOW = 1_800_000_000.0
HTTPS, HTTP = 8443, 8080
PARTS = {
    "postgres": ("postgres 18.6.3", 5433, 17_000_000),
    "cache": ("valkey 9.1.2", 6380, 7_200_000),
    "objects": ("seaweedfs 4.48", 8333, 151_000_000),
    "ingress": ("traefik 3.7.15", 8081, 92_000_000),
    "console": ("rackhouse 0.1.0", 8400, 48_000_000),
}


@dataclass(frozen=True)
class House:
    """What `operations.view.view` looks at."""

    rack: Rack
    store: Store
    paths: Paths


def empty_house(root: Path, rack: Rack | None = None, store: Store | None = None) -> House:
    """A rack that was never brought up. Its store is in memory unless another is given."""
    paths = Paths(root)
    for folder in (paths.units, paths.states, paths.logs):
        folder.mkdir(parents=True, exist_ok=True)
    return House(rack or Rack(), store or MemoryStore(), paths)


@contextlib.contextmanager
def supervised(house: House) -> Iterator[None]:
    """As if a supervisor lived: this process holds its lock, and is told to look at its units."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with lock.take(house.paths.supervisor_lock) as taken:
            taken.announce()
            yield
    finally:
        signal.signal(signal.SIGHUP, before)


def furnished_house(root: Path, rack: Rack | None = None, store: Store | None = None) -> House:
    """Every part, and applications of each kind in each state."""
    house = empty_house(root, rack, store)
    for name in ("https", "http"):
        choose(house, "port", name, number=str({"https": HTTPS, "http": HTTP}[name]))
    for name, (version, port, memory) in PARTS.items():
        choose(house, "port", name, number=str(port))
        unit(house, name, version=version)
        state(house, name, rss=memory, cpu=12.5)
    route(house, "console", hosts=("rack.localhost",))
    guestbook(house)
    application(house, App(name="notes", kind=Kind.STATIC), door=9002)
    state(house, "notes.site@r1", rss=9_000_000)
    beat = App(name="heartbeat", kind=Kind.SCHEDULE, schedule="*/5 * * * *")
    application(house, beat)
    state(house, "heartbeat.main", next_run=NOW + 240)
    application(house, App(name="trial", expires=date(2026, 12, 24)))
    state(house, "trial.web@r1", phase=Phase.CRASHED, why="ended with 1 three times", restarts=7)
    return house


def guestbook(house: House) -> App:
    """Two releases, a worker, three needs, sign-in asked for."""
    needs = (
        Need(name="db", type=ResourceType.POSTGRES),
        Need(name="visits", type=ResourceType.REDIS),
        Need(name="pictures", type=ResourceType.S3),
        Need(name="web", type=ResourceType.ROUTE),
    )
    variables = (
        ("DATABASE_URL", Template((Placeholder(("resources", "db", "url")),))),
        ("API_TOKEN", Template(("very-secret-token",))),
        ("REMOTE", Template(("https://ann:hunter2@example.org/x",))),
        ("GREETING", Template(("Hello <b>you</b>",))),
    )
    web = Container(name="web", image=".", variables=variables)
    worker = Container(name="worker", image=".")
    app = App(name="guestbook", containers=(web, worker), needs=needs, access="signed-in")
    application(house, app, releases=2, door=9001, access=Access.SIGNED_IN)
    state(house, "guestbook.web@r2", rss=44_000_000, cpu=3.2)
    state(house, "guestbook.worker@r2", rss=31_000_000, cpu=0.4)
    log(house, "guestbook.web@r2", ["hello", "<script>alert(1)</script>", "served / in 3 ms"])
    number = house.store.begin_apply("ann", "deploy guestbook r2", ["+ one", "~ two"], NOW - 90)
    house.store.record_step(number, 0, Result.RUNNING, NOW - 90)
    house.store.record_step(number, 0, Result.DONE, NOW - 89)
    house.store.record_step(number, 1, Result.RUNNING, NOW - 89)
    house.store.record_step(number, 1, Result.DONE, NOW - 88)
    house.store.end_apply(number, NOW - 88)
    return app


def application(
    house: House,
    app: App,
    *,
    releases: int = 1,
    door: int = 0,
    access: Access = Access.OPEN,
    status: ReleaseStatus = ReleaseStatus.LIVE,
) -> None:
    """An application of which the last release is live, with a route when it has a door."""
    house.store.put_application(ApplicationRow(name=app.name, uid=f"{app.name}-uid"))
    for number in range(1, releases + 1):
        snapshot = f"releases/{app.name}/r{number}"
        release = Release(
            number=number, digest=f"{number:012x}", snapshot=snapshot, runtime=Runtime.PYTHON
        )
        row = ReleaseRow(
            application=app.name,
            number=number,
            status=ReleaseStatus.NEW,
            digest=release.digest,
            app=encode(replace(app, release=release)),
            made=NOW - 3600 * (releases + 1 - number),
            by=f"deploy ./{app.name}",
        )
        house.store.add_release(row)
        house.store.set_release_status(app.name, number, status)
    if door:
        hosts = (f"{app.name}.rack.localhost",)
        route(house, app.name, hosts=hosts, door=door, access=access)


def route(
    house: House,
    name: str,
    *,
    hosts: Sequence[str],
    path: str = "/",
    door: int = 0,
    lan: int = 0,
    access: Access = Access.OPEN,
) -> None:
    """A route as apply leaves it behind: a stamp, and the text of its specification."""
    entries = [Text.of("web"), Text.of("web-https")]
    for kind, number in ((Exposure.LOOPBACK, door), (Exposure.LAN, lan)):
        if number:
            word = "door" if kind is Exposure.LOOPBACK else "lan"
            id = Id("machine", "door", name if kind is Exposure.LOOPBACK else f"{name}.lan")
            choose(house, "door", id.name, number=str(number), entry=f"{word}-00")
            entries.append(Text.of(id.ref("entry")))
    spec = Route(
        application=name,
        hosts=tuple(hosts),
        path=path,
        to=(Text.of("http://127.0.0.1:1"),),
        entries=tuple(entries),
        access=access,
    )
    resource = Resource(id=Id("machine", "route", name), spec=spec, owner=name)
    house.store.remember_text(resource.digest, resource.text)
    house.store.put_stamp(resource.id, Stamp(rack="home", digest=resource.digest, found="x"))


def choose(house: House, kind: str, name: str, **values: str) -> None:
    """A port or a door that was chosen."""
    house.store.replace(Id("machine", kind, name), values)


def unit(house: House, name: str, *, version: str = "") -> None:
    """A unit file."""
    content = Unit(name=name, command=("true",), env={"RACKHOUSE_PART": version})
    (house.paths.units / f"{name}.json").write_text(content.to_json())


def state(house: House, name: str, *, phase: Phase = Phase.READY, **rest: object) -> None:
    """A state file."""
    content = State(name=name, phase=phase, since=NOW - 600, **rest)  # type: ignore[arg-type]  # fields by name
    (house.paths.states / f"{name}.json").write_text(content.to_json())


def log(house: House, name: str, lines: Sequence[str]) -> None:
    """A log file, written to its end."""
    with (house.paths.logs / f"{name}.log").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
