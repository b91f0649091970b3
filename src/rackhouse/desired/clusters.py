"""The clusters that have joined: a place for each, and what runs there. Pure.

An application is on a cluster when the rack file says so, that cluster has joined, and nothing is
lacking; until then it stays where it is, and it is said why. `desired.kube` has what it is made of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from rackhouse.app import graph
from rackhouse.app.model import App, ResourceType
from rackhouse.desired.platform.copied import awaited, how_to_give
from rackhouse.desired.platform.pins import UNPINNED, Pins
from rackhouse.desired.platform.wanted import is_own
from rackhouse.rack.model import Rack
from rackhouse.resources.clusters import KEYS, kubeconfig_id, place
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.place import Place, Wanted
from rackhouse.resources.vault import Given

_SQL = frozenset({ResourceType.POSTGRES, ResourceType.VECTOR})

OWN = "."  # a container that is built from the source

_NOT_YET = {
    ResourceType.REDIS: "a user of the cache",
    ResourceType.QUEUE: "a user of the cache",
    ResourceType.S3: "a bucket",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An application that is not on the cluster that the rack file names, and why. `for_want_of`
    names the one that it speaks to and that is not there, where that is all.
    """

    application: str
    cluster: str
    why: str
    fix: str
    for_want_of: str = ""

    def __str__(self) -> str:
        return f"{self.application} is not on {self.cluster}: {self.why}; {self.fix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Who is where: applications by the cluster that joined, and those that cannot go there yet."""

    there: Mapping[str, tuple[App, ...]]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def away(self) -> Mapping[str, str]:
        """The cluster of each application that is on one."""
        return {app.name: cluster for cluster, apps in self.there.items() for app in apps}


def sides(
    rack: Rack, apps: Collection[App], joined: Collection[str], given: Collection[str] = ()
) -> Sides:
    """Sort the applications that have a release. `joined` names the clusters that can be asked,
    `given` the secrets that a person set.
    """
    entries = {each.name: each.cluster for each in rack.applications if each.cluster in joined}
    there: dict[str, list[App]] = {name: [] for name in sorted(joined)}
    left_out = []
    objects = rack.data.objects
    elsewhere = {ResourceType.S3} if objects and objects.at else set()
    for app in apps:
        cluster = entries.get(app.name)
        if cluster is None or app.release is None:
            continue
        lacking = _lacking(app, own=is_own(rack, cluster), elsewhere=elsewhere)
        if lacking := lacking or _waits(app, cluster, awaited(rack, cluster, given)):
            left_out.append(_left_out(app, cluster, *lacking))
        else:
            there[cluster].append(replace(app, kept=()))
    left_out += _parted(there, {app.name for app in apps})
    found = {name: tuple(each) for name, each in there.items()}
    return Sides(there=found, left_out=tuple(left_out))


def clusters(rack: Rack, found: Sides, given: Collection[str], pins: Pins = UNPINNED) -> Wanted:
    """All that is wanted on these clusters: the applications, and on those of the rack's own
    machines the platform before them. What one that was there already stands on is its owner's.

    `given` holds `app.name` of every secret that a person set. FileError with every problem of
    every application.
    """
    wanted = Wanted(resources={}, places={})
    for name, apps in found.there.items():
        wanted |= _places(name) | _on(rack, name, apps, given, pins)
    return wanted


def access(cluster: str) -> Resource[Given]:
    """The kubeconfig, as a thing that is there since the cluster joined."""
    return Resource(id=kubeconfig_id(cluster), spec=Given(KEYS, cluster), keep=True)


def _places(name: str) -> Wanted:
    mine = access(name)
    address = {"kubeconfig": Text.of(mine.id.ref("value"))}
    places = (
        Place(name=place(name), kind="kube", address=address),
        Place(name=KEYS, kind="vault"),
        Place(name="vault", kind="vault"),
    )
    return Wanted(resources={mine.id: mine}, places={each.name: each for each in places})


def _on(rack: Rack, name: str, apps: Collection[App], given: Collection[str], pins: Pins) -> Wanted:
    """The objects. Types of Kubernetes take time to import."""
    from rackhouse.desired.kube import kube
    from rackhouse.desired.kube.needed import needed
    from rackhouse.desired.kube.releasing import releasing
    from rackhouse.desired.platform.build import platform, together
    from rackhouse.desired.repositories import repositories

    own = is_own(rack, name)
    found = kube(rack, list(apps), given, name, pins) if apps or own else {}
    resources = together(found, platform(rack, name, pins)) if own else needed(found)
    may = {it.id: it for it in releasing(rack, list(apps), found, given)}
    wanted = Wanted(resources={**resources, **may}, places={})
    return wanted | repositories(rack, name, wanted) if own else wanted


def _lacking(app: App, *, own: bool, elsewhere: Collection[ResourceType]) -> tuple[str, str] | None:
    """Why it cannot be on a cluster, and what mends that. `elsewhere`: what no cluster makes."""
    assert app.release is not None
    built = any(container.image == OWN for container in app.containers)
    if built and not app.release.image:
        return "no registry has its image", "push to its repository, or `rackhouse release`"
    lacks = {} if own else {it: what for it, what in _NOT_YET.items() if it not in elsewhere}
    if asked := {lacks[need.type]: need.name for need in app.needs if need.type in lacks}:
        what = " and ".join(f"{thing} ({name})" for thing, name in sorted(asked.items()))
        why = f"{what} is made on clusters of the rack's own machines alone"
        return why, "keep it on this machine, or give that cluster `nodes`"
    return None


def _waits(app: App, cluster: str, keys: Collection[str]) -> tuple[str, str] | None:
    """The same, where PostgreSQL is not made for want of these keys."""
    if keys and any(need.type in _SQL for need in app.needs):
        why = f"PostgreSQL on {cluster} begins with copies, and the keys to them are not set"
        return why, how_to_give(keys)
    return None


def _parted(there: Mapping[str, list[App]], known: Collection[str]) -> list[LeftOut]:
    """Those that speak to one that is elsewhere leave `there`, and so do those that speak to them.

    Who speaks to nobody that is `known` is told so when it is worked out.
    """
    found: list[LeftOut] = []
    for cluster, apps in there.items():
        while parted := next(_strangers(apps, known), None):
            app, other = parted
            apps.remove(app)
            why = f"it speaks to {other}, which is not there"
            fix = f"give {other} `cluster: {cluster}` as well, or take it from {app.name}"
            found.append(replace(_left_out(app, cluster, why, fix), for_want_of=other))
    return found


def _strangers(apps: Collection[App], known: Collection[str]) -> Iterator[tuple[App, str]]:
    here = {app.name for app in apps}
    for app in apps:
        for other in map(graph.application, graph.services(app)):
            if other in known and other not in here:
                yield app, other


def _left_out(app: App, cluster: str, why: str, fix: str) -> LeftOut:
    return LeftOut(application=app.name, cluster=cluster, why=why, fix=fix)
