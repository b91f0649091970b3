"""What bounds an application: its namespace, identity, quota and limits. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1 as k
from lightkube.resources.core_v1 import LimitRange, Namespace, ResourceQuota, ServiceAccount
from lightkube.resources.scheduling_v1 import PriorityClass

from rackhouse.app.model import ResourceType
from rackhouse.desired.case import Case
from rackhouse.desired.kube import policies, sizes
from rackhouse.desired.kube.home import OWN, Home
from rackhouse.desired.kube.pods import Pod
from rackhouse.desired.kube.reach import workload
from rackhouse.resources.core import Resource

_RESTRICTED = "restricted"  # of the Pod Security Standards

# Who makes room for whom when memory is short. `system-` classes of Kubernetes are above all.
PRIORITIES = {
    "rackhouse-platform": (1_000_000, "what the rack itself consists of"),
    "rackhouse-data": (900_000, "databases, caches and objects"),
    "rackhouse-applications": (1_000, "applications"),
    "rackhouse-previews": (0, "previews of branches, which wait rather than push others out"),
}


def namespace(home: Home, expires: str = "") -> Resource[Any]:
    """A namespace that refuses every pod that is not restricted."""
    labels = {
        f"pod-security.kubernetes.io/{mode}": _RESTRICTED for mode in ("enforce", "audit", "warn")
    }
    if expires:
        labels[f"{OWN}/expires"] = expires
    return home.made(Namespace(metadata=home.metadata(home.namespace, labels)))


def guards(case: Case, pod: Pod) -> Iterator[Resource[Any]]:
    """Of one application."""
    home = Home.of(case)
    yield namespace(home, case.app.expires.isoformat() if case.app.expires else "")
    account = ServiceAccount(
        metadata=home.metadata(workload(case)), automountServiceAccountToken=False
    )
    yield home.made(account)
    yield home.made(_quota(case, pod))
    yield home.made(_limits(home))


def priorities(home: Home) -> Iterator[Resource[Any]]:
    """The classes that pods name."""
    for name, (value, what) in PRIORITIES.items():
        yield home.made(
            PriorityClass(
                metadata=home.metadata(name),
                value=value,
                description=what,
                preemptionPolicy="PreemptLowerPriority" if value else "Never",
            )
        )


def _quota(case: Case, pod: Pod) -> ResourceQuota:
    """What its copies can come to, with one more while a release rolls out. No door of its own."""
    home, copies = Home.of(case), case.app.replicas[-1] + 1
    own = case.ground.preview and bool(policies.data_services(case))  # a server of its own
    volumes = sum(it.type is ResourceType.VOLUME for it in case.app.needs)
    hard = {
        **sizes.together([*pod.sizes * copies, *[sizes.THROWAWAY] * own], 1),
        "persistentvolumeclaims": str(volumes + own),
        "pods": str(copies + own + 4),  # those that have ended, or that are on their way out
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }
    return ResourceQuota(metadata=home.metadata("quota"), spec=k.ResourceQuotaSpec(hard=hard))


def _limits(home: Home) -> LimitRange:
    """For a container that somebody adds without saying what it may use."""
    usual = sizes.size().requirements
    item = k.LimitRangeItem(type="Container", default=usual.limits, defaultRequest=usual.requests)
    return LimitRange(metadata=home.metadata("limits"), spec=k.LimitRangeSpec(limits=[item]))
