"""What somebody made by hand becomes the rack's, on demand alone: it is marked, nothing else.

Only what the files want under that very name: anything else would leave with the next apply.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import Missing, UsageError
from rackhouse.kit.text import did_you_mean
from rackhouse.resources.core import Id
from rackhouse.store.lock import hold
from rackhouse.targets.gitea import Gitea
from rackhouse.targets.kube import Kube
from rackhouse.targets.protocol import Say


async def adopt(house: OpenRack, names: Sequence[str], say: Say) -> None:
    """Mark the things of these ids: `kube.home/Service/hello.web`, or of that cluster's Gitea.

    UsageError for what is no id of a cluster's, Missing for what the files do not want or is not
    there, NotOurs for another rack's.
    """
    wanted = house.wanted_on_clusters()
    clusters = {name for name, place in wanted.places.items() if place.kind in {"gitea", "kube"}}
    things = {str(id): it for id, it in wanted.resources.items() if id.target in clusters}
    for name in names:
        if name not in things:
            raise _unknown(name, things)
    with hold(house.paths.lock, f"cluster adopt {' '.join(names)}", time.time()):
        async with house.world(wanted) as world:
            for name in names:
                it = things[name]
                target = await world.target(it.id.target)
                assert isinstance(target, Gitea | Kube), f"{name} is on no cluster"
                await target.adopt(it.id, it.owner, say)


def _unknown(name: str, things: Mapping[str, object]) -> Missing | UsageError:
    try:
        Id.parse(name)
    except ValueError:
        fix = "write it as plans do: kube.home/Service/hello.web"
        return UsageError(f"{name!r} is no name of a thing", fix=fix)
    what = f"the files want no {name}.{did_you_mean(name, things)}"
    return Missing(what, fix="adopt what a plan refuses; whatever else would leave again")
