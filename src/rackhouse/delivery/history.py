"""The releases of an application as people compare them. Reads the store alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from rackhouse.app.codec import decode, encode
from rackhouse.app.model import App
from rackhouse.kit.errors import Missing
from rackhouse.kit.text import did_you_mean
from rackhouse.store.protocol import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseInfo:
    """One release. `build` is the digest of its files, `configuration` that of everything else that
    it was started with: its application file and its variables, secrets by name alone. `commit` is
    "" where a folder was deployed. `made` is in Unix seconds.
    """

    number: int
    status: str
    commit: str
    build: str
    configuration: str
    by: str
    made: float


def history(store: Store, application: str) -> list[ReleaseInfo]:
    """The newest first. Missing when there is no such application."""
    known = [row.name for row in store.applications()]
    if application not in known:
        raise Missing(
            f"there is no application {application!r}.{did_you_mean(application, known)}",
            fix="`rackhouse status` shows those there are",
        )
    found = []
    for row in reversed(store.releases(application)):
        app = decode(row.app)
        found.append(
            ReleaseInfo(
                number=row.number,
                status=row.status.value,
                commit=app.release.commit if app.release else "",
                build=row.digest[:12],
                configuration=configuration_digest(app),
                by=row.by,
                made=row.made,
            )
        )
    return found


def configuration_digest(app: App) -> str:
    """Twelve hexadecimal digits of all that it is started with, but for its files."""
    text = encode(replace(app, release=None, kept=(), uid="", said=()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
