"""Ports: free when chosen, kept while they can be had, left to strangers who took them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError, Missing
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Port, Process, Program, TcpProbe
from rackhouse.resources.seen import Seen
from rackhouse.supervisor import client
from unit.targets.worlds import World, open_world, quiet, stamp_for

WEB = Id("machine", "port", "hello.web")
OTHER = Id("machine", "port", "other.web")
LISTEN = """
import os, socket, sys, time
if "fork" in sys.argv[2:] and os.fork():
    os.kill(os.getpid(), 9)
one = socket.socket()
one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
one.bind(("127.0.0.1", int(sys.argv[1])))
one.listen()
print("listening", flush=True)
time.sleep(100)
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world("machine", tmp_path / "state") as world:
        yield world


async def make(world: World, id: Id, spec: Port) -> Seen:
    resource = Resource(id=id, spec=spec)
    return await world.target.ensure(resource, stamp_for(resource), {}, quiet)


async def number(world: World, id: Id, output: str = "number") -> int:
    return int((await world.target.output(id.ref(output))).reveal())


@contextmanager
def stranger(port: int) -> Iterator[int]:
    """A process that is not ours and listens on `port`; its pid."""
    argv = [sys.executable, "-c", LISTEN, str(port)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"listening\n"
        try:
            yield process.pid
        finally:
            process.kill()


async def serve(world: World, *words: str) -> int:
    """A unit of ours that listens on the port of `hello.web`; its pid."""
    program = Program(
        command=(
            *(Text.of(sys.executable), Text.of("-c"), Text.of(LISTEN), Text.of(WEB.ref("number"))),
            *map(Text.of, words),
        )
    )
    spec = Process(program=program, probe=TcpProbe(Text.of(WEB.ref("number"))), grace=1.0)
    resource = Resource(id=Id("machine", "process", "hello.web"), spec=spec)
    values = {WEB.ref("number"): await world.target.output(WEB.ref("number"))}
    await world.target.ensure(resource, stamp_for(resource), values, quiet)
    state = client.read_state(world.paths, "hello.web")
    assert state
    return state.pid


async def test_chosen_ports_are_free_apart_and_below_the_ephemeral_range(world: World) -> None:
    ids = [Id("machine", "port", f"app{n}") for n in range(20)]
    for id in ids:
        await make(world, id, Port())
    numbers = [await number(world, id) for id in ids]
    assert len(set(numbers)) == 20
    assert all(20_000 <= port < 32_000 for port in numbers)
    for port in numbers:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))


async def test_two_racks_begin_at_other_places(tmp_path: Path) -> None:
    numbers = set()
    for name in ("one", "two", "three"):
        with open_world("machine", tmp_path / name) as world:
            await make(world, WEB, Port())
            numbers.add(await number(world, WEB))
    assert len(numbers) == 3


async def test_a_block_has_neighbours_and_no_more(world: World) -> None:
    await make(world, WEB, Port(count=3))
    first = await number(world, WEB)
    assert await number(world, WEB, "number+1") == first + 1
    assert await number(world, WEB, "number+2") == first + 2
    for beyond in ("number+3", "number+0", "number+x", "port"):
        with pytest.raises(Missing):
            await world.target.output(WEB.ref(beyond))


async def test_a_block_that_grows_takes_no_port_of_another(world: World) -> None:
    await make(world, WEB, Port(count=2))
    await make(world, OTHER, Port())
    await make(world, WEB, Port(count=4))
    block = range(await number(world, WEB), await number(world, WEB) + 4)
    assert await number(world, OTHER) not in block


async def test_a_port_that_a_stranger_took_is_left_to_it(world: World) -> None:
    first = await make(world, WEB, Port())
    taken = await number(world, WEB)
    with stranger(taken) as pid:
        (seen,) = await world.target.observe({WEB})
        assert not seen.ready
        assert f"(pid {pid}, of user " in seen.why
        assert str(taken) in seen.why
        second = await make(world, WEB, Port())
        assert second.ready
        assert second.version != first.version
        assert await number(world, WEB) != taken


async def test_a_stranger_on_every_address_is_noticed_too(world: World) -> None:
    await make(world, WEB, Port())
    with socket.socket() as everywhere:
        everywhere.bind(("0.0.0.0", await number(world, WEB)))
        everywhere.listen()
        (seen,) = await world.target.observe({WEB})
        assert not seen.ready


async def test_a_port_of_our_own_unit_stays(world: World) -> None:
    first = await make(world, WEB, Port())
    await serve(world)
    assert await world.target.observe({WEB}) == [first]
    assert await make(world, WEB, Port()) == first


async def test_it_stays_when_the_supervisor_was_killed_and_the_unit_lives(world: World) -> None:
    first = await make(world, WEB, Port())
    await serve(world)
    supervisor = client.running(world.paths)
    assert supervisor
    os.kill(supervisor, signal.SIGKILL)
    assert await world.target.observe({WEB}) == [first]
    client.start(world.paths)


async def test_it_stays_when_an_orphan_of_our_unit_holds_it(world: World) -> None:
    first = await make(world, WEB, Port())
    supervisor = client.start(world.paths)
    os.kill(supervisor, signal.SIGSTOP)  # so that it does not clean up what we look at
    try:
        unit = {"RACKHOUSE_UNIT": f"{world.paths.root}#hello.web"}
        argv = [sys.executable, "-c", LISTEN, str(await number(world, WEB)), "fork"]
        with subprocess.Popen(
            argv, stdout=subprocess.PIPE, env=os.environ | unit, start_new_session=True
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == b"listening\n"
            assert process.wait() == -signal.SIGKILL  # the child alone is left
            try:
                assert await world.target.observe({WEB}) == [first]
            finally:
                os.killpg(process.pid, signal.SIGKILL)
    finally:
        os.kill(supervisor, signal.SIGCONT)


async def test_a_port_that_a_killed_process_is_about_to_leave_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What an ordinary user sees of a process that is being torn down: nobody.
    monkeypatch.setattr("rackhouse.targets.machine.ports.who_listens", lambda port: "")
    first = await make(world, WEB, Port())
    with stranger(await number(world, WEB)) as pid:
        asyncio.get_running_loop().call_later(0.3, os.kill, pid, signal.SIGKILL)
        assert await make(world, WEB, Port()) == first


async def test_a_demanded_port_is_that_one_or_an_error_that_names_who_has_it(
    world: World,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        wanted = free.getsockname()[1]
    with stranger(wanted) as pid, pytest.raises(HostError) as busy:
        await make(world, WEB, Port(fixed=wanted))
    assert f"pid {pid}" in str(busy.value)
    assert "rack file" in busy.value.fix
    await make(world, WEB, Port(fixed=wanted))
    assert await number(world, WEB) == wanted


async def test_two_things_cannot_demand_one_port(world: World) -> None:
    await make(world, WEB, Port())
    with pytest.raises(HostError, match="is already that of machine"):
        await make(world, OTHER, Port(fixed=await number(world, WEB)))


async def test_an_address_of_another_machine_is_an_error_that_says_so(world: World) -> None:
    with pytest.raises(HostError, match="this machine has no address"):
        await make(world, WEB, Port(bind="203.0.113.7"))


@pytest.mark.parametrize("count", [12_000, 50_000])
async def test_no_free_block_is_an_error_that_says_so(world: World, count: int) -> None:
    with pytest.raises(HostError, match="neighbouring ports"):
        await make(world, WEB, Port(count=count))
