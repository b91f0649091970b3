"""`python -m rackhouse.targets.embedded.postgres CLUSTER COMMAND...`: PostgreSQL, if it may start.

A PostgreSQL that was killed leaves `postmaster.pid` behind. When another process of this account
has that number by now, as is likely after a power cut where all start in the same order, PostgreSQL
takes it for itself still running, and refuses for ever. So this looks for who works in CLUSTER:
every process of a PostgreSQL does. If nobody, the file is stale and goes; if somebody, PostgreSQL's
own locks decide. Then it becomes COMMAND, which is not root even where we are.
"""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

from rackhouse.kit.errors import HostError, RackhouseError
from rackhouse.kit.files import host_error, read_text
from rackhouse.kit.process import become, unprivileged


def prepare(cluster: Path) -> None:
    """Refuse where there is no cluster; remove a stale `postmaster.pid`."""
    if read_text(cluster / "PG_VERSION") is None:
        raise HostError(
            "the data of PostgreSQL is gone",
            where=str(cluster),
            fix="put it back, or `rackhouse restore` a backup",
        )
    lock = cluster / "postmaster.pid"
    first = (read_text(lock) or "").partition("\n")[0].strip()
    if first.isdecimal() and psutil.pid_exists(int(first)) and not _in_use(cluster):
        try:
            lock.unlink(missing_ok=True)
        except OSError as error:
            raise host_error(error, lock) from error


def _in_use(cluster: Path) -> bool:
    return any(_works_in(process, cluster) for process in psutil.process_iter())


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()).samefile(folder)
    except (psutil.Error, OSError):  # another account's, or ended: none of this cluster's
        return False


def main() -> int:
    """Does not return when all is well. Exit codes are those of `kit.errors`."""
    cluster, *command = sys.argv[1:]
    try:
        prepare(Path(cluster))
        become(unprivileged(command))
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
