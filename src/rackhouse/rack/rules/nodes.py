"""Rules about machines. Pure."""

from __future__ import annotations

from itertools import pairwise

from rackhouse.kit.text import format_bytes
from rackhouse.rack.complete import joins
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.rules.finding import Finding, Findings, gateway_of, gi, repeated, vlan_of
from rackhouse.rack.words import GpuRuntime, Role

_LEAST = {Role.SERVER: (2, 2 * 10**9), Role.AGENT: (1, 512 * 10**6)}
_MANAGED = {Role.SERVER, Role.AGENT, Role.GPU, Role.STORAGE}


def node_too_small(_: Rack, node: Node) -> Findings:
    """K3s needs 2 cores and 2 GB on a server, 1 core and 512 MB on an agent (K3s documentation,
    installation/requirements): with less, the control plane is killed for memory under load.
    """
    cpus, memory = _LEAST.get(node.role, (0, 0))
    if 0 < node.cpus < cpus:
        what = f"a K3s {node.role} needs {cpus} cores, this one has {node.cpus}"
        yield Finding(f"nodes.{node.name}.cpus", what, "make it an agent, or use a larger machine")
    if 0 < node.memory < memory:
        what = f"a K3s {node.role} needs {format_bytes(memory)} of memory, this one has "
        what += gi(node.memory)
        yield Finding(f"nodes.{node.name}.memory", what, "give it less to do: agent, or dev")


def gpu_role_without_gpu(_: Rack, node: Node) -> Findings:
    """Models are placed by the memory of the graphics card, which nobody can guess."""
    if node.role == Role.GPU and node.gpu is None:
        what, fix = (
            "its role is gpu, and it describes none",
            "add `gpu: {model: RTX 3090, memory: 24Gi}`",
        )
        yield Finding(f"nodes.{node.name}.role", what, fix)


def runtime_without_gpu_role(_: Rack, node: Node) -> Findings:
    """`runtime` says where the models of a GPU machine run; elsewhere it would do nothing."""
    if node.runtime and node.role != Role.GPU:
        what = f"`runtime` is for nodes of role gpu, this is {node.role}"
        yield Finding(f"nodes.{node.name}.runtime", what, "delete it, or set `role: gpu`")


def gpu_inside_no_cluster(rack: Rack, node: Node) -> Findings:
    """`runtime: k3s` runs models as pods, and pods need a cluster around them."""
    inside = {name for cluster in rack.clusters for name in cluster.nodes}
    if node.runtime == GpuRuntime.K3S and joins(node) and node.name not in inside:
        what = "its models are to run in K3s, but it is in no cluster"
        fix = "add it to the nodes of a cluster that has a server, or set `runtime: docker`"
        yield Finding(f"nodes.{node.name}.runtime", what, fix)


def wake_address_of_a_group(_: Rack, node: Node) -> Findings:
    """An odd first byte marks a multicast address (IEEE 802): no network card has one."""
    if node.wake and int(node.wake[:2], 16) % 2:
        what = f"{node.wake} is the address of a group, not of one network card"
        fix = "read it on that machine: `ip link` shows it after `link/ether`"
        yield Finding(f"nodes.{node.name}.wake", what, fix)


def sleeper_that_others_need(_: Rack, node: Node) -> Findings:
    """A node of a cluster that sleeps is a dead node to it, and one with nothing to tell by when it
    is used would sleep in the middle of it.
    """
    asleep = node.role == Role.GPU and node.runtime != GpuRuntime.K3S
    if node.sleep_after and not asleep:
        what = "only a GPU machine beside the cluster may sleep"
        yield Finding(f"nodes.{node.name}.sleep_after", what, "delete it, or `runtime: docker`")


def sleeper_that_nobody_wakes(_: Rack, node: Node) -> Findings:
    """A machine that sleeps is woken by a packet that names its network card."""
    if node.sleep_after and not node.wake:
        what = f"nothing can wake {node.name} again"
        fix = "add `wake:` with its MAC address: `ip link` shows it after `link/ether`"
        yield Finding(f"nodes.{node.name}.sleep_after", what, fix)


def watts_out_of_order(_: Rack, node: Node) -> Findings:
    """Idle is the least that a machine draws, full load the most, and its graphics card draws a
    part of it. The other way round, every month's cost would be wrong.
    """
    order = [
        ("idle_watts", node.idle_watts),
        ("watts", node.watts),
        ("busy_watts", node.busy_watts),
    ]
    known = [(key, watts) for key, watts in order if watts]
    for (less, low), (more, high) in pairwise(known):
        if low > high:
            written = less if less != "watts" else more  # the other may be the board's
            what = f"`{less}` is {low:g} and `{more}` is {high:g}"
            yield Finding(
                f"nodes.{node.name}.{written}", what, f"`{more}` is the larger of the two"
            )
    if node.gpu and node.watts and node.gpu.watts > node.watts:
        what = f"the card draws {node.gpu.watts:g} of its machine's {node.watts:g} watts"
        fix = "say in `watts` of the node what the whole machine draws, its card included"
        yield Finding(f"nodes.{node.name}.gpu.watts", what, fix)


def node_without_address(rack: Rack, node: Node) -> Findings:
    """Among several machines, each is reached over SSH by its address, which has to stay."""
    if len(rack.nodes) > 1 and node.role in _MANAGED and node.address is None:
        what = "it has no address, so nothing can be set up on it"
        yield Finding(f"nodes.{node.name}", what, "add `address:`, fixed, outside the DHCP range")


def address_outside_every_subnet(rack: Rack, node: Node) -> Findings:
    """A machine whose address lies in none of the VLANs is reached from none of them."""
    if rack.network.vlans and node.address and vlan_of(rack, node.address) is None:
        subnets = ", ".join(str(vlan.subnet) for vlan in rack.network.vlans)
        what = f"{node.address} is in none of the subnets {subnets}"
        yield Finding(f"nodes.{node.name}.address", what, "give it an address of its VLAN")


def address_of_no_machine(rack: Rack, node: Node) -> Findings:
    """The first address of a subnet names the network, the last one calls everybody (RFC 919)."""
    vlan = vlan_of(rack, node.address)
    if vlan and node.address in {vlan.subnet.network_address, vlan.subnet.broadcast_address}:
        what = f"{node.address} stands for the whole of {vlan.subnet}, not for a machine"
        yield Finding(f"nodes.{node.name}.address", what, "take one between the first and the last")


def address_of_the_gateway(rack: Rack, node: Node) -> Findings:
    """Two machines that answer for the gateway's address cut the whole VLAN off by turns."""
    vlan, router = vlan_of(rack, node.address), rack.network.router
    is_router = node.role == Role.ROUTER or (router is not None and router.node == node.name)
    if vlan and not is_router and node.address == gateway_of(vlan):
        what = f"{node.address} is the gateway of the VLAN {vlan.name}"
        fix = f"take another address, or set `network.vlans.{vlan.name}.gateway`"
        yield Finding(f"nodes.{node.name}.address", what, fix)


def address_in_dhcp_range(rack: Rack, node: Node) -> Findings:
    """The DHCP server would some day hand the same address to somebody's phone."""
    vlan = vlan_of(rack, node.address)
    if vlan and vlan.dhcp and node.address and node.address in vlan.dhcp:
        what = f"{node.address} is in {vlan.dhcp}, which the VLAN {vlan.name} hands out"
        yield Finding(f"nodes.{node.name}.address", what, "take one outside, or shorten the range")


def duplicate_address(rack: Rack) -> Findings:
    """Two machines with one address answer by turns, which looks like a broken cable."""
    pairs = [(node.address, f"nodes.{node.name}.address") for node in rack.nodes if node.address]
    vlans, switch = rack.network.vlans, rack.network.switch
    if switch and switch.address:
        pairs.append((switch.address, "network.switch.address"))
    at = "network.vlans.{}.virtual_ip"
    pairs += [(vlan.virtual_ip, at.format(vlan.name)) for vlan in vlans if vlan.virtual_ip]
    for address, path, first in repeated(pairs):
        yield Finding(
            path, f"{address} is already used by {first}", "give it an address of its own"
        )


def duplicate_wake_address(rack: Rack) -> Findings:
    """A MAC address belongs to one network card; waking one machine would wake the other."""
    pairs = [(node.wake, f"nodes.{node.name}.wake") for node in rack.nodes if node.wake]
    for wake, path, first in repeated(pairs):
        yield Finding(path, f"{wake} is already at {first}", "read it again on that machine")


def two_machines_of_one_name(rack: Rack) -> Findings:
    """Switch, router and nodes share one list of host names."""
    network = rack.network
    pairs = [(node.name, f"nodes.{node.name}") for node in rack.nodes]
    pairs += [(network.router.name, "network.router")] if network.router else []
    pairs += [(network.switch.name, "network.switch")] if network.switch else []
    for name, path, first in repeated(pairs):
        yield Finding(path, f"{name!r} is also the name of {first}", "choose another name")
