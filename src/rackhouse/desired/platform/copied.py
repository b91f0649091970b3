"""PostgreSQL's copies: which cluster makes them, what they are called, how old the last is. Pure.

The plugin of CloudNativePG writes the log as it grows, and the whole once in a while, to the S3 of
`backups.to`. It keeps in the status of its ObjectStore what it has: that is read here, so that
`doctor` and the console need no model of Kubernetes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rackhouse.rack.model import Backups, Rack

API, KIND, NAME = "barmancloud.cnpg.io/v1", "ObjectStore", "copies"
FIRST = "postgres"  # the folder of the first cluster's copies
SCOPE, KEYS = "postgres", ("copies-access-key", "copies-secret-key")
GIVEN = frozenset(f"{SCOPE}.{key}" for key in KEYS)  # as the vault calls them
_MISSED = 2  # intervals that may pass without a copy before that is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What can be had back: from `since` until minutes ago. None: nothing yet; `last` is the end of
    the newest whole copy, `failed` of the newest attempt that was none.
    """

    since: datetime | None = None
    last: datetime | None = None
    failed: datetime | None = None


def copied(rack: Rack, cluster: str) -> Backups | None:
    """Where that cluster's PostgreSQL is copied to. None where it is not: no S3 is named, it has
    none, or the cluster and what is in it are somebody else's.
    """
    theirs = any(each.name == cluster and not each.nodes for each in rack.clusters)
    said = rack.backups
    wanted = said is not None and said.to.scheme == "s3" and rack.data.postgres is not None
    return said if wanted and not theirs else None


def folder(rack: Rack) -> str:
    """Where this PostgreSQL's own copies lie, among those of its cluster."""
    said = rack.data.postgres.recover if rack.data.postgres else None
    return said.into if said else FIRST


def ungiven(given: Collection[str]) -> tuple[str, ...]:
    """The keys of that S3 that nobody has set yet (`rackhouse secret set postgres NAME`)."""
    return tuple(key for key in KEYS if f"{SCOPE}.{key}" not in given)


def awaited(rack: Rack, cluster: str, given: Collection[str]) -> tuple[str, ...]:
    """The keys for want of which that cluster's PostgreSQL is not made: it is to begin with copies,
    and one that has begun with nothing is never given them.
    """
    recovers = rack.data.postgres is not None and rack.data.postgres.recover is not None
    return ungiven(given) if recovers and copied(rack, cluster) else ()


def how_to_give(keys: Collection[str]) -> str:
    """The commands, for people."""
    return "; ".join(f"`rackhouse secret set {SCOPE} {key}`" for key in keys)


def window(store: Mapping[str, Any], folder: str) -> Window:
    """What an ObjectStore, as the API server has it, says of the copies in that folder."""
    every = (store.get("status") or {}).get("serverRecoveryWindow") or {}
    told = every.get(folder) or {}
    return Window(
        since=_moment(told.get("firstRecoverabilityPoint")),
        last=_moment(told.get("lastSuccessfulBackupTime")),
        failed=_moment(told.get("lastFailedBackupTime")),
    )


def trouble(found: Window, said: Backups, now: datetime) -> str:
    """What is wrong with them, in a few words; "" when nothing is."""
    if found.last is None:
        return "no copy of PostgreSQL was ever finished"
    late = now - found.last > timedelta(seconds=said.every) * _MISSED
    if found.failed is not None and found.failed > found.last:
        return f"the last copy of PostgreSQL failed, at {found.failed:%Y-%m-%d %H:%M} UTC"
    return f"no copy of PostgreSQL since {found.last:%Y-%m-%d %H:%M} UTC" if late else ""


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
