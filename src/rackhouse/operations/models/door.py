"""Where the rack's gateway answers its owner, and by what key."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from rackhouse.app.graph import GATEWAY
from rackhouse.desired.models import ADMIN
from rackhouse.kit.errors import Missing, NotReady
from rackhouse.operations.view import RackView
from rackhouse.store.protocol import Store

_ELSEWHERE, _KEY = "RACKHOUSE_GATEWAY", "RACKHOUSE_GATEWAY_KEY"


@dataclass(frozen=True, slots=True)
class Door:
    """`url` without a slash at its end; `key` is the owner's."""

    url: str
    key: str = field(repr=False)


def door(seen: RackView, store: Store, environment: Mapping[str, str] = os.environ) -> Door:
    """That of this rack; or the gateway that RACKHOUSE_GATEWAY and RACKHOUSE_GATEWAY_KEY name.
    Missing where the rack has none, NotReady where it was never up.
    """
    if url := environment.get(_ELSEWHERE):
        return Door(url.rstrip("/"), environment.get(_KEY, ""))
    gateway = seen.application(GATEWAY)
    if gateway is None:
        fix = f"add `{GATEWAY}: {{service: {GATEWAY}}}` to `applications` of the rack file"
        raise Missing("this rack has no gateway to models", fix=fix)
    address, values = gateway.plain or gateway.url, store.values(ADMIN)
    if not address or "value" not in values:
        raise NotReady("the gateway was never up", fix="run `rackhouse up`, or `rackhouse apply`")
    return Door(address.rstrip("/"), values["value"].reveal())
