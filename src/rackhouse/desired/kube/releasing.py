"""Who may release one application on a cluster, and what that account may do. Pure.

A push changes what runs; what an application may use and reach is the rack's word, and changes by
its apply alone. So an account of the application's own namespace may write the kinds of `RUNS` and
nothing else, and a Secret beside it says what was granted: whatever differs from that waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lightkube.models import rbac_v1
from lightkube.resources.core_v1 import ServiceAccount
from lightkube.resources.rbac_authorization_v1 import Role, RoleBinding

from rackhouse.app import graph
from rackhouse.app.model import App
from rackhouse.desired.kube.granted import texts
from rackhouse.desired.kube.home import OWN, Home, cluster_of
from rackhouse.desired.kube.platform import BROKER
from rackhouse.desired.platform.wanted import has_broker
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource

RELEASER = "releaser"  # the account, its role and its binding
GRANTED = "rackhouse-granted"  # the Secret
REPOSITORY = f"{OWN}/repository"  # on the account: which one its application comes from
SECONDS = 600  # that a token of the account is good for: the least that a server gives

# Kinds that a release writes: what runs, how many of it, and what it reads. (group, plural)
RUNS: Mapping[str, tuple[str, str]] = {
    "ConfigMap": ("", "configmaps"),
    "CronJob": ("batch", "cronjobs"),
    "Deployment": ("apps", "deployments"),
    "HorizontalPodAutoscaler": ("autoscaling", "horizontalpodautoscalers"),
    "PodDisruptionBudget": ("policy", "poddisruptionbudgets"),
    "StatefulSet": ("apps", "statefulsets"),
}
_WRITES = ["create", "delete", "get", "list", "patch", "watch"]
_READS = ["get", "list", "watch"]
# Where a reason is found when nothing becomes ready.
_LOOKS = {"": ["events", "pods"], "apps": ["replicasets"], "batch": ["jobs"]}
_RBAC = "rbac.authorization.k8s.io"


def runs(resource: Resource[Any]) -> bool:
    """Whether a release writes it."""
    return resource.id.kind in RUNS and resource.id.target.startswith("kube.")


def releasing(
    rack: Rack, apps: Sequence[App], wanted: Mapping[Id, Resource[Any]], given: Collection[str]
) -> Iterator[Resource[Any]]:
    """The account of each of `apps`, its role, and what was granted to it. `wanted`: what `kube`
    answered for them.
    """
    by_name = {app.name: app for app in apps if app.release is not None}
    beside = _neighbours(by_name)
    mine: dict[str, list[Resource[Any]]] = {}
    for it in wanted.values():
        mine.setdefault(it.owner, []).append(it)
    for name in sorted(by_name.keys() & mine.keys()):
        home, repository = _home(rack, by_name[name]), repository_of(rack, name)
        yield from account(home, repository)
        if repository and has_broker(rack, home.cluster):
            yield from lending(home)
        said = texts(
            rack,
            home.cluster,
            by_name[name],
            [by_name[it] for it in beside[name]],
            given,
            held=[it for it in mine[name] if not runs(it)],
            read={ref for it in mine[name] if runs(it) for ref in it.refs},
        )
        yield home.secret(GRANTED, said)


def _neighbours(apps: Mapping[str, App]) -> Mapping[str, list[str]]:
    """Whom each speaks to, and who speaks to it."""
    found: dict[str, set[str]] = {name: set() for name in apps}
    for name, app in apps.items():
        for other in map(graph.application, graph.services(app)):
            if other in apps:
                found[name].add(other)
                found[other].add(name)
    return {name: sorted(others - {name}) for name, others in found.items()}


def _home(rack: Rack, app: App) -> Home:
    said = {entry.name: entry.cluster for entry in rack.applications}
    return Home(
        rack=rack.name,
        cluster=cluster_of(rack, said.get(app.name, "")),
        namespace=app.name,
        owner=app.name,
        uid=app.uid,
    )


def repository_of(rack: Rack, application: str) -> str:
    """`home/hello`: where the rack file says that the application comes from; "" from none."""
    found = (it.repository for it in rack.applications if it.name == application)
    name = next(found, "")
    return f"{rack.name}/{name}" if name else ""


def account(home: Home, repository: str = "") -> Iterator[Resource[Any]]:
    """The account with its role, in the application's namespace alone."""
    notes = {REPOSITORY: repository} if repository else None
    metadata = home.metadata(RELEASER, annotations=notes)
    made = home.made(ServiceAccount(metadata=metadata, automountServiceAccountToken=False))
    yield made
    yield from _bound(home, RELEASER, rules(), home.namespace, made.id)


def lending(home: Home) -> Iterator[Resource[Any]]:
    """The broker may read of that account which repository it is for, ask for its tokens, and read
    what was granted.
    """
    rules = [
        _rule("", ["serviceaccounts"], ["get"], [RELEASER]),
        _rule("", ["serviceaccounts/token"], ["create"], [RELEASER]),
        _rule("", ["secrets"], ["get"], [GRANTED]),
    ]
    there = home.id("ServiceAccount", RELEASER)
    yield from _bound(home, BROKER.service, rules, BROKER.namespace, there)


def _bound(
    home: Home, name: str, rules: list[rbac_v1.PolicyRule], namespace: str, after: Id
) -> Iterator[Resource[Any]]:
    """A role here, and that the account of that name in `namespace` has it."""
    yield home.made(Role(metadata=home.metadata(name), rules=rules))
    binding = RoleBinding(
        metadata=home.metadata(name),
        roleRef=rbac_v1.RoleRef(apiGroup=_RBAC, kind="Role", name=name),
        subjects=[rbac_v1.Subject(kind="ServiceAccount", name=name, namespace=namespace)],
    )
    yield home.made(binding, needs={home.id("Role", name), after})


def rules() -> list[rbac_v1.PolicyRule]:
    """Of the role: the same for every application, since each is bound in its own namespace."""
    groups: dict[str, list[str]] = {}
    for group, plural in RUNS.values():
        groups.setdefault(group, []).append(plural)
    return [
        *(_rule(group, sorted(plurals), _WRITES) for group, plurals in sorted(groups.items())),
        *(_rule(group, plurals, _READS) for group, plurals in sorted(_LOOKS.items())),
        _rule("", ["pods"], ["delete"]),  # a StatefulSet waits for a pod that fails, for ever
        _rule("", ["pods/log"], ["get"]),
        _rule("", ["secrets"], ["get"], [GRANTED]),
    ]


def _rule(
    group: str, plurals: list[str], verbs: list[str], names: list[str] | None = None
) -> rbac_v1.PolicyRule:
    return rbac_v1.PolicyRule(
        apiGroups=[group], resources=plurals, verbs=verbs, resourceNames=names
    )
