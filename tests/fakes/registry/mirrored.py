"""A rack of one small server whose registries are one mirror, with all of its platform's images."""

from __future__ import annotations

from fakes.registry.server import Registry
from rackhouse.desired.platform.wanted import images
from rackhouse.operations.platform.names import Name
from rackhouse.rack.model import Rack

_HOSTS = ("docker.gitea.com", "docker.io", "ghcr.io", "quay.io", "nvcr.io")
SUM = "0123456789abcdef" * 4


def rack_file(mirror: str) -> str:
    """Its text; `mirror` is where that listens."""
    mirrors = "\n".join(f"      - {{host: {it}, mirrors: [{mirror}]}}" for it in _HOSTS)
    return f"""\
nodes: {{pi: {{role: server, board: rpi4-4gb, disk: ssd, address: 10.20.20.11}}}}
clusters:
  home:
    nodes: [pi]
    k3s:
      version: v1.34.1+k3s1
      sums: {{arm64: {{program: {SUM}}}}}
      registries:
{mirrors}
"""


def fill(registry: Registry, rack: Rack) -> dict[str, str]:
    """With every image of the rack's platform; their digests."""
    found = {}
    for image in images(rack):
        name = Name.of(image.reference)
        found[image.reference] = registry.add(name.repository, name.tag, ("amd64", "arm64"))
    return found
