"""The kinds of scalar in a rack file: how text becomes a value, and a value text. Pure.

Each is used as a type in `model`, so that one line says the type, the check, the JSON Schema and
what the reference page and an error message call it. The field's kind decides what text means:
`no` is a fine name, and `010` is no number rather than 8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any

from rackhouse.kit.text import is_name, parse_bytes, parse_duration
from rackhouse.rack.values import AddressRange, Location, Price

_NAME = "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"^{_LABEL}(\.{_LABEL})*$"
_OCTETS = r"[0-9]{1,3}(\.[0-9]{1,3}){3}"
_SIZE = r"^[0-9]+(\.[0-9]+)?([kMGT]i?|Ki)?$"
_MAC = "^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$"
_LOCATION = r"^((s3|ssh)://[^/\s]+)?/\S*$"
_STRING: Mapping[str, object] = {"type": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One kind. `read` answers the value or raises ValueError; `show` is its inverse."""

    word: str  # size
    expected: str  # a size such as 8Gi
    example: str
    read: Callable[[str], object]
    show: Callable[[Any], str] = str
    schema: Mapping[str, object]  # JSON Schema

    @property
    def quoted(self) -> bool:
        """Whether YAML should be told that this is a string, however it looks."""
        return self.schema["type"] == "string"


def _matching(pattern: str, read: Callable[[str], object]) -> Callable[[str], object]:
    def check(text: str) -> object:
        if re.search(pattern, text) is None or text.endswith("\n"):
            raise ValueError(text)
        return read(text)

    return check


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


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _positive(read: Callable[[str], float]) -> Callable[[str], float]:
    def check(text: str) -> float:
        if (value := read(text)) <= 0:
            raise ValueError(text)
        return value

    return check


def _range(text: str) -> AddressRange:
    first, last = text.split("-")
    if "." not in last:
        last = first.rsplit(".", 1)[0] + "." + last
    found = AddressRange(IPv4Address(first), IPv4Address(last))
    if found.last < found.first:
        raise ValueError(text)
    return found


def _price(text: str) -> Price:
    number, currency, per = re.split("[ /]", text)
    return Price(float(number), currency, per)


def _location(text: str) -> Location:
    scheme, separator, rest = text.partition("://")
    if not separator:
        return Location("file", "", text)
    host, _, path = rest.partition("/")
    return Location(scheme, host, f"/{path}")


def show_bytes(count: int) -> str:
    """`8Gi`: the largest unit that says it exactly."""
    for unit, size in (("Ti", 2**40), ("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10), ("G", 10**9)):
        if count % size == 0:
            return f"{count // size}{unit}"
    return str(count)


def show_duration(seconds: float) -> str:
    """`6h`: the largest unit that says it exactly."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:f}".rstrip("0").rstrip(".") + "s"


def whole(low: int, high: int, example: str) -> Scalar:
    """Whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        if not low <= (value := int(text)) <= high:
            raise ValueError(text)
        return value

    return Scalar(
        word="number",
        expected=f"a whole number from {low} to {high}",
        example=example,
        read=_matching("^(0|[1-9][0-9]{0,8})$", read),
        schema={"type": "integer", "minimum": low, "maximum": high},
    )


def _price_kind(per: str, example: str) -> Scalar:
    pattern = rf"^[0-9]+(\.[0-9]+)? [A-Z]{{3}}/({per})$"
    return Scalar(
        word="price",
        expected=f"an amount of money such as {example}",
        example=example,
        read=_matching(pattern, _price),
        schema={**_STRING, "pattern": pattern},
    )


NAME = Scalar(
    word="name",
    expected="a name: small letters, digits and hyphens, a letter first, 40 at most",
    example="pi-1",
    read=_name,
    schema={**_STRING, "pattern": _NAME},
)
TEXT = Scalar(
    word="text", expected="text on one line", example="RTX 3090", read=_text, schema=_STRING
)
HOST = Scalar(
    word="host name",
    expected="a DNS name such as photos.home.arpa",
    example="photos.home.arpa",
    read=_host,
    schema={**_STRING, "format": "hostname"},
)
FLAG = Scalar(
    word="flag",
    expected="true or false",
    example="true",
    read=_matching("^(?i:true|false)$", _flag),
    show=lambda value: str(value).lower(),
    schema={"type": "boolean"},
)
NUMBER = Scalar(
    word="number",
    expected="a number above 0",
    example="12.5",
    read=_matching(r"^[0-9]{1,9}(\.[0-9]+)?$", _positive(float)),
    show=lambda value: f"{value:f}".rstrip("0").rstrip("."),
    schema={"type": "number", "exclusiveMinimum": 0},
)
SIZE = Scalar(
    word="size",
    expected="a size such as 512Mi, 8Gi or 1.5G",
    example="8Gi",
    read=_matching(_SIZE, _positive(parse_bytes)),
    show=show_bytes,
    schema={"type": ["string", "integer"], "pattern": _SIZE, "minimum": 1},
)
DURATION = Scalar(
    word="duration",
    expected="a duration such as 30s, 15m, 6h or 30d",
    example="6h",
    read=_positive(parse_duration),
    show=show_duration,
    schema={**_STRING, "pattern": r"^[0-9]+(\.[0-9]+)?(ms|[smhdw])$"},
)
ADDRESS = Scalar(
    word="IPv4 address",
    expected="an IPv4 address such as 10.20.20.11",
    example="10.20.20.11",
    read=_matching(f"^{_OCTETS}$", IPv4Address),
    schema={**_STRING, "format": "ipv4"},
)
SUBNET = Scalar(
    word="IPv4 subnet",
    expected="an IPv4 subnet such as 10.20.20.0/24, with no bit set after the prefix",
    example="10.20.20.0/24",
    read=_matching(f"^{_OCTETS}/[0-9]{{1,2}}$", IPv4Network),
    schema={**_STRING, "pattern": f"^{_OCTETS}/[0-9]{{1,2}}$"},
)
RANGE = Scalar(
    word="address range",
    expected="a range of addresses such as 10.20.40.100-200, the lower one first",
    example="10.20.40.100-200",
    read=_matching(f"^{_OCTETS}-({_OCTETS}|[0-9]{{1,3}})$", _range),
    schema={**_STRING, "pattern": f"^{_OCTETS}-({_OCTETS}|[0-9]{{1,3}})$"},
)
MAC = Scalar(
    word="MAC address",
    expected='a MAC address such as "aa:bb:cc:dd:ee:ff"',
    example="aa:bb:cc:dd:ee:ff",
    read=_matching(_MAC, lambda text: text.lower().replace("-", ":")),
    schema={**_STRING, "pattern": _MAC},
)
LOCATION = Scalar(
    word="location",
    expected="s3://HOST/BUCKET, ssh://NODE/FOLDER or /FOLDER",
    example="s3://backups.example.org/rack",
    read=_matching(_LOCATION, _location),
    schema={**_STRING, "pattern": _LOCATION},
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
Where = Annotated[Location, LOCATION]
Budget = Annotated[Price, BUDGET]
Tariff = Annotated[Price, TARIFF]
Tcp = Annotated[int, whole(0, 65535, "8443")]
Count = Annotated[int, whole(1, 1000, "4")]
SwitchPort = Annotated[int, whole(1, 1000, "8")]
VlanId = Annotated[int, whole(0, 999_999_999, "20")]  # its own rule says more than a range can
Version = Annotated[int, whole(0, 999_999_999, "1")]
