"""What a backup of this machine cannot hold: the data of applications on clusters. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rackhouse.app.model import ResourceType
from rackhouse.operations.cluster.whereabouts import whereabouts

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

_KEEPS = frozenset(
    {
        ResourceType.POSTGRES,
        ResourceType.QUEUE,
        ResourceType.REDIS,
        ResourceType.S3,
        ResourceType.VECTOR,
        ResourceType.VOLUME,
    }
)


def elsewhere(house: OpenRack) -> Mapping[str, str]:
    """The cluster of each application that keeps data there."""
    found = sorted(whereabouts(house).items())
    return {name: cluster for name, cluster in found if _keeps(house, name)}


def words(found: Mapping[str, str]) -> Iterator[str]:
    """A line for each cluster, for people: whose data it has, that is not in the file."""
    for cluster in sorted(set(found.values())):
        names = ", ".join(name for name, its in found.items() if its == cluster)
        yield f"not in it: the data of {names}, which is on the cluster {cluster}"


def _keeps(house: OpenRack, name: str) -> bool:
    app = house.apps.get(name)
    return app is not None and any(need.type in _KEEPS for need in app.needs)
