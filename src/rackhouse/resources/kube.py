"""Specs of the targets `kube.<cluster>`: the objects of one Kubernetes cluster.

`kube.home/Deployment/hello.web` is the object `web` in the namespace `hello`; what belongs to no
namespace has its bare name, `kube.home/Namespace/hello`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.resources.core import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """One object as it is applied. `body` is its manifest: canonical JSON, nothing null.

    It has holes only for what is no secret: the `version` of a Secret, in the annotations of pods
    that read it, so that another value replaces them.
    """

    api: str  # apps/v1
    kind: str
    namespace: str  # "" for what belongs to none
    name: str
    body: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """The only object that holds what nobody may read. Output `version`: changes with a value.

    `values` are its keys and what is under them, unencoded.
    """

    namespace: str
    name: str
    values: tuple[tuple[str, Text], ...]
    type: str = "Opaque"
    labels: tuple[tuple[str, str], ...] = ()


KubeSpec = Object | Secret

# The kinds that a rack makes, and the version in which each is written. What is not here is never
# looked for, so never removed either: a new kind is a new line.
KINDS: Mapping[str, str] = {
    kind: api
    for api, kinds in {
        "v1": "ConfigMap LimitRange Namespace PersistentVolumeClaim ResourceQuota Secret Service"
        " ServiceAccount",
        "apps/v1": "DaemonSet Deployment StatefulSet",
        "autoscaling/v2": "HorizontalPodAutoscaler",
        "batch/v1": "CronJob Job",
        "discovery.k8s.io/v1": "EndpointSlice",
        "networking.k8s.io/v1": "Ingress IngressClass NetworkPolicy",
        "policy/v1": "PodDisruptionBudget",
        "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
        "scheduling.k8s.io/v1": "PriorityClass",
        "storage.k8s.io/v1": "StorageClass",
        "node.k8s.io/v1": "RuntimeClass",
        "apiextensions.k8s.io/v1": "CustomResourceDefinition",
        "apiregistration.k8s.io/v1": "APIService",
        "admissionregistration.k8s.io/v1": "MutatingWebhookConfiguration"
        " ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
        " ValidatingWebhookConfiguration",
        "gateway.networking.k8s.io/v1": "Gateway HTTPRoute",
        "helm.cattle.io/v1": "HelmChart HelmChartConfig",
        "traefik.io/v1alpha1": "IngressRoute Middleware TLSStore",
        "upgrade.cattle.io/v1": "Plan",
        "cert-manager.io/v1": "Certificate ClusterIssuer Issuer",
        "postgresql.cnpg.io/v1": "Cluster Database DatabaseRole ImageCatalog Pooler"
        " ScheduledBackup",
        "barmancloud.cnpg.io/v1": "ObjectStore",
    }.items()
    for kind in kinds.split()
}
