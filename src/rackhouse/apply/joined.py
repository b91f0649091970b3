"""Which machines and switches have joined this rack, how each is reached, and what was measured on
a machine then.

Kept in the store; reaches none. An address is what a `Place` of kind `host` has: host, port, user,
key (a path), host_key and so on. Facts are JSON values by name, as they were when it joined.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rackhouse.apply import last_seen
from rackhouse.resources.core import Id
from rackhouse.store.protocol import Store

_AUTHORITY = Id("vault", "authority", "rack")
_SETTING, _FACTS, _SWITCHES = "joined-hosts", "host-facts", "joined-switches"

Address = Mapping[str, str]
Facts = Mapping[str, Any]


def joined(store: Store) -> Mapping[str, Address]:
    """The address of each machine that has joined, by the name of its node."""
    found: dict[str, dict[str, str]] = json.loads(store.setting(_SETTING) or "{}")
    return found


def join(store: Store, node: str, address: Address) -> None:
    """From now on plans are about that machine too. Call it under the rack's lock."""
    store.put_setting(_SETTING, json.dumps({**joined(store), node: dict(address)}, sort_keys=True))


def switches(store: Store) -> Mapping[str, Address]:
    """The address of each switch that has joined, by its name."""
    found: dict[str, dict[str, str]] = json.loads(store.setting(_SWITCHES) or "{}")
    return found


def join_switch(store: Store, name: str, address: Address) -> None:
    """From now on plans are about that switch too. Under the rack's lock."""
    found = {**switches(store), name: dict(address)}
    store.put_setting(_SWITCHES, json.dumps(found, sort_keys=True))


def facts(store: Store) -> Mapping[str, Facts]:
    """What was measured on each machine when it joined, of those that were measured."""
    found: dict[str, dict[str, Any]] = json.loads(store.setting(_FACTS) or "{}")
    return found


def authority(store: Store) -> str:
    """The certificate of the rack's authority, which nodes are to trust; "" before it was made."""
    made = store.values(_AUTHORITY).get("certificate")
    return made.reveal() if made else ""


def note_facts(store: Store, node: str, measured: Facts) -> None:
    """Remember what was measured. Under the rack's lock."""
    store.put_setting(_FACTS, json.dumps({**facts(store), node: dict(measured)}, sort_keys=True))


def leave(store: Store, node: str) -> None:
    """From now on no plan is about it; what is on it stays, and holds nothing elsewhere. Under the
    rack's lock.
    """
    every = ((_FACTS, facts(store)), (_SETTING, joined(store)), (_SWITCHES, switches(store)))
    for setting, kept in every:
        left = {name: value for name, value in kept.items() if name != node}
        store.put_setting(setting, json.dumps(left, sort_keys=True))
    last_seen.forget(store, node)
