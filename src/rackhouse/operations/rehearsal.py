"""A rehearsal: the rack's twin in place of its machines, in a state folder that goes with it.

The same files, plan and apply as for the machines; nothing but their addresses differs. What is
measured when a machine joins is measured here too, once, but only what is a twin's own: processor,
memory and disk are those of the machine that it is on, and say nothing about the rack's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import Any

from rackhouse.apply import joined
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.hosts.measure import facts_of, open_all
from rackhouse.operations.hosts.visit import Visit
from rackhouse.store.protocol import Store
from rackhouse.twin.home import Home
from rackhouse.twin.reach import address
from rackhouse.twin.state import load
from rackhouse.twin.switch import machine as switch

_FOLDER = "rehearsal"
OWN = ("addresses", "datastore", "default_route", "hostname", "ports")  # of `HostFacts`


def rehearsed(house: OpenRack, now: datetime) -> OpenRack:
    """The rack as if the nodes of its twin were its machines. Close it; Missing: it has no twin."""
    home = Home(house.paths.root)
    state = load(home)
    other = open_rack(house.file, root=home.folder / _FOLDER, now=now)
    _give(house.store, other.store)
    known = joined.joined(other.store)
    for machine in state.layout.machines:
        if machine.name not in known:
            words = address(home, state, house.rack, machine.name)
            joined.join(other.store, machine.name, words)
    own, there = house.rack.network.switch, switch.address(home, house.rack)
    if own and there and own.name not in joined.switches(other.store):
        joined.join_switch(other.store, own.name, there)
    unknown = {machine.name for machine in state.layout.machines} - joined.facts(other.store).keys()
    if unknown:
        for name, measured in asyncio.run(_measured(other.store, unknown)).items():
            joined.note_facts(other.store, name, measured)
    return other


def _give(given: Store, store: Store) -> None:
    """What a person gave the rack, such as passwords of registries."""
    for id, values in given.chosen("keys", "given").items():
        plain = {name: each.reveal() for name, each in values.items()}
        if store.choose(id, partial(dict, plain)) != values:
            store.replace(id, plain)


async def _measured(store: Store, names: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """What is a twin's own, of those that answer; the others are asked the next time."""
    async with AsyncExitStack() as stack:
        visits = await open_all(store, names, stack)
        found = await asyncio.gather(*(_own(each) for each in visits.values()))
    return {name: facts for name, facts in zip(visits, found, strict=True) if facts}


async def _own(at: Visit | RackhouseError) -> Mapping[str, Any]:
    if isinstance(at, RackhouseError):
        return {}
    try:
        facts = await facts_of(at)
    except RackhouseError:
        return {}
    return {name: getattr(facts, name) for name in OWN}
