"""Farewell: a command that is run when it leaves."""

from __future__ import annotations

from rackhouse.targets.host.agent import commands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State


def items(spec: Spec) -> list[str]:
    """It touches nothing before it leaves."""
    return ["at the end"]


def capture(item: str, spec: Spec) -> Json:
    """Nothing to remember."""


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Nothing to make."""


def look(spec: Spec) -> State | None:
    """Always there."""
    return {}


def revert(before: Before, spec: Spec, say: Say) -> None:
    """Run it; Failure with its last lines when it does not end with 0, and then it stays."""
    if before:
        commands.run(list(spec["argv"]), say)
