"""A gateway's parts, all in memory: whoever is asked, one client answers."""

from __future__ import annotations

from typing import Any

from rackhouse.services.gateway.model.config import Config, Kind
from rackhouse.services.gateway.service.keys import KnownKeys, MemoryKeys
from rackhouse.services.gateway.service.limits.rates import Rates
from rackhouse.services.gateway.service.memory import NoCache, Unmeasured
from rackhouse.services.gateway.service.parts import Parts
from rackhouse.services.gateway.service.routing.router import Routing
from rackhouse.services.gateway.service.seams import Client, Ledger
from rackhouse.services.gateway.service.slots.turns import Turns


def parts(config: Config, client: Client, ledger: Ledger, journal: Any) -> Parts:
    """Of a gateway that is told `config`. No machine is woken, and nothing is given again."""
    slots = Turns()
    return Parts(
        keys=KnownKeys(config.keys, MemoryKeys()),
        limits=Rates(),
        ledger=ledger,
        router=Routing(config, slots, lambda _: None),
        slots=slots,
        clients=dict.fromkeys(Kind, client),
        cache=NoCache(),
        quality=Unmeasured(),
        journal=journal,
    )
