"""A machine or switch joins: its host key is pinned, its account proved, its address remembered.

Nothing is changed on the machine, but that the rack's key may be put there (`First`): all else is
for plans, which are about it from then on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from rackhouse.apply import joined
from rackhouse.apply.open import OpenRack
from rackhouse.desired.k3s.facts import HostFacts
from rackhouse.kit.errors import Missing, Refused
from rackhouse.operations.hosts import switch
from rackhouse.operations.hosts.identity import refuse_known, refuse_shared, refuse_twin
from rackhouse.operations.hosts.introduce import introduce
from rackhouse.operations.hosts.key import key_file, public_key
from rackhouse.operations.hosts.measure import facts_of
from rackhouse.operations.hosts.visit import visit
from rackhouse.resources.place import Place
from rackhouse.store.lock import hold
from rackhouse.transport.address import Address

Trusts = Callable[[Address, str], bool]  # shown the address and the fingerprint of its host key


@dataclass(frozen=True, slots=True)
class First:
    """How the rack's key comes to a machine that does not have it: a password, or if that is empty,
    the person's own agent and keys. Used once, and not kept.
    """

    password: str = field(default="", repr=False)


def address_of(house: OpenRack, node: str, at: str = "", key: str = "") -> Address:
    """Where the rack file says that node or switch is, or `at` ([USER@]HOST[:PORT]); the rack's
    key unless another file is named.
    """
    path, written, usual = switch.written(house.rack, node)
    if any(node == each.name and not each.owned for each in house.rack.nodes):
        what = f"{path} is a machine that you do not have yet: `owned: false`"
        raise Refused(what, fix=f"take that out of {path} in the rack file once it is there")
    if not at and written is None:
        raise Missing(
            f"{path} has no address",
            fix=f"write {path}.address into the rack file, or --at USER@HOST",
        )
    user, _, rest = at.rpartition("@")
    host, _, port = rest.partition(":")
    words = {
        "host": host or str(written),
        "port": port,
        "user": user or usual,
        "key": key or str(key_file(house.store, house.paths)),
    }
    address = Address.parse({name: word for name, word in words.items() if word})
    return replace(address, sudo=address.user != "root")


async def join(
    house: OpenRack, node: str, address: Address, trusts: Trusts, first: First | None = None
) -> Address:
    """Pin, prove and remember. The address as it is from now on.

    Refused when `trusts` says no or it is another's machine, Unavailable when it does not answer,
    HostError when the account may not become root or the machine has no Python.
    """
    if address.jump is not None:
        address = replace(address, jump=await _pinned(address.jump, trusts))
    address = await _pinned(address, trusts)
    refuse_known(node, address, joined.joined(house.store))
    if first is not None:
        key = public_key(house.store, house.rack.name)
        await introduce(address, key, password=first.password)
    if switch.is_spoken_to(house.rack, node):
        await _prove(house, "switch", node, address)
        with hold(house.paths.lock, f"hosts add {node}", time.time()):
            joined.join_switch(house.store, node, address.to_mapping())
        return address
    await _prove(house, "host", node, address)
    measured = await _looked_at(house, node, address)
    with hold(house.paths.lock, f"hosts add {node}", time.time()):
        joined.join(house.store, node, address.to_mapping())
        joined.note_facts(house.store, node, asdict(measured))
    return address


def forget(house: OpenRack, node: str) -> None:
    """No plan is about it any more; what is on it stays. Missing when it has not joined."""
    known = {**joined.joined(house.store), **joined.switches(house.store)}
    if node not in known:
        names = ", ".join(sorted(known)) or "none"
        raise Missing(f"{node} has not joined", fix=f"joined: {names}")
    with hold(house.paths.lock, f"hosts forget {node}", time.time()):
        joined.leave(house.store, node)


async def _prove(house: OpenRack, kind: str, name: str, address: Address) -> None:
    """Look at it once, as a plan does. Raises where account, sudo, Python or Open vSwitch is
    lacking.
    """
    place = Place(name=f"{kind}.{name}", kind=kind)
    target = house.open_place(place, address.to_mapping())
    try:
        await target.observe(None)
    finally:
        await target.close()


async def _looked_at(house: OpenRack, node: str, address: Address) -> HostFacts:
    """Its facts. Refused when it is a machine that has joined, or shares its address."""
    async with visit(address) as at:
        measured = await facts_of(at)
        refuse_twin(node, measured.machine_id, joined.facts(house.store))
        refuse_shared(node, await at.ask("duplicates"))
    return measured


async def _pinned(address: Address, trusts: Trusts) -> Address:
    from rackhouse.transport.ssh import fetch_host_key, fingerprint

    if address.host_key:
        return address
    host_key = await fetch_host_key(address)
    if not trusts(address, fingerprint(host_key)):
        raise Refused(
            f"the host key of {address} was not trusted, so nothing was done",
            fix="`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` says there what it should be",
        )
    return address.pinned(host_key)
