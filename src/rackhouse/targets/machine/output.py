"""What programs said: running a tool with its output in a log file, and the end of such a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rackhouse.kit import process
from rackhouse.kit.errors import StepFailed
from rackhouse.kit.files import make_folder, write_atomic
from rackhouse.targets.protocol import Say

_LINES = 10
_TIMEOUT = 1800.0  # seconds: a compiler on a Pi is slow


async def run_logged(
    argv: Sequence[str], what: str, *, env: Mapping[str, str], folder: Path, log: Path, say: Say
) -> None:
    """Run a tool; its output goes to `log`. StepFailed, with the last lines, when it fails."""
    say(what)
    done = await process.run(argv, env=env, folder=folder, timeout=_TIMEOUT, say=say)
    make_folder(log.parent)
    write_atomic(log, done.out + done.err)
    if done.code != 0:
        raise StepFailed(
            "\n".join([f"{what} failed with exit code {done.code}", *last_lines(log)]),
            where=str(log),
            fix="mend what it says, then deploy again",
        )


def last_lines(log: Path) -> Sequence[str]:
    """The last ten lines of a log, indented, without what would move a terminal's cursor."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ()
    return ["  " + "".join(filter(str.isprintable, line))[:500] for line in lines[-_LINES:]]
