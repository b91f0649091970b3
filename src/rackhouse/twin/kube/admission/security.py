"""Pod Security: what a namespace labelled `restricted` lets run. In the words of the server's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.twin.kube.answers import forbidden
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, at, labels_of, name_of
from rackhouse.twin.kube.cluster import Cluster

_ENFORCE = "pod-security.kubernetes.io/enforce"
_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_PROFILES = frozenset({"RuntimeDefault", "Localhost"})


def check(cluster: Cluster, ask: Ask, body: Body) -> None:
    """Raises Denied. `baseline` is taken as `privileged`: it refuses nothing here."""
    namespace = cluster.store.get("namespaces", "", ask.namespace)
    labels = labels_of(namespace or {})
    if labels.get(_ENFORCE) != "restricted":
        return
    found = list(_found(body["spec"]))
    if found:
        version = labels.get(f"{_ENFORCE}-version", "latest")
        why = f'violates PodSecurity "restricted:{version}": {", ".join(found)}'
        raise forbidden(ask.kind, name_of(body), why)


def _found(spec: Mapping[str, Any]) -> Iterator[str]:
    every = [
        it
        for part in ("initContainers", "containers", "ephemeralContainers")
        for it in spec.get(part) or ()
    ]
    yield from _privileges(every)
    yield from _host(spec, every)
    yield from _identity(spec, every)
    yield from _profile(spec, every)


def _privileges(every: list[Body]) -> Iterator[str]:
    if bad := [it for it in every if _of(it, "privileged") is True]:
        yield f"privileged ({_named(bad)} must not set securityContext.privileged=true)"
    if bad := [it for it in every if _of(it, "allowPrivilegeEscalation") is not False]:
        yield (
            f"allowPrivilegeEscalation != false ({_named(bad)} must set"
            " securityContext.allowPrivilegeEscalation=false)"
        )
    if bad := [it for it in every if "ALL" not in (_of(it, "capabilities", "drop") or ())]:
        yield (
            f"unrestricted capabilities ({_named(bad)} must set"
            ' securityContext.capabilities.drop=["ALL"])'
        )


def _host(spec: Mapping[str, Any], every: list[Body]) -> Iterator[str]:
    if used := [key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]:
        yield f"host namespaces ({', '.join(f'{key}=true' for key in used)})"
    ports = [
        str(port["hostPort"])
        for it in every
        for port in it.get("ports") or ()
        if "hostPort" in port
    ]
    if ports:
        yield f"hostPort ({_named(every)} uses hostPorts {', '.join(ports)})"
    volumes = spec.get("volumes") or ()
    bad = [it for it in volumes if not _VOLUMES & set(it)]
    if bad:
        names = ", ".join(f'"{it["name"]}"' for it in bad)
        kinds = ", ".join(sorted({f'"{key}"' for it in bad for key in it if key != "name"}))
        some = "volume" if len(bad) == 1 else "volumes"
        yield f"restricted volume types ({some} {names} uses restricted volume type {kinds})"


def _identity(spec: Mapping[str, Any], every: list[Body]) -> Iterator[str]:
    whole = at(spec, "securityContext", "runAsNonRoot")
    if bad := [it for it in every if _of(it, "runAsNonRoot", default=whole) is not True]:
        yield (
            f"runAsNonRoot != true (pod or {_named(bad)} must set"
            " securityContext.runAsNonRoot=true)"
        )
    user = at(spec, "securityContext", "runAsUser")
    if bad := [it for it in every if _of(it, "runAsUser", default=user) == 0]:
        yield f"runAsUser=0 ({_named(bad)} must not set runAsUser=0)"


def _profile(spec: Mapping[str, Any], every: list[Body]) -> Iterator[str]:
    whole = at(spec, "securityContext", "seccompProfile", "type")
    bad = [it for it in every if _of(it, "seccompProfile", "type", default=whole) not in _PROFILES]
    if bad:
        yield (
            f"seccompProfile (pod or {_named(bad)} must set securityContext.seccompProfile.type to"
            ' "RuntimeDefault" or "Localhost")'
        )


def _of(container: Body, *path: str, default: Any = None) -> Any:
    found = at(container, "securityContext", *path)
    return default if found is None else found


def _named(containers: list[Body]) -> str:
    names = ", ".join(f'"{it["name"]}"' for it in containers)
    return f"container {names}" if len(containers) == 1 else f"containers {names}"
