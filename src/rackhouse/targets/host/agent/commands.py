"""Runs the host's own tools. Argv lists only, no shell, and never with our channel as their input.

The only module of the agent that starts processes; on this machine that is kit.process.
"""

from __future__ import annotations

import string
import subprocess  # noqa: TID251  on the host, where there is no kit.process
from threading import Timer

from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Say

LIMIT = 900.0  # seconds; apt over a slow line on a Pi takes minutes
_PLAIN = set(string.ascii_letters + string.digits + "@%+=:,./-_")
_ENV = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "HOME": "/root",
}


def read(argv: list[str]) -> tuple[int, str]:
    """How a tool ended, and what it said on its output. Failure when it cannot be started."""
    try:
        done = subprocess.run(
            argv,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENV,
            timeout=LIMIT,
        )
    except FileNotFoundError:
        raise lacking(argv[0]) from None
    except subprocess.TimeoutExpired:
        raise Failure(f"did not end within {LIMIT:.0f} s: {shown(argv)}") from None
    return done.returncode, done.stdout.decode("utf-8", "replace")


def run(argv: list[str], say: Say | None = None) -> str:
    """What a tool said, all of it. Failure with command, exit code and last lines if not 0."""
    code, out = attempt(argv, say)
    if code:
        raise failed(argv, code, out)
    return out


def attempt(argv: list[str], say: Say | None = None, limit: float = LIMIT) -> tuple[int, str]:
    """How a tool ended and all that it said. It is killed after `limit` seconds."""
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_ENV,
        )
    except FileNotFoundError:
        raise lacking(argv[0]) from None
    timer = Timer(limit, process.kill)
    timer.start()
    lines = []
    try:
        with process:
            for raw in process.stdout or ():
                line = raw.decode("utf-8", "replace").rstrip()
                lines.append(line)
                if say and line:
                    say(line)
    finally:
        timer.cancel()  # also where nobody hears us any more: a timer outlives the rest of us
    return process.returncode, "\n".join(lines)


def leave(argv: list[str]) -> None:
    """Start what outlives us, in a session of its own; nothing of it is ours afterwards."""
    null = subprocess.DEVNULL
    subprocess.Popen(argv, stdin=null, stdout=null, stderr=null, env=_ENV, start_new_session=True)


def failed(argv: list[str], code: int, out: str) -> Failure:
    """The failure of a command: itself, how it ended, its last lines."""
    how = f"exit code {code}" if code >= 0 else f"killed by signal {-code}"
    last = "\n".join(out.strip().splitlines()[-8:])
    return Failure(f"{shown(argv)}: {how}" + (f"\n{last}" if last else ""))


def shown(argv: list[str]) -> str:
    """A command as one would type it. (python3-minimal lacks `shlex`.)"""
    return " ".join(
        word if word and set(word) <= _PLAIN else "'" + word.replace("'", "'\"'\"'") + "'"
        for word in argv
    )


def lacking(tool: str) -> Failure:
    """The failure where a tool is not there."""
    return Failure(f"this machine has no {tool}", "install the Debian package that holds it")
