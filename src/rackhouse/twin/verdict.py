"""What a matrix with differences looks like, in the words of somebody who knows racks. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rackhouse.rack.rules.wiring import OUTSIDE
from rackhouse.twin.matrix import Cell
from rackhouse.twin.plan import Gateway, Layout, Machine
from rackhouse.twin.status import Box

_MANY = 6  # a list longer than this says how many more there are


def explain(layout: Layout, cells: Sequence[Cell], boxes: Sequence[Box]) -> tuple[str, ...]:
    """One sentence for each thing that is wrong; nothing when all is right.

    A machine that is off, cut or in a wrong VLAN is named once, and not again for every pair; so is
    a VLAN that nothing routes.
    """
    return tuple(_Reading(layout, cells, {box.name: box for box in boxes}).sentences())


@dataclass(frozen=True, slots=True)
class _Reading:
    layout: Layout
    cells: Sequence[Cell]
    boxes: Mapping[str, Box]
    named: set[str] = field(default_factory=set)  # machines that need no more words

    def sentences(self) -> Iterator[str]:
        for machine in self.layout.machines:
            if what := self._of_box(machine):
                self.named.add(machine.name)
                yield what
        for machine in self.layout.machines:
            if machine.name not in self.named and self._is_alone(machine):
                self.named.add(machine.name)
                yield f"{machine.name} reaches nobody, not even in its own VLAN"
        if self.layout.router in self.named:
            wrong = [cell for cell in self._wrong() if not self._crosses(cell)]
        else:
            cut = [gateway for gateway in self.layout.gateways if self._is_cut_off(gateway)]
            for gateway in cut:
                where = f"port {self.layout.uplink} does not carry it, or the router does not route"
                yield f"VLAN {gateway.vlan} ({gateway.name}) is cut off from the others: {where} it"
            ids = {gateway.name for gateway in cut}
            wrong = [cell for cell in self._wrong() if not ids & self._places(cell)]
        yield from self._of_rules(wrong)

    def _of_box(self, machine: Machine) -> str:
        """What can be seen without a packet."""
        box = self.boxes[machine.name]
        if not box.power:
            return f"{machine.name} has no power: rackhouse twin start {machine.name}"
        if not box.cable:
            return f"{machine.name} has no cable: rackhouse twin mend {machine.name}"
        if box.seen_in not in (0, machine.vlan):
            is_, should = self._vlan(box.seen_in), self._vlan(machine.vlan)
            where = f"port {machine.port} is in {is_}, and should be in {should}"
            return f"{machine.name} is in the wrong VLAN: {where}"
        return ""

    def _is_alone(self, machine: Machine) -> bool:
        near = [
            cell
            for cell in self.cells
            if cell.expected
            and machine.name in (cell.source, cell.target)
            and not self._crosses(cell)
            and not self.named & {cell.source, cell.target}
        ]
        return bool(near) and all(cell.found != "open" for cell in near)

    def _is_cut_off(self, gateway: Gateway) -> bool:
        across = [
            cell
            for cell in self.cells
            if cell.expected
            and self._crosses(cell)
            and gateway.name in self._places(cell)
            and not self.named & {cell.source, cell.target}
        ]
        return bool(across) and all(cell.found != "open" for cell in across)

    def _wrong(self) -> Collection[Cell]:
        return [
            cell
            for cell in self.cells
            if not cell.right and not self.named & {cell.source, cell.target}
        ]

    def _of_rules(self, wrong: Collection[Cell]) -> Iterator[str]:
        """Differences by pair of VLANs, since that is what a rule is about."""
        groups: dict[tuple[str, str, bool], list[Cell]] = {}
        for cell in wrong:
            key = (self._place(cell.source), self._place(cell.target), cell.expected)
            groups.setdefault(key, []).append(cell)
        for (source, target, expected), cells in sorted(groups.items()):
            ports = _listed(sorted({cell.port for cell in cells}))
            pairs = _listed(sorted({f"{cell.source} to {cell.target}" for cell in cells}))
            how = "closed, and should be open" if expected else "open, and should be closed"
            yield f"{source} to {target}: {ports} is {how} ({pairs})"

    def _crosses(self, cell: Cell) -> bool:
        """Whether it goes through the router, as far as VLANs tell."""
        return len(self._places(cell)) > 1

    def _places(self, cell: Cell) -> set[str]:
        return {self._place(cell.source), self._place(cell.target)}

    def _place(self, name: str) -> str:
        if name == OUTSIDE:
            return OUTSIDE
        vlan = self.layout.machine(name).vlan
        return next(gateway.name for gateway in self.layout.gateways if gateway.vlan == vlan)

    def _vlan(self, vlan: int) -> str:
        name = next((each.name for each in self.layout.gateways if each.vlan == vlan), "nobody's")
        return f"VLAN {vlan} ({name})"


def _listed(words: Sequence[object]) -> str:
    shown = ", ".join(map(str, words[:_MANY]))
    return f"{shown} and {len(words) - _MANY} more" if len(words) > _MANY else shown
