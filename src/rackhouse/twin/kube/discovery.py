"""/version, /api and /apis: what is served."""

from __future__ import annotations

from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.cluster import VERSION, Cluster


def document(cluster: Cluster, path: str) -> Body | None:
    """What is at that address; None where it is not one of discovery's."""
    match [it for it in path.split("/") if it]:
        case ["version"]:
            return _version()
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["api", version]:
            return _resources(cluster, "", version)
        case ["apis", *rest]:
            return _groups(cluster, rest)
    return None


def _groups(cluster: Cluster, rest: list[str]) -> Body | None:
    served = sorted({it.group for it in cluster.kinds().values() if it.group})
    match rest:
        case []:
            found = [_group(cluster, it) for it in served]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}
        case [group] if group in served:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(cluster, group)}
        case [group, version]:
            return _resources(cluster, group, version)
    return None


def _version() -> Body:
    major, minor = VERSION
    return {
        "major": major,
        "minor": minor,
        "gitVersion": f"v{major}.{minor}.0+rackhouse-twin",
        "gitTreeState": "clean",
        "platform": "linux/amd64",
    }


def _group(cluster: Cluster, group: str) -> Body:
    served = sorted({it.version for it in cluster.kinds().values() if it.group == group})
    versions = [{"groupVersion": f"{group}/{it}", "version": it} for it in served]
    return {"name": group, "versions": versions, "preferredVersion": versions[-1]}


def _resources(cluster: Cluster, group: str, version: str) -> Body | None:
    kinds = [it for it in cluster.kinds().values() if (it.group, it.version) == (group, version)]
    if not kinds:
        return None
    found = []
    for kind in sorted(kinds, key=lambda it: it.plural):
        found.append(kind.described())
        for part in sorted(kind.subresources):
            name = f"{kind.plural}/{part}"
            verbs = ["get", "patch", "update"]
            found.append({**kind.described(), "name": name, "singularName": "", "verbs": verbs})
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group}/{version}" if group else version,
        "resources": found,
    }
