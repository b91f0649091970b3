"""`restore`: a backup into an empty state folder, compared with its own checksums.

First the parts come up, empty; then the data is loaded and compared; then the applications start.
So nothing writes into what is being compared, and a restore that differs says so before anybody
uses it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.kit.errors import RackhouseError, Refused
from rackhouse.kit.files import make_folder
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import plural
from rackhouse.operations.backup import cache, files, objects, postgres
from rackhouse.operations.backup.bundle import Manifest, unpack
from rackhouse.operations.backup.make import credentials, scratch_folder
from rackhouse.operations.backup.sealed import Opener
from rackhouse.operations.credentials import address
from rackhouse.supervisor.client import start

if TYPE_CHECKING:
    from rackhouse.apply.outcome import Observer
    from rackhouse.apply.world import World

_STAGED = ".restoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, and each checksum that does not agree: name, in the backup, now."""

    manifest: Manifest
    rack_file: Path | None
    differ: tuple[tuple[str, str, str], ...]

    def __str__(self) -> str:
        same = len(self.manifest.sums) - sum(1 for _, old, _ in self.differ if old)
        return f"{plural(same, 'checksum')} agree, {len(self.differ)} differ"


async def restore(
    file: Path, passphrase: str, root: Path, *, observer: Observer, now: datetime
) -> Restored:
    """Bring the backup `file` back into the empty folder `root`, and the rack up.

    Refused when `root` holds a rack already, or the file is not whole. Interrupted, remove `root`
    and begin again: the backup is not touched.
    """
    paths = Paths(root)
    if paths.store.exists():
        raise Refused(
            f"{root} holds a rack already",
            fix="name an empty folder with --home; `rackhouse down` stops the one that is there",
        )
    make_folder(root)
    staged = root / _STAGED
    shutil.rmtree(staged, ignore_errors=True)
    try:
        with file.open("rb") as sealed:
            manifest = unpack(Opener(sealed, passphrase), staged)
        rack_file = _place(staged, paths)
        house = open_rack(rack_file, root=root, now=now)
        try:
            start(paths)
            await _parts(house, observer)
            async with house.world(house.wanted()) as world:
                await _load(house, world, staged)
                differ = await _differences(house, world, manifest)
            outcome = await house.apply("restore", observer=observer)
            outcome.raise_for_failure()
        finally:
            house.close()
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return Restored(manifest=manifest, rack_file=rack_file, differ=differ)


def _place(staged: Path, paths: Paths) -> Path | None:
    """Put the store and the rack file where they belong."""
    files.load(staged / "store.db", paths.store)
    rack_file = paths.root / "rack.yaml"
    files.load(staged / "rack.yaml", rack_file)
    return rack_file if rack_file.exists() else None


async def _parts(house: OpenRack, observer: Observer) -> None:
    """Everything but applications: they must not see a half filled database."""
    wanted = house.wanted(without=tuple(house.apps))
    outcome = await house.apply("restore the parts", wanted=wanted, observer=observer)
    outcome.raise_for_failure()


async def _load(house: OpenRack, world: World, staged: Path) -> None:
    files.load(staged / "volumes", house.paths.volumes)
    files.load(staged / "releases", house.paths.releases)
    if (staged / "postgres").exists():
        programs = Path(house.facts.tools.postgres_bin)
        server = postgres.Server(programs, await address(world, "postgres"))
        postgres.load(server, staged)
    if (staged / "cache").exists():
        with cache.connect(await address(world, "cache")) as client:
            cache.load(client, staged)
    if (staged / "objects").exists():
        objects.load(await address(world, "objects"), staged)


async def _differences(
    house: OpenRack, world: World, manifest: Manifest
) -> tuple[tuple[str, str, str], ...]:
    now = credentials(house.paths.store)
    now |= files.sums(house.paths.volumes, "volumes")
    now |= files.sums(house.paths.releases, "releases")
    programs = Path(house.facts.tools.postgres_bin)
    if "postgres" in world.wanted.places:
        now |= postgres.sums(postgres.Server(programs, await address(world, "postgres")))
    if "cache" in world.wanted.places:
        with cache.connect(await address(world, "cache")) as client:
            now |= cache.sums(client)
    if "objects" in world.wanted.places:
        where = await address(world, "objects")
        with scratch_folder(house.paths) as scratch:
            now |= objects.sums(where, objects.buckets(where), scratch)
    then = manifest.sums
    return tuple(
        (name, then.get(name, ""), now.get(name, ""))
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    )


def raise_for_difference(restored: Restored) -> None:
    """Raise when what came back is not what was backed up."""
    if restored.differ:
        names = "\n".join(f"  {name}" for name, _, _ in restored.differ[:20])
        raise RackhouseError(
            f"{plural(len(restored.differ), 'checksum')} differ from the backup:\n{names}",
            fix="restore an older backup into another folder and compare",
        )
