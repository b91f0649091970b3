"""`up`: from a machine on which nothing runs to a rack on which everything is ready."""

from __future__ import annotations

import asyncio
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.apply.open import RACK_FILE
from rackhouse.kit.errors import HostError, NotReady, Refused, Unavailable
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import format_bytes, format_seconds
from rackhouse.operations import trust
from rackhouse.operations.backup.place import is_half_filled
from rackhouse.operations.upgrade import replace_older_supervisor
from rackhouse.operations.view import SETTLED, RackView, view
from rackhouse.supervisor.client import read_states, running, start
from rackhouse.supervisor.unit import Phase

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.apply.outcome import Observer

_AT_REST = frozenset({Phase.READY, Phase.DONE, Phase.CRASHED, Phase.FAILED})
_STOPPED = frozenset({Phase.STOPPED, Phase.DONE, Phase.FAILED})
ROOM = 100_000_000  # bytes that a rack takes before anything is put into it
SETTLE_SECONDS = 20.0
HOPELESS_SECONDS = 5.0  # what has crashed may be tried again meanwhile


async def bring_back(house: OpenRack) -> None:
    """Start what was here before, without any planning, as after a reboot. A supervisor of another
    version is replaced.
    """
    was_down = running(house.paths) is None
    resume(house.paths)
    if was_down:
        await _settle(house)


async def bring_up(house: OpenRack, observer: Observer) -> None:
    """Start what was here, then make the rack what the files say. Raises the first failure."""
    if not has_been_up(house.paths):
        _need_room(house.paths)
    if house.file is not None:
        house.store.put_setting(RACK_FILE, str(house.file.absolute()))
    trust.refresh(house.paths, Path.home(), house.rack.name)
    await bring_back(house)
    outcome = await house.apply("up", observer=observer)
    outcome.raise_for_failure()


def _need_room(paths: Paths) -> None:
    """HostError, before anything is begun, where not even an empty rack has room."""
    free = shutil.disk_usage(paths.root).free
    if free < ROOM:
        raise HostError(
            f"there is no space left for a rack: {format_bytes(free)} are free,"
            f" {format_bytes(ROOM)} are needed",
            where=str(paths.root),
            fix="free some space on that disk, or name another folder with --home",
        )


def resume(paths: Paths) -> None:
    """Start what was here before, or see that it is kept by this version. Needs no file."""
    if is_half_filled(paths.root):
        raise Refused(
            f"a restore into {paths.root} has not come to its end",
            fix="run `rackhouse restore` again; it begins anew",
        )
    replace_older_supervisor(paths)
    start(paths)


def has_been_up(paths: Paths) -> bool:
    """Whether anything was ever started from this state folder."""
    return any(paths.units.glob("[!.]*.json"))


def require_up(paths: Paths) -> None:
    """Unavailable while the rack is down: what is about one application starts no other unasked."""
    if running(paths) is None:
        raise Unavailable(
            "the rack is down, so nothing was done", fix="start it: rackhouse up --detach"
        )


def keep_up(paths: Paths) -> bool:
    """Whether the rack is up. A supervisor that was killed is started again; false when it was
    stopped, by `rackhouse down` elsewhere.
    """
    if running(paths) is None:
        if all(state.phase in _STOPPED for state in read_states(paths).values()):
            return False
        start(paths)
    return True


async def wait_until_ready(house: OpenRack, timeout: float) -> RackView:  # noqa: ASYNC109
    """The rack, once all of it is ready. NotReady says what is not, after that time, or as soon as
    nothing that is not ready is on its way any more.
    """
    began = hopeful = time.monotonic()
    while not (seen := view(house)).ready:
        now = time.monotonic()
        hopeful = hopeful if _is_hopeless(seen) else now
        if now - began > timeout or now - hopeful > HOPELESS_SECONDS:
            raise NotReady(
                f"not ready after {format_seconds(now - began)}:\n  " + "\n  ".join(seen.why),
                fix="look at `rackhouse logs NAME` of the first of them",
            )
        await asyncio.sleep(0.1)
    return seen


def _is_hopeless(seen: RackView) -> bool:
    """Whether all that is not ready has been given up."""
    phases = {part.phase for part in seen.parts} | {app.phase for app in seen.applications}
    return phases <= {*SETTLED, Phase.CRASHED, Phase.FAILED, Phase.STOPPED}


async def _settle(house: OpenRack) -> None:
    """Wait until what was here before is up again, or will not come up by itself."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        states = read_states(house.paths)
        known = {file.stem for file in house.paths.units.glob("[!.]*.json")}
        if all(name in states and states[name].phase in _AT_REST for name in known):
            return
        await asyncio.sleep(0.02)


def local_now() -> datetime:
    """The present time, with this machine's zone."""
    return datetime.now().astimezone()
