"""Space: one namespace of the platform, and what lies in it. Pure.

It is closed both ways; each pod's policy then names who it speaks with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lightkube.models import apps_v1
from lightkube.models import core_v1 as k
from lightkube.models import networking_v1 as n
from lightkube.models import policy_v1 as p
from lightkube.models.meta_v1 import LabelSelector
from lightkube.resources.apps_v1 import Deployment, StatefulSet
from lightkube.resources.core_v1 import (
    Namespace,
    PersistentVolumeClaim,
    Service,
    ServiceAccount,
)
from lightkube.resources.networking_v1 import NetworkPolicy
from lightkube.resources.policy_v1 import PodDisruptionBudget

from rackhouse.desired.k3s.config import API
from rackhouse.desired.kube import policies
from rackhouse.desired.kube.allow import machine, names, to
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.texts import quantity
from rackhouse.desired.platform.pins import Pins
from rackhouse.desired.platform.pod import Pod, marks
from rackhouse.desired.platform.table import Component
from rackhouse.desired.platform.wanted import images_of, nodes
from rackhouse.rack.model import Rack
from rackhouse.rack.words import Role
from rackhouse.resources.core import Id, Resource

RESTRICTED, PRIVILEGED = "restricted", "privileged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A namespace on one cluster of a rack."""

    rack: Rack
    cluster: str
    pins: Pins
    namespace: str

    @property
    def home(self) -> Home:
        """Where its objects live."""
        return Home(rack=self.rack.name, cluster=self.cluster, namespace=self.namespace)

    def image(self, component: Component, number: int = 0) -> str:
        """Its image, by its content where that was resolved."""
        return self.pins(images_of(self.rack, component)[number].reference)

    def opened(self, level: str = RESTRICTED) -> list[Resource[Any]]:
        """The namespace itself, and the policy that closes it both ways."""
        labels = {
            f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "audit", "warn")
        }
        made = Namespace(metadata=self.home.metadata(self.namespace, labels))
        return [self.home.made(made), policies.closed(self.home)]

    def account(self, name: str) -> Resource[Any]:
        """An identity without a token: what asks the API server mounts one itself."""
        metadata = self.home.metadata(name)
        return self.home.made(ServiceAccount(metadata=metadata, automountServiceAccountToken=False))

    def service(self, name: str, ports: Mapping[str, int], labels: Mapping[str, str]) -> Any:
        """The name at which pods with those labels are found."""
        found = [k.ServicePort(name=it, port=at, targetPort=at) for it, at in ports.items()]
        spec = k.ServiceSpec(ports=found, selector=dict(labels), type="ClusterIP")
        return self.home.made(Service(metadata=self.home.metadata(name, labels), spec=spec))

    def single(self, name: str, pod: Pod, size: int) -> Iterator[Resource[Any]]:
        """One pod, and the disk that it finds as `data`, which stays when it leaves: the old pod is
        gone before the new one comes, ready or not (else a broken one would be waited for).
        """
        labels = marks(name)
        claim = self.claim(name, size)
        yield claim
        spec = apps_v1.StatefulSetSpec(
            podManagementPolicy="Parallel",
            replicas=1,
            revisionHistoryLimit=3,
            selector=LabelSelector(matchLabels=labels),
            serviceName=name,
            template=replace(pod, claim=name).template(self.home, labels),
        )
        made = StatefulSet(metadata=self.home.metadata(name, labels), spec=spec)
        yield self.home.made(made, holes=pod.holes, needs={*self._needs(name, pod), claim.id})

    def claim(self, name: str, size: int) -> Resource[Any]:
        """A disk of `size` bytes. It outlives whatever uses it."""
        resources = k.VolumeResourceRequirements(requests={"storage": quantity(size)})
        spec = k.PersistentVolumeClaimSpec(accessModes=["ReadWriteOnce"], resources=resources)
        metadata = self.home.metadata(name, marks(name))
        return self.home.made(PersistentVolumeClaim(metadata=metadata, spec=spec), keep=True)

    def several(self, name: str, pod: Pod, copies: int = 1, patience: int = 600) -> Resource[Any]:
        """Pods whose old ones are gone before new ones come; `patience` seconds until they are."""
        labels = marks(name)
        spec = apps_v1.DeploymentSpec(
            progressDeadlineSeconds=patience,
            replicas=copies,
            revisionHistoryLimit=3,
            selector=LabelSelector(matchLabels=labels),
            strategy=apps_v1.DeploymentStrategy(type="Recreate"),
            template=pod.template(self.home, labels),
        )
        made = Deployment(metadata=self.home.metadata(name, labels), spec=spec)
        return self.home.made(made, holes=pod.holes, needs=self._needs(name, pod))

    def budget(self, name: str) -> Resource[Any]:
        """A drain may take the one pod there is, and never two where there are more."""
        matches = LabelSelector(matchLabels=marks(name))
        spec = p.PodDisruptionBudgetSpec(maxUnavailable=1, selector=matches)
        return self.home.made(PodDisruptionBudget(metadata=self.home.metadata(name), spec=spec))

    def policy(
        self,
        name: str,
        *,
        into: Iterable[n.NetworkPolicyIngressRule] = (),
        out: Iterable[n.NetworkPolicyEgressRule] = (),
    ) -> Resource[Any]:
        """Who may speak to its pods, and to whom they may; names are always looked up."""
        spec = n.NetworkPolicySpec(
            podSelector=LabelSelector(matchLabels=marks(name)),
            policyTypes=["Ingress", "Egress"],
            ingress=list(into) or None,
            egress=[names(), *out],
        )
        return self.home.made(NetworkPolicy(metadata=self.home.metadata(name), spec=spec))

    def api_servers(self) -> list[n.NetworkPolicyEgressRule]:
        """Let it speak to the API server: what a policy sees of that Service is the servers."""
        servers = (it for it in nodes(self.rack, self.cluster) if it.role == Role.SERVER)
        found = [machine(it.address) for it in servers if it.address]
        return [to(*found, at=[API])] if found else []

    def _needs(self, name: str, pod: Pod) -> set[Id]:
        return {self.home.id("ServiceAccount", name), *pod.needs}
