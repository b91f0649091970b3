"""What the supervisor knows of each unit: in memory, and in `states/NAME.json` for everyone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import write_atomic
from rackhouse.supervisor.clock import Clock
from rackhouse.supervisor.saved import load
from rackhouse.supervisor.unit import Phase, State

_log = logging.getLogger("rackhouse.supervisor")


class Board:
    """States by name. Whoever waits for one to change is woken by `put`."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._states: dict[str, State] = {}
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def states(self) -> Mapping[str, State]:
        """Every state that was put."""
        return self._states

    def phase(self, name: str) -> Phase | None:
        """The phase of `name`, or None when there is no such unit."""
        state = self._states.get(name)
        return state.phase if state else None

    def put(self, state: State, *, lasting: bool = False) -> None:
        """Show a state. `lasting`: it must survive a power cut (that a job is done).

        The others need not: after a power cut no process lives that they could speak of.
        """
        before = self._states.get(state.name)
        if before.phase is not state.phase if before else not state.since:
            state = replace(state, since=self._clock.now())
        if state != before:
            self._states[state.name] = state
            self._write(state, lasting=lasting)
            self.wake()

    def drop(self, name: str) -> None:
        """There is no such unit any more."""
        self._states.pop(name, None)
        with contextlib.suppress(OSError):
            self._path(name).unlink()
        self.wake()

    def saved(self, name: str) -> State | None:
        """What an earlier supervisor, or we, wrote of `name`."""
        return load(self._path(name))

    def is_saved(self, name: str) -> bool:
        """Whether the state file is there."""
        return self._path(name).exists()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as `condition`, which looks at states, holds."""
        while not condition():
            change = asyncio.get_running_loop().create_future()
            self._waiting.add(change)
            try:
                await change
            finally:
                self._waiting.discard(change)

    def wake(self) -> None:
        """Have everyone who waits look again."""
        for change in self._waiting:
            if not change.done():
                change.set_result(None)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _write(self, state: State, *, lasting: bool) -> None:
        try:
            write_atomic(self._path(state.name), state.to_json(), sync=lasting)
        except HostError as error:  # a full disk must not stop what runs
            _log.error("%s: its state cannot be written: %s", state.name, error)
