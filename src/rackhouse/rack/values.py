"""Values of the rack file that are more than a word or a number. Frozen; no parsing here."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from rackhouse.rack.words import Arch


@dataclass(frozen=True, slots=True)
class Board:
    """What a machine of one kind has. 0 is unknown; sizes in bytes, `watts` under usual load."""

    arch: Arch
    cpus: int = 0
    memory: int = 0
    watts: float = 0.0
    page_size: int = 4096


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A release of K3s, `v1.34.1+k3s1`: Kubernetes 1.34.1, the first K3s made of it. Ordered."""

    minor: int
    patch: int
    build: int

    def __str__(self) -> str:
        return f"v1.{self.minor}.{self.patch}+k3s{self.build}"


@dataclass(frozen=True, slots=True)
class Opening:
    """A port that may be opened: by its `name`, or by number. `number` 0 is any port."""

    name: str
    number: int
    protocol: str  # tcp | udp

    def __str__(self) -> str:
        return self.name

    def covers(self, number: int, protocol: str = "tcp") -> bool:
        """Whether this opening lets that port through."""
        return not self.number or (self.number, self.protocol) == (number, protocol)


@dataclass(frozen=True, slots=True)
class AddressRange:
    """Addresses from `first` to `last`, both included: what a DHCP server hands out."""

    first: IPv4Address
    last: IPv4Address

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Price:
    """`10 USD/month` or `0.32 EUR/kWh`: an amount of money per something."""

    amount: float
    currency: str
    per: str

    def __str__(self) -> str:
        return f"{self.amount:g} {self.currency}/{self.per}"


@dataclass(frozen=True, slots=True)
class Amount:
    """`95 EUR`: an amount of money."""

    amount: float
    currency: str  # three letters, ISO 4217

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"


@dataclass(frozen=True, slots=True)
class Location:
    """Where backups go: `s3://host/bucket`, `ssh://node/folder`, or a folder (scheme `file`)."""

    scheme: str
    host: str
    path: str  # begins with /

    def __str__(self) -> str:
        return self.path if self.scheme == "file" else f"{self.scheme}://{self.host}{self.path}"
