"""Processes, jobs and timers under the real supervisor, as apply makes and removes them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from rackhouse.kit.errors import CrashLoop, NotOurs, NotReady, Refused, StepFailed
from rackhouse.resources.core import Hidden, Id, Resource, Text, Values
from rackhouse.resources.machine import (
    AliveProbe,
    CommandProbe,
    HttpProbe,
    Job,
    Process,
    Program,
    TcpProbe,
    Timer,
)
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.supervisor import client, table
from rackhouse.supervisor.unit import Phase, State, Unit
from unit.targets.worlds import World, open_world, quiet, stamp_for

WEB = Id("machine", "process", "hello.web@r1")
MIGRATE = Id("machine", "job", "hello.migrate@r1")
SECRET = Id("vault", "secret", "hello").ref("value")
PORT = Id("machine", "port", "hello.web@r1").ref("number")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world("machine", tmp_path / "state") as world:
        yield world


def shell(script: str, **more: Any) -> Program:
    return Program(command=(Text.of("sh"), Text.of("-c"), Text.of(script)), **more)


def process(script: str = "exec sleep 100", **more: Any) -> Process:
    return Process(program=shell(script), **{"probe": AliveProbe(0.05), "grace": 2.0, **more})


async def make(world: World, id: Id, spec: Any, values: Values | None = None, **more: Any) -> Seen:
    resource = Resource(id=id, spec=spec, **more)
    return await world.target.ensure(resource, stamp_for(resource), values or {}, quiet)


async def look(world: World, id: Id) -> Seen:
    (seen,) = await world.target.observe({id})
    return seen


def state(world: World, id: Id) -> State:
    found = client.read_state(world.paths, id.name)
    assert found is not None
    return found


def unit(world: World, id: Id) -> Unit:
    return Unit.from_json((world.paths.units / f"{id.name}.json").read_text())


async def test_a_process_gets_its_values_its_folder_and_its_path(world: World) -> None:
    (world.paths.root / "releases").mkdir(parents=True)
    said = world.paths.root / "said"
    program = shell(
        f'echo "$TOKEN $PWD $PATH" > {said}; exec sleep 100',
        env=(("TOKEN", Text.of("t-", SECRET)),),
        folder=Text.of("releases"),
        path=(Text.of("packages/python-1/bin"),),
    )
    await make(world, WEB, Process(program, AliveProbe(0.2)), {SECRET: Hidden("s3cret")})
    token, folder, path = said.read_text().split(" ", 2)
    assert token == "t-s3cret"
    assert folder == str(world.paths.releases)
    assert path.split(os.pathsep)[0] == str(world.paths.packages / "python-1" / "bin")
    assert "/bin" in path


async def test_secrets_are_in_a_private_file_and_in_no_command_line(world: World) -> None:
    program = shell("exec sleep 100", env=(("TOKEN", Text.of(SECRET)),))
    made = await make(world, WEB, Process(program, AliveProbe(0.05)), {SECRET: Hidden("s3cret")})
    path = world.paths.units / "hello.web@r1.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert world.paths.units.stat().st_mode & 0o777 == 0o700
    assert "s3cret" not in repr(made) + (world.paths.states / path.name).read_text()
    assert "s3cret" not in str(psutil.Process(state(world, WEB).pid).cmdline())


@pytest.mark.parametrize(
    ("probe", "expected"),
    [
        (TcpProbe(Text.of(PORT)), {"tcp": 20001}),
        (
            HttpProbe(Text.of("http://127.0.0.1:", PORT, "/healthz"), (("Host", "a.b"),)),
            {"http": "http://127.0.0.1:20001/healthz", "headers": {"Host": "a.b"}},
        ),
        (CommandProbe((Text.of("true"), Text.of(PORT))), {"command": ["true", "20001"]}),
        (AliveProbe(2.0), {"alive": 2.0}),
    ],
)
async def test_each_probe_is_written_with_its_values(
    world: World, probe: Any, expected: dict[str, Any]
) -> None:
    id = Id("machine", "process", "probed")
    spec = replace(process(), probe=probe, start_timeout=0.1)
    if isinstance(probe, TcpProbe | HttpProbe):
        with pytest.raises(NotReady):
            await make(world, id, replace(spec, grace=-14.9), {PORT: Hidden("20001")})
    else:
        await make(world, id, replace(spec, start_timeout=9.0), {PORT: Hidden("20001")})
    assert unit(world, id).probe == expected


async def test_a_unit_comes_after_the_processes_and_jobs_that_it_needs(world: World) -> None:
    await make(world, MIGRATE, Job(shell("true")))
    needs = frozenset({MIGRATE, PORT.to, Id("postgres", "database", "hello")})
    await make(world, WEB, process(), needs=needs)
    assert unit(world, WEB).after == ("hello.migrate@r1",)


async def test_another_process_is_started_when_and_only_when_it_must_be(world: World) -> None:
    await make(world, WEB, process())
    first = state(world, WEB).pid
    await make(world, WEB, process(grace=3.0, drain=0.1, start_timeout=9.0))
    assert state(world, WEB).pid == first
    assert unit(world, WEB).grace == 3.0
    await make(world, WEB, process("exec sleep 101"))
    assert state(world, WEB).pid != first


async def test_another_content_of_a_file_it_refers_to_restarts_it(world: World) -> None:
    file = Id("machine", "file", "hello.conf")
    program = shell("exec sleep 100", env=(("CONF", Text.of(file.ref("path"))),))
    resource = Resource(id=WEB, spec=Process(program, AliveProbe(0.05), grace=1.0))
    pids = []
    for version in ("1", "1", "2"):
        stamp = replace(stamp_for(resource), inputs={file: version})
        values = {file.ref("path"): Hidden("/conf")}
        await world.target.ensure(resource, stamp, values, quiet)
        pids.append(state(world, WEB).pid)
    assert pids[0] == pids[1] != pids[2]


async def test_another_shells_path_is_no_reason_for_a_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make(world, WEB, process())
    first = state(world, WEB).pid
    monkeypatch.setenv("PATH", f"/somewhere:{os.environ['PATH']}")
    await make(world, WEB, process())
    assert state(world, WEB).pid == first
    assert unit(world, WEB).env["PATH"].startswith("/somewhere:")


async def test_a_crash_loop_says_why_with_the_programs_own_last_words(world: World) -> None:
    with pytest.raises(CrashLoop) as broken:
        await make(world, WEB, process("for n in $(seq 20); do echo line $n; done; exit 3"))
    assert "  line 20" in broken.value.what
    assert "  line 11" in broken.value.what
    assert "line 10" not in broken.value.what
    assert broken.value.where == str(world.paths.logs / "hello.web@r1.log")
    seen = await look(world, WEB)
    assert not seen.ready
    assert seen.stamp is not None
    assert seen.stamp.found == ""


async def test_what_moves_a_cursor_is_not_printed(world: World) -> None:
    with pytest.raises(StepFailed) as broken:
        await make(world, MIGRATE, Job(shell(r"printf '\033[2Jboo\n'; exit 1")))
    assert "boo" in broken.value.what
    assert "\033" not in broken.value.what


async def test_a_crash_loop_that_was_mended_outside_is_tried_at_once(world: World) -> None:
    mended = world.paths.root / "mended"
    spec = process(f"test -e {mended} && exec sleep 100")
    with pytest.raises(CrashLoop):
        await make(world, WEB, spec)
    mended.touch()
    began = time.monotonic()
    assert (await make(world, WEB, spec)).ready
    assert time.monotonic() - began < 3


async def test_a_failed_job_runs_again_and_one_that_is_done_does_not(world: World) -> None:
    ran, allowed = world.paths.root / "ran", world.paths.root / "allowed"
    spec = Job(shell(f"echo . >> {ran}; test -e {allowed}"))
    with pytest.raises(StepFailed, match="failed"):
        await make(world, MIGRATE, spec)
    assert "failed" in (await look(world, MIGRATE)).why
    allowed.touch()
    assert (await make(world, MIGRATE, spec)).ready
    assert (await make(world, MIGRATE, spec)).ready
    assert ran.read_text() == ".\n.\n"


async def test_a_job_that_is_done_is_so_while_no_supervisor_runs(world: World) -> None:
    await make(world, MIGRATE, Job(shell("true")))
    await make(world, WEB, process())
    client.stop(world.paths)
    assert (await look(world, MIGRATE)).ready
    seen = await look(world, WEB)
    assert not seen.ready
    assert seen.why == "the supervisor is not running"


async def test_a_timer_whose_last_run_failed_is_armed_all_the_same(world: World) -> None:
    id = Id("machine", "timer", "hello.nightly")
    assert (await make(world, id, Timer(shell("false"), "0 3 * * *"))).ready
    path = world.paths.states / "hello.nightly.json"
    failed = replace(State.from_json(path.read_text()), phase=Phase.FAILED, why="ended with 1")
    path.write_text(failed.to_json())
    assert (await look(world, id)).ready


async def test_removing_drains_stops_and_waits_until_it_is_gone(world: World) -> None:
    said = world.paths.root / "said"
    script = f"trap 'echo told >> {said}; exit 0' TERM; while :; do sleep 0.05; done"
    made = await make(world, WEB, process(script, drain=0.4))
    pid = state(world, WEB).pid
    began = time.monotonic()
    await world.target.remove(made, quiet)
    assert time.monotonic() - began > 0.4
    assert said.read_text() == "told\n"
    assert table.look(pid) is None
    assert client.read_state(world.paths, WEB.name) is None


async def test_one_that_ignores_being_told_is_killed_after_its_grace(world: World) -> None:
    made = await make(world, WEB, process("trap '' TERM; while :; do sleep 0.05; done", grace=0.3))
    pid = state(world, WEB).pid
    await world.target.remove(made, quiet)
    assert table.look(pid) is None


async def test_waits_while_a_supervisor_that_was_killed_is_started_again(world: World) -> None:
    """As the console's guardian does, some seconds later."""
    there = world.paths.root / "there"
    slow = process(probe=CommandProbe((Text.of("test"), Text.of("-e"), Text.of(str(there)))))
    await asyncio.to_thread(client.start, world.paths)  # killed while it starts is another matter
    made = asyncio.create_task(make(world, WEB, slow))
    while not (found := client.read_state(world.paths, WEB.name)) or not found.pid:
        await asyncio.sleep(0.01)
    _kill_supervisor(world)
    await asyncio.sleep(2.5)
    assert not made.done()
    await asyncio.to_thread(client.start, world.paths)
    there.touch()
    assert (await made).ready


async def test_waits_for_the_end_of_a_process_while_the_supervisor_is_started_again(
    world: World,
) -> None:
    made = await make(world, WEB, process("trap '' TERM; while :; do sleep 0.05; done"))
    pid = state(world, WEB).pid
    removed = asyncio.create_task(world.target.remove(made, quiet))
    while state(world, WEB).phase is not Phase.STOPPING:
        await asyncio.sleep(0.01)
    _kill_supervisor(world)
    await asyncio.sleep(0.5)
    assert not removed.done()
    await asyncio.to_thread(client.start, world.paths)
    await removed
    assert table.look(pid) is None


def _kill_supervisor(world: World) -> None:
    supervisor = client.running(world.paths)
    assert supervisor
    os.kill(supervisor, signal.SIGKILL)
    while client.running(world.paths):
        time.sleep(0.01)


async def test_removing_ends_what_outlived_a_killed_supervisor(world: World) -> None:
    made = await make(world, WEB, process())
    pid = state(world, WEB).pid
    _kill_supervisor(world)
    await world.target.remove(made, quiet)
    assert table.look(pid) is None


async def test_removing_while_all_is_down_starts_nothing(world: World) -> None:
    made = await make(world, WEB, process())
    client.stop(world.paths)
    await world.target.remove(made, quiet)
    assert client.running(world.paths) is None
    assert client.read_state(world.paths, WEB.name) is None
    assert await world.target.observe(None) == []


async def test_an_edited_unit_is_drift_and_is_written_back(world: World) -> None:
    made = await make(world, WEB, process())
    path = world.paths.units / "hello.web@r1.json"
    body = json.loads(path.read_text())
    path.write_text(json.dumps(body | {"env": {"EVIL": "1"}}))
    edited = await look(world, WEB)
    assert edited.stamp is not None
    assert edited.found != edited.stamp.found == made.found
    await make(world, WEB, process())
    assert "EVIL" not in path.read_text()


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "hello.web@r1", "command": ["x"]}'])
async def test_a_unit_that_this_rack_did_not_write_is_left_alone(
    world: World, content: str
) -> None:
    world.paths.units.mkdir(parents=True)
    path = world.paths.units / "hello.web@r1.json"
    path.write_text(content)
    with pytest.raises(NotOurs):
        await make(world, WEB, process())
    assert path.read_text() == content


@pytest.mark.parametrize("name", ["../evil", "a/b", ".hidden", "", "a\nb", "A", "x" * 200])
async def test_a_name_that_could_be_a_path_is_refused(world: World, name: str) -> None:
    with pytest.raises(Refused, match="cannot name a unit"):
        await make(world, Id("machine", "process", name), process())
    assert not world.paths.units.exists()


async def test_a_job_does_not_take_the_name_of_a_process(world: World) -> None:
    await make(world, WEB, process())
    with pytest.raises(Refused, match="share their names"):
        await make(world, Id("machine", "job", WEB.name), Job(shell("true")))
    assert await world.target.observe({Id("machine", "job", WEB.name)}) == []


async def test_two_that_start_at_once_share_one_supervisor(world: World) -> None:
    ids = [Id("machine", "process", f"app{n}") for n in range(6)]
    made = await asyncio.gather(*(make(world, id, process()) for id in ids))
    assert all(seen.ready for seen in made)
    argv = [sys.executable, "-m", "rackhouse.supervisor", str(world.paths.root)]
    assert sum(p.info["cmdline"] == argv for p in psutil.process_iter(["cmdline"])) == 1


async def test_a_stamp_that_was_written_is_the_one_that_is_seen(world: World) -> None:
    resource = Resource(
        id=WEB, spec=process(), uid="u1", claims=frozenset({"volume:x"}), owner="hello"
    )
    stamp = Stamp(
        rack="test",
        digest=resource.digest,
        owner="hello",
        uid="u1",
        claims=resource.claims,
        was_claims=frozenset({"gpu:forge"}),
        inputs={PORT.to: "20001"},
    )
    made = await world.target.ensure(resource, stamp, {}, quiet)
    assert made.stamp == stamp.finished(made.found)
    assert (await look(world, WEB)).stamp == made.stamp
