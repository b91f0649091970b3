"""Fingerprints: what a stamp holds in place of a content that may be secret. Stores no content."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from rackhouse.resources.core import Hidden, Id
from rackhouse.store.protocol import Store

_KEY = Id("vault", "key", "fingerprint")


class Fingerprint:
    """Sixteen hexadecimal digits that change exactly when what they are made of does.

    Keyed by a value of this rack's own, so that nobody who reads a stamp can try guesses on it.
    """

    def __init__(self, store: Store) -> None:
        chosen = store.values(_KEY) or store.choose(_KEY, lambda: {"value": secrets.token_hex(32)})
        self._key = bytes.fromhex(chosen["value"].reveal())

    def __call__(self, *parts: str) -> str:
        body = hashlib.blake2b(key=self._key, digest_size=8)
        for part in parts:
            encoded = part.encode()
            body.update(len(encoded).to_bytes(8, "big") + encoded)
        return body.hexdigest()

    def of(self, values: Mapping[str, Hidden]) -> str:
        """The fingerprint of chosen values; empty when there are none."""
        return self(*(f"{key}={values[key].reveal()}" for key in sorted(values))) if values else ""


def plain_fingerprint(content: str) -> str:
    """The same of what is no secret, for whoever has no store: the same everywhere."""
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()
