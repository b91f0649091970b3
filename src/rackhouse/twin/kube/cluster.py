"""One cluster in memory: its objects, its kinds, its clock."""

from __future__ import annotations

import functools
import itertools
import random
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from rackhouse.twin.kube.body import Body, at
from rackhouse.twin.kube.faults import Faults
from rackhouse.twin.kube.kinds import Kind, built_in
from rackhouse.twin.kube.nodes.images import Images
from rackhouse.twin.kube.said import Logs
from rackhouse.twin.kube.shapes import custom
from rackhouse.twin.kube.store import Store

Clock = Callable[[], datetime]
VERSION = ("1", "37")
CRDS = "customresourcedefinitions.apiextensions.k8s.io"
_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"  # those of the server's own random names


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Cluster:
    """What requests and controllers work on. A clock is handed in, so that time can be told."""

    def __init__(self, clock: Clock = now) -> None:
        self.store = Store()
        self.clock = clock
        self.faults = Faults()
        self.images = Images()
        self.administrators: frozenset[str] = frozenset()  # tokens; whoever asks where none is told
        self.accounts: dict[str, Any] = {}  # by the token that was given out
        self.addresses: tuple[str, ...] = ()  # that a LoadBalancer may have
        self.steps: dict[str, tuple[int, int]] = {}  # by the uid of a pod: now, and the last
        self.logs = Logs()
        self.began = self.time()
        self._addresses, self._services = itertools.count(2), itertools.count(10)
        self._random = random.Random()  # noqa: S311  names, no secrets
        self._custom: dict[tuple[str, str, str], Kind] = {}
        for name in _NAMESPACES:
            self.store.put("namespaces", self._namespace(name))

    def kinds(self) -> Mapping[tuple[str, str, str], Kind]:
        """All that are served, by group, version and plural."""
        return {**built_in(), **self._custom}

    def kind(self, group: str, version: str, plural: str) -> Kind | None:
        """One of them."""
        key = (group, version, plural)
        return built_in().get(key) or self._custom.get(key)

    def stored(self, resource: str) -> Kind | None:
        """A kind as which the objects of that resource can be had."""
        return _by_resource().get(resource) or next(
            (it for it in self._custom.values() if it.resource == resource), None
        )

    def define(self) -> None:
        """Serve what the CRDs that are established say, and nothing else."""
        self._custom = {}
        for crd in self.store.all(CRDS):
            conditions = at(crd, "status", "conditions") or ()
            if any(it["type"] == "Established" and it["status"] == "True" for it in conditions):
                found = _kinds_of(crd)
                self._custom |= {(it.group, it.version, it.plural): it for it in found}

    def time(self) -> str:
        """Now, as objects have it."""
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def uid(self) -> str:
        """A new one."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def suffix(self, length: int = 5) -> str:
        """Letters after a name that is made up."""
        return "".join(self._random.choices(_LETTERS, k=length))

    def pod_address(self) -> str:
        """The next of the pods' network."""
        high, low = divmod(next(self._addresses), 256)
        return f"10.42.{high % 256}.{low}"

    def service_address(self) -> str:
        """The next of the services' network."""
        high, low = divmod(next(self._services), 256)
        return f"10.43.{high % 256}.{low}"

    def _namespace(self, name: str) -> Body:
        return {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": name,
                "uid": self.uid(),
                "creationTimestamp": self.time(),
                "labels": {"kubernetes.io/metadata.name": name},
            },
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }


@functools.cache
def _by_resource() -> Mapping[str, Kind]:
    return {it.resource: it for it in built_in().values()}


def _kinds_of(crd: Body) -> list[Kind]:
    spec = crd["spec"]
    names = spec["names"]
    return [
        Kind(
            group=spec["group"],
            version=version["name"],
            kind=names["kind"],
            plural=names["plural"],
            namespaced=spec["scope"] == "Namespaced",
            shape=custom(at(version, "schema", "openAPIV3Schema") or {}),
            subresources=frozenset(version.get("subresources") or ()),
            short=tuple(names.get("shortNames") or ()),
            schema=at(version, "schema", "openAPIV3Schema") or {},
        )
        for version in spec["versions"]
        if version.get("served")
    ]
