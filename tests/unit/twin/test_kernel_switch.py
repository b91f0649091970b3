"""The kernel's bridge on paper: whatever its sockets were, they end as the fabric says, at once."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from rackhouse.desired.network.fabric import Use, fabric
from rackhouse.desired.network.names import USUAL
from rackhouse.rack.model import Rack
from rackhouse.twin.plan import complete
from rackhouse.twin.switch.kernel import changes, held
from unit.desired.network.racks import wired

FLAGS = frozenset({"PVID", "Egress Untagged"})
HELD = st.dictionaries(
    st.integers(1, 4094),
    st.sets(st.sampled_from(sorted(FLAGS))).map(frozenset),
    max_size=4,
)


def bridge(lines: list[str], now: dict[str, dict[int, frozenset[str]]]) -> None:
    """What `bridge -batch` would do; a VLAN that is not there cannot be deleted."""
    for line in lines:
        _, verb, _, vid, *rest = line.split()
        socket = now[line.rpartition(" ")[2]]
        if verb == "del":
            del socket[int(vid)]
            continue
        if "pvid" in rest:  # a socket has one
            socket |= {id: flags - {"PVID"} for id, flags in socket.items()}
        socket[int(vid)] = FLAGS if "pvid" in rest else frozenset()


@given(wired(), st.data())
def test_any_switch_ends_as_the_fabric_says(drawn: Rack, data: st.DataObject) -> None:
    assume(drawn.nodes)
    wanted = fabric(complete(drawn))
    sockets = [USUAL.socket(port.number) for port in wanted.ports if port.use is not Use.FREE]
    now = {socket: data.draw(HELD) for socket in sockets}
    bridge(list(changes(wanted, now)), now)
    for port in wanted.ports:
        if port.use is Use.ACCESS:
            assert now[USUAL.socket(port.number)] == {port.untagged: FLAGS}
        if port.use is Use.TRUNK:
            assert now[USUAL.socket(port.number)] == dict.fromkeys(port.tagged, frozenset())
    assert list(changes(wanted, now)) == []


def test_what_the_bridge_says_is_read_with_its_ranges() -> None:
    shown = [
        {"ifname": "lan1", "vlans": [{"vlan": 20, "flags": ["PVID", "Egress Untagged"]}]},
        {"ifname": "lan16", "vlans": [{"vlan": 10, "vlanEnd": 12}, {"vlan": 40}]},
    ]
    assert held(shown) == {
        "lan1": {20: FLAGS},
        "lan16": dict.fromkeys((10, 11, 12, 40), frozenset()),
    }
