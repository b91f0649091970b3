"""The platform of one cluster as objects: every component, in its namespace. Pure.

`platform` is added to what `desired.kube` makes of applications: `together` puts both in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from rackhouse.desired.kube import guards, policies
from rackhouse.desired.kube.home import cluster_of
from rackhouse.desired.kube.platform import DATA, MODELS, SYSTEM
from rackhouse.desired.platform import charts, forge, table
from rackhouse.desired.platform.broker import broker
from rackhouse.desired.platform.builds import builds, runners
from rackhouse.desired.platform.cache import cache
from rackhouse.desired.platform.certificates import certificates
from rackhouse.desired.platform.gpu import gpu
from rackhouse.desired.platform.letsencrypt import NAME as LETSENCRYPT
from rackhouse.desired.platform.models import models
from rackhouse.desired.platform.names import names
from rackhouse.desired.platform.objects import objects
from rackhouse.desired.platform.pins import UNPINNED, Pins
from rackhouse.desired.platform.refused import refuse
from rackhouse.desired.platform.space import Space
from rackhouse.desired.platform.table import Component
from rackhouse.desired.platform.wanted import shares
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.kube import Object

Resources = Mapping[Id, Resource[Any]]
Make = Callable[[Space], Iterator[Resource[Any]]]

_MAKERS: tuple[tuple[Component, Make], ...] = (
    (table.POSTGRES_OPERATOR, charts.postgres_operator),
    (table.COPIES, charts.copies),
    (table.CACHE, cache),
    (table.OBJECTS, objects),
    (table.GITEA, forge.forge),
    (table.RUNNER, runners),
    (table.BROKER, broker),
    (table.BUILDKIT, builds),
    (table.CERTIFICATES, certificates),
    (table.LONGHORN, charts.longhorn),
    (table.GPU, gpu),
)
# The objects of these kinds come after the chart that brings the kinds.
_BROUGHT = {
    "barmancloud.cnpg.io": table.COPIES,
    "cert-manager.io": table.CERTIFICATES,
    "postgresql.cnpg.io": table.POSTGRES_OPERATOR,
}


def platform(rack: Rack, cluster: str = "", pins: Pins = UNPINNED) -> Resources:
    """All that one cluster has before any application; the rack's first when none is named.

    Images that `pins` has are named by their content. FileError when PostgreSQL has no disk there.
    """
    cluster = cluster_of(rack, cluster)
    refuse(rack, cluster)
    return {it.id: it for it in sorted(_all(rack, cluster, pins), key=lambda it: it.id)}


def together(applications: Resources, platform: Resources) -> Resources:
    """Both, in order: what an operator looks after comes after the operator, and whoever uses the
    cache or a bucket after the server that has read of it.
    """
    merged = {**platform, **applications}
    after = (_after_operator, _after_server, _after_certificate)
    return {id: reduce(lambda it, put: put(it, merged), after, it) for id, it in merged.items()}


def _all(rack: Rack, cluster: str, pins: Pins) -> Iterator[Resource[Any]]:
    there = {share.component for share in shares(rack, cluster)}
    data = _space(rack, cluster, pins, DATA)
    yield from guards.priorities(data.home)
    if there & {table.POSTGRES, table.CACHE, table.OBJECTS}:
        yield guards.namespace(data.home)
        yield policies.closed(data.home)
    for component, make in _MAKERS:
        if component in there:
            yield from make(_space(rack, cluster, pins, component.namespace))
    if table.GITEA in there:
        yield names(data)
    yield from models(_space(rack, cluster, pins, MODELS))


def _space(rack: Rack, cluster: str, pins: Pins, namespace: str) -> Space:
    return Space(rack=rack, cluster=cluster, pins=pins, namespace=namespace)


def _after_operator(it: Resource[Any], there: Resources) -> Resource[Any]:
    group = it.spec.api.partition("/")[0] if isinstance(it.spec, Object) else ""
    component = _BROUGHT.get(group)
    if component is None:
        return it
    chart = charts.chart_id(it.id.target.partition(".")[2], component)
    return replace(it, needs=it.needs | {chart}) if chart in there else it


def _after_server(it: Resource[Any], there: Resources) -> Resource[Any]:
    """Order alone, and no part of what the thing is: its own release writes it without us."""
    read = {Id(id.target, "StatefulSet", id.name) for id in it.needs if id.kind == "Secret"}
    served = (read & there.keys()) - {it.id}
    return replace(it, follows=it.follows | served) if served else it


def _after_certificate(it: Resource[Any], there: Resources) -> Resource[Any]:
    """An address without a certificate of its own comes once that of the ingress is there."""
    shown = Id(it.id.target, "Certificate", f"{SYSTEM}.{LETSENCRYPT}")
    bare = it.id.kind == "Ingress" and not any(need.kind == "Secret" for need in it.needs)
    return replace(it, needs=it.needs | {shown}) if bare and shown in there else it
