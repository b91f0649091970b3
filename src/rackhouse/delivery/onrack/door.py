"""The door of one application on a cluster, opened by whoever may open it, and for ten minutes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rackhouse.delivery.onrack.identity import token, with_token
from rackhouse.delivery.onrack.release import Door
from rackhouse.desired.kube.granted import Granted
from rackhouse.desired.kube.releasing import SECONDS
from rackhouse.kit.errors import Refused
from rackhouse.resources.clusters import place
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.kube import Kube
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.server import Server
from rackhouse.targets.protocol import Target

# Half of what a token is good for: the rest is for going back.
_PACE = Pace(ready=SECONDS / 2)


@asynccontextmanager
async def door(access: Access, application: str) -> AsyncIterator[Door]:
    """Opened with the application's own account, for which whoever comes by `access` asks; who may
    not ask is taken to have that account already. Closed at the end of the block.
    """
    asking = Server(access)
    try:
        own = with_token(access, await token(asking, application))
    except Refused:
        own = access
    finally:
        await asking.close()
    server = Server(own)
    fingerprint = Fingerprint(MemoryStore())  # no Secret is looked at

    def opens(told: Granted) -> Target:
        name = place(told.cluster)
        return Kube(name, rack=told.keeper, server=server, fingerprint=fingerprint, pace=_PACE)

    try:
        yield Door(application=application, server=server, opens=opens)
    finally:
        await server.close()
