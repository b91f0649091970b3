"""What an apply looks like while it runs, and what a rack looks like while `up` stays.

Progress goes to stderr, so that a pipe gets the command's answer alone. Without a terminal, a line
for each step that has ended and no more.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from rackhouse.cli.screen import stderr, stdout
from rackhouse.cli.show import rack
from rackhouse.kit.text import format_seconds
from rackhouse.operations.view import view
from rackhouse.store.protocol import Result

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.plan.step import Plan, Step
    from rackhouse.resources.core import Id

_LOOK = 0.5  # seconds between two looks at a rack that is stayed with
_MARKS = {
    Result.DONE: ("✓", "green"),
    Result.SKIPPED: ("·", "dim"),
    Result.FAILED: ("✗", "red"),
    Result.BLOCKED: ("-", "yellow"),
}


class Board:
    """An `apply.outcome.Observer` for people. Use it as a context manager."""

    def __init__(self) -> None:
        self._console = stderr()
        self._running: dict[Id, tuple[float, str]] = {}
        self._live = Live(
            console=self._console, refresh_per_second=8, transient=True, get_renderable=self._draw
        )

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def planned(self, plan: Plan) -> None:
        """Say what cannot be seen from the steps. Data that is kept is no news."""
        for note in plan.notes:
            if not note.kept:
                self._console.print(Text(str(note), "dim"))

    def began(self, step: Step) -> None:
        """Show it among those that run."""
        self._running[step.id] = (time.monotonic(), "")

    def said(self, step: Step, text: str) -> None:
        """Show it beside the step."""
        began, _ = self._running.get(step.id, (time.monotonic(), ""))
        self._running[step.id] = (began, text)

    def ended(self, step: Step, result: Result, why: str) -> None:
        """Print its line."""
        began, _ = self._running.pop(step.id, (time.monotonic(), ""))
        mark, colour = _MARKS[result]
        took = format_seconds(time.monotonic() - began)
        line = Text.assemble((mark, colour), f" {step.verb.sign} {step.id}  ", (took, "dim"))
        if why and result is not Result.SKIPPED:
            line.append(f"  {why.splitlines()[0]}", colour)
        self._console.print(line, soft_wrap=True)

    def _draw(self) -> Group:
        now = time.monotonic()
        lines = [
            Spinner("dots", Text(f"{id}  {format_seconds(now - began)}  {text}"))
            for id, (began, text) in list(self._running.items())
        ]
        return Group(*lines)


def stay(house: OpenRack | None, goes_on: Callable[[], bool]) -> None:
    """Wait for Ctrl-C or SIGTERM, or until the rack does not go on; on a terminal, show it (unless
    it could not be opened).
    """
    asked = {signal.SIGINT, signal.SIGTERM}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, asked)
    live = Live(console=stdout(), auto_refresh=False)
    try:
        while signal.sigtimedwait(asked, _LOOK) is None and goes_on():
            if house is not None and live.console.is_terminal:
                live.start()
                live.update(rack(view(house)), refresh=True)
    finally:
        live.stop()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
