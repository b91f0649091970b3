"""What an application becomes: read from the rack and from its applications' files, then told.

Changes nothing, and asks nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from rackhouse.app.model import App
from rackhouse.app.sources import SourceFolder, read_source
from rackhouse.apply.moved import moved
from rackhouse.apply.open import OpenRack
from rackhouse.delivery.releases import candidate
from rackhouse.delivery.sync import in_folders
from rackhouse.desired.explain import Explanation, Files, Target, explain
from rackhouse.kit.errors import Missing
from rackhouse.kit.files import read_text
from rackhouse.kit.text import did_you_mean

_INFERRED = "score.yaml (inferred)"


def explained(house: OpenRack, word: str, targets: Collection[Target]) -> Explanation:
    """The application of that name, or in the folder `word`. FileError, Missing."""
    sources = in_folders(house)
    apps = {name: candidate(house.store, it, name) for name, it in sources.items()}
    apps |= house.apps  # what is live is what runs
    live = ""
    source: SourceFolder | None
    if _is_folder(word):
        source = read_source(Path(word))
        name = source.app.name
        apps[name] = candidate(house.store, source, name)
    else:
        name, source = word, _source(house, word, apps, sources)
        live = _live(house, name)
    files = Files(
        score=source.text if source else "",
        score_file=_INFERRED if source and source.inferred else "score.yaml",
        rack=(read_text(house.file) or "") if house.file else "",
        rack_file=house.file.name if house.file else "rack.yaml",
    )
    return explain(
        house.rack, apps, name, facts=house.facts, files=files, targets=targets, live=live
    )


def _live(house: OpenRack, name: str) -> str:
    """Where its live release runs."""
    if name not in house.apps:
        return ""
    cluster = moved(house.store).get(name)
    return f"the cluster {cluster}" if cluster else "this machine"


def _is_folder(word: str) -> bool:
    return "/" in word or word in {".", ".."}


def _source(
    house: OpenRack, name: str, apps: Mapping[str, App], sources: Mapping[str, SourceFolder]
) -> SourceFolder | None:
    """The files that are explained: those of the live release, else of the rack file's folder. None
    where a registry alone has them, as of what was released on a cluster.
    """
    live = house.apps.get(name)
    if live is not None and live.release is not None:
        folder = house.paths.root / live.release.snapshot
        return read_source(folder) if folder.is_dir() else None
    if name not in apps:
        raise Missing(
            f"no application is called {name!r}.{did_you_mean(name, apps)}",
            fix="name one of the rack, or a folder: `rackhouse explain ./hello`",
        )
    return sources[name]
