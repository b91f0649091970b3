"""A pod of the platform: nobody, that writes nowhere but into its volumes, and has limits. Pure.

What needs more says so in `Rights`, and the table of components says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from lightkube.models import core_v1 as k
from lightkube.models.meta_v1 import ObjectMeta

from rackhouse.desired.kube.home import OWN, Home
from rackhouse.desired.kube.placement import data_affinity
from rackhouse.desired.kube.platform import NAME
from rackhouse.desired.kube.sizes import MI, Size
from rackhouse.desired.kube.texts import quantity
from rackhouse.desired.platform.table import Component
from rackhouse.resources.core import Id, Ref

TMP = "tmp"
GPU_TAINT = k.Toleration(key="nvidia.com/gpu", operator="Exists", effect="NoSchedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """As whom a pod runs, and what it may beyond `restricted`: nothing, unless it says so."""

    user: int = 65532
    group: int = 65532
    root: bool = False
    unconfined: bool = False  # it makes a user namespace of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod of the platform. `holes`: the versions of Secrets at whose change it is replaced."""

    account: str
    containers: tuple[k.Container, ...]
    first: tuple[k.Container, ...] = ()
    volumes: tuple[k.Volume, ...] = ()
    rights: Rights = Rights()
    priority: str = "rackhouse-platform"
    claim: str = ""  # the disk that is found as `data`
    node: Mapping[str, str] | None = None
    tolerates: tuple[k.Toleration, ...] = ()
    runtime: str | None = None
    holes: Collection[Ref] = ()
    needs: Collection[Id] = ()
    grace: int = 30

    def template(self, home: Home, labels: Mapping[str, str]) -> k.PodTemplateSpec:
        """As a workload has it."""
        notes = {f"{OWN}/{ref.to.name}": str(ref) for ref in sorted(self.holes)}
        metadata = ObjectMeta(labels={**home.labels, **labels}, annotations=notes or None)
        return k.PodTemplateSpec(metadata=metadata, spec=self._spec())

    def _spec(self) -> k.PodSpec:
        return k.PodSpec(
            affinity=data_affinity() if self.claim else None,
            automountServiceAccountToken=False,
            containers=list(self.containers),
            enableServiceLinks=False,
            initContainers=list(self.first) or None,
            nodeSelector=dict(self.node) if self.node else None,
            priorityClassName=self.priority,
            runtimeClassName=self.runtime,
            securityContext=_security(self.rights),
            serviceAccountName=self.account,
            terminationGracePeriodSeconds=self.grace,
            tolerations=list(self.tolerates) or None,
            volumes=[*self.volumes, *self._disk(), scratch(TMP)],
        )

    def _disk(self) -> list[k.Volume]:
        return [claimed("data", self.claim)] if self.claim else []


def claimed(name: str, claim: str) -> k.Volume:
    """A disk that was claimed, by the name that mounts have for it."""
    source = k.PersistentVolumeClaimVolumeSource(claimName=claim)
    return k.Volume(name=name, persistentVolumeClaim=source)


def container(
    name: str,
    image: str,
    size: Size,
    *,
    command: Iterable[str] = (),
    args: Iterable[str] = (),
    env: Iterable[k.EnvVar] = (),
    ports: Mapping[str, int] | None = None,
    mounts: Mapping[str, str] | None = None,
    reads: Mapping[str, str] | None = None,
    probe: k.Probe | None = None,
    rights: Rights = Rights(),
) -> k.Container:
    """A container; `mounts` are volumes by the path at which they are found, and `reads` those
    that it cannot write.
    """
    found = {"/tmp": TMP, **(mounts or {})}  # noqa: S108 (a volume of the pod's own)
    return k.Container(
        name=name,
        image=image,
        command=list(command) or None,
        args=list(args) or None,
        env=list(env) or None,
        ports=[k.ContainerPort(name=it, containerPort=at) for it, at in (ports or {}).items()]
        or None,
        readinessProbe=probe,
        resources=size.requirements,
        securityContext=_confined(rights),
        volumeMounts=[
            *(_mount(volume, at) for at, volume in found.items()),
            *(_mount(volume, at, reads=True) for at, volume in (reads or {}).items()),
        ],
    )


def marks(name: str) -> dict[str, str]:
    """The labels of the pods of that name."""
    return {NAME: name}


def size(component: Component, *, limit: int, cpu: int = 1000) -> Size:
    """What the table says that it asks for, with a limit of `limit` MiB."""
    return Size(limit * MI, component.memory, cpu=cpu, cpu_request=component.cpu)


def scratch(name: str, most: int = 256) -> k.Volume:
    """An empty folder of the pod's own, of `most` MiB."""
    return k.Volume(name=name, emptyDir=k.EmptyDirVolumeSource(sizeLimit=quantity(most * MI)))


def secret(name: str, key: str, of: str) -> k.EnvVar:
    """A variable that comes from a Secret of the namespace."""
    ref = k.SecretKeySelector(name=of, key=key)
    return k.EnvVar(name=name, valueFrom=k.EnvVarSource(secretKeyRef=ref))


def _mount(volume: str, at: str, *, reads: bool = False) -> k.VolumeMount:
    """`data:sub` mounts a part of it."""
    name, _, part = volume.partition(":")
    return k.VolumeMount(name=name, mountPath=at, readOnly=reads or None, subPath=part or None)


def _security(rights: Rights) -> k.PodSecurityContext:
    return k.PodSecurityContext(
        runAsNonRoot=not rights.root,
        runAsUser=0 if rights.root else rights.user,
        runAsGroup=0 if rights.root else rights.group,
        fsGroup=None if rights.root else rights.group,
        fsGroupChangePolicy=None if rights.root else "OnRootMismatch",
        seccompProfile=k.SeccompProfile(type="RuntimeDefault"),
    )


def _confined(rights: Rights) -> k.SecurityContext:
    if rights.unconfined:
        free = "Unconfined"
        return k.SecurityContext(
            allowPrivilegeEscalation=True,  # newuidmap and newgidmap are set-user-id programs
            appArmorProfile=k.AppArmorProfile(type=free),
            capabilities=k.Capabilities(add=["SETGID", "SETUID"], drop=["ALL"]),
            readOnlyRootFilesystem=True,
            seccompProfile=k.SeccompProfile(type=free),
        )
    return k.SecurityContext(
        allowPrivilegeEscalation=False,
        capabilities=k.Capabilities(drop=["ALL"]),
        readOnlyRootFilesystem=True,
    )
