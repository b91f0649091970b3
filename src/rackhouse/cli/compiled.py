"""What `rackhouse compile` works out and writes: the rack's applications as files of a folder.

A folder that somebody else has written into is refused; what an earlier run left there goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rackhouse.app.graph import GATEWAY
from rackhouse.app.model import App, ResourceType
from rackhouse.cli.context import Context
from rackhouse.kit.errors import Missing, NotOurs, UsageError
from rackhouse.kit.files import host_error, make_folder, read_text, write_atomic
from rackhouse.kit.text import did_you_mean
from rackhouse.resources.kube import Secret

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.rack.model import Rack
    from rackhouse.resources.core import Id, Resource

LIST = ".rackhouse.json"  # the files that are ours
_IGNORED = frozenset({".git", ".gitignore", ".gitattributes", LIST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A cluster's objects; `images` that have to be built, each with what on; `left_out` are
    applications that have nothing to run yet.
    """

    cluster: str
    resources: Mapping[Id, Resource[Any]]
    images: Mapping[str, str]
    left_out: tuple[str, ...]

    @property
    def secrets(self) -> list[Secret]:
        """Those that a person has to supply."""
        return [it.spec for it in self.resources.values() if isinstance(it.spec, Secret)]


def compiled(
    context: Context, folders: Iterable[Path], cluster: str, *, platform: bool = False
) -> Compiled:
    """The live applications and those of the rack file with a folder; or of `folders` alone.
    `platform`: and what the cluster has before them.

    FileError with every problem of every file; Missing for a cluster that the rack has not.
    """
    from rackhouse.desired.kube import cluster_of, elsewhere, kube
    from rackhouse.desired.kube.images import to_build
    from rackhouse.desired.models import keys_of
    from rackhouse.desired.platform import build, copied
    from rackhouse.desired.platform.build import together

    with context.open(only_read=True) as house:
        _check(house.rack, cluster)
        apps = _of(house, folders) if (folders := list(folders)) else _all(house)
        given = {
            f"{app.name}.{need.name}"
            for app in apps.values()
            for need in app.needs
            if need.type is ResourceType.SECRET
        }
        given |= keys_of(house.rack) if GATEWAY in apps else set()
        given |= copied.GIVEN.union(*(elsewhere.given(house.rack, app) for app in apps.values()))
        pins = house.pins
        resources = kube(house.rack, list(apps.values()), given, cluster, pins)
        if platform:
            resources = together(resources, build.platform(house.rack, cluster, pins))
        said = {entry.name for entry in house.rack.applications} if not folders else set()
        owners = {it.owner for it in resources.values()}
        return Compiled(
            cluster=cluster_of(house.rack, cluster),
            resources=resources,
            images=to_build(house.rack, [app for app in apps.values() if app.name in owners]),
            left_out=tuple(sorted(said - apps.keys())),
        )


def _check(rack: Rack, cluster: str) -> None:
    names = [each.name for each in rack.clusters]
    if cluster and cluster not in names:
        fix = f"name one of {', '.join(names)}" if names else "leave --cluster out"
        raise Missing(f"there is no cluster {cluster!r}.{did_you_mean(cluster, names)}", fix=fix)


def _of(house: OpenRack, folders: Iterable[Path]) -> dict[str, App]:
    from rackhouse.app.sources import read_source
    from rackhouse.delivery.releases import candidate

    found: dict[str, App] = {}
    for source in map(read_source, folders):
        name = source.app.name
        if name in found:
            fix = "change `metadata.name` in one of the two"
            raise UsageError(f"two of these folders are called {name}", fix=fix)
        found[name] = candidate(house.store, source, name)
    return found


def _all(house: OpenRack) -> dict[str, App]:
    """What is live wins: a compiled folder is what runs, not what a working copy has become."""
    from rackhouse.delivery.releases import candidate
    from rackhouse.delivery.sync import in_folders

    found = {name: candidate(house.store, it, name) for name, it in in_folders(house).items()}
    return {**found, **{name: replace(app, kept=()) for name, app in house.apps.items()}}


def write(files: Mapping[str, str], folder: Path) -> list[str]:
    """Put the files into a folder that is empty or was written by this; what changed.

    Each is whole or not there. The list of ours is written first, so that a folder that was left
    half written is known as ours by the next run. NotOurs, HostError.
    """
    ours = _ours(folder)
    if strangers := sorted(_there(folder) - ours - files.keys()):
        raise NotOurs(
            f"{strangers[0]} is there, and was not written by `rackhouse compile`",
            where=str(folder),
            fix="name an empty folder, or move what is in this one away",
        )
    if clash := sorted(_there(folder) & (files.keys() - ours)):
        raise NotOurs(
            f"{clash[0]} is there, and was not written by `rackhouse compile`",
            where=str(folder),
            fix="name an empty folder, or move that file away",
        )
    make_folder(folder)
    _list(folder, ours | files.keys())
    changed = [name for name, text in files.items() if read_text(folder / name) != text]
    for name in changed:
        make_folder((folder / name).parent)
        write_atomic(folder / name, files[name], mode=0o644, sync=False)
    for name in sorted(ours - files.keys()):
        _remove(folder, name)
    _list(folder, files.keys())
    return changed


def _there(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    found = (it for it in folder.rglob("*") if not it.is_dir())
    names = (it.relative_to(folder) for it in found)
    return {name.as_posix() for name in names if name.parts[0] not in _IGNORED}


def _ours(folder: Path) -> set[str]:
    text = read_text(folder / LIST)
    try:
        said = json.loads(text) if text else []
    except ValueError:
        said = []
    names = {it for it in said if isinstance(it, str)} if isinstance(said, list) else set()
    return {it for it in names if not it.startswith("/") and ".." not in Path(it).parts}


def _list(folder: Path, names: Iterable[str]) -> None:
    write_atomic(folder / LIST, json.dumps(sorted(names), indent=1) + "\n", mode=0o644, sync=False)


def _remove(folder: Path, name: str) -> None:
    file = folder / name
    try:
        file.unlink(missing_ok=True)
        if file.parent != folder and file.parent.is_dir() and not any(file.parent.iterdir()):
            file.parent.rmdir()
    except OSError as error:
        raise host_error(error, file) from error
