"""`doctor`: measured facts about this machine, what each means, and how to mend it."""

from __future__ import annotations

from pathlib import Path

from rackhouse.operations.doctor.judge import judge
from rackhouse.operations.doctor.measure import measure
from rackhouse.rack.verdict import Finding

__all__ = ["examine"]


def examine(folder: Path) -> tuple[Finding, ...]:
    """Measure this machine, with `folder` (made if missing) as the place where data will lie."""
    return judge(measure(folder))
