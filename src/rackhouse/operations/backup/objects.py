"""S3 in a backup: every bucket, every object with its content type and metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import obstore
from obstore.store import S3Store

from rackhouse.operations.backup.bundle import BundleWriter

_LIST = "objects/list.json"


def connect(address: Mapping[str, str], bucket: str) -> S3Store:
    """A bucket, as the administrator."""
    return S3Store(
        bucket,
        endpoint=address["url"],
        region=address.get("region", "us-east-1"),
        access_key_id=address["access_key"],
        secret_access_key=address["secret_key"],
        client_options={"allow_http": True},
    )


def dump(
    address: Mapping[str, str], buckets: list[str], bundle: BundleWriter, scratch: Path
) -> None:
    """Put every object of `buckets` into the bundle. Objects are numbered, since a key may hold
    what no file name can; the list says which is which.
    """
    rows: list[dict[str, Any]] = []
    for bucket in buckets:
        store = connect(address, bucket)
        for key in _keys(store):
            file = scratch / "object"
            try:
                digest, attributes = _fetch(store, key, file)
            except FileNotFoundError:  # gone since it was listed
                continue
            name = f"objects/{len(rows):08}"
            bundle.add_file(name, file)
            bundle.sums[f"objects/{bucket}/{key}"] = digest
            rows.append({"bucket": bucket, "key": key, "file": name, "attributes": attributes})
            file.unlink()
    listing = {"buckets": buckets, "objects": rows}
    bundle.add_bytes(_LIST, json.dumps(listing).encode())


def listed_buckets(folder: Path) -> list[str]:
    """The buckets of an unpacked bundle."""
    listing = json.loads((folder / _LIST).read_text())
    return [str(name) for name in listing["buckets"]]


def load(address: Mapping[str, str], folder: Path) -> None:
    """Fill the (existing) buckets from an unpacked bundle."""
    for row in json.loads((folder / _LIST).read_text())["objects"]:
        store = connect(address, row["bucket"])
        attributes = cast(Any, row["attributes"])
        obstore.put(store, row["key"], folder / row["file"], attributes=attributes)


def sums(address: Mapping[str, str], buckets: list[str], scratch: Path) -> dict[str, str]:
    """`objects/<bucket>/<key>` -> a checksum."""
    found = {}
    for bucket in buckets:
        store = connect(address, bucket)
        for key in _keys(store):
            found[f"objects/{bucket}/{key}"], _ = _fetch(store, key, scratch / "object")
    (scratch / "object").unlink(missing_ok=True)
    return found


def _keys(store: S3Store) -> Iterator[str]:
    for page in obstore.list(store):
        yield from (found["path"] for found in page)


def _fetch(store: S3Store, key: str, file: Path) -> tuple[str, dict[str, str]]:
    digest = hashlib.sha256()
    found = obstore.get(store, key)
    with file.open("wb") as out:
        for chunk in found:
            data = bytes(chunk)
            out.write(data)
            digest.update(data)
    return digest.hexdigest()[:32], {str(k): str(v) for k, v in found.attributes.items()}
