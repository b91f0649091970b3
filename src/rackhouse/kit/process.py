"""The one door through which processes start. Takes argv lists only: no shell reads a command.

`run`, `run_sync` and `read_sync` start a tool and wait for it, `open_pipes` leaves that to the
caller, `become` turns this process into one, `spawn` starts what shall outlive us. Keeping things
running is the supervisor's work, not ours.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, NoReturn, cast

from rackhouse.kit.errors import HostError, NotReady
from rackhouse.kit.files import host_error
from rackhouse.kit.lookup import cannot_start, find
from rackhouse.kit.tail import Head, Say, Tail

if TYPE_CHECKING:
    from asyncio.subprocess import Process

LINGER = 0.5  # seconds for which a stray child may hold the pipes after the tool has ended


@dataclass(frozen=True, slots=True)
class Finished:
    """How a tool ended. `code` is negative where a signal ended it; `cut`: output was too long."""

    code: int
    out: str
    err: str
    cut: bool = False

    @property
    def last(self) -> str:
        """The last line that it said: most often the reason why it failed."""
        lines = (self.err.strip() or self.out.strip()).splitlines()
        return lines[-1].strip() if lines else ""


async def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
    input: str | bytes | None = None,  # noqa: A002 (subprocess calls it so)
    timeout: float | None = None,  # noqa: ASYNC109 (the tool is killed, not only left alone)
    say: Say | None = None,
) -> Finished:
    """Run a tool to its end, in a session of its own, and answer what it said.

    `env` None: ours. `say` gets each line as it comes; a tool that says more than that takes has to
    wait. Cancelling kills the tool and its children. Raises HostError when it cannot be started,
    NotReady when `timeout` seconds have passed.
    """
    import asyncio  # here, since the command line starts without it
    from concurrent.futures import ThreadPoolExecutor

    from rackhouse.kit.relay import Relay

    loop = asyncio.get_running_loop()

    relay = Relay(loop, say) if say is not None else None
    talk = _Talk(argv, env, folder, input, relay.tell if relay else None)
    # A thread of its own, since asyncio's subprocesses wait for pipes that a grandchild may hold
    # for ever, and since the shared pool would be full of waiting when a resolver needs it.
    pool = ThreadPoolExecutor(1, thread_name_prefix=argv[0])
    ended = loop.run_in_executor(pool, talk.until_end, timeout)
    try:
        await asyncio.wait({ended})
    except asyncio.CancelledError:
        talk.kill()
        if relay:
            relay.leave()
        await asyncio.wait({ended})  # moments: it was killed
        raise
    finally:
        pool.shutdown(wait=False)
    return ended.result()


def run_sync(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
    input: str | bytes | None = None,  # noqa: A002 (subprocess calls it so)
    timeout: float | None = None,
    say: Say | None = None,
) -> Finished:
    """`run`, where there is no event loop and the tool is short."""
    return _until_end(_Talk(argv, env, folder, input, say), timeout)


def read_sync(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    limit: int,
    timeout: float | None = 60.0,
) -> tuple[bytes, Finished]:
    """`run_sync` of a tool that says content: its first `limit` bytes, and how it ended."""
    head = Head(limit + 1)
    done = _until_end(_Talk(argv, env, None, None, None, out=head), timeout)
    return bytes(head.content[:limit]), replace(done, cut=len(head.content) > limit)


async def open_pipes(
    argv: Sequence[str], *, env: Mapping[str, str], folder: Path, buffer: int
) -> Process:
    """Start a tool in a session of its own, whose three pipes the caller feeds and drains.

    No more than about `buffer` bytes of what it says lie in memory. Raises HostError.
    """
    import asyncio

    pipe = subprocess.PIPE
    try:
        return await asyncio.create_subprocess_exec(
            *argv,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=env,
            cwd=folder,
            limit=buffer,
            start_new_session=True,
        )
    except OSError as error:
        raise cannot_start(argv, folder, env, error) from error


def become(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> NoReturn:
    """Turn this process into `argv`, terminal and all: `rackhouse psql`, `rackhouse exec`."""
    try:
        if folder is not None:
            os.chdir(folder)
        sys.stdout.flush()
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and children inherit
        os.execvpe(argv[0], list(argv), os.environ if env is None else env)  # noqa: S606
    except OSError as error:
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # we go on: a closed pipe shall not kill us
        raise cannot_start(argv, folder, env, error) from error


def accompany(argv: Sequence[str], *, env: Mapping[str, str]) -> int:
    """Run `argv` at this terminal; its exit code. What is typed is its own, Ctrl-C too."""
    try:
        child = subprocess.Popen(list(argv), env=env)
    except OSError as error:
        raise cannot_start(argv, None, env, error) from error
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = child.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code


# The child itself writes who it is before it becomes the program, so that nothing is lost when its
# starter is killed in between. Only builtins, so that no process is forked. `$5` waits for the end
# and appends the exit code: a new starter that is not its parent could not ask the kernel for it.
_STUB = """
umask 077
cd "$3" || exit 126
{ echo "$4" > /proc/self/oom_score_adj; } 2>/dev/null
unset RACKHOUSE_STAT RACKHOUSE_RECORD
{ read -r RACKHOUSE_STAT < /proc/self/stat; } 2>/dev/null
printf '%s\\n' "$$" "$2" "$RACKHOUSE_STAT" > "$1"
unset RACKHOUSE_STAT
case $5 in
listen) export LISTEN_PID=$$; shift 5; exec "$@" ;;
exec) shift 5; exec "$@" ;;
esac
RACKHOUSE_RECORD=$1
shift 5
trap : HUP INT QUIT TERM
"$@"
set -- $?
echo "$1" >> "$RACKHOUSE_RECORD"
exit "$1"
"""


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    folder: Path,
    log: Path,
    record: Path = Path(os.devnull),
    tag: str = "",
    note_end: bool = False,
    oom_score: int = 0,
    sockets: Mapping[str, int] = MappingProxyType({}),
) -> int:
    """Start a program that outlives us, in a session of its own; answer its pid.

    Its output is appended to `log`. Before the program begins, `record` holds three lines: its pid,
    `tag` (one line, yours), and its line of /proc/PID/stat (empty where there is no /proc). With
    `note_end` a fourth line, its exit code, follows when it has ended; the pid is then that of a
    shell that waits for it, so signal the process group. The caller reaps it. `sockets` are file
    descriptors by name, handed over as systemd does: sd_listen_fds(3). Raises HostError.
    """
    if not folder.is_dir():
        raise host_error(NotADirectoryError(errno.ENOTDIR, "is not a folder"), folder)
    if find(argv[0], folder, env) is None:
        refused = "/" in argv[0] and (folder / argv[0]).exists()
        code = errno.EACCES if refused else errno.ENOENT
        raise cannot_start(argv, folder, env, OSError(code, os.strerror(code)))
    how = "wait" if note_end else "listen" if sockets else "exec"
    stub = ["sh", "-c", _STUB, "sh", str(record), tag, str(folder), str(oom_score), how]
    try:
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise host_error(error, log) from error
    first = 3  # where whoever is handed sockets looks for them
    ours = [out]
    try:
        # Copies above those places, so that none overwrites another.
        high = first + len(sockets)
        ours += (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, high) for fd in sockets.values())
        return os.posix_spawn(
            "/bin/sh",
            [*stub, *argv],
            {**env, **_announced(sockets)},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, out, 1),
                (os.POSIX_SPAWN_DUP2, out, 2),
                *((os.POSIX_SPAWN_CLOSE, fd) for fd in _inherited()),
                *((os.POSIX_SPAWN_DUP2, fd, place) for place, fd in enumerate(ours[1:], first)),
            ],
            setsid=True,
            setsigmask=(),
            # Python ignores SIGPIPE, a shell's background jobs ignore SIGINT: not our children.
            setsigdef=signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP},
        )
    except OSError as error:
        raise cannot_start(argv, folder, env, error) from error
    finally:
        for fd in ours:
            os.close(fd)


def _announced(sockets: Mapping[str, int]) -> Mapping[str, str]:
    if not sockets:
        return {}
    return {"LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": ":".join(sockets)}


def unprivileged(argv: Sequence[str]) -> tuple[str, ...]:
    """`argv` such that it does not find itself root, even where we are; else as it is.

    In a user namespace: its files stay ours and no folder has to be opened to anyone. For programs
    that refuse root (PostgreSQL). Raises HostError where the machine does not allow it.
    """
    if os.geteuid() != 0:
        return tuple(argv)
    namespace = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if refusal := _refusal(namespace):
        raise HostError(
            f"cannot leave root for {Path(argv[0]).name}, which refuses to run as root: {refusal}",
            fix="run Rackhouse as an ordinary user, or allow user namespaces "
            "(sysctl user.max_user_namespaces=10000)",
        )
    return (*namespace, *argv)


@functools.cache
def _refusal(namespace: tuple[str, ...]) -> str:
    done = run_sync([*namespace, "true"], timeout=10)
    return "" if done.code == 0 else done.last or "unshare failed"


def _until_end(talk: _Talk, timeout: float | None) -> Finished:
    try:
        return talk.until_end(timeout)
    except BaseException:
        talk.kill()
        raise


class _Talk:
    """One conversation with a tool: feeds it its input, keeps the end of what it says."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None,
        folder: Path | None,
        words: str | bytes | None,
        say: Say | None,
        *,
        out: Tail | None = None,
    ) -> None:
        self._name = Path(argv[0]).name
        self._input = memoryview(words.encode() if isinstance(words, str) else words or b"")
        try:
            self._process = subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL if words is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=env,
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            raise cannot_start(argv, folder, env, error) from error
        self._out, self._err = out or Tail(say), Tail(say)

    def kill(self) -> None:
        """Kill it and its children, unless it has ended."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def until_end(self, timeout: float | None) -> Finished:
        """Listen until it has ended. NotReady, and it is killed, when that takes too long."""
        deadline = float("inf") if timeout is None else time.monotonic() + timeout
        with self._process, selectors.DefaultSelector() as selector:
            self._open(selector)
            self._listen(selector, deadline)
            if self._process.poll() is None and not self._ends_by(deadline):
                self.kill()
                last = self._finished().last
                raise NotReady(
                    f"{self._name} did not end within {timeout:g} s and was killed",
                    fix=f"see why it hangs; the last it said: {last or 'nothing'}",
                )
        return self._finished()

    def _finished(self) -> Finished:
        out, err = self._out.close(), self._err.close()
        return Finished(self._process.returncode, out, err, self._out.cut or self._err.cut)

    def _open(self, selector: selectors.BaseSelector) -> None:
        selector.register(cast(IO[bytes], self._process.stdout), selectors.EVENT_READ, self._out)
        selector.register(cast(IO[bytes], self._process.stderr), selectors.EVENT_READ, self._err)
        if self._process.stdin is not None:
            os.set_blocking(self._process.stdin.fileno(), False)
            selector.register(self._process.stdin, selectors.EVENT_WRITE)

    def _listen(self, selector: selectors.BaseSelector, deadline: float) -> None:
        """Until all pipes are closed, or it ended and only a stray child still holds them."""
        while selector.get_map() and (now := time.monotonic()) < deadline:
            ready = selector.select(min(0.1, deadline - now))
            for key, _ in ready:
                self._serve(selector, key)
            if not ready and self._process.poll() is not None:
                deadline = min(deadline, now + LINGER)

    def _serve(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        if isinstance(key.data, Tail):
            chunk = os.read(key.fd, 65536)
            key.data.add(chunk)
            done = not chunk
        else:
            try:
                self._input = self._input[os.write(key.fd, self._input[:65536]) :]
                done = not self._input
            except BrokenPipeError:
                done = True  # it does not want to hear the rest
        if done:
            selector.unregister(key.fileobj)
            cast(IO[bytes], key.fileobj).close()

    def _ends_by(self, deadline: float) -> bool:
        left = None if deadline == float("inf") else max(0.0, deadline - time.monotonic())
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(left)
        return self._process.returncode is not None


def _inherited() -> list[int]:
    """What our own starter left open: a pipe of `make` that a daemon held would never end."""
    ours = (int(name) for name in os.listdir("/dev/fd"))  # noqa: PTH208 (numbers, not paths)
    found = []
    for fd in ours:
        with contextlib.suppress(OSError):  # the one that listed them
            if fd > 2 and os.get_inheritable(fd):
                found.append(fd)
    return found
