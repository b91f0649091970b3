"""Run as a program: `rackhouse` with a SIGKILL for itself as it does its Nth thing to the machine.

    killed_at.py N WORDS...     N of 0: never, and say at the end how many there were

What counts: processes that are started, files and folders that are made, moved or removed, signals.
"""

import os
import signal
import sys

EVENTS = {
    "subprocess.Popen",
    "os.posix_spawn",
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.chmod",
    "os.kill",
}


def main(moment: int) -> None:
    """Run the rest of the command line."""
    seen = 0

    def notice(event: str, _: object) -> None:
        nonlocal seen
        if event in EVENTS:
            seen += 1
            if seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    from rackhouse.cli.main import main as rackhouse

    sys.addaudithook(notice)
    try:
        rackhouse()
    finally:
        if moment == 0:
            sys.stderr.write(f"{seen}\n")


if __name__ == "__main__":
    main(int(sys.argv.pop(1)))
