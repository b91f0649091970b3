"""What a need of an application becomes on a cluster. Pure.

What provides it is asked of the provisioner; where that lies on the cluster is looked up in the
compiled objects: by its id, by the name of its database, or by who is told its password.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rackhouse.app import graph
from rackhouse.app.model import Need, ResourceType
from rackhouse.desired.explain import words
from rackhouse.desired.explain.objects import manifest
from rackhouse.desired.explain.told import Told
from rackhouse.desired.kube import elsewhere, policies
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import DATA
from rackhouse.desired.kube.reach import mounted, workload
from rackhouse.desired.provision import Provision
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.kube import Object, Secret
from rackhouse.resources.postgres import Database


def tell(told: Told, need: Need, provision: Provision, running: Id) -> None:
    """All that its line makes and shapes. `running`: what runs the application's pods."""
    line, provided = told.need(need), provision.of(need.name).resources
    told.makes(line, _there(told, provided))
    for id, it in _knowing(told, provided):
        if it.owner == told.case.app.name:
            told.makes(line, [id], words.KNOWN)
        else:
            told.shapes(line, [id], words.KNOWN)
    if need.type is ResourceType.VOLUME:
        at = words.MOUNT.format(what="it", target=mounted(need.name))
        told.shapes(line, [running], at)
    _edges(told, need)


def _edges(told: Told, need: Need) -> None:
    """The policies that let it be reached, one at each end."""
    case, home, line = told.case, Home.of(told.case), told.need(need)
    mine, me = [home.id("NetworkPolicy", workload(case))], case.app.name
    outside = elsewhere.address(case.ground.rack) if need.type is ResourceType.S3 else ""
    if outside:
        told.shapes(line, mine, words.MAY_REACH.format(what=outside))
    elif party := policies.SERVED_BY.get(need.type):
        data = Home(rack=home.rack, cluster=home.cluster, namespace=DATA)
        told.shapes(line, mine, words.MAY_REACH.format(what=party.host))
        users = data.id("NetworkPolicy", f"{party.service}-users")
        told.makes(line, [users], words.MAY_BE_REACHED.format(who=me))
    if need.type in graph.SPEAKS and graph.application(need) in case.ground.apps:
        other = case.ground.case(graph.application(need))
        told.shapes(line, mine, words.MAY_REACH.format(what=other.app.name))
        theirs = Home.of(other).id("NetworkPolicy", workload(other))
        told.shapes(line, [theirs], words.MAY_BE_REACHED.format(who=me))


def _there(told: Told, provided: tuple[Resource[Any], ...]) -> Iterator[Id]:
    """Where what a provisioner answered is on the cluster."""
    cluster = Home.of(told.case).cluster
    for it in provided:
        yield it.id
        yield Id(f"{it.id.target}.{cluster}", it.id.kind, it.id.name)
        if isinstance(it.spec, Database):
            yield from _database(told, it.spec.name)


def _database(told: Told, name: str) -> Iterator[Id]:
    """The operator's objects for the database of that name."""
    for id, it in told.wanted.items():
        if id.kind == "Database" and _spec(it)["name"] == name:
            yield Id(id.target, "DatabaseRole", id.name)
            yield id


def _spec(it: Resource[Any]) -> Any:
    assert isinstance(it.spec, Object)
    return manifest(it.spec)["spec"]


def _knowing(told: Told, provided: tuple[Resource[Any], ...]) -> Iterator[tuple[Id, Resource[Any]]]:
    """The Secrets of the data services that hold a password of it."""
    passwords = {it.id for it in provided if it.id.target == "vault"}
    for id, it in told.wanted.items():
        there = isinstance(it.spec, Secret) and it.spec.namespace == DATA
        if there and any(ref.to in passwords for ref in it.refs):
            yield id, it
