"""Which previews are to leave. Light: the forge asks it all the time."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import Forge, PreviewRow


def previews_over(forge: Forge, paths: Paths, now: float) -> list[str]:
    """The previews that are to leave. Reads the branches of those repositories that have any."""
    rows = forge.previews()
    refs = {
        (name, ref)
        for name in {row.repository for row in rows}
        if forge.repository(name) is not None
        for ref in Git(folder_of(paths, name)).heads()
    }
    return over(rows, refs, now)


def over(
    previews: Sequence[PreviewRow], refs: Collection[tuple[str, str]], now: float
) -> list[str]:
    """The previews whose time is over or whose branch is gone. `refs`: repositories and refs."""
    return [
        row.application
        for row in previews
        if row.expires <= now or (row.repository, row.ref) not in refs
    ]
