"""Specs of the targets `kube.<cluster>`: the objects of one Kubernetes cluster.

`kube.home/Deployment/hello.web` is the object `web` in the namespace `hello`; what belongs to no
namespace has its bare name, `kube.home/Namespace/hello`.
"""

from __future__ import annotations

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
