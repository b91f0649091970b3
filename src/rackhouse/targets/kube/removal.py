"""What leaves: what carries our stamp, and never beyond. A namespace takes all that is in it along,
so one in which somebody else keeps something stays.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Id
from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.kinds import Kinds
from rackhouse.targets.kube.manifest import stamp_of
from rackhouse.targets.kube.ready import WORKLOADS
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.waiting import Waiting
from rackhouse.targets.protocol import Say

_SHOWN = 5
# Every namespace has these by itself.
_BY_ITSELF = frozenset({("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")})


@dataclass(frozen=True)
class Removal:
    """On one server, for one rack."""

    server: Server
    kinds: Kinds
    waiting: Waiting
    rack: str

    async def remove(self, id: Id, say: Say) -> None:
        """Delete it, with what belongs to it; absent, or no longer ours, is success."""
        kind = await self.kinds.of(id.kind)
        path = kind.path(id) if kind else ""
        live = await self.server.ask("GET", path, fine=(404,)) if kind else None
        stamp = stamp_of(live) if live else None
        if live is None or stamp is None or stamp.rack != self.rack:
            return
        await self._check(id, live)
        uid = live["metadata"]["uid"]
        first = id.kind in WORKLOADS | {"CronJob", "Job"}  # pods first, then it: a drain
        body = {
            "propagationPolicy": "Foreground" if first else "Background",
            "preconditions": {"uid": uid},
        }
        say(f"removing {id.kind} {id.name}")
        await self.server.ask("DELETE", path, body=body, fine=(404,))
        await self.waiting.until_gone(id, path, uid, say)

    async def _check(self, id: Id, live: Live) -> None:
        """Refused where others would lose something."""
        if live["metadata"].get("deletionTimestamp"):
            return
        found: list[str] = []
        if id.kind == "Namespace":
            found = [each async for each in self._within(live["metadata"]["name"])]
        elif id.kind == "CustomResourceDefinition":
            found = [each async for each in self._of_definition(live)]
        if found:
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            what = f"others keep things there: {', '.join(found[:_SHOWN])}{more}"
            fix = "move them elsewhere, or remove them; what is not this rack's stays untouched"
            raise Refused(what, where=str(id), fix=fix)

    async def _within(self, namespace: str) -> AsyncIterator[str]:
        """What in a namespace was made neither by this rack nor by something that it made."""
        for kind in await self.kinds.every():
            if not kind.namespaced:
                continue
            path = kind.all.replace(f"/{kind.plural}", f"/namespaces/{namespace}/{kind.plural}")
            async for each in self.server.listed(path):
                if self._is_theirs(kind.kind, each):
                    yield f"{kind.kind} {each['metadata']['name']}"
        async for pod in self.server.listed(f"/api/v1/namespaces/{namespace}/pods"):
            if self._is_theirs("Pod", pod):
                yield f"Pod {pod['metadata']['name']}"

    async def _of_definition(self, live: Live) -> AsyncIterator[str]:
        """Objects of a kind that leaves with its definition."""
        spec = live["spec"]
        served = next((each["name"] for each in spec["versions"] if each.get("served")), None)
        if served is None:
            return
        path = f"/apis/{spec['group']}/{served}/{spec['names']['plural']}"
        async for each in self.server.listed(path):
            if self._is_theirs(spec["names"]["kind"], each):
                yield f"{each['metadata'].get('namespace', '')}/{each['metadata']['name']}"

    def _is_theirs(self, kind: str, live: Live) -> bool:
        metadata = live["metadata"]
        if metadata.get("ownerReferences") or (kind, metadata["name"]) in _BY_ITSELF:
            return False
        stamp = stamp_of(live)
        if stamp is not None:
            return stamp.rack != self.rack
        annotations, labels = metadata.get("annotations") or {}, metadata.get("labels") or {}
        made = "cert-manager.io/certificate-name" in annotations  # the Secret of a Certificate
        made |= "endpointslice.kubernetes.io/managed-by" in labels  # of a Service
        return not made and live.get("type") != "kubernetes.io/service-account-token"
