"""A change as people write it on a command line, read into a `Change`. Pure.

Lost: `pi-1`, `gpu` (every graphics card), `gpu:forge` (that one's), `link:3` (the cable in port 3),
`switch`. Added: `pi-5=rpi5-8gb,disk=nvme,role=agent`, with the keys of a node in the rack file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rackhouse.kit.errors import Missing, UsageError
from rackhouse.kit.text import did_you_mean, is_name
from rackhouse.rack.boards import BOARDS
from rackhouse.rack.complete import complete
from rackhouse.rack.fields import fields_of
from rackhouse.rack.kinds import SIZE
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.models import Gpu
from rackhouse.rack.scalars import Scalar
from rackhouse.rack.whatif.situation import Change
from rackhouse.rack.words import Role

_EXAMPLE = "write it as pi-5=rpi5-8gb,disk=nvme,role=agent"


def change(rack: Rack, lost: Iterable[str], added: Iterable[str]) -> Change:
    """Both together. Missing when the rack has no such thing, UsageError when a word is none."""
    found = Change(added=tuple(_added(rack, text) for text in added))
    names = [node.name for node in found.added]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise UsageError(f"{twice!r} is added twice", fix="name it once")
    for word in lost:
        found = _lost(found, rack, word)
    return found


def _lost(change: Change, rack: Rack, word: str) -> Change:
    cards = {node.name for node in rack.nodes if node.gpu}
    kind, _, which = word.partition(":")
    if any(word == node.name for node in rack.nodes):
        return replace(change, nodes=change.nodes | {word})
    if kind == "link":
        return replace(change, ports=change.ports | {_port(rack, which)})
    if word == "switch" and rack.network.switch:
        uplink = {rack.network.switch.uplink} - {0}
        ports = {node.port for node in rack.nodes if node.port} | uplink
        return replace(change, ports=change.ports | ports)
    if kind == "gpu" and cards and which in {"", *cards}:
        return replace(change, cards=change.cards | ({which} if which else cards))
    known = [node.name for node in rack.nodes]
    known += ["switch"] if rack.network.switch else []
    known += ["gpu", *(f"gpu:{name}" for name in sorted(cards))] if cards else []
    fix = f"take one of {', '.join(known)}" if known else "the rack file has no `nodes` yet"
    raise Missing(f"the rack has no {word!r}.{did_you_mean(word, known)}", fix=fix)


def _port(rack: Rack, text: str) -> int:
    switch = rack.network.switch
    if switch is None:
        raise Missing("the rack file has no switch", fix="add `network.switch: {ports: 16}`")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= switch.ports:
        fix = f"write link:1 to link:{switch.ports}"
        raise UsageError(f"the switch has no port {text!r}", fix=fix)
    return int(text)


def _added(rack: Rack, text: str) -> Node:
    name, _, rest = text.partition("=")
    board, *pairs = rest.split(",")
    if not is_name(name) or not board:
        raise UsageError(f"{text!r} is no NAME=BOARD", fix=_EXAMPLE)
    if any(node.name == name for node in rack.nodes):
        raise UsageError(f"the rack already has {name!r}", fix="choose another name")
    if board not in BOARDS:
        near = did_you_mean(board, BOARDS)
        raise UsageError(f"there is no board {board!r}.{near}", fix=f"one of {', '.join(BOARDS)}")
    values = dict(_value(pair) for pair in pairs)
    node = Node(**{"role": Role.AGENT, "name": name, "board": board, **values})
    return complete(Rack(nodes=(node,))).nodes[0]


def _value(pair: str) -> tuple[str, Any]:
    """`disk=nvme`, by the kind that the rack file has for that key; `gpu=24Gi` is its memory."""
    key, _, text = (part.strip() for part in pair.partition("="))
    fields = {k: f for k, f in fields_of(Node).items() if k not in {"name", "board"}}
    if key not in fields:
        near = did_you_mean(key, fields)
        raise UsageError(f"a node has no {key!r}.{near}", fix=f"one of {', '.join(fields)}")
    shape = fields[key].shape
    kind = shape if isinstance(shape, Scalar) else SIZE
    try:
        value = kind.read(text)
    except ValueError:
        raise UsageError(f"{key}: {text!r} is not {kind.expected}", fix=kind.fix) from None
    return fields[key].name, value if kind is shape else Gpu(memory=SIZE.read(text))  # type: ignore[arg-type]  # a size
