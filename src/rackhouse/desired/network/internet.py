"""The way in from the Internet, as a list to tick off. Off unless the rack file opens it. Pure.

Rackhouse does none of this by itself yet: the list says what there is to do, and how to see from
both sides that it is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rackhouse.desired.network import ticks, whereabouts
from rackhouse.desired.network.fabric import router_node
from rackhouse.rack.complete import hosts_of
from rackhouse.rack.model import Rack
from rackhouse.rack.words import Exposure

_SHUT = (22, 5432, 6443, 6379)  # SSH, PostgreSQL, Kubernetes, Redis: never from outside
_DOORS = (80, 443)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A port as the Internet should find it: `host` answers there, or nobody does."""

    host: str
    port: int
    open: bool


CLOSED = """\
Nothing of the rack {name} is open to the Internet.
To open one application: `exposure: internet` on it, and a `domain` that you own.
"""


def opened(rack: Rack) -> tuple[str, ...]:
    """The host names that the rack file opens to the Internet; sorted."""
    exposed = (
        host
        for application in rack.applications
        if (application.exposure or rack.exposure) == Exposure.INTERNET
        for host in hosts_of(rack, application)
    )
    return tuple(sorted(exposed))


def doors(rack: Rack, address: str = "") -> tuple[Door, ...]:
    """What somebody outside should find: the names that are opened, and what must be shut at them
    or, where nothing is open, at the outer `address`. Nothing without either.
    """
    hosts = opened(rack)
    found = [Door(host=host, port=port, open=True) for host in hosts for port in _DOORS]
    where = address or next(iter(hosts), "")
    shut = _SHUT if hosts else (*_DOORS, *_SHUT)
    return (*found, *(Door(host=where, port=port, open=False) for port in shut if where))


def checklist(rack: Rack, *, as_markdown: bool = False) -> str:
    """What there is to do; or that there is nothing, when nothing is open."""
    hosts = opened(rack)
    if not hosts:
        return CLOSED.format(name=rack.name)
    preface = "Open: " + ", ".join(hosts)
    title = f"The way in from the Internet to the rack {rack.name}"
    return ticks.render(title, preface, _parts(rack, hosts), as_markdown=as_markdown)


def _parts(rack: Rack, hosts: tuple[str, ...]) -> Iterator[ticks.Part]:
    inside = whereabouts.ingress(rack)
    to = str(inside) if inside else "the rack's own machine"
    ports = (rack.ingress.http or 80, rack.ingress.https or 443)
    yield ticks.Part("Find out which way in there can be", _WAYS)
    yield ticks.Part("Either forward two ports", tuple(_forward(rack, to, ports)))
    yield ticks.Part("Or open a tunnel from inside", tuple(_tunnel(to)))
    yield ticks.Part("Let names lead there", tuple(_names(rack, hosts)))
    yield ticks.Part("Have certificates that every browser knows", tuple(_acme(rack)))
    yield ticks.Part("See it from both sides", tuple(_seen(hosts[0], inside or "ADDRESS", ports)))


_WAYS = (
    "compare the router's outer address with the one that a page on the Internet sees you by",
    "they are the same: a port can be forwarded",
    "they differ, or it lies in 100.64.0.0/10: you share an address with others; take a tunnel",
)


def _forward(rack: Rack, to: str, ports: tuple[int, int]) -> Iterator[str]:
    node = router_node(rack)
    where = f"on {node.name}" if node else "on the router's page"
    yield f"{where}: TCP 80 of its outer side to {to}, port {ports[0]}"
    yield f"{where}: TCP 443 of its outer side to {to}, port {ports[1]}"
    yield "nothing else: no UPnP, no exposed host, no SSH"
    if node:
        yield "the rules of `rackhouse network render nftables` let none of it in yet"


def _tunnel(to: str) -> Iterator[str]:
    yield "rent the smallest machine that has a public address; run WireGuard there and here"
    yield "the rack connects to it, and keeps the connection: nothing is opened at home"
    yield f"there: TCP 80 and 443 through the tunnel to {to}"
    yield "pass TLS on unopened, so that nobody there reads along"


def _acme(rack: Rack) -> Iterator[str]:
    yield f"at the DNS provider: a token that may only write TXT records of {rack.domain}"
    yield f"ask for *.{rack.domain} by ACME's DNS-01 challenge, which needs no open port"


def _names(rack: Rack, hosts: tuple[str, ...]) -> Iterator[str]:
    yield f"at the DNS provider of {rack.domain}: an A record for each of {', '.join(hosts)}"
    yield "an address that changes: let the router tell the provider (dynamic DNS), TTL 60 s"
    yield "no AAAA record: the rack has no IPv6 from outside"


def _seen(host: str, inside: object, ports: tuple[int, int]) -> Iterator[str]:
    url = f"https://{host}" + (f":{ports[1]}" if ports[1] != 443 else "")
    yield f"inside: curl --resolve {host}:{ports[1]}:{inside} {url}/"
    yield f"outside, on a phone without the home's wireless: https://{host}/"
    yield "outside, what must stay shut: ports 22 and 6443 time out"
    yield "both at once, by a machine elsewhere: rackhouse network check --from USER@HOST"
