"""What leaves: what carries our stamp, and never beyond. A namespace takes all that is in it along,
so one in which somebody else keeps something stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Id
from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.kinds import Kinds
from rackhouse.targets.kube.manifest import stamp_of
from rackhouse.targets.kube.ready import WORKLOADS
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.strangers import Strangers
from rackhouse.targets.kube.waiting import Waiting
from rackhouse.targets.protocol import Say

_SHOWN = 5


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
        strangers = Strangers(self.server, self.rack)
        found: Sequence[str] = ()
        if id.kind == "Namespace":
            found = await strangers.within(live["metadata"]["name"])
        elif id.kind == "CustomResourceDefinition":
            found = await strangers.of_definition(live)
        if found:
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            what = f"others keep things there: {', '.join(found[:_SHOWN])}{more}"
            fix = "move them elsewhere, or remove them; what is not this rack's stays untouched"
            raise Refused(what, where=str(id), fix=fix)
