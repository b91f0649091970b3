"""Provisioners of what is not data, on a cluster: routes, other applications, volumes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lightkube.models.core_v1 import PersistentVolumeClaimSpec, VolumeResourceRequirements
from lightkube.resources.core_v1 import PersistentVolumeClaim

from rackhouse.app import graph
from rackhouse.app.model import Container, Kind, ResourceType, ServicePort
from rackhouse.desired import data, models, reach, retrieval
from rackhouse.desired.case import Ask, Case, Ground, Provided
from rackhouse.desired.kube import elsewhere, sizes
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.models import where
from rackhouse.desired.kube.texts import plain, quantity
from rackhouse.desired.listening import listeners
from rackhouse.desired.provision import Provision, Provisioners
from rackhouse.desired.routes import (
    Way,
    access,
    check_place,
    entered,
    exposure,
    host_of,
    way_to,
    ways,
)
from rackhouse.resources.core import Text
from rackhouse.resources.machine import Access, Exposure

_TOLD = "/run/rackhouse"  # the folder of what a need tells in a file
_AT_LOOPBACK = re.compile(
    r"(?<![\w-])--?(?:hosts?|bind|address|listen)[= ](?:127\.0\.0\.1|localhost)\b"
    r"|(?:127\.0\.0\.1|localhost):\$\{?PORT\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A host and path that the ingress answers for, the service port behind it, and who enters."""

    host: str
    path: str
    port: ServicePort
    need: str
    access: Access = Access.OPEN


def workload(case: Case) -> str:
    """What the application's own Deployment, Service and Ingress are called."""
    return {Kind.STATIC: "web"}.get(case.app.kind, str(case.app.kind))


def listens(_: Case, port: ServicePort) -> Text:
    """In a pod, a program listens where its file says."""
    return Text.of(str(port.target))


def route(ask: Ask) -> Provided:
    """A host name and a path at the ingress."""
    case, asked = ask.case, ask.params.get("host", ask.case.host)
    if isinstance(asked, Text) and asked.refs:
        return reach.route(ask)  # which refuses it
    way = next(way for way in ways(case) if way.need is ask.need)
    host, path = host_of(case, asked), str(ask.params.get("path", "/"))
    hosts = case.hosts if host == case.host else (host,)
    _check_reach(case, way)
    check_place(case, way, hosts, path)
    outputs = {
        "host": Text.of(host),
        "path": Text.of(path),
        "url": Text.of(f"https://{host}", "" if path == "/" else path),
    }
    return Provided(outputs=outputs)


def answered(case: Case, provision: Provision) -> tuple[Answered, ...]:
    """What the ingress answers for. Nothing where the exposure is the loopback: a cluster has
    none, so that nobody outside of it is let in.
    """
    found = []
    for way in ways(case):
        if way.need is None or exposure(case, way) is Exposure.LOOPBACK:
            continue
        outputs = provision.of(way.need.name).outputs
        if not outputs:
            continue
        host, path = plain(outputs["host"]), plain(outputs["path"])
        hosts = case.hosts if host == case.host else (host,)
        told = Answered(
            host=host, path=path, port=way.port, need=way.need.name, access=entered(case, way)
        )
        found += [replace(told, host=it) for it in hosts]
    return tuple(found)


def service(ask: Ask) -> Provided:
    """Another application, by its Service."""
    ground, name = ask.case.ground, graph.application(ask.need)
    if name not in ground.apps or way_to(ground.case(name), _port_of(ask.params)) is None:
        return reach.service(ask)  # which refuses it
    other = ground.case(name)
    way = way_to(other, _port_of(ask.params))
    assert way is not None
    host = f"{workload(other)}.{name}.svc"
    number = str(way.port.port)
    return Provided(
        outputs={
            "name": Text.of(name),
            "host": Text.of(host),
            "port": Text.of(number),
            "url": Text.of(f"http://{host}:{number}"),
        },
        needs=frozenset({Home.of(other).id("Service", workload(other))}),
    )


def spoken_to(case: Case) -> tuple[tuple[str, int], ...]:
    """The applications that this one needs, each with the port that its pods listen at."""
    ground, found = case.ground, []
    asked = retrieval.resolvers(ground) if case.entry.service == graph.RETRIEVAL else ()
    for need in (*graph.services(case.app), *asked):
        name, params = graph.application(need), dict(need.params)
        way = way_to(ground.case(name), _port_of(params)) if name in ground.apps else None
        if way is not None:
            found.append((name, way.port.target))
    return tuple(sorted(set(found)))


def callers(ground: Ground) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """The other way round: who speaks to an application, and at which port."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name in sorted(ground.apps):
        for other, port in spoken_to(ground.case(name)):
            found.setdefault(other, []).append((name, port))
    return {name: tuple(each) for name, each in found.items()}


def told(ask: Ask, file: tuple[Text, Provided]) -> Provided:
    """What a service of ours is told: a file of its Secret. Another one is a rollout."""
    text, provided = file
    path = Text.of(f"{_TOLD}/{ask.need.name}.json")
    return replace(provided, outputs={"path": path}, content=text)


def volume(ask: Ask) -> Provided:
    """A claim on a disk of the cluster. It stays when the application leaves."""
    case, need = ask.case, ask.need
    if need.id:
        return ask.say(
            "volume-elsewhere",
            "on a cluster a volume belongs to one application, so none can be shared by its id",
            "take the `id` away, and keep what several use in s3 or postgres",
        )
    home = Home.of(case)
    asked = VolumeResourceRequirements(requests={"storage": quantity(sizes.VOLUME)})
    claim = PersistentVolumeClaim(
        metadata=home.metadata(need.name),
        spec=PersistentVolumeClaimSpec(accessModes=["ReadWriteOnce"], resources=asked),
    )
    made = home.made(claim, keep=True)
    path = Text.of(mounted(need.name))
    claims = frozenset() if ask.params.get("shared") else frozenset({f"volume:{made.id}"})
    return Provided(
        resources=(made,),
        outputs={"source": path, "path": path},
        needs=frozenset({made.id}),
        claims=claims,
    )


def mounted(need: str) -> str:
    """Where a volume is found by whoever asks for its path."""
    return f"/volumes/{need}"


PROVISIONERS: Provisioners = {
    ResourceType.POSTGRES: data.postgres,
    ResourceType.VECTOR: data.vector,
    ResourceType.REDIS: data.redis,
    ResourceType.QUEUE: data.queue,
    ResourceType.S3: elsewhere.bucket,
    ResourceType.VOLUME: volume,
    ResourceType.ROUTE: route,
    ResourceType.DNS: reach.dns,
    ResourceType.SERVICE: service,
    ResourceType.SECRET: reach.secret,
    ResourceType.LLM: lambda ask: models.llm(ask, service),
    ResourceType.MODELS: lambda ask: told(ask, models.file_of(ask, where)),
    ResourceType.RETRIEVAL: lambda ask: retrieval.retrieval(ask, service),
    ResourceType.TENANTS: lambda ask: told(ask, retrieval.file_of(ask, service)),
}


def check_listening(case: Case, container: Container, words: Iterable[str]) -> None:
    """Note a program that is told to listen where nobody but its own pod can reach it."""
    if container.name in listeners(case.app) and _AT_LOOPBACK.search(" ".join(words)):
        case.say(
            f"containers.{container.name}",
            "loopback-listener",
            "it is told to listen at 127.0.0.1, where neither a probe nor a Service reaches it",
            "write `$HOST` (in a shell) instead, which says where to listen on any rack",
        )


def _port_of(params: Mapping[str, object]) -> str:
    return str(params.get("port", ""))


def _check_reach(case: Case, way: Way) -> None:
    wide = exposure(case, way) is not Exposure.LOOPBACK
    if wide and access(case) is Access.OPEN and not (case.entry.public or case.app.public):
        assert way.need is not None
        case.say(
            f"resources.{way.need.name}",
            "exposure-open",
            "everyone on the network could use it without signing in",
            "add the annotation `rackhouse.dev/access: signed-in`,"
            ' or `rackhouse.dev/public: "true"` where that is meant',
            way.need.line,
        )
