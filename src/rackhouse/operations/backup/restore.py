"""`restore`: a backup into an empty state folder, compared with its own checksums.

First the parts come up, empty; then the data is loaded and compared; then the applications start.
So nothing writes into what is being compared, and nobody uses a rack whose data differs.
"""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.apply.open import RACK_FILE, OpenRack, open_rack
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.files import host_error
from rackhouse.kit.paths import Paths, state_root
from rackhouse.kit.text import plural
from rackhouse.operations.backup import source
from rackhouse.operations.backup.bundle import About, Sums
from rackhouse.operations.backup.cache import expired
from rackhouse.operations.backup.content import contents
from rackhouse.operations.backup.place import filling
from rackhouse.operations.backup.sealed import Opener
from rackhouse.operations.backup.store import StoreFile
from rackhouse.operations.backup.unpack import BundleReader
from rackhouse.supervisor.client import start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rackhouse.apply.outcome import Observer, Outcome

_UNPACKED = "unpacked"

Differences = tuple[tuple[str, str, str], ...]  # name, checksum in the backup, checksum now


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, how many checksums agree, and which do not.

    `started` is how the start of the applications went; None where data differs, and none was.
    """

    about: About
    root: Path
    rack_file: Path | None
    agree: int
    differ: Differences
    started: Outcome | None

    def __str__(self) -> str:
        return f"{plural(self.agree, 'checksum')} agree, {len(self.differ)} differ"

    def raise_for_failure(self) -> None:
        """Raise when data differs from the backup, or an application did not start."""
        if self.differ:
            names = "\n".join(f"  {name}" for name, _, _ in self.differ[:20])
            raise RackhouseError(
                f"{plural(len(self.differ), 'checksum')} differ from the backup:\n{names}",
                fix="no application was started; restore an older backup elsewhere and compare",
            )
        if self.started is not None:
            self.started.raise_for_failure()


async def restore(  # one after the other: what it does is a list
    file: Path,
    passphrase: str,
    root: Path | None,
    *,
    rack_file: Path | None = None,
    observer: Observer,
    now: datetime,
) -> Restored:
    """Bring the backup `file` back into the empty folder `root`, and the rack up.

    Without `root`, the usual folder of a rack of that name; without `rack_file`, the backup's own.
    Refused when the folder is not empty, the passphrase is wrong, or the file is not whole; what
    was made until then is taken back. Killed, run it again: it begins anew.
    """
    with _opened(file, passphrase) as bundle:
        about = bundle.about
        root = root or state_root(about.rack)
        with filling(root, f"restore {file.name}", now.timestamp()) as paths:
            then = bundle.unpack(root / _UNPACKED)
            rack_file = _place(paths, about, rack_file)
            house = open_rack(rack_file, root=root, now=now)
            try:
                differ = await _fill(house, then, observer)
            except BaseException:
                house.close()
                raise
    try:
        started = None if differ else await house.apply("restore", observer=observer)
    finally:
        house.close()
    return Restored(
        about=about,
        root=root,
        rack_file=rack_file,
        agree=len(then) - sum(1 for _, old, _ in differ if old),
        differ=differ,
        started=started,
    )


@contextmanager
def _opened(file: Path, passphrase: str) -> Iterator[BundleReader]:
    try:
        with file.open("rb") as sealed:
            yield BundleReader(Opener(sealed, passphrase))
    except OSError as error:
        raise host_error(error, Path(error.filename or file)) from error


def _place(paths: Paths, about: About, rack_file: Path | None) -> Path | None:
    """Put the store and the source where they belong; the rack file to go on with."""
    unpacked = paths.root / _UNPACKED
    StoreFile(paths.store).load(unpacked)
    if (unpacked / source.NAME).exists():
        shutil.move(unpacked / source.NAME, paths.root / source.NAME)
    if rack_file is None and about.rack_file:
        return paths.root / source.NAME / about.rack_file
    return rack_file


async def _fill(house: OpenRack, then: Sums, observer: Observer) -> Differences:
    """The parts up, the data in them; what differs from `then`."""
    house.store.put_setting(RACK_FILE, str(house.file.absolute()) if house.file else "")
    _forget_what_is_not_here(house)
    start(house.paths)
    parts = house.wanted(without=tuple(house.apps))
    (await house.apply("restore the parts", wanted=parts, observer=observer)).raise_for_failure()
    unpacked = house.paths.root / _UNPACKED
    now = StoreFile(house.paths.store).sums()
    async with house.world(house.wanted()) as world:
        for content in (await contents(house, world)).values():
            content.load(unpacked)
            now |= content.sums()
    shutil.rmtree(unpacked)
    return differences(then, now)


def _forget_what_is_not_here(house: OpenRack) -> None:
    """Drop the stamps of things of the old rack: its ports are chosen anew, its files are written.

    The stamps of what holds data stay, since that is what a backup brings back.
    """
    store = house.store
    for target in house.wanted().places:
        for id, stamp in store.stamps(target).items():
            if not stamp.keep:
                store.drop_stamp(id)


def differences(then: Sums, now: Sums) -> Differences:
    """Each name that is not as it was, then and now. What was to end by now may be gone."""
    found = []
    for name in sorted(then.keys() | now.keys()):
        old, new = then.get(name, ""), now.get(name, "")
        if old != new and not (new == "" and expired(old, time.time())):
            found.append((name, old, new))
    return tuple(found)
