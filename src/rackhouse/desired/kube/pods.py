"""The pod of an application: what runs first, what runs beside it, and as whom. Pure.

All containers of an application share one pod, as Score has it. Those that others wait for start
before them: to their end where that is awaited, else as sidecars.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lightkube.models import core_v1 as k
from lightkube.models.meta_v1 import LabelSelector, ObjectMeta

from rackhouse.app.model import App, Container, Template
from rackhouse.desired.case import Case
from rackhouse.desired.kube import containers as made
from rackhouse.desired.kube import sizes
from rackhouse.desired.kube.files import Files
from rackhouse.desired.kube.home import OWN, Home
from rackhouse.desired.kube.placement import affinity
from rackhouse.desired.kube.platform import NAME
from rackhouse.desired.kube.reach import workload
from rackhouse.desired.listening import jobs, listeners
from rackhouse.desired.provision import Provision
from rackhouse.resources.core import Id, Ref, Text

USER = 65532  # nobody of any image in particular
GRACE = 30  # seconds between the word and the kill
BEFORE = "rackhouse-before"  # the container of the command that comes first

_LOW_PORTS = "net.ipv4.ip_unprivileged_port_start"


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod's template, and what it takes from elsewhere."""

    template: k.PodTemplateSpec
    secrets: Mapping[str, Text]
    files: Mapping[str, str]
    holes: frozenset[Ref]
    needs: frozenset[Id]
    keeps: bool  # it has volumes
    alone: bool  # one of them bears no second user
    sizes: tuple[sizes.Size, ...]


def selector(case: Case) -> dict[str, str]:
    """The labels by which the application's pods are found. They never change."""
    return {NAME: case.app.name, f"{OWN}/workload": workload(case)}


def pod(case: Case, provision: Provision) -> Pod:
    """The application's pod. Problems are noted, and what they concern may be missing."""
    app = case.app
    used = {it.name: made.used(it, provision) for it in app.containers}
    files = Files(case, provision, used)
    built = {it.name: made.make(case, it, provision, files) for it in app.containers}
    first, beside = _order(app)
    names = frozenset[str]().union(*used.values())
    provided = [provision.of(name) for name in sorted(names)]
    claims = frozenset[str]().union(*(it.claims for it in provided))
    volumes = files.volumes(made.SECRET)
    keeps = any(it.persistentVolumeClaim for it in volumes)
    _check_ports(case)
    secrets = {key: text for it in built.values() for key, text in it.secrets.items()}
    secrets |= files.secrets
    holes = frozenset({_version(case)} if secrets else ())
    spec = _spec(case, volumes, keeps=keeps)
    spec.initContainers = [*_before(case, provision, files), *_started(case, built, first)]
    spec.initContainers = spec.initContainers or None
    spec.containers = [built[it.name].container for it in beside]
    template = k.PodTemplateSpec(metadata=_metadata(case, holes), spec=spec)
    limits = [sizes.size(it) for it in app.containers]
    return Pod(
        template=template,
        secrets=secrets,
        files=files.plain,
        holes=holes,
        needs=frozenset[Id]().union(*(it.needs for it in provided)),
        keeps=keeps,
        alone=bool(claims),
        sizes=(*limits, *limits[: 1 if app.before else 0]),
    )


def _order(app: App) -> tuple[list[Container], list[Container]]:
    """What others wait for, in the order of that; and the rest, one at least."""
    awaited = {name for it in app.containers for name, _ in it.after}
    by_name = {it.name: it for it in app.containers}
    first: dict[str, Container] = {}

    def visit(name: str) -> None:
        for other, _ in by_name[name].after:
            visit(other)
        if name in awaited:
            first.setdefault(name, by_name[name])

    for it in app.containers:
        visit(it.name)
    return list(first.values()), [it for it in app.containers if it.name not in awaited]


def _started(
    case: Case, built: Mapping[str, made.Made], first: list[Container]
) -> list[k.Container]:
    """Those that others wait for: jobs run to their end, the others stay beside (KEP-753)."""
    found, ending = [], jobs(case.app)
    for it in first:
        container = built[it.name].container
        if it.name in ending:
            container.readinessProbe = container.startupProbe = container.lifecycle = None
        else:
            container.restartPolicy = "Always"
        found.append(container)
    return found


def _before(case: Case, provision: Provision, files: Files) -> list[k.Container]:
    """The command that comes first, as the first container would run it, whenever a pod starts."""
    if not case.app.before:
        return []
    words = tuple(Template((it,)) for it in case.app.before)
    first = replace(case.app.containers[0], command=words, args=(), check=None)
    container = made.make(case, first, provision, files).container
    container.name = BEFORE
    container.ports = container.readinessProbe = container.startupProbe = None
    container.lifecycle = None
    return [container]


def _spec(case: Case, volumes: list[k.Volume], *, keeps: bool) -> k.PodSpec:
    low = any(0 < port.target < 1024 for it in listeners(case.app).values() for port in it.ports)
    many = case.app.replicas[-1] > 1
    return k.PodSpec(
        containers=[],
        affinity=affinity(case, keeps=keeps),
        automountServiceAccountToken=False,
        enableServiceLinks=False,
        priorityClassName=priority(case),
        securityContext=k.PodSecurityContext(
            runAsNonRoot=True,
            runAsUser=USER,
            runAsGroup=USER,
            fsGroup=USER,
            fsGroupChangePolicy="OnRootMismatch",
            seccompProfile=k.SeccompProfile(type="RuntimeDefault"),
            sysctls=[k.Sysctl(name=_LOW_PORTS, value="0")] if low else None,
        ),
        serviceAccountName=workload(case),
        terminationGracePeriodSeconds=GRACE + max(1, round(case.app.drain)),
        topologySpreadConstraints=[_spread(case)] if many else None,
        volumes=volumes,
    )


def _spread(case: Case) -> k.TopologySpreadConstraint:
    return k.TopologySpreadConstraint(
        labelSelector=LabelSelector(matchLabels=selector(case)),
        maxSkew=1,
        topologyKey="kubernetes.io/hostname",
        whenUnsatisfiable="ScheduleAnyway",
    )


def priority(case: Case) -> str:
    """A preview, called `BRANCH--APPLICATION`, makes room first."""
    return "rackhouse-previews" if "--" in case.app.name else "rackhouse-applications"


def _version(case: Case) -> Ref:
    return Home.of(case).id("Secret", made.SECRET).ref("version")


def _metadata(case: Case, holes: frozenset[Ref]) -> ObjectMeta:
    """Another release, or another value of a secret, makes other pods."""
    annotations = {f"{OWN}/release": case.release.tag}
    for ref in holes:
        annotations[f"{OWN}/secret"] = str(ref)
    labels = {**Home.of(case).labels, **selector(case)}
    return ObjectMeta(labels=labels, annotations=annotations)


def _check_ports(case: Case) -> None:
    """In one pod, no two containers can listen at one port."""
    holders: dict[int, str] = {}
    for name, listener in listeners(case.app).items():
        for number in {port.target for port in listener.ports}:
            holder = holders.setdefault(number, name)
            if holder != name:
                case.say(
                    f"containers.{name}",
                    "port-shared",
                    f"{holder} and it listen at {number}, and share one pod on a cluster",
                    "give one of the two another `targetPort` or probe",
                )
