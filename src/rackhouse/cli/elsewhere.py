"""What commands about one application ask first: whether it is on a cluster, and its data there."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rackhouse.kit.errors import Refused

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.cli.context import Context
    from rackhouse.operations.credentials import Login


def cluster_of(house: OpenRack, application: str) -> str:
    """The cluster that an application, or a preview, is on; "" where it is here, or nowhere."""
    from rackhouse.operations.cluster import whereabouts

    return whereabouts.cluster_of(house, application)


def require_lasting(context: Context, application: str, key: str) -> None:
    """Refused where the way to a bucket is gone as soon as the command has ended."""
    with context.open(only_read=True) as house:
        cluster, objects = cluster_of(house, application), house.rack.data.objects
    if cluster and not (objects and objects.at):
        what = f"{application} is on {cluster}: nobody outside of that reaches its object store"
        raise Refused(what, fix=f"fetch it: rackhouse s3 get {application} {key} FILE")


def database_there(
    house: OpenRack, application: str, cluster: str, need: str | None
) -> AbstractContextManager[Login]:
    """Its database, by a port of this machine's loopback until the end of the block."""
    from rackhouse.desired.kube.platform import POSTGRES
    from rackhouse.operations.cluster.data import login

    return login(house, application, cluster, POSTGRES, need)


def cache_there(
    house: OpenRack, application: str, cluster: str, need: str | None
) -> AbstractContextManager[Login]:
    """Its Redis, likewise."""
    from rackhouse.desired.kube.platform import CACHE
    from rackhouse.operations.cluster.data import login

    return login(house, application, cluster, CACHE, need)


def bucket_there(
    house: OpenRack, application: str, cluster: str, need: str | None
) -> AbstractContextManager[tuple[str, str, Login]]:
    """The endpoint, the region and the key of its bucket, likewise; or of an S3 elsewhere."""
    from rackhouse.operations.cluster.data import bucket

    return bucket(house, application, cluster, need)
