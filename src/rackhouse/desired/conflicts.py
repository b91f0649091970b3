"""What no application can see by itself: two that want the same address. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rackhouse.desired.case import Ground
from rackhouse.desired.routes import ways
from rackhouse.kit.errors import Problem
from rackhouse.resources.core import Resource
from rackhouse.resources.machine import Route


def check_routes(ground: Ground, routes: Iterable[Resource[Route]]) -> None:
    """Note every host and path that two routes want. The first by name keeps it."""
    holders: dict[tuple[str, str], Resource[Route]] = {}
    for route in routes:
        path = route.spec.path.rstrip("/") or "/"
        for host in route.spec.hosts:
            holder = holders.setdefault((host, path), route)
            if holder is not route:
                problem = _taken(ground, route, holder, f"{host}{path}")
                ground.problems.append((route.spec.application, problem))


def _taken(
    ground: Ground, route: Resource[Route], holder: Resource[Route], address: str
) -> Problem:
    name, first = route.spec.application, holder.spec.application
    whose = "another route of it" if first == name else f"a route of {first}"
    need = next(way.need for way in ways(ground.case(name)) if way.name == route.id.name)
    return Problem(
        line=need.line if need else 0,
        rule="route-taken",
        path=f"resources.{need.name}" if need else "resources",
        what=f"{whose} has the address {address} already",
        fix="give one of the two another `host` or `path` in the params of its route",
    )
