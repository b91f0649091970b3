"""What differs from what was applied: asked of the cluster through its target. Changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.resources.clusters import place
from rackhouse.resources.seen import Seen
from rackhouse.store.protocol import Store
from rackhouse.targets.kube import open_target

PATIENCE = 30.0  # seconds: a large cluster has ten thousand objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Of `count` things of this rack: those changed by hand, those half made; or `why` not."""

    count: int = 0
    by_hand: tuple[Seen, ...] = ()
    half_made: tuple[Seen, ...] = ()
    why: str = ""


async def drift(cluster: str, kubeconfig: str, rack: str, paths: Paths, store: Store) -> Drift:
    """Compare everything that carries this rack's mark with the mark."""
    try:
        address = {"kubeconfig": kubeconfig}
        target = open_target(place(cluster), address, rack=rack, paths=paths, store=store)
        async with asyncio.timeout(PATIENCE):
            try:
                return judged(await target.observe(None))
            finally:
                await target.close()
    except TimeoutError:
        return Drift(why=f"it gives no answer within {PATIENCE:g} s")
    except RackhouseError as error:
        return Drift(why=error.what)


def judged(seen: Sequence[Seen]) -> Drift:
    """By the mark on each: its fingerprint then, against that of now."""
    ours = [(it, it.stamp) for it in seen if it.stamp is not None]
    return Drift(
        count=len(ours),
        by_hand=tuple(it for it, stamp in ours if stamp.found and stamp.found != it.found),
        half_made=tuple(it for it, stamp in ours if not stamp.found),
    )
