"""Content: one kind of thing that a rack holds, which can be put into a backup and brought back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rackhouse.operations.backup.bundle import BundleWriter, Sums
from rackhouse.operations.backup.cache import Cache
from rackhouse.operations.backup.files import Folder
from rackhouse.operations.backup.objects import Objects
from rackhouse.operations.backup.postgres import Postgres
from rackhouse.operations.backup.repositories import Repositories
from rackhouse.operations.credentials import address

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.apply.world import World


class Content(Protocol):
    """What is there, as members of a bundle and as checksums by name.

    After `load` of what `dump` wrote, `sums` answers what `dump` put into the bundle's.
    """

    def dump(self, bundle: BundleWriter) -> None:
        """Put it into the bundle, and what it is told by into the bundle's `sums`."""
        ...

    def load(self, unpacked: Path) -> None:
        """Bring it back from an unpacked bundle, into a rack that has none of it."""
        ...

    def sums(self) -> Sums:
        """A checksum for each thing that is there now."""
        ...


async def contents(house: OpenRack, world: World) -> dict[str, Content]:
    """All that the rack holds besides its store, by a name for people, in the order of a backup.

    Databases before objects: a row then never tells of an object that is not in the backup.
    """
    found: dict[str, Content] = {}
    places = world.wanted.places
    if "postgres" in places:
        programs = Path(house.facts.tools.postgres_bin)
        found["PostgreSQL"] = Postgres(programs, await address(world, "postgres"))
    if "cache" in places:
        found["Redis"] = Cache(await address(world, "cache"))
    if "objects" in places:
        found["objects"] = Objects(await address(world, "objects"))
    found["volumes"] = Folder(house.paths.volumes, "volumes")
    found["homes"] = Folder(house.paths.root / "homes", "homes", leave_out=".cache")
    found["repositories"] = Repositories(house.paths.repositories)
    found["releases"] = Folder(house.paths.releases, "releases")
    return found
