"""What a gateway is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.services.gateway.model.config import Kind
from rackhouse.services.gateway.service.seams import (
    Cache,
    Client,
    Keys,
    Ledger,
    Limits,
    Quality,
    Router,
    Slots,
)
from rackhouse.services.gateway.service.telemetry.journal import Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Each behind its seam."""

    keys: Keys
    limits: Limits
    ledger: Ledger
    router: Router
    slots: Slots
    clients: Mapping[Kind, Client]
    cache: Cache
    quality: Quality
    journal: Telemetry
