"""A preview on a cluster: a namespace that says of what and until when, and what is in it. Pure.

It is opened like an application that the rack brings, down to what was granted to it, so that its
releases are releases like any other. Its things bear a stamp of the rack's previews.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lightkube.models import rbac_v1
from lightkube.resources.core_v1 import Namespace
from lightkube.resources.rbac_authorization_v1 import RoleBinding

from rackhouse.app.model import App
from rackhouse.desired.kube import preview
from rackhouse.desired.kube.granted import Granted, texts
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import BROKER
from rackhouse.desired.kube.releasing import (
    GRANTED,
    account,
    lending,
    repository_of,
    runs,
)
from rackhouse.desired.kube.throwaway import secrets
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.previews import Preview

ROLE = "rackhouse-preview"  # what the broker may in the namespace of a preview
MOST, MOST_IN_ALL = 5, 20  # previews of one application, and of all

_RESTRICTED = {
    f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
}
_RBAC = "rbac.authorization.k8s.io"

# (group, plural) of what is in the namespace of a preview besides what a release writes.
OPENED: Mapping[str, tuple[str, str]] = {
    "Cluster": ("postgresql.cnpg.io", "clusters"),
    "Database": ("postgresql.cnpg.io", "databases"),
    "DatabaseRole": ("postgresql.cnpg.io", "databaseroles"),
    "Ingress": ("networking.k8s.io", "ingresses"),
    "LimitRange": ("", "limitranges"),
    "Middleware": ("traefik.io", "middlewares"),
    "NetworkPolicy": ("networking.k8s.io", "networkpolicies"),
    "PersistentVolumeClaim": ("", "persistentvolumeclaims"),
    "ResourceQuota": ("", "resourcequotas"),
    "Role": (_RBAC, "roles"),
    "RoleBinding": (_RBAC, "rolebindings"),
    "Secret": ("", "secrets"),
    "Service": ("", "services"),
    "ServiceAccount": ("", "serviceaccounts"),
}


def opened(told: Granted, app: App, shown: Preview) -> Mapping[Id, Resource[Any]]:
    """All of a preview but what its releases write. `told` is what was granted to the application
    that it is of, `app` is as the preview runs it, under its name. FileError where it cannot be.
    """
    rack = _rack(told.rack, told.app.name, app.name)
    wanted = preview(rack, app, told.cluster)
    home = Home(
        rack=rack.name, cluster=told.cluster, namespace=app.name, owner=app.name, uid=app.uid
    )
    said = texts(
        rack,
        told.cluster,
        app,
        (),
        secrets(app),
        held=[it for it in wanted.values() if not runs(it)],
        read={ref for it in wanted.values() if runs(it) for ref in it.refs},
        preview_of=told.app.name,
    )
    found = [it for it in wanted.values() if not runs(it)]
    found += [*account(home, repository_of(rack, app.name)), *lending(home)]
    found += [*_first(home, shown), home.secret(GRANTED, said)]
    return {it.id: it for it in found}


def _first(home: Home, shown: Preview) -> Iterator[Resource[Any]]:
    """What has to be there before anything else is seen there: the namespace, and the broker's
    right to it.
    """
    metadata = home.metadata(home.namespace, {**_RESTRICTED, **shown.labels}, shown.notes)
    yield home.made(Namespace(metadata=metadata))
    yield home.made(
        RoleBinding(
            metadata=home.metadata(ROLE),
            roleRef=rbac_v1.RoleRef(apiGroup=_RBAC, kind="ClusterRole", name=ROLE),
            subjects=[
                rbac_v1.Subject(
                    kind="ServiceAccount", name=BROKER.service, namespace=BROKER.namespace
                )
            ],
        )
    )


def _rack(rack: Rack, of: str, name: str) -> Rack:
    """What it says of the application, but its host names, is said of the preview; and of nobody
    else anything.
    """
    said = (replace(it, name=name, hosts=()) for it in rack.applications if it.name == of)
    return replace(rack, applications=tuple(said))
