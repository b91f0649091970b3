"""How long cards and disks last: what may be written to them, by what is. Pure.

Flash wears out by being written. Both figures come from the rack file: the maker's promise, and
what somebody measured. A card of which the file says neither is named, and not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rackhouse.rack.model import Node, Rack
from rackhouse.rack.words import Disk

CARDS = frozenset({Disk.SD, Disk.EMMC, Disk.USB})
_DAYS = 365.25
_SHORT = 3.0  # years; a card that lasts less is bought again before its machine is


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """One machine's card or disk. `missing`: what the file would have to say; `years` is then 0."""

    node: str
    disk: str
    endurance: int = 0  # bytes, in its life
    writes: int = 0  # bytes, a day
    years: float = 0.0
    missing: tuple[str, ...] = ()

    @property
    def short(self) -> bool:
        """Whether it is worn out before long."""
        return not self.missing and self.years < _SHORT


def wear(rack: Rack) -> tuple[Wear, ...]:
    """A line for each machine on a card, and for each other whose disk the file says enough of."""
    return tuple(_wear(node) for node in rack.nodes if _counts(node))


def _counts(node: Node) -> bool:
    return node.disk in CARDS or bool(node.endurance and node.writes)


def _wear(node: Node) -> Wear:
    missing = tuple(_missing(node))
    return Wear(
        node=node.name,
        disk=str(node.disk or "disk"),
        endurance=node.endurance,
        writes=node.writes,
        years=0.0 if missing else node.endurance / (node.writes * _DAYS),
        missing=missing,
    )


def _missing(node: Node) -> Iterator[str]:
    if not node.endurance:
        yield f"`endurance` of nodes.{node.name}"
    if not node.writes:
        yield f"`writes` of nodes.{node.name}"
