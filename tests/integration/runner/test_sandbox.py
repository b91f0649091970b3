"""What a job in a sandbox can and cannot do: real programs, real namespaces."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rackhouse.delivery.runner import Isolation, Limits, isolation, sandboxed
from rackhouse.delivery.runner.watch import size
from rackhouse.kit.errors import HostError, StepFailed
from rackhouse.kit.process import Finished
from rackhouse.supervisor import table

ENV = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
WITHOUT = Isolation(False, False, False, True, None, "as on a machine without namespaces")
PROCESSES = Isolation(True, True, False, True, None, "as in a container")
LEVELS = [
    pytest.param(None, id="all-that-this-machine-allows"),
    pytest.param(PROCESSES, id="processes-alone"),
    pytest.param(WITHOUT, id="no-namespaces"),
]

needs_namespaces = pytest.mark.skipif(
    not isolation().mounts, reason="this kernel gives this account no namespaces at all"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work = tmp_path / "state" / "runs" / "1" / "work"
    work.mkdir(parents=True)
    return work


@pytest.fixture(params=LEVELS)
def held(request: pytest.FixtureRequest) -> Isolation | None:
    level: Isolation | None = request.param
    if level is PROCESSES and not isolation().pid_namespace:
        pytest.skip("this kernel gives this account no namespaces at all")
    return level


async def shell(script: str, folder: Path, **more: object) -> Finished:
    return await sandboxed(["sh", "-c", script], folder=folder, env=ENV, **more)  # type: ignore[arg-type]


def alive(word: str) -> list[int]:
    """Processes with `word` in their command line."""
    found = []
    for pid in table.scan():
        try:
            if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found


def some_seconds(folder: Path) -> str:
    """A sleep that only this test has."""
    return f"{4000 + hash(str(folder)) % 1000}.{os.getpid()}"


async def test_it_runs_says_and_answers_the_code(folder: Path, held: Isolation | None) -> None:
    lines: list[str] = []
    done = await shell("echo one; echo two >&2; exit 3", folder, say=lines.append, held=held)
    assert (done.code, done.out, done.err) == (3, "one\n", "two\n")
    assert sorted(lines) == ["one", "two"]


async def test_home_and_temporary_folders_are_its_own(folder: Path, held: Isolation | None) -> None:
    script = 'touch ~/a "$TMPDIR/b"; ls -A ~ "$TMPDIR"; echo $HOME'
    done = await shell(script, folder, held=held)
    assert "a" in done.out.split()
    assert "b" in done.out.split()
    home = Path(done.out.split()[-1])
    assert home != Path.home()
    assert not home.exists()
    assert [path.name for path in folder.parent.iterdir()] == ["work"]


async def test_it_gets_the_environment_that_it_is_given_and_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACKHOUSE_PASSPHRASE", "do-not-tell")
    done = await shell("env; cat /proc/1/environ; cat /proc/*/environ", folder)
    assert "do-not-tell" not in done.out
    assert "LANG=C.UTF-8" in done.out


@needs_namespaces
async def test_the_state_folder_is_covered_but_for_what_it_may_write(folder: Path) -> None:
    state = folder.parents[2]
    (state / "store.db").write_text("the vault")
    (state / "caches").mkdir()
    script = f"find {state} -type f; cat {state}/store.db; echo kept > {state}/caches/x"
    done = await shell(script, folder, writable=[state / "caches"], hide=[state])
    assert "the vault" not in done.out + done.err
    assert "store.db" not in done.out
    assert (state / "caches/x").read_text() == "kept\n"


@needs_namespaces
async def test_a_tool_below_the_temporary_folder_is_found_and_what_lies_beside_is_not(
    folder: Path, tmp_path: Path
) -> None:
    tool, beside = tmp_path / "venv" / "bin" / "greet", tmp_path / "beside"
    tool.parent.mkdir(parents=True)
    tool.write_text("#!/bin/sh\necho hello\n")
    tool.chmod(0o755)
    beside.write_text("not yours")
    env = {**ENV, "PATH": f"{tool.parent}:{ENV['PATH']}"}
    done = await sandboxed(["sh", "-c", f"greet; cat {beside}"], folder=folder, env=env)
    assert done.out == "hello\n"


@needs_namespaces
async def test_a_hidden_file_is_empty(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "key.pem"
    secret.write_text("secret")
    done = await shell(f"cat {secret}; echo x > {secret}", folder, hide=[secret])
    assert "secret" not in done.out
    assert secret.read_text() == "secret"


@needs_namespaces
async def test_nothing_else_can_be_written(folder: Path) -> None:
    here = Path(sys.prefix) / "written"  # is seen there, wherever this checkout lies
    done = await shell(
        f"echo x > {here}; mkdir {folder}/../y; chmod 777 /etc; touch ./mine", folder
    )
    assert not here.exists()
    assert (folder / "mine").exists()
    assert not (folder.parent / "y").exists()
    assert done.err.lower().count("read-only file system") == 2  # y is in its own /tmp


@needs_namespaces
async def test_it_has_no_capability_and_cannot_undo_its_walls(folder: Path) -> None:
    script = """
        grep -E '^Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs' /proc/self/status | awk '{print $2}' | sort -u
        umount /tmp 2>/dev/null && echo undone
        mount -o remount,rw / 2>/dev/null && echo undone
        unshare --user --map-root-user --mount true 2>/dev/null && echo undone
        id -u
    """
    done = await shell(script, folder)
    assert done.out.split() == ["0000000000000000", "1", str(os.geteuid() or 1000)]


@needs_namespaces
async def test_no_disk_and_no_door_to_other_servers(folder: Path) -> None:
    done = await shell("ls /dev /run; ls ~root/.ssh /etc/shadow -l", folder)
    assert not {"sda", "vda", "nvme0n1", "docker.sock", "dbus", "mem"} & set(done.out.split())


@needs_namespaces
async def test_it_sees_no_process_but_its_own(folder: Path) -> None:
    done = await shell("echo /proc/[0-9]*; kill -9 -1; echo still here", folder)
    assert len(done.out.split()) <= 5
    assert table.look(os.getpid()) is not None


async def test_a_daemon_dies_with_its_job(folder: Path, held: Isolation | None) -> None:
    nap = some_seconds(folder)
    daemon = f"setsid sh -c '(setsid sleep {nap} &) ; exec sleep {nap}' >/dev/null 2>&1 &"
    done = await shell(f"{daemon} sleep 0.3; echo gone", folder, held=held)
    assert done.out == "gone\n"
    assert alive(nap) == []


async def test_what_sleeps_for_ever_and_ignores_signals_is_stopped_by_the_clock(
    folder: Path, held: Isolation | None
) -> None:
    nap = some_seconds(folder)
    script = f"trap '' TERM INT HUP; while :; do sleep {nap}; done"
    with pytest.raises(StepFailed, match=r"ran for more than 0.5 s and was stopped"):
        await shell(script, folder, held=held, limits=Limits(seconds=0.5))
    assert alive(nap) == []


async def test_cancelling_kills_all_of_it(folder: Path, held: Isolation | None) -> None:
    nap = some_seconds(folder)
    script = f"trap '' TERM; setsid sleep {nap} & touch begun; sleep {nap}"
    job = asyncio.create_task(shell(script, folder, held=held))
    while not (folder / "begun").exists():
        await asyncio.sleep(0.01)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert alive(nap) == []
    assert [path.name for path in folder.parent.iterdir()] == ["work"]


async def test_a_fork_bomb_is_stopped(folder: Path, held: Isolation | None) -> None:
    bomb = f"""
import os, time
name = {some_seconds(folder)!r}
for _ in range(9):
    try:
        os.fork()
    except OSError:
        pass
time.sleep(600)
"""
    started = time.monotonic()
    limits = Limits(processes=320, seconds=5)  # the kernel takes no pid limit below 301
    with pytest.raises(StepFailed) as caught:
        await sandboxed(
            [sys.executable, "-c", bomb], folder=folder, env=ENV, limits=limits, held=held
        )
    assert caught.value.what
    assert time.monotonic() - started < 120
    assert alive(some_seconds(folder)) == []


async def test_filling_the_disk_is_stopped(folder: Path, held: Isolation | None) -> None:
    script = "i=0; while :; do i=$((i+1)); head -c 4000000 /dev/zero > ./f$i; done"
    with pytest.raises(StepFailed, match=r"wrote more than 50 MB to the disk"):
        await shell(script, folder, held=held, limits=Limits(folder_bytes=50_000_000, seconds=60))
    assert size(folder) < 20_000_000_000


async def test_filling_the_temporary_folder_is_stopped_too(folder: Path) -> None:
    script = 'i=0; while :; do i=$((i+1)); head -c 4000000 /dev/zero > "$TMPDIR/f$i"; done'
    with pytest.raises(StepFailed, match=r"wrote more than 50 MB to the disk"):
        await shell(script, folder, limits=Limits(folder_bytes=50_000_000, seconds=60))


async def test_one_file_cannot_grow_without_end(folder: Path, held: Isolation | None) -> None:
    limits = Limits(file_bytes=1_000_000)
    await shell("head -c 9000000 /dev/zero > big", folder, held=held, limits=limits)
    assert (folder / "big").stat().st_size == 1_000_000


async def test_a_program_that_wants_all_memory_fails(folder: Path, held: Isolation | None) -> None:
    program = [sys.executable, "-c", "x = bytearray(400_000_000); print(len(x))"]
    limits = Limits(memory=200_000_000)
    done = await sandboxed(program, folder=folder, env=ENV, limits=limits, held=held)
    assert "MemoryError" in done.err


async def test_many_that_want_all_memory_together_are_stopped(
    folder: Path, held: Isolation | None
) -> None:
    program = """
import os, time
for _ in range(3):
    os.fork()
x = bytearray(os.urandom(1000) * 60_000)
time.sleep(600)
"""
    limits = Limits(memory=200_000_000, seconds=60)
    with pytest.raises(StepFailed, match=r"used more than 200 MB of memory"):
        await sandboxed(
            [sys.executable, "-c", program], folder=folder, env=ENV, limits=limits, held=held
        )


async def test_a_program_that_does_not_exist_says_so(folder: Path) -> None:
    with pytest.raises(HostError, match="no-such-program"):
        await sandboxed(["no-such-program"], folder=folder, env=ENV)


async def test_what_held_is_told_in_words() -> None:
    assert "limits for each process" in str(isolation())
    assert "without a namespace of its own users and processes" in str(WITHOUT)
    assert WITHOUT.trusted_only


@pytest.mark.parametrize("level", LEVELS[:2])
async def test_nothing_outlives_a_killed_worker(folder: Path, level: Isolation | None) -> None:
    if not isolation().pid_namespace:
        pytest.skip("this kernel gives this account no namespaces at all")
    nap = some_seconds(folder)
    worker = f"""
import asyncio
from pathlib import Path
from rackhouse.delivery.runner import Isolation, sandboxed
held = {"None" if level is None else "Isolation(True, True, False, True)"}
script = "setsid sleep {nap} & touch begun; sleep {nap}"
asyncio.run(sandboxed(["sh", "-c", script], folder=Path({str(folder)!r}), env={ENV!r}, held=held))
"""
    process = subprocess.Popen([sys.executable, "-c", worker])
    while not (folder / "begun").exists():
        await asyncio.sleep(0.02)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 60
    while alive(nap) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert alive(nap) == []
