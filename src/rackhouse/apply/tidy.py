"""Housekeeping: what nothing refers to any more leaves when an apply has left nothing to do.

Under the rack's lock, so that nothing comes to refer to it meanwhile. Killed at any point, the rest
leaves with the next apply. Touches nothing that a stamp or a release names; never fails an apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.resources.seen import Observed
from rackhouse.store.protocol import Store

APPLIES = 1000  # that the journal tells of
LOG_SECONDS = 7 * 86400.0  # that the last words of what has gone can be read
_OF_RELEASE = re.compile(r"(?P<application>[^.]+)\..+@r(?P<number>\d+)")
_PACKAGES = "packages."


def tidy(store: Store, paths: Paths, observed: Observed, now: float, *, whole: bool = True) -> None:
    """Forget old applies and unused specifications; delete the old logs of what has gone.

    `observed` is the world at this moment, `whole` unless there are machines that nobody looked at,
    `now` Unix seconds. A specification stays while anything is out of sight, for it may be of that.
    """
    unseen = observed.later or observed.blind or observed.unseen_uses or observed.unseen_claims
    with suppress(RackhouseError, OSError):  # a full disk, say: it leaves the next time
        store.prune_journal(APPLIES)
        if whole and not unseen:
            stamps = (thing.stamp for thing in observed.seen.values())
            store.prune_texts({stamp.digest for stamp in stamps if stamp})
        for log in _old_logs(store, paths, now):
            for elder in log.parent.glob(f"{log.name}.*"):
                elder.unlink(missing_ok=True)
            log.unlink(missing_ok=True)  # last: by it they are found


def _old_logs(store: Store, paths: Paths, now: float) -> Iterator[Path]:
    for log in paths.logs.glob("[!.]*.log"):
        old = now - log.stat().st_mtime > LOG_SECONDS
        if old and not _is_known(log.name.removesuffix(".log"), store, paths):
            yield log


def _is_known(name: str, store: Store, paths: Paths) -> bool:
    """Whether that is a unit, the supervisor, installed packages, or of a remembered release."""
    if name == "supervisor" or (paths.units / f"{name}.json").exists():
        return True
    if name.startswith(_PACKAGES):
        return (paths.packages / name.removeprefix(_PACKAGES)).exists()
    match = _OF_RELEASE.fullmatch(name)
    releases = store.releases(match["application"]) if match else ()
    return any(match and row.number == int(match["number"]) for row in releases)
