"""`python -m rackhouse.forge.follower ROOT`: looks at the rack's own repository every so often.

Ends with whoever started it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.delivery.following import Desk, Follower
from rackhouse.kit.errors import Locked, Missing, RackhouseError
from rackhouse.kit.paths import Paths

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

EVERY = 30.0  # seconds between two looks
_LONGEST = 900.0  # while it cannot be looked at


def desk(paths: Paths, file: Path | None = None) -> Desk:
    """The rack of that state folder; its file is `file`, or the one that the folder remembers."""
    return Desk(paths=paths, file=file, now=lambda: datetime.now(UTC), reach=_reach)


async def follow(follower: Follower, goes_on: Callable[[], bool], every: float = EVERY) -> None:
    """Look while it `goes_on`. What is wrong is said once, and looked at less and less often."""
    said, pause = "", every
    while goes_on():
        try:
            await follower.look()
        except Locked:
            pause = every
        except RackhouseError as error:
            if str(error) != said and not isinstance(error, Missing):
                follower.say(f"the rack's repository: {error}")
            said, pause = str(error), min(_LONGEST, pause * 2)
        else:
            said, pause = "", every
        await asyncio.sleep(pause)


async def _reach(house: OpenRack, acts: bool) -> OpenRack:
    """What every plan of the whole rack asks first. `acts`: it is going to be applied."""
    from rackhouse.apply.clusters import joined
    from rackhouse.delivery.onrack.learn import learned
    from rackhouse.operations.cluster.admission import admit
    from rackhouse.operations.cluster.joining import renew

    await admit(house)
    now = datetime.now(UTC)
    if acts:
        await renew(house, now)
    return await learned(house, now) if joined(house.store) else house


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main(root: str) -> None:
    """Follow until whoever started this has ended."""
    parent = os.getppid()
    follower = Follower(desk=desk(Paths(Path(root).absolute())), say=_say)
    asyncio.run(follow(follower, lambda: os.getppid() == parent))


if __name__ == "__main__":
    main(sys.argv[1])
