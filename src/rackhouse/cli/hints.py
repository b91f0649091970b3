"""What a person should know beside a plan: who may be asleep, what a GPU machine still lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def hints(house: OpenRack, notes: Iterable[object]) -> Iterator[str]:
    """A line for each machine that could not be seen, as the plan's `notes` say, and can be woken;
    and for each thing that the rack file does not say of a GPU machine that has joined.
    """
    from rackhouse.apply.joined import joined
    from rackhouse.desired.gpu.advice import findings
    from rackhouse.plan.step import Mark
    from rackhouse.resources.place import machine_of

    waits = (str(note).removeprefix(f"{Mark.WAITS} ") for note in notes)
    unseen = {machine_of(text.partition(":")[0]) for text in waits}
    for node in house.rack.nodes:
        if node.wake and node.name in unseen:
            yield f"{node.name} may be asleep: `rackhouse hosts wake {node.name}`, or apply --wake"
    for each in findings(house.rack, joined(house.store)):
        yield f"{each.path}: {each.what}; {each.fix}"
