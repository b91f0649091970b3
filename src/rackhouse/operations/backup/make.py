"""`backup`: everything that a rack of one holds, into one sealed file, while it runs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rackhouse import __version__
from rackhouse.kit.errors import Refused, Unavailable
from rackhouse.kit.files import host_error
from rackhouse.kit.paths import Paths
from rackhouse.operations.backup.bundle import About, BundleWriter
from rackhouse.operations.backup.content import contents
from rackhouse.operations.backup.elsewhere import elsewhere
from rackhouse.operations.backup.sealed import Sealer
from rackhouse.operations.backup.source import source_of
from rackhouse.operations.backup.store import StoreFile
from rackhouse.store.lock import hold
from rackhouse.supervisor.client import running

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.targets.protocol import Say

_SCRATCH = ".backup-"


async def back_up(house: OpenRack, file: Path, passphrase: str, *, now: datetime, say: Say) -> int:
    """Write the backup `file`, and answer how many checksums it holds.

    It is there when it is whole, and not at all before. Refused without a passphrase, Locked while
    another command changes the rack, Unavailable when it is down.
    """
    if not passphrase:
        raise Refused("a backup needs a passphrase: it holds every secret of the rack")
    if running(house.paths) is None:
        raise Unavailable(
            "the rack is down, so its databases cannot be read", fix="rackhouse up -d"
        )
    source = source_of(house)
    about = About(
        rack=house.rack.name,
        made=now.isoformat(timespec="seconds"),
        rackhouse=__version__,
        rack_file=source.place if source else "",
        elsewhere=elsewhere(house),
    )
    with (
        hold(house.paths.lock, f"backup {file.name}", now.timestamp()),
        _scratch_folder(house.paths) as scratch,
        _draft_of(file) as out,
    ):
        sealer = Sealer(out, passphrase)
        with BundleWriter(sealer, about, scratch) as bundle:
            if source:
                source.dump(bundle)
            say("the store")
            StoreFile(house.paths.store).dump(bundle)
            async with house.world(house.wanted()) as world:
                for name, content in (await contents(house, world)).items():
                    say(name)
                    content.dump(bundle)
        sealer.close()
    return len(bundle.sums)


@contextmanager
def _draft_of(file: Path) -> Iterator[BinaryIO]:
    """What is written in the block becomes `file` at its end, or is gone."""
    draft = file.with_name(f".{file.name}.tmp")  # the same each time: a kill leaves no heap
    try:
        draft.unlink(missing_ok=True)
        number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as out:
            yield out
            out.flush()
            os.fsync(number)
        draft.replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise host_error(error, Path(error.filename or file)) from error
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _scratch_folder(paths: Paths) -> Iterator[Path]:
    """A private folder on the rack's own disk, gone at the end of the block."""
    for left in paths.root.glob(f"{_SCRATCH}*"):  # of one that was killed: we hold the lock
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=paths.root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
