"""The watch: looks at the rack again and again, tells the feed what changed, keeps the history."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator

from rackhouse.console.feed import Feed
from rackhouse.console.history import EVERY, History
from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.view import AppView, RackView, UnitView

FRESH = 0.25  # seconds that a look is good for
_SHARE = 20  # or so many times what it took: of a rack of a thousand applications, seconds
_BUSY = 0.5  # seconds between looks while somebody reads the feed

_log = logging.getLogger("rackhouse.console")
Change = tuple[str, dict[str, object]]


class Watch:
    """One for all pages: however many look, the files are read four times a second at most, and a
    twentieth of a processor is spent on it.
    """

    def __init__(self, look: Callable[[], RackView]) -> None:
        self.feed = Feed()
        self.history = History()
        self._look = look
        self._view = look()
        self._until = 0.0

    def view(self) -> RackView:
        """The rack as it is now; as it was, while nobody can look."""
        began = time.monotonic()
        if began > self._until:
            before = self._view
            try:
                self._view = self._look()
            except RackhouseError as error:  # a disk that is full for a moment, say
                _log.warning("cannot look at the rack: %s", error)
            ended = time.monotonic()
            self._until = ended + max(FRESH, (ended - began) * _SHARE)
            for name, data in changes(before, self._view):
                self.feed.publish(name, data)
        return self._view

    async def run(self) -> None:
        """Look until cancelled: often while somebody reads the feed, and for the history."""
        sampled = time.monotonic() - EVERY
        while True:
            view, now = self.view(), time.monotonic()
            if now - sampled >= EVERY:
                self.history.sample(view.units, now - sampled)
                sampled = now
            await asyncio.sleep(_BUSY if self.feed.readers else EVERY)


def changes(before: RackView, now: RackView) -> Iterator[Change]:
    """What is other than it was: an event's name and data for each."""
    if _whole(before) != _whole(now):
        said = {"why": list(now.why), "hints": list(now.hints)}
        yield "rack", {"ready": now.ready, "supervisor": now.supervisor, **said}
    yield from _units("part", {p.name: p for p in before.parts}, {p.name: p for p in now.parts})
    old = {app.name: app for app in before.applications}
    new = {app.name: app for app in now.applications}
    for name in sorted(old.keys() | new.keys()):
        if _notable(old.get(name)) != _notable(new.get(name)):
            yield "application", _application(name, new.get(name))
    if before.last_apply != now.last_apply and now.last_apply:
        apply = now.last_apply
        yield "apply", {"number": apply.number, "what": apply.what, "ended": apply.ended > 0}


def _whole(rack: RackView) -> tuple[object, ...]:
    return (rack.ready, rack.supervisor, rack.routes, rack.hints)


def _units(kind: str, old: dict[str, UnitView], new: dict[str, UnitView]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        unit = new.get(name)
        if _state(old.get(name)) != _state(unit):
            phase = unit.phase.value if unit else "gone"
            yield kind, {"name": name, "phase": phase, "why": unit.why if unit else ""}


def _application(name: str, app: AppView | None) -> dict[str, object]:
    if app is None:
        return {"name": name, "phase": "gone", "why": "", "release": 0}
    return {"name": name, "phase": app.phase.value, "why": app.why, "release": app.release}


def _state(unit: UnitView | None) -> tuple[object, ...]:
    return (unit.phase, unit.why, unit.pid, unit.restarts) if unit else ()


def _notable(app: AppView | None) -> tuple[object, ...]:
    if app is None:
        return ()
    return (app.phase, app.why, app.release, app.releases, *map(_state, app.processes))
