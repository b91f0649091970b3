"""Specs of the target `objects` (S3): buckets with a key that reaches only them."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.resources.core import Text


@dataclass(frozen=True, slots=True)
class Bucket:
    """`objects/bucket/<name>`: a bucket, and one key pair that reaches it alone. Always `keep`.

    Bucket names have 3 to 63 characters.
    """

    name: str
    access_key: Text
    secret_key: Text


ObjectsSpec = Bucket
