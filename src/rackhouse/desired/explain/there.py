"""An application on a cluster: which line becomes which objects. Pure.

Edges, machines and sizes are read from the compiled objects themselves, as the cluster would.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.app.model import Container, Kind, ResourceType
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
from rackhouse.desired.explain.model import Life, Line, Size, Story, Target
from rackhouse.desired.explain.needs import tell
from rackhouse.desired.explain.objects import Compiled
from rackhouse.desired.explain.told import Told, Wanted
from rackhouse.desired.explain.ways import closed, edges, spots
from rackhouse.desired.kube import postgres
from rackhouse.desired.kube.containers import SECRET
from rackhouse.desired.kube.doors import MIDDLEWARE, TLS
from rackhouse.desired.kube.files import CONFIG
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import DATA
from rackhouse.desired.kube.pods import BEFORE
from rackhouse.desired.kube.reach import (
    PROVISIONERS,
    Answered,
    answered,
    listens,
    workload,
)
from rackhouse.desired.kube.texts import quantity
from rackhouse.desired.listening import jobs, listeners, ports_of
from rackhouse.desired.provision import Provision
from rackhouse.desired.routes import access, exposure, ways
from rackhouse.resources.core import Id
from rackhouse.resources.machine import Access
from rackhouse.resources.vault import Authority

_WRITTEN = {  # where an application writes beside databases and volumes, and by which needs
    "Valkey": {ResourceType.REDIS, ResourceType.QUEUE},
    "its buckets": {ResourceType.S3},
}


def story(ground: Ground, name: str, wanted: Wanted, files: tuple[Lines, Lines]) -> Story:
    """All of it. `wanted` is what `desired.kube` answered for the same ground."""
    case = ground.case(name)
    told = Told(case, wanted, files, words.CLUSTER)
    provision = Provision(case, PROVISIONERS, listens)
    compiled = Compiled(case, wanted)
    mine = answered(case, provision) if case.app.kind in {Kind.WEB, Kind.STATIC} else ()
    for it in case.app.containers:
        _container(told, it, provision, compiled)
    _annotations(told, compiled.workload)
    _ways(told, mine)
    _rack(told, compiled.workload)
    for need in case.app.needs:
        tell(told, need, provision, compiled.workload)
    home = Home.of(case)
    told.makes(told.score("metadata", "name"), [home.id("NetworkPolicy", "closed")], words.CLOSED)
    origins, found = told.origins(), tuple(edges(told))
    return Story(
        target=Target.KUBE,
        place=f"the namespace {home.namespace} of the cluster {home.cluster}",
        copies=(case.app.replicas[0], case.app.replicas[-1]),
        origins=origins,
        edges=found,
        closed=tuple(closed(told, found)),
        doors=tuple(_doors(case, mine)) or (words.NO_DOOR,),
        spots=tuple(spots(told, compiled)),
        sizes=tuple(_sizes(told, compiled.containers)),
        life=_life(case, compiled, told.kept(origins)),
    )


def _container(told: Told, container: Container, provision: Provision, compiled: Compiled) -> None:
    case, at, home = told.case, ("containers", container.name), Home.of(told.case)
    line, running, it = told.score(*at), compiled.workload, compiled.container(container.name)
    told.makes(line, [running])
    told.shapes(line, [running], words.IMAGE.format(image=it["image"]))
    awaited = {name for each in case.app.containers for name, _ in each.after}
    if container.name in awaited:
        ends = container.name in jobs(case.app)
        told.shapes(line, [running], words.FIRST if ends else words.BESIDE)
    for name in secret_variables(container, provision):
        keys = words.SECRET_KEY.format(keys=f"{container.name}.{name}")
        told.makes(told.score(*at, "variables", name), [home.id("Secret", SECRET)], keys)
    if container.memory_max:
        most = words.MEMORY.format(memory=quantity(container.memory_max))
        told.shapes(told.score(*at, "resources"), [running], most)
    if container.memory or container.cpu:
        asks = words.ASKS.format(**it["resources"]["requests"])
        told.shapes(told.score(*at, "resources"), [running], asks)
    if "readinessProbe" in it and (check := check_of(container)):
        told.shapes(told.score(*at, "readinessProbe"), [running], words.PROBE.format(what=check))
    for mount, (path, what) in zip(container.mounts, mounts_of(container), strict=True):
        here = told.score(*at, *path)
        told.shapes(here, [running], what)
        if not mount.volume and mount.content is not None:
            hidden = bool(provision.fill(mount.content).refs)
            kept = home.id("Secret", SECRET) if hidden else home.id("ConfigMap", CONFIG)
            told.makes(here, [kept])


def _annotations(told: Told, running: Id) -> None:
    case, home = told.case, Home.of(told.case)
    app, name = case.app, workload(case)
    if line := told.note("before"):
        told.shapes(line, [running], words.BEFORE_POD.format(command=shlex.join(app.before)))
    if line := told.note("replicas"):
        low, high = app.replicas
        copies = words.REPLICAS if high > low else words.COPIES
        told.shapes(line, [running], copies.format(low=low, high=high))
        made = ("HorizontalPodAutoscaler", "PodDisruptionBudget")
        told.makes(line, [home.id(kind, name) for kind in made])
    if app.internet and (line := told.note("internet")):
        told.shapes(line, [home.id("NetworkPolicy", name)], words.INTERNET)
    space = Id(running.target, "Namespace", home.namespace)
    for word, what in manners(app):
        if line := told.note(word):
            told.shapes(line, [space if word == "expires" else running], what)


def _ways(told: Told, mine: tuple[Answered, ...]) -> None:
    """The Service, the Ingress, and who has to sign in."""
    case, home = told.case, Home.of(told.case)
    name, entrance = workload(case), home.id("Ingress", workload(case))
    for port in ports_of(case.app):
        leads = words.PORT.format(port=port.port, target=port.target)
        told.makes(told.score("service", "ports", port.name), [home.id("Service", name)], leads)
    for word, what in settings(case):
        told.shapes(told.setting(word), [entrance], what)
    if not mine and any(way.need for way in ways(case)):
        told.shapes(told.setting("exposure"), [home.id("Service", name)], words.STOPS_AT_LOOPBACK)
    if access(case) is Access.SIGNED_IN:
        line = told.setting("access")
        told.makes(line, [home.id("Middleware", MIDDLEWARE)])
        told.shapes(line, [home.id("NetworkPolicy", name)], words.SIGN_IN)
    for it in mine:
        line = told.score("resources", it.need)
        told.makes(line, [entrance], words.HOSTS.format(hosts=f"https://{it.host}{_tail(it)}"))
        certificate = Id("vault", "certificate", f"{home.cluster}.{case.app.name}")
        authority = [id for id, it in told.wanted.items() if isinstance(it.spec, Authority)]
        told.makes(line, [home.id("Secret", TLS)], words.TLS)
        told.makes(line, [certificate, *authority])


def _rack(told: Told, running: Id) -> None:
    case, home = told.case, Home.of(told.case)
    rack, name = case.ground.rack, case.app.name
    entrance, space = home.id("Ingress", workload(case)), Id(running.target, "Namespace", name)
    domain = words.NAMED.format(domain=rack.domain)
    told.shapes(told.rack("domain"), [entrance], domain)
    told.shapes(told.rack("clusters", home.cluster), [space], words.ON_CLUSTER)
    if case.entry.arch:
        only = words.ARCH.format(arch=words.names(sorted(case.entry.arch)))
        told.shapes(told.rack("applications", name, "arch"), [running], only)
    server = Home(rack=rack.name, cluster=home.cluster, namespace=DATA).id(
        "Cluster", postgres.CLUSTER
    )
    asks = {ResourceType.POSTGRES, ResourceType.VECTOR} & {need.type for need in case.app.needs}
    if asks and rack.data.postgres:
        copies = words.INSTANCES.format(count=rack.data.postgres.instances)
        line = told.rack("data", "postgres", "instances")
        told.shapes(line, [server], f"{words.CLUSTER['Cluster']}; {copies}")


def _doors(case: Case, mine: tuple[Answered, ...]) -> Iterator[str]:
    reach = {way.need.name: exposure(case, way) for way in ways(case) if way.need}
    for it in mine:
        yield words.door(f"https://{it.host}{_tail(it)}", reach[it.need], it.access)
    if not mine and (ports := [way.port.port for way in ways(case)]):
        why = words.STAYS_IN if reach else words.NO_ROUTE
        yield words.not_outside(why, case.app.name, workload(case), ports[0])


def _tail(it: Answered) -> str:
    return it.path.rstrip("/")


def _sizes(told: Told, containers: list[Mapping[str, Any]]) -> Iterator[Size]:
    for it in containers:
        asked, most = it["resources"]["requests"], it["resources"]["limits"]
        yield Size(
            container=it["name"],
            memory_request=asked["memory"],
            memory=most["memory"],
            cpu_request=asked["cpu"],
            cpu=most["cpu"],
            why=_of_container(told, it["name"]),
        )


def _of_container(told: Told, name: str) -> Line:
    """Where its limits are written, or would be."""
    first = told.note("before") if name == BEFORE else None
    return first or told.score("containers", name, "resources")


def _life(case: Case, compiled: Compiled, stays: list[str]) -> Life:
    app, back = case.app, [words.BACK_THERE]
    match compiled.workload.kind:
        case "CronJob":
            released = [words.NEXT_RUN]
        case "StatefulSet":
            released = [words.REPLACES, words.FAILS_AWAY]
        case _:
            released = [words.ROLLS if listeners(app) else words.TURNS, words.FAILS]
    if app.before:
        command = shlex.join(app.before)
        released.append(words.FIRST_RUNS_IN.format(command=command))
        back.append(words.DATA_STAYS.format(command=command))
    removed = [*words.removed(stays), *_written(case)]
    return Life(released=tuple(released), rolled_back=tuple(back), removed=tuple(removed))


def _written(case: Case) -> Iterator[str]:
    """What no purge reaches, since users and buckets are lines that servers read."""
    asked = {need.type for need in case.app.needs}
    places = [name for name, types in _WRITTEN.items() if asked & types]
    if places:
        yield words.WRITTEN_STAYS.format(places=words.names(places))
