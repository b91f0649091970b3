"""The target `objects`: buckets of an S3 server, each with one key that reaches it alone.

    target   what is there, and making what is not     client   signed requests, errors as words
    access   what a key may do                         sigv4    AWS Signature Version 4

Keys are made by the IAM interface that SeaweedFS serves beside S3. It takes keys that we generate
and keeps them with its data, so that they survive a restart. The store keeps the stamps.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.objects.client import Client
from rackhouse.targets.objects.sigv4 import Key
from rackhouse.targets.objects.target import Objects

__all__ = ["Objects", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  it writes no file
    store: Store,
) -> Objects:
    """The server at `url`, as the administrator with `access_key` and `secret_key`."""
    key = Key(address["access_key"], address["secret_key"])
    return Objects(name, rack=rack, client=Client(address["url"], key), store=store)
