"""The ways in, as they were last written: from the specifications that the store remembers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rackhouse.operations.view.model import RouteView
from rackhouse.resources.core import Id
from rackhouse.resources.machine import Access, Exposure
from rackhouse.store.protocol import Store

_DOOR = re.compile(r"\$\{machine/door/(.+)\.entry\}")


def routes(store: Store) -> tuple[RouteView, ...]:
    """Every route of the rack, in order of name."""
    return tuple(sorted(_routes(store), key=lambda route: route.name))


def _routes(store: Store) -> Iterator[RouteView]:
    schemes = {scheme: _number(store, "port", scheme) for scheme in ("https", "http")}
    for id, stamp in store.stamps("machine").items():
        text = store.text_of(stamp.digest) if id.kind == "route" else None
        if text is not None:
            yield _route(id, json.loads(text)["spec"], schemes, store)


def _route(id: Id, spec: Any, schemes: dict[str, int], store: Store) -> RouteView:
    doors = [
        match[1] for entry in (spec["door"], *spec["entries"]) if (match := _DOOR.match(entry))
    ]
    plain = {door: _number(store, "door", door) for door in doors}
    lan = next((port for door, port in plain.items() if port and _is_lan(store, door)), 0)
    local = next((port for door, port in plain.items() if port and not _is_lan(store, door)), 0)
    named = [
        f"{s}://{host}{_port(s, n)}" for host in spec["hosts"] for s, n in schemes.items() if n
    ]
    here = f"http://127.0.0.1:{local or lan}" if local or lan else ""
    path = spec["path"] or "/"
    return RouteView(
        name=id.name,
        application=spec["application"],
        path=path,
        url=named[0] + path if named else "",
        plain=here + path if here else "",
        origins=(*named, here) if here else tuple(named),
        exposure=Exposure.LAN if lan else Exposure.LOOPBACK,
        access=Access(spec["access"]),
        lan_port=lan,
    )


def _number(store: Store, kind: str, name: str) -> int:
    value = store.values(Id("machine", kind, name)).get("number")
    return int(value.reveal()) if value else 0


def _is_lan(store: Store, door: str) -> bool:
    value = store.values(Id("machine", "door", door)).get("entry")
    return value is not None and value.reveal().startswith("lan")


def _port(scheme: str, number: int) -> str:
    return "" if number == {"https": 443, "http": 80}[scheme] else f":{number}"
