"""An image's name taken apart, and the addresses at which its registry is asked, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rackhouse.rack.model import Rack

_HUB, _HUB_HOST = "docker.io", "registry-1.docker.io"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """`docker.io/valkey/valkey:9.1.1` in its parts."""

    host: str
    repository: str
    tag: str

    @classmethod
    def of(cls, reference: str) -> Name:
        """Every image of the platform is written whole: host, repository and tag."""
        path, _, tag = reference.rpartition(":")
        host, _, repository = path.partition("/")
        return cls(host=host, repository=repository, tag=tag)


def mirrors(rack: Rack) -> Mapping[str, tuple[str, ...]]:
    """What the rack file says is asked in a registry's place, by the registry's host."""
    said = [each for cluster in rack.clusters if cluster.k3s for each in cluster.k3s.registries]
    return {each.host: each.mirrors for each in said if each.mirrors}


def bases(name: Name, of: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Addresses below which its repository is asked for: mirrors first, then the registry itself.

    As K3s asks a mirror: a path other than `/v2` is where all of that registry is kept.
    """
    host = _HUB_HOST if name.host == _HUB else name.host
    return (*map(_mirror, of.get(name.host, ())), f"{_base(host)}/v2")


def _mirror(address: str) -> str:
    bare = address.rstrip("/")
    return bare if urlsplit(bare).path else f"{bare}/v2"


def is_loopback(host: str) -> bool:
    """Whether it is this machine, to which nothing has to be enciphered."""
    return host in _LOOPBACK


def _base(host: str) -> str:
    bare = host.rpartition(":")[0] or host
    return f"{'http' if is_loopback(bare) else 'https'}://{host}"
