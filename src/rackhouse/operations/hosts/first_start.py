"""The files that a fresh image reads at its first start, written where the image is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from rackhouse.apply.open import OpenRack
from rackhouse.desired.seed import seed
from rackhouse.kit.errors import HostError, Missing, Refused
from rackhouse.kit.files import read_text, write_atomic
from rackhouse.operations.hosts.key import public_key
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.rules.finding import node_named

_META = "meta-data"


def named(rack: Rack, name: str) -> Node:
    """The node of that name. Missing: the rack file has none."""
    node = node_named(rack, name)
    if node is None:
        names = ", ".join(sorted(node.name for node in rack.nodes)) or "none"
        raise Missing(
            f"the rack file has no node {name!r}", fix=f"its nodes: {names}; name one, or add it"
        )
    return node


def seed_of(house: OpenRack, node: str) -> Mapping[str, str]:
    """The files by name."""
    return seed(house.rack, named(house.rack, node), public_key(house.store, house.rack.name))


def write_seed(files: Mapping[str, str], folder: Path, *, force: bool = False) -> None:
    """Write them into `folder`, which exists, over what the image came with.

    Refused, but with `force`, where the card is another node's.
    """
    if not folder.is_dir():
        raise HostError(
            "is no folder", where=str(folder), fix="name the card's first partition, mounted"
        )
    other = read_text(folder / _META)
    if other and _is_ours(other) and other != files[_META] and not force:
        raise Refused(
            f"this card was written for {_name(other)}",
            where=str(folder / _META),
            fix="take the other card, or --force if this one shall be set up anew",
        )
    for name, text in files.items():
        write_atomic(folder / name, text, 0o644)


def _is_ours(text: str) -> bool:
    return text.startswith("{")  # images come with YAML for people, ours is JSON


def _name(meta: str) -> str:
    try:
        return str(json.loads(meta)["local-hostname"])
    except (ValueError, KeyError):
        return "another machine"
