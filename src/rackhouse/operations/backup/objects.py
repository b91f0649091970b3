"""S3 in a backup: every bucket with its settings, every object with what describes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rackhouse.operations.backup.bundle import BundleWriter, Sums
from rackhouse.operations.backup.s3 import Attributes, Storage

_LIST = "objects/list.json"


@dataclass(frozen=True, slots=True, repr=False)
class Objects:
    """The objects of one server, at `url` with `access_key` and `secret_key`: a `Content`."""

    address: Mapping[str, str]

    def dump(self, bundle: BundleWriter) -> None:
        """Objects are numbered, since a key may hold what no file name can; a list says which."""
        buckets: dict[str, dict[str, str]] = {}
        rows: list[dict[str, Any]] = []
        with Storage(self.address) as storage:
            for bucket in storage.buckets():
                buckets[bucket] = storage.settings(bucket)
                bundle.sums[_name(bucket)] = _settings_sum(buckets[bucket])
                for key in storage.keys(bucket):
                    row = _dump_one(storage, bucket, key, f"objects/{len(rows):08}", bundle)
                    rows += [row] if row else []
        listing = {"buckets": buckets, "objects": rows}
        bundle.add_bytes(_LIST, json.dumps(listing).encode())

    def load(self, unpacked: Path) -> None:
        """Fill an empty server. What has arrived is deleted here, so that it never lies twice."""
        listing = json.loads((unpacked / _LIST).read_text())
        with Storage(self.address) as storage:
            for bucket in listing["buckets"]:
                storage.make(bucket)
            for row in listing["objects"]:
                file = unpacked / row["file"]
                storage.put(row["bucket"], row["key"], file, row["attributes"])
                file.unlink()
            # Last, since a rule of the old bucket may be against what was put before it.
            for bucket, settings in listing["buckets"].items():
                for setting, text in settings.items():
                    storage.put_setting(bucket, setting, text)

    def sums(self) -> Sums:
        """`objects/<bucket>` -> of its settings; `objects/<bucket>/<key>` -> of the object."""
        found = {}
        with Storage(self.address) as storage:
            for bucket in storage.buckets():
                found[_name(bucket)] = _settings_sum(storage.settings(bucket))
                for key in storage.keys(bucket):
                    with storage.get(bucket, key) as each:
                        if each is not None:
                            found[_name(bucket, key)] = _sum(_digest(each.content), each.attributes)
        return found


def _dump_one(
    storage: Storage, bucket: str, key: str, member: str, bundle: BundleWriter
) -> dict[str, Any] | None:
    """One object into the bundle; None when it is gone since it was listed."""
    with storage.get(bucket, key) as found:
        if found is None:
            return None
        digest = bundle.add_stream(member, found.content, found.size)
        bundle.sums[_name(bucket, key)] = _sum(digest, found.attributes)
        return {"bucket": bucket, "key": key, "file": member, "attributes": found.attributes}


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _sum(digest: str, attributes: Attributes) -> str:
    described = hashlib.sha256(repr(sorted(attributes.items())).encode()).hexdigest()
    return f"{digest[:32]} {described[:16]}"


def _settings_sum(settings: Mapping[str, str]) -> str:
    return hashlib.sha256(repr(sorted(settings.items())).encode()).hexdigest()[:32]


def _name(bucket: str, key: str = "") -> str:
    return f"objects/{bucket}/{key}" if key else f"objects/{bucket}"
