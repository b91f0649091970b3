"""Processes start through one door, and nothing that is killed is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rackhouse.kit import process, tail
from rackhouse.kit.errors import HostError, NotReady

ENV = {"PATH": os.environ["PATH"]}


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(pid: int, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.005)
    return not alive(pid)


def text_of(path: Path, within: float = 5.0, lines: int = 1) -> str:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if path.exists() and path.read_text().count("\n") >= lines:
            return path.read_text()
        time.sleep(0.005)
    raise AssertionError(f"{path} was never written")


@pytest.fixture
def strays() -> Iterator[list[int]]:
    """Pids that the test started for long: ended with it."""
    pids: list[int] = []
    yield pids
    for pid in pids:
        if alive(pid):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


async def test_answers_what_a_tool_said_and_how_it_ended() -> None:
    done = await process.run(["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (done.code, done.out, done.err, done.cut) == (3, "out\n", "err\n", False)
    assert done.last == "err"


async def test_a_signal_is_a_negative_code() -> None:
    assert (await process.run(["sh", "-c", "kill -9 $$"])).code == -signal.SIGKILL


async def test_environment_folder_and_input(tmp_path: Path) -> None:
    done = await process.run(
        ["sh", "-c", 'echo "$WORD"; pwd; cat'], env={"WORD": "hi"}, folder=tmp_path, input="in"
    )
    assert done.out.splitlines() == ["hi", str(tmp_path), "in"]


async def test_without_input_a_tool_reads_nothing_rather_than_our_terminal() -> None:
    assert (await process.run(["cat"], timeout=5)).out == ""


def test_more_input_and_output_than_any_pipe_holds() -> None:
    data = b"x" * 3_000_000
    assert process.run_sync(["cat"], input=data).out == data.decode()


def test_a_tool_that_does_not_want_to_hear_it_all() -> None:
    assert process.run_sync(["true"], input=b"x" * 3_000_000).code == 0


def test_keeps_the_end_of_endless_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "KEPT", 1000)
    done = process.run_sync([sys.executable, "-c", "print('x' * 100_000); print('end')"])
    assert done.cut
    assert len(done.out) == 1000
    assert done.last == "end"


async def test_says_each_line_as_it_comes() -> None:
    heard: list[str] = []
    script = r"printf 'one\ntwo\r\n 10%%\r 20%%\nlast'; printf 'e\n' >&2"
    await process.run(["sh", "-c", script], say=heard.append)
    await asyncio.sleep(0)
    assert sorted(heard) == [" 20%", "e", "last", "one", "two"]


async def test_who_prints_for_ever_waits_until_somebody_listens() -> None:
    """It does not fill our memory, nor keeps it anybody from being heard."""
    heard = 0

    def slowly(_: str) -> None:
        nonlocal heard
        heard += 1
        time.sleep(0.001)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(process.run(["yes"], say=slowly), 1)
    assert 0 < heard < 20_000, "as many as were taken, not as many as were said"


@pytest.mark.parametrize("way", ["async", "sync"])
async def test_a_timeout_kills_the_whole_group(tmp_path: Path, way: str) -> None:
    pids = tmp_path / "pids"
    argv = ["sh", "-c", f"sleep 1000 & echo $! $$ > {pids}; echo stuck; wait"]

    async def run() -> object:
        if way == "sync":
            return process.run_sync(argv, timeout=0.5)
        return await process.run(argv, timeout=0.5)

    with pytest.raises(NotReady, match=re.escape("sh did not end within 0.5 s")) as caught:
        await run()
    assert "stuck" in caught.value.fix
    assert all(gone(int(pid)) for pid in pids.read_text().split())


async def test_cancelling_kills_the_whole_group(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    argv = ["sh", "-c", f"sleep 1000 & echo $! $$ > {pids}; wait"]
    task = asyncio.create_task(process.run(argv))
    await asyncio.to_thread(text_of, pids)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert all(gone(int(pid)) for pid in pids.read_text().split())


async def test_a_daemon_that_holds_the_pipe_does_not_hold_us(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    began = time.monotonic()
    done = await process.run(["sh", "-c", f"sleep 1000 & echo $! > {pid}; echo done"])
    assert done.out == "done\n"
    assert time.monotonic() - began < 5
    os.kill(int(pid.read_text()), signal.SIGKILL)


def test_a_folder_on_the_path_that_may_not_be_read_hides_no_answer(tmp_path: Path) -> None:
    if os.geteuid() == 0:  # root may read everything: a file on PATH gives an error of its own
        (tmp_path / "closed").touch()
    else:
        (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(HostError, match="no-such-tool is not on this machine"):
        process.run_sync(["no-such-tool"], env={"PATH": f"{tmp_path / 'closed'}:/bin"})


async def test_a_tool_that_is_not_there_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="no-such-tool is not on this machine") as caught:
        await process.run(["no-such-tool"])
    assert "install no-such-tool" in caught.value.fix
    with pytest.raises(HostError) as caught:
        process.run_sync([str(tmp_path / "git")])
    assert "apt install git" in caught.value.fix


def test_a_folder_or_a_program_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="no such file") as caught:
        process.run_sync(["true"], folder=tmp_path / "no")
    assert caught.value.where == str(tmp_path / "no")
    (tmp_path / "plain").write_text("x")
    with pytest.raises(HostError, match="cannot be started: permission denied"):
        process.run_sync([str(tmp_path / "plain")])


def test_becomes_a_program(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from rackhouse.kit import process;"
        f"process.become(['sh', '-c', 'echo $PPID $$; pwd'], folder=Path({str(tmp_path)!r}))"
    )
    done = process.run_sync([sys.executable, "-c", code])
    ids, folder = done.out.splitlines()
    assert int(ids.split()[0]) == os.getpid()  # no process in between
    assert folder == str(tmp_path)


def test_cannot_become_what_is_not_there() -> None:
    with pytest.raises(HostError, match="not on this machine"):
        process.become(["no-such-tool"])
    assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN


def test_a_spawned_program_writes_who_it_is_first(tmp_path: Path, strays: list[int]) -> None:
    record, log = tmp_path / "record", tmp_path / "log"
    argv = ["sh", "-c", f'cat {record}; pwd; umask; echo "$WORD $#"; exec sleep 1000', "", "a b"]
    pid = process.spawn(
        argv, env={**ENV, "WORD": "hi"}, folder=tmp_path, log=log, record=record, tag="tag of mine"
    )
    strays.append(pid)
    said = text_of(log, lines=6).splitlines()
    assert said[:2] == [str(pid), "tag of mine"]
    assert said[2:] in (
        [said[2], str(tmp_path), "0077", "hi 1"],
        [said[2], str(tmp_path), "077", "hi 1"],
    )
    if Path("/proc/self/stat").exists():
        now = Path(f"/proc/{pid}/stat").read_text()
        assert said[2].rpartition(")")[2].split()[19] == now.rpartition(")")[2].split()[19]
    assert os.getsid(pid) == pid
    assert (record.stat().st_mode & 0o777, log.stat().st_mode & 0o777) == (0o600, 0o600)


def test_a_spawned_program_gets_only_what_it_was_given(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        pid = process.spawn(
            ["sh", "-c", "env; ls /dev/fd; trap"], env=ENV, folder=tmp_path, log=tmp_path / "log"
        )
    finally:
        signal.signal(signal.SIGPIPE, before)
        os.close(read)
        os.close(write)
    os.waitpid(pid, 0)
    said = (tmp_path / "log").read_text().split()
    names = {word.partition("=")[0] for word in said if "=" in word}
    assert names - {"PATH", "PWD", "OLDPWD", "_", "SHLVL"} == set()
    assert str(write) not in said
    assert {word for word in said if word.isdigit()} <= {"0", "1", "2", "3"}  # 3: ls itself


def test_sockets_are_handed_over_as_systemd_does(tmp_path: Path) -> None:
    """In the order of their names, from 3 on, whatever numbers they have here."""
    ask = (
        "import os, socket; print(os.environ['LISTEN_PID'] == str(os.getpid()), "
        "os.environ['LISTEN_FDS'], os.environ['LISTEN_FDNAMES'], "
        "*(socket.socket(fileno=fd).getsockname()[1] for fd in (3, 4, 5)))"
    )
    with contextlib.ExitStack() as held:
        made = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        made.sort(key=socket.socket.fileno, reverse=True)
        pid = process.spawn(
            [sys.executable, "-c", ask], env=ENV, folder=tmp_path, log=tmp_path / "log",
            sockets={name: one.fileno() for name, one in zip("abc", made, strict=True)},
        )  # fmt: skip
        os.waitpid(pid, 0)
        numbers = [str(one.getsockname()[1]) for one in made]
    assert (tmp_path / "log").read_text().split() == ["True", "3", "a:b:c", *numbers]


def test_signals_that_we_ignore_are_not_ignored_by_what_we_spawn(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pid = process.spawn(
            ["sleep", "1000"], env=ENV, folder=tmp_path, log=tmp_path / "log", record=tmp_path / "r"
        )
    finally:
        signal.signal(signal.SIGINT, before)
    text_of(tmp_path / "r", lines=3)
    os.kill(pid, signal.SIGINT)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGINT


def test_output_is_appended(tmp_path: Path) -> None:
    for word in ("one", "two"):
        pid = process.spawn(["echo", word], env=ENV, folder=tmp_path, log=tmp_path / "log")
        os.waitpid(pid, 0)
    assert (tmp_path / "log").read_text() == "one\ntwo\n"


@pytest.mark.parametrize(("script", "code"), [("exit 3", 3), ("kill -15 $$", 143), ("true", 0)])
def test_notes_how_it_ended_for_whoever_asks_later(tmp_path: Path, script: str, code: int) -> None:
    record = tmp_path / "record"
    pid = process.spawn(
        ["sh", "-c", script],
        env=ENV, folder=tmp_path, log=tmp_path / "log", record=record, tag="t", note_end=True,
    )  # fmt: skip
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == code
    lines = record.read_text().splitlines()
    assert [lines[0], lines[1], lines[3]] == [str(pid), "t", str(code)]


def test_notes_the_end_also_when_the_group_is_told_to_stop(tmp_path: Path) -> None:
    record, log = tmp_path / "record", tmp_path / "log"
    script = "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.01; done"
    pid = process.spawn(
        ["sh", "-c", script], env=ENV, folder=tmp_path, log=log, record=record, note_end=True
    )
    text_of(log)
    os.killpg(pid, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert record.read_text().splitlines()[3] == "7"
    assert log.read_text().endswith("bye\n")


def test_what_cannot_be_spawned(tmp_path: Path) -> None:
    def spawn(*argv: str, folder: Path = tmp_path, log: Path = tmp_path / "log") -> int:
        return process.spawn(argv, env=ENV, folder=folder, log=log)

    with pytest.raises(HostError, match="no-such-tool is not on this machine"):
        spawn("no-such-tool")
    with pytest.raises(HostError, match="not on this machine"):
        spawn("./no-such-tool")
    (tmp_path / "plain").write_text("x")
    with pytest.raises(HostError, match=r"\./plain cannot be started: permission denied"):
        spawn("./plain")
    with pytest.raises(HostError, match="is not a folder"):
        spawn("true", folder=tmp_path / "no")
    with pytest.raises(HostError, match="no such file"):
        spawn("true", log=tmp_path / "no" / "log")
    with pytest.raises(HostError, match="argument list too long"):
        spawn("true", "x" * 4_000_000)


def test_an_unprivileged_program_does_not_find_itself_root(tmp_path: Path) -> None:
    done = process.run_sync(
        process.unprivileged(["sh", "-c", "id -u; touch file"]), folder=tmp_path
    )
    assert done.out.strip() == ("1000" if os.geteuid() == 0 else str(os.geteuid()))
    assert (tmp_path / "file").stat().st_uid == os.geteuid()  # its files are still ours


def test_says_so_where_root_cannot_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(process, "_refusal", lambda _: "Operation not permitted")
    with pytest.raises(HostError, match="cannot leave root for initdb") as caught:
        process.unprivileged(["/opt/bin/initdb"])
    assert "ordinary user" in caught.value.fix
