"""`backup`: everything that a rack of one holds, into one sealed file, while it runs."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse import __version__
from rackhouse.kit.errors import Refused
from rackhouse.kit.files import host_error
from rackhouse.kit.paths import Paths
from rackhouse.operations.backup import cache, files, objects, postgres
from rackhouse.operations.backup.bundle import BundleWriter, Manifest
from rackhouse.operations.backup.sealed import Sealer
from rackhouse.operations.credentials import address
from rackhouse.store.lock import hold

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.apply.world import World
    from rackhouse.targets.protocol import Say


async def back_up(
    house: OpenRack, file: Path, passphrase: str, *, now: datetime, say: Say
) -> Manifest:
    """Write the backup `file`. It is there when it is whole, and not at all before."""
    if not passphrase:
        raise Refused("a backup needs a passphrase: it holds every secret of the rack")
    draft = file.with_name(f".{file.name}.tmp")
    with hold(house.paths.lock, f"backup {file.name}", now.timestamp()):
        try:
            with scratch_folder(house.paths) as scratch, draft.open("wb") as out:
                os.fchmod(out.fileno(), 0o600)
                sealer = Sealer(out, passphrase)
                bundle = BundleWriter(sealer)
                async with house.world(house.wanted()) as world:
                    await _fill(bundle, house, world, scratch, say)
                made = now.isoformat(timespec="seconds")
                manifest = bundle.finish(rack=house.rack.name, made=made, rackhouse=__version__)
                sealer.close()
                out.flush()
                os.fsync(out.fileno())
            draft.replace(file)
        except OSError as error:
            raise host_error(error, file) from error
        finally:
            draft.unlink(missing_ok=True)
    return manifest


async def _fill(
    bundle: BundleWriter, house: OpenRack, world: World, scratch: Path, say: Say
) -> None:
    if house.file is not None:
        bundle.add_file("rack.yaml", house.file)
    say("the store")
    _store(house.paths, bundle, scratch)
    for folder, name in ((house.paths.volumes, "volumes"), (house.paths.releases, "releases")):
        say(name)
        files.dump(folder, name, bundle, scratch)
    if "postgres" in world.wanted.places:
        say("PostgreSQL")
        programs = Path(house.facts.tools.postgres_bin)
        server = postgres.Server(programs, await address(world, "postgres"))
        postgres.dump(server, bundle, scratch)
    if "cache" in world.wanted.places:
        say("Redis")
        with cache.connect(await address(world, "cache")) as client:
            cache.dump(client, bundle, scratch)
    if "objects" in world.wanted.places:
        say("objects")
        where = await address(world, "objects")
        objects.dump(where, objects.buckets(where), bundle, scratch)


def _store(paths: Paths, bundle: BundleWriter, scratch: Path) -> None:
    copy = scratch / "store.db"
    source, target = sqlite3.connect(paths.store), sqlite3.connect(copy)
    with contextlib.closing(source), contextlib.closing(target):
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    bundle.add_file("store.db", copy)
    bundle.sums |= credentials(copy)
    copy.unlink()


def credentials(store: Path) -> dict[str, str]:
    """`credentials`: a checksum over every value of the vault."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    query = "SELECT id, outputs FROM chosen WHERE target = 'vault' ORDER BY id"
    with contextlib.closing(db):
        rows = db.execute(query).fetchall()
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()[:32]
    return {"credentials": f"{len(rows)} {digest}"}


@contextlib.contextmanager
def scratch_folder(paths: Paths) -> Iterator[Path]:
    """A private folder on the rack's own disk, gone at the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=paths.root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
