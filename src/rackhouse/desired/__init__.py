"""From files to resources: a rack and its applications in, everything that is wanted out.

Pure and deterministic: names are computed, and what must be chosen or awaited is a reference to
another resource. A module for each concern, `provision` the table of what provides what, and in
`embedded` the parts. Knows no target and no plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from rackhouse.app.model import App
from rackhouse.desired import data
from rackhouse.desired.applications import application
from rackhouse.desired.case import Ground
from rackhouse.desired.conflicts import check_routes
from rackhouse.desired.embedded import ingress as front
from rackhouse.desired.embedded.cache import cache
from rackhouse.desired.embedded.console import console
from rackhouse.desired.embedded.forge import forge, host
from rackhouse.desired.embedded.ingress import ingress, pool
from rackhouse.desired.embedded.objects import objects
from rackhouse.desired.embedded.part import Part
from rackhouse.desired.embedded.postgres import postgres
from rackhouse.desired.facts import Facts
from rackhouse.desired.refused import check_circles, refuse
from rackhouse.desired.routes import NAMED, called, exposure, ways
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Exposure, Route
from rackhouse.resources.place import Place, Wanted

CONSOLE, FORGE = Id("machine", "route", "console"), Id("machine", "route", "forge")


def desired(rack: Rack, apps: Sequence[App], facts: Facts) -> Wanted:
    """All that the rack and its applications come to. Those without a release are passed over.

    Raises FileError with every problem of every application.
    """
    ground = ground_of(rack, apps, facts)
    wanted = [each for name in sorted(ground.apps) for each in application(ground.case(name))]
    own_routes = _own_routes(ground)
    routes = [*own_routes, *(it for it in wanted if isinstance(it.spec, Route))]
    check_routes(ground, routes)
    check_circles(ground)
    refuse(ground)
    hosts = {host for route in routes for host in route.spec.hosts}
    parts = {**ground.parts, "ingress": _ingress(ground, hosts)}
    own = [resource for part in parts.values() for resource in part.resources]
    places = [part.place for part in parts.values() if part.place]
    return Wanted(
        resources=_by_id([*own, *own_routes, *wanted]),
        places={place.name: place for place in (*places, *_ALWAYS)},
    )


_ALWAYS = (Place(name="vault", kind="vault"), Place(name="machine", kind="machine"))


def ground_of(rack: Rack, apps: Sequence[App], facts: Facts) -> Ground:
    """What applications stand on here: the parts, and each other."""
    released = {app.name: app for app in apps if app.release is not None}
    return _with_parts(
        Ground(rack=rack, facts=facts, apps=released, called=called(released.values()))
    )


def _with_parts(ground: Ground) -> Ground:
    rack, facts = ground.rack, ground.facts
    cases = [ground.case(name) for name in ground.apps]
    doors = Counter(exposure(case, way) for case in cases for way in ways(case))
    here = doors[Exposure.LOOPBACK] + doors[Exposure.INTERNET]  # the latter is refused later
    pools = {
        Exposure.LOOPBACK: pool(here),
        Exposure.INTERNET: pool(here),
        Exposure.LAN: pool(doors[Exposure.LAN]),
    }
    ground = replace(ground, pools=pools, doors=doors)
    parts: dict[str, Part] = {}
    if rack.data.postgres is not None:
        parts["postgres"] = postgres(rack, facts.tools)
    if rack.data.cache is not None:
        parts["cache"] = cache(rack, facts.tools)
    if rack.data.objects is not None:
        parts["objects"] = objects(rack, facts.tools)
    parts["console"] = console(rack, facts.tools, facts.rack_file)
    if facts.tools.git:
        door = parts["console"].outputs["port"]
        parts["forge"] = forge(rack, facts.tools, door)
    return replace(ground, parts={**parts, "ingress": _ingress(ground, ())})


def _ingress(ground: Ground, hosts: Iterable[str]) -> Part:
    doors = ground.doors
    here = doors[Exposure.LOOPBACK] + doors[Exposure.INTERNET]
    return ingress(ground.rack, ground.facts.tools, set(hosts), here, doors[Exposure.LAN])


def _own_routes(ground: Ground) -> list[Resource[Route]]:
    """The console answers at the domain itself, the forge at `git.`; plain doors are their own."""
    hosts = {"console": ground.rack.domain, "forge": host(ground.rack)}
    ids = {"console": CONSOLE, "forge": FORGE}
    return [_own_route(ground, ids[name], hosts[name]) for name in ids if name in ground.parts]


def _own_route(ground: Ground, id: Id, name: str) -> Resource[Route]:
    spec = Route(
        application=id.name,
        hosts=(name,),
        path="/",
        to=(ground.parts[id.name].outputs["url"],),
        entries=tuple(map(Text.of, NAMED)),
        admin=ground.parts["ingress"].outputs["admin"],
    )
    needs = {Id("machine", "process", id.name), front.PROCESS, front.ROUTES}
    return Resource(id=id, spec=spec, needs=frozenset(needs))


def _by_id(resources: Iterable[Resource[Any]]) -> dict[Id, Resource[Any]]:
    """Each once: what several applications want is theirs together."""
    found: dict[Id, Resource[Any]] = {}
    for resource in resources:
        other = found.get(resource.id)
        both = resource if other is None else data.merged(other, resource)
        assert both is not None, f"two different things are called {resource.id}"
        found[resource.id] = both
    return found
