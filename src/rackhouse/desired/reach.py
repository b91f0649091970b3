"""Provisioners of what is not data: routes, host names, applications, secrets. Pure."""

from __future__ import annotations

from typing import Any

from rackhouse.app import graph
from rackhouse.desired.case import Ask, Case, Provided
from rackhouse.desired.routes import (
    check_place,
    check_reach,
    door,
    host_of,
    opened,
    way_to,
    ways,
)
from rackhouse.kit.text import did_you_mean
from rackhouse.rack.model import Application
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.vault import Given

_HERE = "127.0.0.1"


def route(ask: Ask) -> Provided:
    """A host name and path at the ingress, and a door. `url` is the door's: it always resolves."""
    case = ask.case
    way = next(way for way in ways(case) if way.need is ask.need)
    path, asked = str(ask.params.get("path", "/")), ask.params.get("host", case.host)
    host = host_of(case, asked)
    if isinstance(asked, Text) and asked.refs:
        return ask.say(
            "route-host",
            "its host name would be known only after the route is made",
            "write the name, or `${resources.NAME.host}` of a resource of type dns",
        )
    hosts = case.hosts if host == case.host else (host,)
    check_reach(case, way)
    check_place(case, way, hosts, path)
    number = Text.of(door(way).ref("number"))
    return Provided(
        resources=opened(case, way, hosts, path),
        outputs={
            "host": Text.of(host),
            "path": Text.of(path),
            "url": Text.of(f"http://{_HERE}:", number, "" if path == "/" else path),
        },
    )


def dns(ask: Ask) -> Provided:
    """The application's own host name."""
    return Provided(outputs={"host": Text.of(ask.case.host)})


def service(ask: Ask) -> Provided:
    """Another application, by the plain form of its door: the same over all its releases."""
    ground, name = ask.case.ground, graph.application(ask.need)
    if name not in ground.apps and name in ground.entries:
        return _elsewhere(ask, ground.entries[name])
    if name not in ground.apps:
        return ask.say(
            "service-unknown",
            f"no application is called {name!r}.{did_you_mean(name, ground.apps)}",
            f"deploy it first, or name another: `{ask.need.name}: {{type: service, id: NAME}}`",
        )
    other = ground.case(name)
    port = str(ask.params.get("port", ""))
    way = way_to(other, port)
    if way is None:
        have = ", ".join(f"{p.name} ({p.port})" for p in other.app.ports) or "none"
        return ask.say(
            "service-port",
            f"{name} has no service port {port}".rstrip() + f"; it has {have}",
            f"name one that it has, or add it to the file of {name}",
        )
    number = Text.of(door(way).ref("number"))
    return Provided(
        outputs={
            "name": Text.of(name),
            "host": Text.of(_HERE),
            "port": number,
            "url": Text.of(f"http://{_HERE}:", number),
        },
        needs=frozenset({Id("machine", "route", way.name)}),
    )


def _elsewhere(ask: Ask, other: Application) -> Provided:
    """The rack file knows it; it is on another side, or has no release."""
    mine, theirs = ask.case.entry.cluster, other.cluster
    if mine == theirs:
        return ask.say(
            "service-unknown", f"{other.name} has not been released yet", "release it first"
        )
    sides = [f"on the cluster {it}" if it else "on this machine" for it in (theirs, mine)]
    return ask.say(
        "service-unknown",
        f"{other.name} is {sides[0]}, and {ask.case.app.name} {sides[1]}",
        "give both the same `cluster` in the rack file, or neither",
    )


def secret(ask: Ask) -> Provided:
    """A value that a person set."""
    case, name = ask.case, f"{ask.case.app.name}.{ask.need.name}"
    if name not in case.ground.facts.given:
        return ask.say(
            "secret-missing",
            f"the secret {ask.need.name!r} was not set",
            f"rackhouse secret set {case.app.name} {ask.need.name}",
        )
    spec = Given(application=case.app.name, name=ask.need.name)
    given = case.own(Id("vault", "given", name), spec, keep=True)
    return Provided(resources=(given,), outputs={"value": Text.of(given.id.ref("value"))})


def internal(case: Case) -> Provided:
    """The ways in that no route asks for: doors by which applications here find this one."""
    resources: list[Resource[Any]] = []
    for way in ways(case):
        if way.need is None:
            check_place(case, way, (), "/")
            resources += opened(case, way, (), "/")
    return Provided(resources=tuple(resources))
