"""What of a cluster's data services somebody needs: nobody waits for a server that none asks for.

Pure. A compiled folder has all of them, since it does not know what else will be on that cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rackhouse.desired.kube.platform import DATA
from rackhouse.resources.core import Id, Resource


def needed(resources: Mapping[Id, Resource[Any]]) -> dict[Id, Resource[Any]]:
    """All of it where an application needs any of the data services; else all but those."""
    asked = {need for it in resources.values() if it.owner != "rack" for need in it.before}
    if any(_of_data(id) for id in asked):
        return dict(resources)
    return {id: it for id, it in resources.items() if not _of_data(id)}


def _of_data(id: Id) -> bool:
    return id.target.startswith("kube.") and id.name.partition(".")[0] == DATA
