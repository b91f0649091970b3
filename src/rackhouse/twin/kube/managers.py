"""Who owns which fields of an object: `metadata.managedFields`, read, changed and written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rackhouse.twin.kube import fields as f
from rackhouse.twin.kube.body import Body, at, meta
from rackhouse.twin.kube.kinds import Kind

APPLY, UPDATE = "Apply", "Update"
_SERVERS = frozenset(
    ("f:metadata", f"f:{name}")
    for name in (
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "name",
        "namespace",
        "resourceVersion",
        "selfLink",
        "uid",
    )
)


@dataclass(frozen=True, slots=True, order=True)
class Manager:
    """Who, and by what kind of request."""

    operation: str
    name: str
    api: str
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What one owns, and since when it is that."""

    fields: f.Fields
    time: str


Shares = Mapping[Manager, Share]


def read(body: Body) -> dict[Manager, Share]:
    """From metadata.managedFields."""
    found = {}
    for it in at(body, "metadata", "managedFields") or ():
        who = Manager(
            it.get("operation", UPDATE),
            it.get("manager", ""),
            it.get("apiVersion", ""),
            it.get("subresource", ""),
        )
        found[who] = Share(frozenset(f.read(it.get("fieldsV1") or {})), it.get("time", ""))
    return found


def write(body: Body, shares: Shares) -> Body:
    """The object with these in metadata.managedFields; who owns nothing is left out."""
    order = sorted(
        (it for it in shares.items() if it[1].fields),
        key=lambda it: (it[0].operation, it[1].time, it[0]),
    )
    entries = []
    for who, share in order:
        entry = {
            "manager": who.name,
            "operation": who.operation,
            "apiVersion": who.api,
            "time": share.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": f.write(share.fields),
        }
        entries.append(entry | ({"subresource": who.subresource} if who.subresource else {}))
    return meta(body, managedFields=entries or None)


def concerned(body: Body, kind: Kind, subresource: str) -> f.Fields:
    """The fields of an object that this way in may own: not the server's, not another part's."""
    return frozenset(path for path in f.owned(body, kind.shape) if mine(path, kind, subresource))


def mine(path: f.Path, kind: Kind, subresource: str) -> bool:
    """Whether a field is one that this way in may own."""
    if path[0] in {"f:apiVersion", "f:kind"} or path[:2] in _SERVERS:
        return False
    if subresource == "status":
        return path[0] in {"f:status", "f:metadata"}
    return not (path[0] == "f:status" and "status" in kind.subresources)


def changed(who: Manager, old: Body, new: Body, kind: Kind, now: str) -> Shares:
    """After an update: what was changed is the manager's and nobody else's."""
    shares = read(old)
    before, after = dict(f.leaves(old, kind.shape)), dict(f.leaves(new, kind.shape))
    touched = {
        path
        for path, value in after.items()
        if (path not in before or before[path] != value) and mine(path, kind, who.subresource)
    }
    new_ones = frozenset(f.made(new, kind.shape)) - frozenset(f.made(old, kind.shape))
    touched |= {path for path in new_ones if mine(path, kind, who.subresource)}
    left, there = {}, f.prefixes(after)
    for other, share in shares.items():
        stays = share.fields & there
        left[other] = _with(share, stays if other == who else stays - touched, now)
    own = left.get(who, Share(frozenset(), now))
    left[who] = _with(own, own.fields | touched, now)
    return left


def _with(share: Share, fields: f.Fields, now: str) -> Share:
    return share if share.fields == fields else replace(share, fields=fields, time=now)
