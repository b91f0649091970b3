"""Strategies: racks of any shape from the model's own table, and racks that make sense."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rackhouse.rack import kinds, measures
from rackhouse.rack.fields import REQUIRED, Listing, Named, Shape, Struct, fields_of
from rackhouse.rack.model import Application, Node, Rack, Vlan
from rackhouse.rack.scalars import Scalar
from rackhouse.rack.values import AddressRange, Amount, Location, Opening, Price, Release
from rackhouse.rack.words import Exposure, Role

# The machine may be busy: how long an example takes says nothing.
STEADY = settings(deadline=None, suppress_health_check=list(HealthCheck))

NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOSTS = st.lists(st.from_regex(r"[a-z0-9]{1,5}", fullmatch=True), min_size=1, max_size=3).map(
    ".".join
)
TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1
).filter(lambda text: text.isprintable() and bool(text.strip()))
ADDRESSES = st.ip_addresses(v=4)
PATHS = st.from_regex(r"/[a-z./-]{0,12}", fullmatch=True)


def _prices(*per: str) -> st.SearchStrategy[Price]:
    amounts = st.integers(0, 99_999_999).map(lambda cents: cents / 100)
    return st.builds(Price, amounts, st.sampled_from(["USD", "EUR"]), st.sampled_from(per))


def _openings() -> st.SearchStrategy[Opening]:
    words = st.sampled_from([*kinds.PORTS, "any"])
    numbers = st.integers(1, 65535).map(str) | st.integers(1, 65535).map(lambda n: f"{n}/udp")
    return (words | numbers).map(kinds.OPENING.read)  # type: ignore[arg-type]  # it answers one


def _clock(time: Any) -> str:
    return str(time)[:5]


_DIGESTS = st.from_regex("[0-9a-f]{64}", fullmatch=True)
_SOURCES = st.builds("https://{}/k3s".format, HOSTS) | st.just("/srv/k3s")
_RELEASES = st.builds(Release, st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))

SCALARS: dict[Scalar, st.SearchStrategy[Any]] = {
    kinds.NAME: NAMES,
    kinds.TEXT: TEXTS,
    kinds.HOST: HOSTS,
    kinds.FLAG: st.booleans(),
    kinds.NUMBER: st.integers(1, 99_999).map(lambda tenths: tenths / 10),
    kinds.SIZE: st.integers(1, 2**53 - 1),
    kinds.DURATION: st.integers(1, 3 * 10**9).map(float),
    kinds.ADDRESS: ADDRESSES,
    kinds.SUBNET: st.builds(
        lambda a, bits: IPv4Network((a, bits), strict=False), ADDRESSES, st.integers(0, 32)
    ),
    kinds.RANGE: st.tuples(ADDRESSES, ADDRESSES).map(lambda pair: AddressRange(*sorted(pair))),
    kinds.MAC: st.from_regex("[0-9a-f]{2}(:[0-9a-f]{2}){5}", fullmatch=True),
    kinds.INTERFACE: st.from_regex(r"[A-Za-z0-9_.-]{1,15}", fullmatch=True),
    kinds.LOCATION: st.builds(Location, st.just("file"), st.just(""), PATHS)
    | st.builds(Location, st.sampled_from(["s3", "ssh"]), HOSTS, PATHS),
    kinds.OPENING: _openings(),
    kinds.RELEASE: _RELEASES,
    kinds.MOMENT: st.datetimes().map(lambda it: f"{it.replace(microsecond=0).isoformat()}Z"),
    kinds.DIGEST: _DIGESTS,
    kinds.SOURCE: _SOURCES,
    kinds.IMAGE: st.builds("{}/server@sha256:{}".format, HOSTS, _DIGESTS),
    kinds.MONEY: st.builds(
        Amount, st.integers(0, 99_999_999).map(lambda n: n / 100), st.sampled_from(["USD", "EUR"])
    ),
    kinds.BUDGET: _prices("day", "month", "year"),
    kinds.TARIFF: _prices("kWh"),
    measures.DAY: st.dates().map(str),
    measures.HOURS: st.lists(st.times(), min_size=2, max_size=2, unique_by=_clock).map(
        lambda pair: "-".join(map(_clock, pair))
    ),
    measures.SHARE: st.integers(0, 9999).map(lambda n: round(n / 10_000, 6)),
    measures.URL: st.builds("https://{}/api".format, HOSTS),
    measures.ZONE: st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/Ushuaia"]),
}


def _scalars(kind: Scalar) -> st.SearchStrategy[Any]:
    if kind in SCALARS:
        return SCALARS[kind]
    if kind.words:
        return st.sampled_from([kind.read(word) for word in kind.words])
    return st.integers(kind.schema["minimum"], kind.schema["maximum"])  # type: ignore[call-overload]  # whole


def shapes(shape: Shape) -> st.SearchStrategy[Any]:
    """Any value of a shape, whether it makes sense or not."""
    if isinstance(shape, Scalar):
        return _scalars(shape)
    if isinstance(shape, Listing):
        return st.lists(shapes(shape.item), max_size=3).map(tuple)
    if isinstance(shape, Named):
        return st.lists(_structs(shape.cls), max_size=3, unique_by=lambda x: x.name).map(tuple)
    assert isinstance(shape, Struct)
    return _structs(shape.cls)


def _structs(cls: type[Any]) -> st.SearchStrategy[Any]:
    parts = {}
    for field in fields_of(cls).values():
        known = st.nothing() if field.default is REQUIRED else st.just(field.default)
        none = st.none() if field.optional else st.nothing()
        parts[field.name] = known | none | shapes(field.shape)
    return st.builds(cls, **parts)


@st.composite
def sensible(draw: st.DrawFn) -> Rack:
    """A rack that every rule accepts."""
    servers = draw(st.sampled_from([0, 1, 3, 5]))
    agents = draw(st.integers(0, 3)) if servers else 0
    subnet = draw(st.integers(1, 41).map(lambda n: IPv4Network(f"10.{n}.0.0/24")))
    roles = [Role.SERVER] * servers + [Role.AGENT] * agents
    nodes = tuple(
        Node(
            name=f"n{number}",
            role=role,
            board=draw(st.sampled_from(["", "rpi5-8gb", "n100-16gb"])),
            address=subnet.network_address + 10 + number,
            disk=draw(st.sampled_from(["ssd", "nvme"])),
        )
        for number, role in enumerate(roles)
    )
    vip: IPv4Address | None = subnet.network_address + 5 if servers > 1 else None
    vlan = Vlan(name="home", id=draw(st.integers(1, 4094)), subnet=subnet, virtual_ip=vip)
    names = draw(st.lists(NAMES.map(lambda name: f"a-{name}"[:40]), unique=True, max_size=5))
    applications = tuple(
        Application(
            name=name,
            folder=f"./{name}",
            exposure=draw(st.sampled_from(["", Exposure.LAN, Exposure.LOOPBACK])),
        )
        for name in names
    )
    network = Rack().network if not nodes else type(Rack().network)(vlans=(vlan,))
    return Rack(name=draw(NAMES), nodes=nodes, network=network, applications=applications)
