"""A machine that sleeps is woken by a magic packet, and waited for.

The packet is a broadcast, which no router passes on: it is sent from here where this machine is in
the same network, else by a machine that is and that has joined, over SSH.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network

from rackhouse.apply.joined import joined
from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import HostError, Missing, NotReady, RackhouseError, Unavailable
from rackhouse.operations.hosts.first_start import named
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.rules.finding import vlan_of
from rackhouse.transport.address import Address

PATIENCE = 180.0  # seconds: from power off, with a slow firmware
_AGAIN = 5.0  # seconds until the packet is sent anew: the first may have come too early
_ANSWER = 3.0  # seconds for an answer of one that is awake
_DISCARD = 9  # the port that such packets are sent to by custom; nobody needs to listen
_SENDS = """\
import socket, sys
wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
wire.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
wire.sendto(bytes.fromhex(sys.argv[1]), (sys.argv[2], int(sys.argv[3])))
"""

Say = Callable[[str], None]


async def wake(house: OpenRack, node: str, say: Say, *, patience: float = PATIENCE) -> bool:
    """Whether it had to be woken; it answers now.

    Missing: it has not joined, or the rack file has no `wake`. HostError: nobody can send to it.
    NotReady: it does not answer within `patience` seconds.
    """
    wanted, address = _known(house, node)
    if await _answers(address):
        return False
    clock = asyncio.get_running_loop().time
    until = clock() + patience
    while clock() < until:
        say(f"{node}: a packet for {wanted.wake}, sent {await _send(house, wanted)}")
        sent = clock()
        if await _answers(address):
            return True
        await asyncio.sleep(max(0.0, min(_AGAIN - (clock() - sent), until - clock())))
    raise NotReady(
        f"{node} does not answer within {patience:g} s",
        fix=f"is {wanted.wake} its address, is wake-on-LAN on in its firmware, has it power?",
    )


async def wake_all(house: OpenRack, say: Say) -> None:
    """Every machine that has joined and can be woken, all at once; those that answer need none."""
    known = joined(house.store)
    nodes = [node.name for node in house.rack.nodes if node.wake and node.name in known]
    await asyncio.gather(*(wake(house, node, say) for node in nodes))


def packet(mac: str) -> bytes:
    """Six bytes of ones, and sixteen times the address of the card."""
    return b"\xff" * 6 + bytes.fromhex(mac.replace(":", "")) * 16


def broadcast(mac: str, to: IPv4Address) -> None:
    """Send it to everybody in a network that this machine is in."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        wire.sendto(packet(mac), (str(to), _DISCARD))


def _known(house: OpenRack, node: str) -> tuple[Node, Address]:
    wanted, words = named(house.rack, node), joined(house.store).get(node)
    if not wanted.wake:
        fix = f"write nodes.{node}.wake: `ip link` there shows it after `link/ether`"
        raise Missing(f"nodes.{node} has no `wake`, the MAC address that wakes it", fix=fix)
    if words is None:
        raise Missing(
            f"{node} has not joined", fix=f"rackhouse hosts add {node}, while it is awake"
        )
    return wanted, Address.parse(words)


async def _send(house: OpenRack, node: Node) -> str:
    """Answers from where."""
    vlan = vlan_of(house.rack, node.address)
    if vlan is None or _in(vlan.subnet):
        to = vlan.subnet.broadcast_address if vlan else IPv4Address("255.255.255.255")
        broadcast(node.wake, to)
        return "from here"
    failed = ""
    for neighbour in _neighbours(house.rack, node):
        if words := joined(house.store).get(neighbour):
            try:
                await _send_from(Address.parse(words), node.wake, vlan.subnet.broadcast_address)
            except RackhouseError as error:
                failed = f" ({neighbour}: {error.what})"
            else:
                return f"by {neighbour}"
    raise HostError(
        f"nobody in {vlan.name} can send it the packet{failed}",
        fix=f"run this in {vlan.name}, or let a machine of it, or the router, join",
    )


def _in(subnet: IPv4Network) -> bool:
    """Whether this machine has an address there: the one that it would send from."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire, suppress(OSError):
        wire.connect((str(subnet.network_address + 1), _DISCARD))  # sends nothing
        return IPv4Address(wire.getsockname()[0]) in subnet
    return False


def _neighbours(rack: Rack, node: Node) -> Iterator[str]:
    """Machines of its VLAN, then the router, which is in every one."""
    vlan = vlan_of(rack, node.address)
    for other in rack.nodes:
        if other.name != node.name and vlan_of(rack, other.address) == vlan:
            yield other.name
    if rack.network.router and rack.network.router.node:
        yield rack.network.router.node


async def _send_from(address: Address, mac: str, to: IPv4Address) -> None:
    from rackhouse.transport.ssh import connect

    connection = await connect(address)
    try:
        argv = ("python3", "-c", _SENDS, packet(mac).hex(), str(to), str(_DISCARD))
        channel = await connection.open(argv)
        ended = await channel.ended()
        await channel.close()
    finally:
        await connection.close()
    if ended.code:
        raise Unavailable(ended.err.rpartition("\n")[2] or "the packet could not be sent")


async def _answers(address: Address) -> bool:
    """Whether it is awake: it lets us in, or refuses us."""
    from rackhouse.transport.ssh import connect

    try:
        async with asyncio.timeout(_ANSWER):
            await (await connect(address)).close()
    except (TimeoutError, Unavailable):
        return False
    except RackhouseError:  # somebody is there
        pass
    return True
