"""What applications ask of the data services, on a cluster. Pure.

The provisioners are those of a rack of one: a database and its role, a user of the cache, a bucket.
A database becomes a DatabaseRole with its password and a Database, which keep their data when they
leave. Users and buckets keep their own targets, at addresses on the cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from rackhouse.desired.case import Ground
from rackhouse.desired.embedded.part import Part
from rackhouse.desired.kube import platform, policies, users
from rackhouse.desired.kube.copies import archived, copied_at, copies
from rackhouse.desired.kube.elsewhere import address
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.placement import data_affinity
from rackhouse.desired.kube.texts import quantity
from rackhouse.desired.platform import table
from rackhouse.desired.platform.budget import postgres_memory
from rackhouse.desired.platform.copied import KIND, NAME, awaited, copied, ungiven
from rackhouse.desired.platform.pins import UNPINNED, Pins
from rackhouse.desired.platform.wanted import is_own
from rackhouse.rack.model import Backups, Postgres, Rack
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.place import Place
from rackhouse.resources.postgres import Database

API = "postgresql.cnpg.io/v1"
CLUSTER = "postgres"
# Its "standard" images have pgvector; the operator's own default has not.
IMAGE = table.POSTGRES.images[0].reference

_MOVED = frozenset({"cache", "objects"})
_STORAGE = 20 * 2**30  # where the rack file sets no limit


def parts(rack: Rack) -> dict[str, Part]:
    """How applications reach the data services that the rack file has not switched off."""
    there = {
        "postgres": (rack.data.postgres, platform.POSTGRES),
        "cache": (rack.data.cache, platform.CACHE),
        "objects": (None if address(rack) else rack.data.objects, platform.OBJECTS),
    }
    return {name: _part(name, party) for name, (said, party) in there.items() if said is not None}


def _part(name: str, party: platform.Party) -> Part:
    outputs = {
        "host": Text.of(party.host),
        "port": Text.of(str(party.port)),
        "url": Text.of(f"http://{party.host}:{party.port}"),
    }
    return Part(resources=(), place=Place(name=name, kind=name), outputs=outputs)


def servers(ground: Ground, home: Home, pins: Pins = UNPINNED) -> Iterator[Resource[Any]]:
    """PostgreSQL and who may speak with it; and its copies, once the keys are given to where those
    go: without them it would be for ever on its way. What is to begin with copies waits for them.
    """
    to = None if ungiven(ground.facts.given) else copied(ground.rack, home.cluster)
    if not awaited(ground.rack, home.cluster, ground.facts.given):
        made = server(ground.rack, home, pins, to)
        yield made
        if to:
            yield from copies(home, made.id, to)
    ports = [copied_at(to)] if to else []
    yield policies.of_servers(home, platform.POSTGRES, [platform.OPERATOR], ports)


def server(
    rack: Rack, home: Home, pins: Pins = UNPINNED, to: Backups | None = None
) -> Resource[Any]:
    """The servers: one that writes, the others ready to take its place. While they are there, so
    are the policies that close them. `to`: where their copies go.
    """
    said = rack.data.postgres or Postgres()
    spec = {
        **(archived(rack) if to else {}),
        "affinity": {"nodeAffinity": data_affinity().to_dict()["nodeAffinity"]},
        # One alone would keep its node from ever being emptied for an upgrade.
        "enablePDB": said.instances > 1,
        "enableSuperuserAccess": False,
        "imageName": pins(IMAGE),
        "instances": said.instances,
        "postgresql": {
            "parameters": {
                "max_connections": str(said.connections),
                "shared_buffers": f"{said.memory // 1024}kB",
            }
        },
        "priorityClassName": "rackhouse-data",
        "resources": {
            "limits": {"cpu": "2", "memory": quantity(postgres_memory(said))},
            "requests": {"cpu": "100m", "memory": quantity(postgres_memory(said) // 2)},
        },
        "storage": {"size": quantity(said.storage or _STORAGE)},
    }
    needs = {home.id("NetworkPolicy", name) for name in ("closed", platform.POSTGRES.service)}
    if to:
        needs.add(home.id(KIND, NAME))
    return home.custom(API, "Cluster", CLUSTER, spec, needs=needs, keep=True)


def placed(rack: Rack, home: Home, resources: Iterable[Resource[Any]]) -> Iterator[Resource[Any]]:
    """What provisioners answered, as it is on this cluster: of the rack's own machines, which have
    the rack's platform, or of somebody's.
    """
    own = is_own(rack, home.cluster)
    for it in users.placed(home, resources) if own else resources:
        if it.id.target == "postgres":
            yield from _database(home, it)
        elif it.needs:
            yield replace(
                it, id=_here(home, it.id), needs=frozenset(_here(home, n) for n in it.needs)
            )
        else:
            yield replace(it, id=_here(home, it.id))


def _here(home: Home, id: Id) -> Id:
    """The id that a thing of this machine has on the cluster."""
    if id.target == "postgres":
        return home.id("Database", _name(id.name))
    return Id(f"{id.target}.{home.cluster}", id.kind, id.name) if id.target in _MOVED else id


def _database(home: Home, wanted: Resource[Database]) -> Iterator[Resource[Any]]:
    spec, name = wanted.spec, _name(wanted.id.name)
    mine = Home(
        rack=home.rack,
        cluster=home.cluster,
        namespace=home.namespace,
        owner=wanted.owner,
        uid=wanted.uid,
    )
    login = {"username": Text.of(spec.role), "password": spec.password}
    reload = {"cnpg.io/reload": "true"}
    yield mine.secret(name, login, kind="kubernetes.io/basic-auth", **reload)
    role = {
        "cluster": {"name": CLUSTER},
        "login": True,
        "name": spec.role,
        "passwordSecret": {"name": name},
        "roleReclaimPolicy": "retain",
    }
    server = home.id("Cluster", CLUSTER)
    before = {mine.id("Secret", name), server}
    yield mine.custom(API, "DatabaseRole", name, role, needs=before, keep=True)
    database = {
        "cluster": {"name": CLUSTER},
        "databaseReclaimPolicy": "retain",
        "extensions": [
            {"ensure": "present", "name": it} for it in sorted({*spec.extensions, *spec.optional})
        ],
        "name": spec.name,
        "owner": spec.role,
    }
    needs = {mine.id("DatabaseRole", name), server}
    yield mine.custom(API, "Database", name, database, needs=needs, keep=True)


def _name(database: str) -> str:
    """`hello_db` is the database, `hello.db` the object. Not `hello-db`: names have hyphens
    of their own, and no two may read the same. One that was cut has two underscores.
    """
    return database.replace("__", "-").replace("_", ".")
