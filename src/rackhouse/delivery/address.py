"""Where an application is reached by name, from what the store remembers of its route."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rackhouse.resources.core import Id

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def address(house: OpenRack, application: str) -> str:
    """`https://shop.rack.localhost:8443/`; "" for what has no route of its own name."""
    store = house.store
    stamp = store.stamp(Id("machine", "route", application))
    text = store.text_of(stamp.digest) if stamp else None
    port = store.values(Id("machine", "port", "https")).get("number")
    if text is None or port is None:
        return ""
    spec = json.loads(text)["spec"]
    number = port.reveal()
    return next((f"https://{host}:{number}{spec['path'] or '/'}" for host in spec["hosts"]), "")
