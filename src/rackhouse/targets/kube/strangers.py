"""What others keep in a namespace, or have of a kind: all of that would leave along with it.

Asks for names alone, of every kind that the server has, not of those alone that a rack makes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.kinds import root
from rackhouse.targets.kube.manifest import stamp_of
from rackhouse.targets.kube.server import NAMES, Server

# Every namespace has these by itself.
_BY_ITSELF = frozenset(
    {
        ("ConfigMap", "istio-ca-root-cert"),
        ("ConfigMap", "kube-root-ca.crt"),
        ("ConfigMap", "openshift-service-ca.crt"),
        ("ServiceAccount", "default"),
    }
)
# Written by programs while they run, about what counts itself.
_TRACES = frozenset({"Endpoints", "Event", "Lease"})


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind in a version. `kept`: its objects can be listed and removed, so they are things."""

    api: str
    kind: str
    plural: str
    namespaced: bool
    kept: bool

    @property
    def group(self) -> tuple[str, str]:
        """What it is in every version."""
        return self.api.rpartition("/")[0], self.kind


@dataclass(frozen=True)
class Strangers:
    """On one server, for one rack."""

    server: Server
    rack: str

    async def within(self, namespace: str) -> Sequence[str]:
        """`Pod web-0`: what in a namespace was made neither by this rack nor by what it made.

        Whatever has an owner in there is not named: its owner is, where that is a stranger's.
        """
        kinds = await self._kinds()
        alone = {each.group for each in kinds if not each.namespaced}
        asked = {each.group: each for each in kinds if each.namespaced and each.kept}.values()
        found = await asyncio.gather(*(self._of(each, namespace, alone) for each in asked))
        return sorted(name for names in found for name in names)

    async def of_definition(self, live: Live) -> Sequence[str]:
        """`hello/web`: objects of a kind that leaves with its definition."""
        spec = live["spec"]
        served = next((each["name"] for each in spec["versions"] if each.get("served")), None)
        if served is None:
            return ()
        kind, path = spec["names"]["kind"], f"/apis/{spec['group']}/{served}"
        return [
            f"{each['metadata'].get('namespace', '')}/{each['metadata']['name']}"
            async for each in self.server.listed(f"{path}/{spec['names']['plural']}", accept=NAMES)
            if self._is_theirs(kind, each, ())
        ]

    async def _kinds(self) -> list[_Kind]:
        """All that the server has, in every version."""
        groups = (await self.server.ask("GET", "/apis"))["groups"]
        apis = [each["groupVersion"] for group in groups for each in group["versions"]]
        found = await asyncio.gather(*map(self._in, ["v1", *apis]))
        return [kind for kinds in found for kind in kinds]

    async def _in(self, api: str) -> list[_Kind]:
        told = await self.server.ask("GET", root(api), fine=(404,))
        return [
            _Kind(
                api=api,
                kind=each["kind"],
                plural=each["name"],
                namespaced=bool(each["namespaced"]),
                kept={"delete", "list"} <= set(each.get("verbs") or ()),
            )
            for each in (told or {}).get("resources") or ()
            if "/" not in each["name"] and each["kind"] not in _TRACES
        ]

    async def _of(
        self, kind: _Kind, namespace: str, alone: Collection[tuple[str, str]]
    ) -> list[str]:
        path = f"{root(kind.api)}/namespaces/{namespace}/{kind.plural}"
        return [
            f"{kind.kind} {each['metadata']['name']}"
            async for each in self.server.listed(path, accept=NAMES)
            if self._is_theirs(kind.kind, each, alone)
        ]

    def _is_theirs(self, kind: str, live: Live, alone: Collection[tuple[str, str]]) -> bool:
        """`alone`: kinds that belong to no namespace, so that no owner of these was looked at."""
        metadata = live["metadata"]
        owners = {_group(each) for each in metadata.get("ownerReferences") or ()}
        if owners.difference(alone) or (kind, metadata["name"]) in _BY_ITSELF:
            return False
        stamp = stamp_of(live)
        if stamp is not None:
            return stamp.rack != self.rack
        return not (metadata.get("deletionTimestamp") or _is_made(metadata))


def _is_made(metadata: Live) -> bool:
    """Whether a controller made it of what counts itself, and says so in its own way."""
    annotations, labels = metadata.get("annotations") or {}, metadata.get("labels") or {}
    return (
        "cert-manager.io/certificate-name" in annotations  # the Secret of a Certificate
        or "kubernetes.io/service-account.name" in annotations  # the token of an account
        or "endpointslice.kubernetes.io/managed-by" in labels  # of a Service
    )


def _group(owner: Any) -> tuple[str, str]:
    return owner["apiVersion"].rpartition("/")[0], owner["kind"]
