"""Which machines have joined this rack, and how each is reached. Kept in the store; reaches none.

An address is what a `Place` of kind `host` has: host, port, user, key (a path), host_key and so on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from rackhouse.store.protocol import Store

_SETTING = "joined-hosts"

Address = Mapping[str, str]


def joined(store: Store) -> Mapping[str, Address]:
    """The address of each machine that has joined, by the name of its node."""
    found: dict[str, dict[str, str]] = json.loads(store.setting(_SETTING) or "{}")
    return found


def join(store: Store, node: str, address: Address) -> None:
    """From now on plans are about that machine too. Call it under the rack's lock."""
    store.put_setting(_SETTING, json.dumps({**joined(store), node: dict(address)}, sort_keys=True))


def leave(store: Store, node: str) -> None:
    """From now on no plan is about that machine; what is on it stays. Under the rack's lock."""
    left = {name: address for name, address in joined(store).items() if name != node}
    store.put_setting(_SETTING, json.dumps(left, sort_keys=True))
