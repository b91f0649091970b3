"""A switch's sockets in a real database: any state becomes any fabric, or goes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.switch.ovsdb import Database, database, make, switch, want
from rackhouse.desired.network.fabric import fabric
from rackhouse.desired.network.switch import switches
from rackhouse.kit.errors import HostError, NotReady, Unavailable
from rackhouse.rack.model import Rack
from rackhouse.resources.switch import Port
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.switch import trial
from rackhouse.targets.switch.line import Line
from rackhouse.transport.local import Local
from unit.desired.network.racks import wired

pytestmark = pytest.mark.slow

ACCESS, TRUNK = Port(20, plugged="pi-1"), Port(0, (10, 20), "gate")


@pytest.fixture(scope="module")
def made() -> Iterator[Database]:
    with database() as found:
        yield found


@pytest.fixture(autouse=True)
def _empty(made: Database) -> None:
    made.clear()


def left_on_trial(made: Database) -> list[str]:
    return [path.name for path in (made.folder / "trials").iterdir()]


async def test_one_moment_is_one_trial(made: Database) -> None:
    target, said = switch(made, MemoryStore()), list[str]()
    seen = await asyncio.gather(
        *(make(target, want(number, Port(20)), said) for number in range(1, 9)),
        make(target, want(16, TRUNK), said),
    )
    assert all(each.ready and each.stamp and each.stamp.found == each.found for each in seen)
    assert made.port(16) == ("trunk", "[]", "[10, 20]")
    assert made.port(3) == ("access", "20", "[]")
    assert "port 3: nothing -> VLAN 20" in said
    assert left_on_trial(made) == []
    assert list(await target.observe(None)) == sorted(seen, key=lambda each: each.id)
    await target.close()


async def test_what_a_hand_changed_is_seen_mended_and_said(made: Database) -> None:
    target, said = switch(made, MemoryStore()), list[str]()
    seen = await make(target, want(3, ACCESS))
    made.vsctl("set", "port", "lan3", "tag=30")
    (spoilt,) = await target.observe([seen.id])
    assert spoilt.found != seen.found
    assert (spoilt.ready, spoilt.why) == (True, "VLAN 30")
    assert await make(target, want(3, ACCESS), said) == seen
    assert said == ["port 3: VLAN 30 -> VLAN 20"]
    made.vsctl("del-port", "lan3")
    (gone,) = await target.observe(None)
    assert (gone.ready, gone.why) == (False, "it is not part of the switch")
    await target.close()


async def test_what_was_there_before_comes_back(made: Database) -> None:
    made.vsctl("add-br", "switch0", "--", "add-port", "switch0", "lan3", "tag=7")
    target = switch(made, MemoryStore())
    seen = [await make(target, want(3, ACCESS)), await make(target, want(4, ACCESS))]
    again = await make(target, want(3, Port(30)))
    for each in (again, seen[1]):
        await target.remove(each, lambda _: None)
    assert made.port(3) == ("[]", "7", "[]")
    assert made.vsctl("list-ports", "switch0") == "lan3"
    assert list(await target.observe(None)) == []
    await target.close()


async def test_where_nobody_gets_in_any_more_it_goes_back_by_itself(made: Database) -> None:
    lines = 0

    async def connect() -> Local:
        nonlocal lines
        lines += 1
        if lines > 3:  # the second change's new connection
            raise Unavailable("cannot reach it")
        return Local()

    target = switch(made, MemoryStore(), 1.0, connect)
    await make(target, want(3, ACCESS))
    lines = 3
    with pytest.raises(NotReady, match="nobody gets in any more") as caught:
        await make(target, want(3, Port(30)))
    assert caught.value.fix
    (half,) = await switch(made, target._store).observe(None)  # type: ignore[arg-type]
    assert half.stamp is not None
    assert not half.stamp.found
    for _ in range(40):
        if made.port(3)[1] == "20":
            break
        await asyncio.sleep(0.1)
    assert made.port(3) == ("access", "20", "[]")
    assert left_on_trial(made) == []


async def test_whoever_dies_before_it_confirms_has_changed_nothing(made: Database) -> None:
    """What was tried goes back before the next change is made, whatever time it had left."""
    store = MemoryStore()
    target = switch(made, store)
    await make(target, want(3, ACCESS))
    speech, words = target._speech, (str(made.folder / "trials"), "dead", "600")
    (now,) = (speech.read(await target._line.run(speech.look, where="")),)
    then = {3: speech.wanted(Port(666))}
    ways = speech.move(then, now), speech.move(now, then)
    await target._line.run(trial.TRY, *words, *ways, where="")
    assert made.port(3)[1] == "666"
    said: list[str] = []
    await make(target, want(4, ACCESS), said)
    assert made.port(3)[1] == "20"
    assert left_on_trial(made) == []
    await target.close()


async def test_what_the_switch_refuses_is_said_and_nothing_stays(made: Database) -> None:
    made.vsctl("add-br", "other", "--", "add-port", "other", "lan3")
    target = switch(made, MemoryStore())
    with pytest.raises(HostError, match=r"the switch refused: .*lan3"):
        await make(target, want(3, ACCESS))
    assert left_on_trial(made) == []
    made.vsctl("del-br", "other")
    await target.close()


async def test_a_switch_without_open_vswitch_is_told_so() -> None:
    async def connect() -> Local:
        return Local(("env", "-i", "PATH=/nowhere", "/bin/sh", "-c", 'shift; exec /bin/"$@"', "sh"))

    with pytest.raises(HostError, match="ovs-vsctl"):
        await Line(connect).run("ovs-vsctl show", where="switch.sw1")


STATES = st.fixed_dictionaries(
    {},
    optional={
        "vlan_mode": st.sampled_from(["access", "trunk", "native-tagged", "native-untagged"]),
        "tag": st.integers(1, 4094).map(str),
        "trunks": st.lists(st.integers(1, 4094), min_size=1, max_size=3, unique=True).map(
            lambda ids: ",".join(map(str, ids))
        ),
    },
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(rack=wired(), states=st.dictionaries(st.integers(1, 10), STATES, max_size=4))
def test_any_state_becomes_any_fabric_in_one_pass(
    made: Database, rack: Rack, states: dict[int, dict[str, str]]
) -> None:
    made.clear()
    made.vsctl("add-br", "switch0")
    for number, columns in states.items():
        words = ("set", "port", f"lan{number}", *(f"{k}={v}" for k, v in columns.items()))
        made.vsctl("add-port", "switch0", f"lan{number}", *(("--", *words) if columns else ()))
    asyncio.run(_applied(made, rack))


async def _applied(made: Database, rack: Rack) -> None:
    store = MemoryStore()
    target = switch(made, store)
    own = rack.network.switch
    assert own is not None
    wanted = switches(rack, {"sw1": {}, own.name: {}}).resources.values()
    seen = await asyncio.gather(
        *(make(target, want(int(each.id.name), each.spec)) for each in wanted)
    )
    found = target._speech.read(await target._line.run(target._speech.look, where=""))
    for port in fabric(rack).ports:
        there = found[port.number]
        assert there is not None
        assert there.tagged == port.tagged
        assert there.untagged == (0 if port.tagged else port.untagged)
    said: list[str] = []
    again = await asyncio.gather(
        *(make(target, want(int(each.id.name), each.spec), said) for each in wanted)
    )
    assert again == seen
    assert not said
    assert left_on_trial(made) == []
    await target.close()
