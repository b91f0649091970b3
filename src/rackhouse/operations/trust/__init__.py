"""`trust`: make git, curl, Python, Node and Chromium believe this rack's own authority. No root.

All is written below one folder in the user's home, but for a marked block in the start files of
shells and tools, which `distrust` takes away to the byte. The authority may vouch for this rack's
names alone (its name constraints): trusting it gives nobody power over other sites.

    blocks    a marked block in somebody else's file     chromium   the database that Chromium reads
    bundle    the authorities of all racks, as files     shells     what shells and tools are told
"""

from __future__ import annotations

from pathlib import Path

from rackhouse.kit.errors import Missing
from rackhouse.kit.paths import Paths
from rackhouse.operations.trust import chromium, shells
from rackhouse.operations.trust.bundle import Bundle
from rackhouse.operations.trust.outcome import Trusted

__all__ = ["Trusted", "distrust", "refresh", "trust"]


def trust(paths: Paths, home: Path, rack: str, origins: tuple[str, ...]) -> tuple[Trusted, ...]:
    """Let this user's tools trust the rack; doing it again brings it up to date.

    `origins`: `https://*.rack.localhost:8443`, ... Missing before the first `up`.
    """
    if not paths.trust.exists():
        raise Missing("this rack has no authority yet", fix="run `rackhouse up` first")
    bundle = Bundle(home)
    bundle.add(rack, paths.trust.read_text())
    return (
        shells.tell_git(home, rack, bundle, origins),
        shells.tell_curl(home, bundle),
        shells.tell_shells(home, bundle),
        chromium.trust(home, rack, bundle),
    )


def distrust(home: Path, rack: str) -> tuple[Trusted, ...]:
    """Undo `trust`. Nothing to undo is success; what was trusted of other racks stays trusted."""
    bundle = Bundle(home)
    undone = chromium.distrust(home, rack, bundle)
    shells.forget_git(home, rack)
    bundle.remove(rack)
    if not bundle.racks:
        shells.forget(home)
        bundle.delete()
    return (Trusted("git, curl, Python, Node", True, "no longer trust the rack"), undone)


def refresh(paths: Paths, home: Path, rack: str) -> None:
    """Bring the files that tools read up to date, when this rack is trusted: this machine may know
    other authorities than it did, and the rack may have another one.
    """
    bundle = Bundle(home)
    if rack in bundle.racks and paths.trust.exists():
        bundle.add(rack, paths.trust.read_text())
