"""The target `vault`: passwords, given secrets, keys and certificates.

We generate, others accept: nothing is ever read back from a part. Values live in the store and
leave it through `output` alone; what is printed, stamped or compared is a keyed fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.vault.by_hand import give, given, rotate
from rackhouse.targets.vault.target import Vault

__all__ = ["Vault", "give", "given", "open_target", "rotate"]


def _now() -> datetime:
    return datetime.now(UTC)


def open_target(
    name: str,
    address: Mapping[str, str],  # noqa: ARG001  a vault has none: it is the store
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  and it writes no file
    store: Store,
    now: Callable[[], datetime] = _now,
) -> Vault:
    """The vault of this rack. `now` tells the time, in UTC, by which certificates expire."""
    return Vault(name, rack=rack, store=store, now=now)
