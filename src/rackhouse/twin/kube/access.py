"""Who asks, and whether roles let them: service accounts and RBAC; all others are administrators.

A token that nobody gave out is an administrator's, unless `Cluster.administrators` names some.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rackhouse.twin.kube.answers import Denied
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, namespace_of
from rackhouse.twin.kube.cluster import Cluster

_RBAC = "rbac.authorization.k8s.io"


@dataclass(frozen=True, slots=True)
class Account:
    """A service account, and until when its token is good."""

    namespace: str
    name: str
    until: datetime

    @property
    def user(self) -> str:
        """As RBAC names it."""
        return f"system:serviceaccount:{self.namespace}:{self.name}"


def check(cluster: Cluster, ask: Ask) -> None:
    """Raises Denied: 401 for one that is not known, 403 for what they may not."""
    account = known(cluster, ask.who)
    if account is None or ask.kind.group == "authorization.k8s.io":
        return
    verb = {"apply": "patch"}.get(ask.verb, ask.verb)
    if not may(cluster, account, verb, _of(ask)):
        raise _forbidden(ask, account, verb)


def known(cluster: Cluster, authorization: str) -> Account | None:
    """Whose token that is; None for an administrator's. Raises Denied."""
    token = authorization.removeprefix("Bearer ")
    account: Account | None = cluster.accounts.get(token)
    if account and cluster.clock() < account.until:
        return account
    administrator = not cluster.administrators or token in cluster.administrators
    if account or not administrator:
        raise Denied(401, "Unauthorized", "Unauthorized")
    return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule has to allow. `resource` has its subresource: `pods/log`."""

    group: str
    resource: str
    namespace: str
    name: str


def _of(ask: Ask) -> Wanted:
    resource = ask.kind.plural + (f"/{ask.subresource}" if ask.subresource else "")
    return Wanted(ask.kind.group, resource, ask.namespace, ask.name)


def may(cluster: Cluster, account: Account, verb: str, wanted: Wanted) -> bool:
    """Whether some role that is bound to the account allows it."""
    return any(_allows(rule, verb, wanted) for rule in _rules(cluster, account, wanted.namespace))


def _rules(cluster: Cluster, account: Account, namespace: str) -> Iterator[Body]:
    bound = list(cluster.store.all(f"clusterrolebindings.{_RBAC}"))
    if namespace:
        bound += cluster.store.all(f"rolebindings.{_RBAC}", namespace)
    for binding in bound:
        if not any(_is(it, account) for it in binding.get("subjects") or ()):
            continue
        ref = binding["roleRef"]
        plural = "clusterroles" if ref["kind"] == "ClusterRole" else "roles"
        inside = "" if ref["kind"] == "ClusterRole" else namespace_of(binding)
        role = cluster.store.get(f"{plural}.{_RBAC}", inside, ref["name"])
        yield from (role or {}).get("rules") or ()


def _is(subject: Body, account: Account) -> bool:
    groups = {"system:serviceaccounts", f"system:serviceaccounts:{account.namespace}"}
    if subject["kind"] == "Group":
        return subject["name"] in {*groups, "system:authenticated"}
    if subject["kind"] == "User":
        return bool(subject["name"] == account.user)
    return (subject.get("namespace"), subject["name"]) == (account.namespace, account.name)


def _allows(rule: Body, verb: str, wanted: Wanted) -> bool:
    names = rule.get("resourceNames") or ()
    return (
        _has(rule.get("verbs"), verb)
        and _has(rule.get("apiGroups"), wanted.group)
        and _has(rule.get("resources"), wanted.resource)
        and (not names or wanted.name in names)
    )


def _has(said: Any, wanted: str) -> bool:
    return bool({"*", wanted} & set(said or ()))


def _forbidden(ask: Ask, account: Account, verb: str) -> Denied:
    wanted = _of(ask)
    named = f'{ask.kind.resource} "{ask.name}"' if ask.name else ask.kind.resource
    where = f'in the namespace "{ask.namespace}"' if ask.namespace else "at the cluster scope"
    message = (
        f'{named} is forbidden: User "{account.user}" cannot {verb} resource "{wanted.resource}"'
        f' in API group "{wanted.group}" {where}'
    )
    details = {"name": ask.name, "group": ask.kind.group, "kind": ask.kind.plural}
    return Denied(403, "Forbidden", message, details={k: it for k, it in details.items() if it})
