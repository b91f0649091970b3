"""An application on this machine: which line becomes which process, route and database. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from rackhouse.app import graph
from rackhouse.app.model import Container, Kind, Need, ResourceType
from rackhouse.desired.case import Case, Ground
from rackhouse.desired.explain import words
from rackhouse.desired.explain.common import (
    check_of,
    manners,
    mounts_of,
    secret_variables,
    settings,
)
from rackhouse.desired.explain.lines import Lines
from rackhouse.desired.explain.model import Edge, Life, Size, Spot, Story, Target
from rackhouse.desired.explain.told import Told, Wanted, needed
from rackhouse.desired.images import BUILT
from rackhouse.desired.kube.texts import quantity
from rackhouse.desired.listening import listeners, port_id
from rackhouse.desired.programs import home_id, packages_id
from rackhouse.desired.provision import Provision
from rackhouse.desired.routes import Way, access, door, entered, exposure, ways
from rackhouse.resources.core import Id

_PARTS = {
    ResourceType.POSTGRES: ("postgres", "PostgreSQL"),
    ResourceType.VECTOR: ("postgres", "PostgreSQL"),
    ResourceType.REDIS: ("cache", "Valkey"),
    ResourceType.QUEUE: ("cache", "Valkey"),
    ResourceType.S3: ("objects", "SeaweedFS"),
}


def story(ground: Ground, name: str, wanted: Wanted, files: tuple[Lines, Lines]) -> Story:
    """All of it. `wanted` is what `desired` answered for the same ground."""
    case = ground.case(name)
    told, provision = Told(case, wanted, files, words.MACHINE), Provision(case)
    for it in case.app.containers:
        _container(told, it, provision)
    _annotations(told)
    _ports(told)
    for need in case.app.needs:
        if need.type is not ResourceType.ROUTE:  # which shapes a door that a port has anyway
            told.makes(told.need(need), [it.id for it in provision.of(need.name).resources])
    told.makes(told.score("metadata", "name"), [home_id(case)], words.HOME)
    origins = told.origins()
    return Story(
        target=Target.EMBEDDED,
        place="processes of the supervisor, behind its ingress",
        copies=(1, 1),
        origins=origins,
        edges=tuple(_edges(told)),
        closed=(),
        doors=tuple(_doors(told)) or (words.NO_DOOR,),
        spots=(Spot(node="", fits=True, why=words.HERE),),
        sizes=tuple(_size(told, it) for it in case.app.containers),
        life=_life(case, told.kept(origins)),
    )


def _running(told: Told, container: Container) -> Id:
    """The process, job or timer that a container is."""
    case = told.case
    ids = [case.running("process", container.name), case.running("job", container.name)]
    ids.append(case.standing("timer", container.name))
    return next(id for id in ids if id in told.wanted)


def _container(told: Told, container: Container, provision: Provision) -> None:
    case, at = told.case, ("containers", container.name)
    line, running = told.score(*at), _running(told, container)
    told.makes(line, [running, port_id(case, container)])
    if container.image == BUILT:
        told.shapes(line, [running], words.BUILT_HERE)
        if container == next(it for it in case.app.containers if it.image == BUILT):
            told.makes(line, [case.source, packages_id(case)])
    else:
        told.shapes(line, [running], words.BY_ENGINE.format(image=container.image))
    for variable in secret_variables(container, provision):
        which = words.SECRET_VARIABLE.format(names=variable)
        told.shapes(told.score(*at, "variables", variable), [running], which)
    if container.memory_max:
        most = words.MEMORY.format(memory=quantity(container.memory_max))
        told.shapes(told.score(*at, "resources"), [running], most)
    if running.kind == "process" and (check := check_of(container)):
        told.shapes(told.score(*at, "readinessProbe"), [running], words.PROBE.format(what=check))
    for path, what in mounts_of(container):
        told.shapes(told.score(*at, *path), [running], what)


def _annotations(told: Told) -> None:
    case = told.case
    app = case.app
    running = [_running(told, it) for it in app.containers]
    asked = [way for way in ways(case) if way.need is not None]
    routes = [Id("machine", "route", way.name) for way in asked]
    if line := told.note("before"):
        command = shlex.join(app.before)
        told.makes(line, [case.running("job", "before")], words.BEFORE.format(command=command))
        if case.running("job", "before") not in told.wanted:  # a volume is held: the process does
            told.shapes(line, running[:1], words.BEFORE_POD.format(command=command))
    for word, what in manners(app):
        if line := told.note(word):
            told.shapes(line, running, what)
    own = {way.name for way in asked if entered(case, way) is not access(case)}
    shaped = {
        "exposure": [door(way) for way in asked],
        "access": [it for it in routes if it.name not in own],
    }
    for word, what in settings(case):
        told.shapes(told.setting(word), shaped.get(word, routes), what)
    told.shapes(told.rack("domain"), routes, words.NAMED.format(domain=case.ground.rack.domain))


def _ports(told: Told) -> None:
    """Every service port has a door; a route gives it host names."""
    for way in ways(told.case):
        route = Id("machine", "route", way.name)
        told.makes(told.score("service", "ports", way.port.name), [door(way), route])
        if way.need is not None:
            told.shapes(told.need(way.need), [route], words.HOSTS.format(hosts=_address(told, way)))
            if entered(told.case, way) is not access(told.case):
                told.shapes(told.need(way.need), [route], words.KEYS)


def _address(told: Told, way: Way) -> str:
    spec = told.wanted[Id("machine", "route", way.name)].spec
    return words.names(f"https://{host}{spec.path.rstrip('/')}" for host in spec.hosts)


def _edges(told: Told) -> Iterator[Edge]:
    case, me = told.case, told.case.app.name
    for way in ways(case):
        if way.need is not None:
            yield Edge(source="the ingress", target=me, port=0, why=told.need(way.need))
    for need in case.app.needs:
        if target := _reached(need):
            yield Edge(source=me, target=target, port=0, why=told.need(need))
    for name, other in sorted(case.ground.apps.items()):
        for need in graph.services(other):
            if graph.application(need) == me:
                yield Edge(source=name, target=me, port=0, why=needed(name, need))


def _reached(need: Need) -> str:
    if need.type in graph.SPEAKS:
        return graph.application(need)
    return _PARTS[need.type][1] if need.type in _PARTS else ""


def _doors(told: Told) -> Iterator[str]:
    case = told.case
    for way in ways(case):
        if way.need is None:
            yield words.inside(f"127.0.0.1, for its port {way.port.name}")
        else:
            yield words.door(_address(told, way), exposure(case, way), entered(case, way))


def _size(told: Told, container: Container) -> Size:
    most = quantity(container.memory_max) if container.memory_max else ""
    line = told.score("containers", container.name, "resources")
    return Size(container=container.name, memory=most, why=line)


def _life(case: Case, stays: list[str]) -> Life:
    app = case.app
    alone = any(
        need.type is ResourceType.VOLUME and not dict(need.params).get("shared")
        for need in app.needs
    )
    if app.kind is Kind.SCHEDULE:
        released = [words.NEXT_RUN]
    elif alone:
        released = [words.AFTER_THE_OLD, words.FAILS_AWAY]
    else:
        released = [words.BESIDE_THE_OLD if listeners(app) else words.WORKERS, words.FAILS]
    back = [words.BACK_HERE]
    if app.before:
        command = shlex.join(app.before)
        first = words.FIRST_RUNS_IN if alone else words.FIRST_RUNS
        released.insert(0, first.format(command=command))
        back.append(words.DATA_STAYS.format(command=command))
    return Life(
        released=tuple(released), rolled_back=tuple(back), removed=tuple(words.removed(stays))
    )
