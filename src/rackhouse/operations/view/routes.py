"""The ways in, as they were last written: from the specifications that the store remembers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.operations.view.model import RouteView
from rackhouse.resources.core import Hidden, Id
from rackhouse.resources.machine import Access, Exposure
from rackhouse.store.protocol import Store

Chosen = Mapping[Id, Mapping[str, Hidden]]
_DOOR = re.compile(r"\$\{machine/door/(.+)\.entry\}")


def routes(store: Store) -> tuple[RouteView, ...]:
    """Every route of the rack, in order of name."""
    return tuple(sorted(_routes(store), key=lambda route: route.name))


def _routes(store: Store) -> Iterator[RouteView]:
    ports = store.chosen("machine", "port")
    named = {scheme: _number(ports, "port", scheme) for scheme in ("https", "http")}
    doors = store.chosen("machine", "door")
    for id, stamp in store.stamps("machine").items():
        text = store.text_of(stamp.digest) if id.kind == "route" else None
        if text is not None:
            yield _route(id.name, json.loads(text)["spec"], named, doors)


def _route(name: str, spec: Any, named: Mapping[str, int], doors: Chosen) -> RouteView:
    entries = (spec["door"], *spec["entries"])
    mine = [match[1] for entry in entries if (match := _DOOR.match(entry))]
    plain = {door: number for door in mine if (number := _number(doors, "door", door))}
    lan = next((number for door, number in plain.items() if _is_lan(doors, door)), 0)
    local = next((number for door, number in plain.items() if not _is_lan(doors, door)), lan)
    origins = [
        f"{s}://{host}{_port(s, n)}" for host in spec["hosts"] for s, n in named.items() if n
    ]
    here = f"http://127.0.0.1:{local}" if local else ""
    path = spec["path"] or "/"
    return RouteView(
        name=name,
        application=spec["application"],
        path=path,
        url=origins[0] + path if origins else "",
        plain=here + path if here else "",
        origins=(*origins, here) if here else tuple(origins),
        exposure=Exposure.LAN if lan else Exposure.LOOPBACK,
        access=Access(spec["access"]),
        lan_port=lan,
    )


def _number(chosen: Chosen, kind: str, name: str) -> int:
    value = chosen.get(Id("machine", kind, name), {}).get("number")
    return int(value.reveal()) if value else 0


def _is_lan(doors: Chosen, name: str) -> bool:
    value = doors.get(Id("machine", "door", name), {}).get("entry")
    return value is not None and value.reveal().startswith("lan")


def _port(scheme: str, number: int) -> str:
    return "" if number == {"https": 443, "http": 80}[scheme] else f":{number}"
