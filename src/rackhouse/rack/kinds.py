"""The kinds of scalar in a rack file, and the names under which `model` uses them as types. Pure.

So that one line of the model says the type, the check, the JSON Schema, and what the reference page
and an error message call it.
"""

from __future__ import annotations

import re
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from rackhouse.kit.text import is_name, parse_bytes, parse_duration
from rackhouse.rack.boards import BOARDS
from rackhouse.rack.scalars import STRING, Scalar, matching, one_of, positive, whole
from rackhouse.rack.values import AddressRange, Amount, Location, Opening, Price, Release

PORTS = {
    "ssh": "22/tcp",
    "dns": "53/udp",
    "http": "80/tcp",
    "ntp": "123/udp",
    "https": "443/tcp",
    "nfs": "2049/tcp",
    "postgres": "5432/tcp",
    "redis": "6379/tcp",
    "kubernetes": "6443/tcp",
}

_NAME = "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"^{_LABEL}(\.{_LABEL})*$"
_OCTETS = r"[0-9]{1,3}(\.[0-9]{1,3}){3}"
_SIZE = r"^[0-9]{1,20}(\.[0-9]{1,9})?(k|[KMGTPE]i?)?$"
_DURATION = "^[0-9]{1,10}[smhdw]$"
_UNITS = {"Ti": 2**40, "Gi": 2**30, "Mi": 2**20, "Ki": 2**10, "T": 10**12, "G": 10**9, "M": 10**6}
_EXACT = 2**53  # bytes; 8 PiB, above which a size is a slip of the hand
_CENTURY = 100 * 366 * 86400.0
_INTERFACE = "^[A-Za-z0-9_.-]{1,15}$"
_MAC = "^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$"
_RELEASE = r"^v1\.([0-9]{1,3})\.([0-9]{1,3})\+k3s([0-9]{1,3})$"
_DIGEST = "^[0-9a-f]{64}$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_IMAGE = r"^[a-z0-9][^@\s]*@sha256:[0-9a-f]{64}$"
_SOURCE = r"^(https:/)?/[^/\s]\S*$"
_LOCATION = r"^((s3|ssh)://[^/\s]+)?/\S*$"


def _text(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError(text)
    return text


def _name(text: str) -> str:
    if not is_name(text):
        raise ValueError(text)
    return text


def _host(text: str) -> str:
    if len(text) > 253 or not re.fullmatch(_HOST, text.lower()):
        raise ValueError(text)
    return text.lower()


def _range(text: str) -> AddressRange:
    first, last = text.split("-")
    if "." not in last:
        last = first.rsplit(".", 1)[0] + "." + last
    found = AddressRange(IPv4Address(first), IPv4Address(last))
    if found.last < found.first:
        raise ValueError(text)
    return found


def _opening(text: str) -> Opening:
    if text == "any":
        return Opening(text, 0, "tcp")
    number, _, protocol = PORTS.get(text, text).partition("/")
    if not 1 <= int(number) <= 65535:
        raise ValueError(text)
    return Opening(text, int(number), protocol or "tcp")


def _size(text: str) -> int:
    if not 0 < (count := parse_bytes(text)) < _EXACT:
        raise ValueError(text)
    return count


def _duration(text: str) -> float:
    if not 0 < (seconds := parse_duration(text)) < _CENTURY:
        raise ValueError(text)
    return seconds


def _price(text: str) -> Price:
    number, currency, per = re.split("[ /]", text)
    return Price(float(number), currency, per)


def _money(text: str) -> Amount:
    number, currency = text.split(" ")
    return Amount(float(number), currency)


def _location(text: str) -> Location:
    scheme, separator, rest = text.partition("://")
    if not separator:
        return Location("file", "", text)
    host, _, path = rest.partition("/")
    return Location(scheme, host, f"/{path}")


def _release(text: str) -> Release:
    found = re.fullmatch(_RELEASE, text)
    assert found is not None  # `matching` saw to it
    release = Release(*map(int, found.groups()))
    if str(release) != text:  # v1.034.1
        raise ValueError(text)
    return release


def _moment(text: str) -> str:
    datetime.fromisoformat(text)  # 31 February is none
    return text


def show_bytes(count: int) -> str:
    """`8Gi`, `500G`: the shortest way to say it exactly."""
    exact = (f"{count // size}{unit}" for unit, size in _UNITS.items() if count % size == 0)
    return min((*exact, str(count)), key=len)


def show_duration(seconds: float) -> str:
    """`6h`: the largest unit that says it exactly."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:.0f}s"


def show_number(number: float) -> str:
    """`12.5`: without an exponent, and without zeros that say nothing."""
    return f"{number:f}".rstrip("0").rstrip(".")


def _price_kind(per: str, example: str) -> Scalar:
    pattern = rf"^[0-9]{{1,6}}(\.[0-9]{{1,6}})? [A-Z]{{3}}/({per})$"
    return Scalar(
        word="price",
        expected="an amount of money",
        example=example,
        read=matching(pattern, _price),
        show=lambda price: f"{show_number(price.amount)} {price.currency}/{price.per}",
        schema={**STRING, "pattern": pattern},
    )


NAME = Scalar(
    word="name",
    expected="a name",
    example="pi-1",
    hint="a name has small letters, digits and hyphens, a letter first, 40 at most",
    read=_name,
    schema={**STRING, "pattern": _NAME},
)
TEXT = Scalar(
    word="text", expected="text on one line", example="RTX 3090", read=_text, schema=STRING
)
HOST = Scalar(
    word="host name",
    expected="a DNS name",
    example="photos.home.arpa",
    read=_host,
    schema={**STRING, "format": "hostname"},
)
FLAG = Scalar(
    word="flag",
    expected="true or false",
    example="true",
    hint="write true or false",
    read=matching("(?i:true|false)", lambda text: text.lower() == "true"),
    show=lambda value: str(value).lower(),
    schema={"type": "boolean"},
)
NUMBER = Scalar(
    word="number",
    expected="a number above 0",
    example="12.5",
    read=matching(r"[0-9]{1,9}(\.[0-9]{1,6})?", positive(float)),
    show=show_number,
    schema={"type": "number", "exclusiveMinimum": 0},
)
SIZE = Scalar(
    word="size",
    expected="a size",
    example="8Gi",
    hint="write a size, such as 512Mi, 8Gi or 1.5G",
    read=matching(_SIZE, _size),
    show=show_bytes,
    schema={"type": ["string", "integer"], "pattern": _SIZE, "minimum": 1},
)
DURATION = Scalar(
    word="duration",
    expected="a duration",
    example="6h",
    hint="write a duration, such as 30s, 15m, 6h or 30d",
    read=matching(_DURATION, _duration),
    show=show_duration,
    schema={**STRING, "pattern": _DURATION},
)
ADDRESS = Scalar(
    word="IPv4 address",
    expected="an IPv4 address",
    example="10.20.20.11",
    read=matching(f"^{_OCTETS}$", IPv4Address),
    schema={**STRING, "format": "ipv4"},
)
SUBNET = Scalar(
    word="IPv4 subnet",
    expected="an IPv4 subnet",
    example="10.20.20.0/24",
    hint="write its first address and its length, such as 10.20.20.0/24",
    read=matching(f"^{_OCTETS}/[0-9]{{1,2}}$", IPv4Network),
    schema={**STRING, "pattern": f"^{_OCTETS}/[0-9]{{1,2}}$"},
)
RANGE = Scalar(
    word="address range",
    expected="a range of addresses",
    example="10.20.40.100-200",
    hint="write the first and the last, such as 10.20.40.100-200",
    read=matching(f"^{_OCTETS}-({_OCTETS}|[0-9]{{1,3}})$", _range),
    schema={**STRING, "pattern": f"^{_OCTETS}-({_OCTETS}|[0-9]{{1,3}})$"},
)
MAC = Scalar(
    word="MAC address",
    expected="a MAC address",
    example="aa:bb:cc:dd:ee:ff",
    read=matching(_MAC, lambda text: text.lower().replace("-", ":")),
    schema={**STRING, "pattern": _MAC},
)
INTERFACE = Scalar(
    word="interface",
    expected="a network interface",
    example="enp1s0",
    hint="write what `ip link` calls it: letters, digits, dots and dashes, 15 at most",
    read=matching(_INTERFACE, str),
    schema={**STRING, "pattern": _INTERFACE},
)
LOCATION = Scalar(
    word="location",
    expected="a place for backups",
    example="s3://backups.example.org/rack",
    hint="write s3://HOST/BUCKET, ssh://NODE/FOLDER or /FOLDER",
    read=matching(_LOCATION, _location),
    schema={**STRING, "pattern": _LOCATION},
)
RELEASE = Scalar(
    word="release of K3s",
    expected="a release of K3s",
    example="v1.34.1+k3s1",
    read=matching(_RELEASE, _release),
    schema={**STRING, "pattern": _RELEASE},
)
MOMENT = Scalar(
    word="moment",
    expected="a moment, in UTC",
    example="2026-11-20T10:30:00Z",
    read=matching(_MOMENT, _moment),
    schema={**STRING, "pattern": _MOMENT},
)
DIGEST = Scalar(
    word="SHA-256",
    expected="a SHA-256 digest",
    example="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    hint="write its 64 hexadecimal digits, as sha256sum prints them",
    read=matching("[0-9A-Fa-f]{64}", str.lower),
    schema={**STRING, "pattern": _DIGEST},
)
SOURCE = Scalar(
    word="address or folder",
    expected="where releases are fetched from",
    example="https://mirror.home.arpa/k3s",
    hint="write https://HOST/PATH, or /FOLDER of the machine that Rackhouse runs on",
    read=matching(_SOURCE, lambda text: text.rstrip("/")),
    schema={**STRING, "pattern": _SOURCE},
)
IMAGE = Scalar(
    word="image",
    expected="a container image by its content",
    example=f"ghcr.io/example/server@sha256:{'9f86d081884c7d65' * 4}",
    hint="write NAME@sha256:..., which `docker buildx imagetools inspect NAME:TAG` shows",
    read=matching(_IMAGE, str),
    schema={**STRING, "pattern": _IMAGE},
)
_OPENING = rf"^({'|'.join(PORTS)}|any|[1-9][0-9]{{0,4}}(/(tcp|udp))?)$"
OPENING = Scalar(
    word="port",
    expected="a port",
    example="8472/udp",
    hint=f"write a number such as 6443 or 8472/udp, any, or one of {', '.join(PORTS)}",
    read=matching(_OPENING, _opening),
    schema={"type": ["string", "integer"], "pattern": _OPENING, "minimum": 1, "maximum": 65535},
    words=(*PORTS, "any"),
)
BOARD = one_of(BOARDS, "rpi5-8gb")
_MONEY = r"^[0-9]{1,6}(\.[0-9]{1,6})? [A-Z]{3}$"
MONEY = Scalar(
    word="money",
    expected="an amount of money",
    example="95 EUR",
    read=matching(_MONEY, _money),
    show=lambda money: f"{show_number(money.amount)} {money.currency}",
    schema={**STRING, "pattern": _MONEY},
)
BUDGET = _price_kind("day|month|year", "10 USD/month")
TARIFF = _price_kind("kWh", "0.32 EUR/kWh")

Name = Annotated[str, NAME]
Words = Annotated[str, TEXT]
Host = Annotated[str, HOST]
Flag = Annotated[bool, FLAG]
Number = Annotated[float, NUMBER]
Bytes = Annotated[int, SIZE]
Seconds = Annotated[float, DURATION]
Address = Annotated[IPv4Address, ADDRESS]
Subnet = Annotated[IPv4Network, SUBNET]
Range = Annotated[AddressRange, RANGE]
Mac = Annotated[str, MAC]
Interface = Annotated[str, INTERFACE]
Where = Annotated[Location, LOCATION]
Board = Annotated[str, BOARD]
Port = Annotated[Opening, OPENING]
Money = Annotated[Amount, MONEY]
Budget = Annotated[Price, BUDGET]
Tariff = Annotated[Price, TARIFF]
K3sRelease = Annotated[Release, RELEASE]
Digest = Annotated[str, DIGEST]
Moment = Annotated[str, MOMENT]
Source = Annotated[str, SOURCE]
Image = Annotated[str, IMAGE]
Tcp = Annotated[int, whole(1, 65535, "8443")]
Count = Annotated[int, whole(1, 1000, "4")]
SwitchPort = Annotated[int, whole(1, 1000, "8")]
VlanId = Annotated[int, whole(0, 999_999_999, "20")]  # its own rule says more than a range can
Version = Annotated[int, whole(0, 999_999_999, "1")]
