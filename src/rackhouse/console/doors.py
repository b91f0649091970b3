"""Which application asks for sign-in at an origin, and whether a return address is one of ours.

An origin is scheme, host and port, written as browsers write it: `https://hello.rack.localhost`.
Pure. Whoever is not on the list of routes is a stranger: a browser is never sent to one, and no
ticket is ever made for one. Nothing that came from outside is repeated in an answer: an address is
taken apart, compared and built anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import quote

from rackhouse.operations.view import RouteView
from rackhouse.resources.machine import Access

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<to>/[^\s\\#\x00-\x1f\x7f]*)?"
)
_DEFAULT_PORT = {"http": 80, "https": 443}
_LONGEST = 4096  # characters of a return address


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in one application: where the owner wants to go back to."""

    application: str
    origin: str
    to: str  # path and query, beginning with one slash

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.to


def origin_of(scheme: str, host: str) -> str:
    """The origin of a scheme and a Host header; "" when they make none."""
    match = _ADDRESS.fullmatch(f"{scheme}://{host}".lower())
    return _origin(match) if match and match["to"] is None else ""


def local_path(text: str) -> str:
    """`text` when it is a path on the same origin, else `/`."""
    match = _ADDRESS.fullmatch(f"http://x{text}") if len(text) <= _LONGEST else None
    return _to(match) if match and match["to"] else "/"


def place_of(text: str, routes: Iterable[RouteView], own: Collection[str]) -> Place | None:
    """The place that a return address names, when it lies in one of the `routes`, else None.

    `own` are this machine's addresses, at which routes that the network may use answer too.
    """
    match = _ADDRESS.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    return find(_origin(match), _to(match), routes, own)


def find(origin: str, to: str, routes: Iterable[RouteView], own: Collection[str]) -> Place | None:
    """The place at `origin` and path `to`: of the routes there, the one with the longest path.

    None where that one lets everybody in, as there is nothing to sign in to.
    """
    path = to.partition("?")[0]
    here = [r for r in routes if origin and origin in origins(r, own) and _within(path, r.path)]
    best = max(here, key=lambda route: len(route.path), default=None)
    asks = best is not None and best.access is Access.SIGNED_IN
    return Place(best.application, origin, to) if best and asks else None


def guarded(origin: str, routes: Iterable[RouteView], own: Collection[str]) -> bool:
    """Whether some route at `origin` asks for sign-in: the ingress serves `/.rackhouse/` there."""
    return any(
        route.access is Access.SIGNED_IN and origin in origins(route, own) for route in routes
    )


def origins(route: RouteView, own: Collection[str]) -> frozenset[str]:
    """Every origin at which a route answers."""
    lan = (f"http://{address}:{route.lan_port}" for address in own if route.lan_port)
    return frozenset(route.origins) | frozenset(lan)


def _within(path: str, prefix: str) -> bool:
    inside = prefix.rstrip("/")
    return path == inside or path.startswith(f"{inside}/")


def _origin(match: re.Match[str]) -> str:
    scheme, host = match["scheme"], match["host"]
    port = int(match["port"] or _DEFAULT_PORT[scheme])
    if not 0 < port < 65536 or ".." in host:
        return ""
    return f"{scheme}://{host}" + ("" if port == _DEFAULT_PORT[scheme] else f":{port}")


def _to(match: re.Match[str]) -> str:
    """The path and query. Two slashes at its start would name a host, to a browser."""
    to = re.sub(r"^/+", "/", match["to"] or "/")
    return quote(to, safe="/?%&=:@!$'()*+,;~-._[]")
