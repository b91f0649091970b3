"""The components of the platform, in one table: what they are, from where, and what they ask for.

A figure is what is requested for one copy, by upstream's manifest or by ours, and never a
measurement. A version is changed here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rackhouse.rack.words import Arch

MI = 2**20

_BOTH = (Arch.AMD64, Arch.ARM64)


class How(StrEnum):
    """How a component comes onto a cluster."""

    K3S = "comes with K3s"
    NODES = "with the nodes (`rackhouse apply`)"
    CHART = "its chart, by K3s's HelmChart"
    MANIFESTS = "our manifests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image as its publisher names it, and the architectures that it is published for."""

    reference: str
    architectures: tuple[Arch, ...] = _BOTH

    @property
    def repository(self) -> str:
        """Without its tag."""
        return self.reference.rpartition(":")[0]

    @property
    def pinned(self) -> bool:
        """Whether its name says its content."""
        return "@" in self.reference

    @property
    def tag(self) -> str:
        """The version, as its publisher writes it."""
        return self.reference.rpartition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart: in a registry (`oci://...`), or a name in the repository `repo`."""

    chart: str
    version: str
    repo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component. `memory` (bytes) and `cpu` (thousandths) are requested for one copy.

    `exception` says what it needs beyond the standard `restricted`, and why; "" is nothing.
    """

    name: str
    version: str
    purpose: str
    project: str
    licence: str
    how: How
    namespace: str
    images: tuple[Image, ...] = ()
    chart: Chart | None = None
    memory: int = 0
    cpu: int = 0
    figure: str = ""
    exception: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a container that another component's pods get beside them asks for, and may use."""

    memory: int
    limit: int
    cpu: int


_OURS = "requested by our manifest"
COPYING = Beside(memory=64 * MI, limit=512 * MI, cpu=20)  # in each instance of PostgreSQL

POSTGRES_OPERATOR = Component(
    name="cloudnative-pg",
    version="1.30.0",
    purpose="keeps PostgreSQL: instances, failover, roles, databases",
    project="https://github.com/cloudnative-pg/cloudnative-pg",
    licence="Apache-2.0",
    how=How.CHART,
    namespace="cnpg-system",
    images=(Image(reference="ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0"),),
    chart=Chart(chart="oci://ghcr.io/cloudnative-pg/charts/cloudnative-pg", version="0.29.0"),
    memory=100 * MI,
    cpu=100,
    figure="requested by upstream's releases/cnpg-1.30.0.yaml",
)
POSTGRES = Component(
    name="postgresql",
    version="18.6",
    purpose="databases, with pgvector",
    project="https://github.com/cloudnative-pg/postgres-containers",
    licence="PostgreSQL",
    how=How.MANIFESTS,
    namespace="data",
    images=(Image(reference="ghcr.io/cloudnative-pg/postgresql:18.6-standard-trixie"),),
    memory=256 * MI,
    cpu=100,
    figure=f"{_OURS}, for each instance; more with `data.postgres`",
)
COPIES = Component(
    name="plugin-barman-cloud",
    version="0.13.0",
    purpose="copies PostgreSQL to an S3 elsewhere, where `backups` names one",
    project="https://github.com/cloudnative-pg/plugin-barman-cloud",
    licence="Apache-2.0",
    how=How.CHART,
    namespace="cnpg-system",
    images=(
        Image(reference="ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.13.0"),
        Image(reference="ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.13.0"),
    ),
    chart=Chart(chart="oci://ghcr.io/cloudnative-pg/charts/plugin-barman-cloud", version="0.7.0"),
    memory=64 * MI,
    cpu=10,
    figure="requested by our values; its part beside each instance of PostgreSQL is counted there",
)
CACHE = Component(
    name="valkey",
    version="9.1.1",
    purpose="the cache and queues, a user for each application",
    project="https://github.com/valkey-io/valkey",
    licence="BSD-3-Clause",
    how=How.MANIFESTS,
    namespace="data",
    images=(Image(reference="docker.io/valkey/valkey:9.1.1-alpine"),),
    memory=64 * MI,
    cpu=25,
    figure=_OURS,
)
OBJECTS = Component(
    name="seaweedfs",
    version="4.48",
    purpose="objects by S3, a bucket for each application",
    project="https://github.com/seaweedfs/seaweedfs",
    licence="Apache-2.0",
    how=How.MANIFESTS,
    namespace="data",
    images=(Image(reference="docker.io/chrislusf/seaweedfs:4.48"),),
    memory=192 * MI,
    cpu=50,
    figure=_OURS,
)
GITEA = Component(
    name="gitea",
    version="1.26.4",
    purpose="repositories, the registry of images and packages, who people are",
    project="https://github.com/go-gitea/gitea",
    licence="MIT",
    how=How.MANIFESTS,
    namespace="gitea",
    images=(Image(reference="docker.gitea.com/gitea:1.26.4-rootless"),),
    memory=256 * MI,
    cpu=50,
    figure=_OURS,
)
RUNNER = Component(
    name="gitea-runner",
    version="1.0.8",
    purpose="runs the jobs of pushes, as nobody, one after the other",
    project="https://gitea.com/gitea/runner",
    licence="MIT",
    how=How.MANIFESTS,
    namespace="runners",
    images=(
        Image(reference="docker.io/gitea/runner:1.0.8"),
        Image(reference="docker.gitea.com/runner-images:ubuntu-24.04"),
    ),
    memory=256 * MI,
    cpu=100,
    figure=f"{_OURS}, for each runner",
)
BROKER = Component(
    name="broker",
    version="of `platform.image`",
    purpose="lends a job what it may release its own repository's application with",
    project="../how-to/deliver-on-the-rack.md",
    licence="Apache-2.0",
    how=How.MANIFESTS,
    namespace="rackhouse",
    memory=96 * MI,
    cpu=10,
    figure=_OURS,
)
BUILDKIT = Component(
    name="buildkit",
    version="0.32.2",
    purpose="builds images without privileges, on each architecture itself",
    project="https://github.com/moby/buildkit",
    licence="Apache-2.0",
    how=How.MANIFESTS,
    namespace="builds",
    images=(Image(reference="docker.io/moby/buildkit:v0.32.2-rootless"),),
    memory=128 * MI,
    cpu=50,
    figure=f"{_OURS}, for each architecture",
    exception=(
        "user 1000 in a user namespace of its own making: seccomp and AppArmor unconfined, and"
        " the set-user-id programs newuidmap and newgidmap (upstream's docs/rootless.md)"
    ),
)
CERTIFICATES = Component(
    name="cert-manager",
    version="1.21.1",
    purpose="certificates of the rack's own authority for what others bring",
    project="https://github.com/cert-manager/cert-manager",
    licence="Apache-2.0",
    how=How.CHART,
    namespace="cert-manager",
    images=(
        Image(reference="quay.io/jetstack/cert-manager-controller:v1.21.1"),
        Image(reference="quay.io/jetstack/cert-manager-webhook:v1.21.1"),
        Image(reference="quay.io/jetstack/cert-manager-cainjector:v1.21.1"),
        Image(reference="quay.io/jetstack/cert-manager-startupapicheck:v1.21.1"),
    ),
    chart=Chart(chart="oci://quay.io/jetstack/charts/cert-manager", version="v1.21.1"),
    memory=3 * 48 * MI,
    cpu=3 * 10,
    figure="requested by our values, for its three pods; upstream's chart requests nothing",
)
LONGHORN = Component(
    name="longhorn",
    version="1.12.1",
    purpose="volumes on two nodes at once",
    project="https://github.com/longhorn/longhorn",
    licence="Apache-2.0",
    how=How.CHART,
    namespace="longhorn-system",
    images=(
        Image(reference="docker.io/longhornio/longhorn-engine:v1.12.1"),
        Image(reference="docker.io/longhornio/longhorn-manager:v1.12.1"),
        Image(reference="docker.io/longhornio/longhorn-instance-manager:v1.12.1"),
        Image(reference="docker.io/longhornio/longhorn-share-manager:v1.12.1"),
        Image(reference="docker.io/longhornio/backing-image-manager:v1.12.1"),
        Image(reference="docker.io/longhornio/longhorn-ui:v1.12.1"),
        Image(reference="docker.io/longhornio/csi-attacher:v4.12.0"),
        Image(reference="docker.io/longhornio/csi-provisioner:v5.3.0"),
        Image(reference="docker.io/longhornio/csi-node-driver-registrar:v2.17.0"),
        Image(reference="docker.io/longhornio/csi-resizer:v2.2.1"),
        Image(reference="docker.io/longhornio/csi-snapshotter:v8.6.0"),
        Image(reference="docker.io/longhornio/livenessprobe:v2.19.0"),
    ),
    chart=Chart(chart="longhorn", version="1.12.1", repo="https://charts.longhorn.io"),
    cpu=480,
    figure="12 % of the cores of each node (its `guaranteedInstanceManagerCPU`); no memory is"
    " requested, and users report hundreds of MiB on each (longhorn#5195)",
    exception="privileged on every node: it mounts block devices there (iSCSI)",
)
GPU = Component(
    name="nvidia-device-plugin",
    version="0.20.0",
    purpose="lets pods ask for a graphics card",
    project="https://github.com/NVIDIA/k8s-device-plugin",
    licence="Apache-2.0",
    how=How.MANIFESTS,
    namespace="gpu",
    images=(Image(reference="nvcr.io/nvidia/k8s-device-plugin:v0.20.0"),),
    memory=32 * MI,
    cpu=10,
    figure=f"{_OURS}, for each machine with a card",
    exception="root, and the kubelet's folder of device plugins: its socket there is root's",
)
KUBE_VIP = Component(
    name="kube-vip",
    version="1.0.4",
    purpose="one address for several servers",
    project="https://github.com/kube-vip/kube-vip",
    licence="Apache-2.0",
    how=How.NODES,
    namespace="kube-system",
    images=(Image(reference="ghcr.io/kube-vip/kube-vip:v1.0.4"),),
    memory=32 * MI,
    cpu=10,
    figure=f"{_OURS}, on each server",
    exception="the host's network, NET_ADMIN and NET_RAW: it moves an address by ARP",
)
WITH_K3S = (
    Component(
        name="k3s",
        version="of `k3s.version`",
        purpose="Traefik, ServiceLB, CoreDNS, local-path, metrics-server, charts, policies",
        project="https://github.com/k3s-io/k3s",
        licence="Apache-2.0",
        how=How.K3S,
        namespace="kube-system",
        figure="counted with the system, 512 MiB of each node",
    ),
)

COMPONENTS = (
    *(POSTGRES_OPERATOR, POSTGRES, COPIES, CACHE, OBJECTS, GITEA, RUNNER, BROKER, BUILDKIT),
    *(CERTIFICATES, LONGHORN, GPU, KUBE_VIP, *WITH_K3S),
)
