"""A rack with a cluster whose machines have joined; nobody reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rackhouse.apply.joined import join
from rackhouse.apply.open import OpenRack, open_rack

RACK = """
nodes:
  a-1: {role: agent, board: rpi4-4gb, disk: sd, address: 10.1.0.9}
  s-2: {role: server, board: rpi5-8gb, disk: nvme, address: 10.1.0.2}
  s-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.1.0.1}
  s-3: {role: server, board: rpi5-8gb, disk: nvme, address: 10.1.0.3}
clusters:
  home:
    nodes: [s-1, a-1, s-2, s-3]
    k3s: {version: v1.34.1+k3s1, source: /srv/k3s, sums: {arm64: {program: SUM}}}
"""


@contextmanager
def house(folder: Path, text: str = RACK) -> Iterator[OpenRack]:
    """All but s-3 have joined."""
    file = folder / "rack.yaml"
    text = text.replace("SUM", "0" * 64)
    file.write_text(text)
    made = open_rack(file, root=folder / "home", now=datetime.now(UTC))
    try:
        for name in ("a-1", "s-1", "s-2"):
            join(made.store, name, {"host": "192.0.2.1"})
        yield made
    finally:
        made.close()
