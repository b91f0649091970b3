"""`python -m rackhouse.targets.embedded.initdb BIN FOLDER MAJOR ADMIN`: a cluster in FOLDER/MAJOR.

A unit, run once. The administrator's password comes in RACKHOUSE_PASSWORD. Killed anywhere it
leaves a draft, which the next run throws away: only a whole cluster gets its name. Data of another
version is refused, and not touched.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from rackhouse.kit.errors import HostError, RackhouseError, Refused
from rackhouse.kit.files import host_error
from rackhouse.kit.process import run_sync


def make_cluster(binaries: Path, folder: Path, major: str, admin: str, password: str) -> None:
    """Make `folder/major` unless it is there. Refused where another version's data lies."""
    _refuse_others(folder, major)
    cluster = folder / major
    if cluster.exists():
        return
    for left in folder.glob("*.draft"):
        shutil.rmtree(left, ignore_errors=True)
    draft = folder / f"{major}.{os.getpid()}.draft"  # its own, should a killed run's initdb live on
    ended = run_sync(
        [str(binaries / "initdb"), "--pgdata", str(draft), *_options(admin)],
        env={"PATH": os.defpath, "LC_ALL": "C"},
        input=password,
        timeout=240,
    )
    if ended.code != 0:
        raise HostError(
            f"initdb failed: {ended.last}",
            where=str(folder),
            fix="see the whole of it in this job's log",
        )
    try:
        draft.rename(cluster)
        _sync(folder)
    except OSError as error:
        raise host_error(error, cluster) from error


def _options(admin: str) -> tuple[str, ...]:
    # One sync of the file system where Linux can, since a thousand single ones take an SD card
    # half a minute.
    sync = ("--sync-method=syncfs",) if sys.platform == "linux" else ()
    return (
        *("--username", admin, "--auth=scram-sha-256", "--pwfile=/dev/stdin", "--encoding=UTF8"),
        *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--no-instructions", *sync),
    )


def _refuse_others(folder: Path, major: str) -> None:
    for marker in sorted(folder.glob("*/PG_VERSION")):
        other = marker.read_text("ascii").strip()
        if other != major and marker.parent.suffix != ".draft":
            raise Refused(
                f"this is data of PostgreSQL {other}, and this Rackhouse brings {major}",
                where=str(marker.parent),
                fix=f"run the Rackhouse that brings PostgreSQL {other}, take a `rackhouse backup` "
                "with it, and restore that here; or move the folder away to begin anew",
            )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def main() -> int:
    """Exit codes are those of `kit.errors`."""
    binaries, folder, major, admin = sys.argv[1:]
    try:
        make_cluster(Path(binaries), Path(folder), major, admin, os.environ["RACKHOUSE_PASSWORD"])
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
