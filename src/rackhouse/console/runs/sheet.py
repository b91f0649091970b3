"""The lines of a log by job and step, in the order in which each began. Knows no HTML.

Jobs speak at the same time: a line goes to the step that its own job is at. What the run itself
says stands between them, where it was said.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from rackhouse.console.runs.tail import Numbered
from rackhouse.delivery.runs.log import Kind


@dataclass(slots=True)
class Step:
    """`id` is an anchor; `number` that of the line that began it, which is its `titled` one or
    says something already. Times are Unix seconds.
    """

    id: str
    title: str
    number: int
    titled: bool
    began: float
    ended: float
    lines: list[Numbered] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """What one job said, or the run itself: `job` is then "", and there is one step."""

    id: str
    job: str
    steps: list[Step] = field(default_factory=list)

    @property
    def single(self) -> bool:
        """Whether the job is but one step that is called as it is."""
        return len(self.steps) == 1 and self.steps[0].title == self.job


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a line went, and what had to be begun for it. `spoken`: it is more than a title."""

    block: Block
    step: Step
    new_block: bool
    new_step: bool
    spoken: bool


def job_id(title: str) -> str:
    """The anchor of what a job said."""
    return f"J{zlib.crc32(title.encode(errors='replace')):08x}"


class Sheet:
    """Lines are added in their order."""

    def __init__(self, lines: Iterable[Numbered] = ()) -> None:
        self.blocks: list[Block] = []
        self.jobs: dict[str, Block] = {}
        self._last = ""  # whose the line before was
        for line in lines:
            self.add(line)

    def add(self, it: Numbered) -> Placed:
        """Put the next line where it belongs."""
        block = self.jobs.get(it.line.job)
        new_block = block is None or (not it.line.job and self._last != "")
        if block is None or new_block:
            block = Block(job_id(it.line.job) if it.line.job else f"B{it.number}", it.line.job)
            self.jobs[block.job] = block
            self.blocks.append(block)
        self._last = block.job
        group = it.line.kind is Kind.GROUP
        new_step = group or not block.steps
        at = it.line.at
        if block.steps:
            block.steps[-1].ended = at  # until the next begins
        if new_step:
            title = it.line.text if group else it.line.step or it.line.job
            block.steps.append(Step(f"S{it.number}", title, it.number, group, at, at))
        step = block.steps[-1]
        if not group:
            step.lines.append(it)
        return Placed(block, step, new_block, new_step, spoken=not group)
