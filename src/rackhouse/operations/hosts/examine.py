"""`doctor NODE`: machines measured side by side, then the lines between them, then judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.hosts.between import measure_lines
from rackhouse.operations.hosts.checks import judged
from rackhouse.operations.hosts.health import Examined, Line
from rackhouse.operations.hosts.measure import measure_all, open_all
from rackhouse.operations.hosts.visit import Visit
from rackhouse.rack.model import Rack
from rackhouse.rack.verdict import Finding
from rackhouse.store.protocol import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was measured of each machine, or why it was not; the lines; what is wrong."""

    measured: Mapping[str, Examined | RackhouseError]
    lines: Sequence[Line]
    findings: Sequence[Finding]

    @property
    def bad(self) -> bool:
        """Whether something does not work."""
        silent = any(isinstance(each, RackhouseError) for each in self.measured.values())
        return silent or any(finding.severity == "error" for finding in self.findings)


async def examine_hosts(
    rack: Rack, store: Store, nodes: Iterable[str], *, between: bool = False
) -> Report:
    """Those nodes; `between` fills the lines between them for some seconds. Missing: one has not
    joined.
    """
    async with AsyncExitStack() as stack:
        visits = await open_all(store, nodes, stack)
        measured = await measure_all(rack, visits)
        there = {
            name: at
            for name, at in visits.items()
            if isinstance(at, Visit) and isinstance(measured[name], Examined)
        }
        lines = await measure_lines(rack, there) if between else ()
    return Report(measured=measured, lines=lines, findings=judged(rack, measured, lines))
