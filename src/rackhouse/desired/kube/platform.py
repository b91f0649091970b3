"""What applications on a cluster find there: who resolves names, who routes, who keeps data. Pure.

One table of namespaces, labels and ports, so that a policy and an address cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

DATA = "data"  # the namespace of the data services
SYSTEM = "kube-system"  # where K3s puts its own
MODELS = "models"  # where model servers of GPU machines run, or are named
OURS = "rackhouse"  # where what is of Rackhouse itself runs

NAME = "app.kubernetes.io/name"
NAMESPACE = "kubernetes.io/metadata.name"  # a label that every namespace has by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Pods that others speak to. `service` is their Service's name."""

    namespace: str
    labels: tuple[tuple[str, str], ...]
    service: str
    port: int

    @property
    def host(self) -> str:
        """The name at which they are found."""
        return f"{self.service}.{self.namespace}.svc"


DNS = Party(namespace=SYSTEM, labels=(("k8s-app", "kube-dns"),), service="kube-dns", port=53)
INGRESS = Party(namespace=SYSTEM, labels=((NAME, "traefik"),), service="traefik", port=443)
POSTGRES = Party(
    namespace=DATA, labels=(("cnpg.io/cluster", "postgres"),), service="postgres-rw", port=5432
)
CACHE = Party(namespace=DATA, labels=((NAME, "valkey"),), service="valkey", port=6379)
OBJECTS = Party(namespace=DATA, labels=((NAME, "seaweedfs"),), service="objects", port=8333)
CONSOLE = Party(namespace=OURS, labels=((NAME, "console"),), service="console", port=8400)
BROKER = Party(namespace=OURS, labels=((NAME, "broker"),), service="broker", port=8401)
FORGE = Party(namespace="gitea", labels=((NAME, "gitea"),), service="gitea", port=3000)

INGRESS_PODS = 8443  # where Traefik's pods listen for what comes to its Service's 443
OPERATOR = ("cnpg-system", 8000)  # asks the instances of PostgreSQL how they are

# Applications have namespaces of their own names, so none may be called as one of these.
RESERVED = frozenset(
    {DATA, OURS, "cert-manager", "cnpg-system", "default", "gitea", "system-upgrade"}
    | {"builds", "gpu", "longhorn-system", "models", "runners"}
)


def reserved(name: str) -> bool:
    """Whether no application may have this namespace; Kubernetes keeps `kube-` for itself."""
    return name in RESERVED or name.startswith("kube-")
