"""The rack file in a backup, with the folders that it names, as they lie to each other.

So a restored rack has files of its own from which `up` goes on, wherever the old ones are. Folders
that the rack file names by an absolute path stay what they are: names.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.tree import entries
from rackhouse.operations.backup import files
from rackhouse.operations.backup.bundle import BundleWriter

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

NAME = "source"


@dataclass(frozen=True, slots=True)
class Source:
    """`base` is the nearest folder that holds the rack file and all of `folders`."""

    base: Path
    rack_file: Path
    folders: tuple[Path, ...]

    @property
    def place(self) -> str:
        """The rack file, relative to `base`."""
        return str(self.rack_file.relative_to(self.base))

    def dump(self, bundle: BundleWriter) -> None:
        """Put them into the bundle as `source/...`; of a folder what a release would hold."""
        found = {self.rack_file}
        for folder in self.folders:
            found |= {folder / entry.path for entry in entries(folder)}
        for file in sorted(found):
            with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                member = f"{NAME}/{file.relative_to(self.base)}"
                files.add(bundle, member, file, file.lstat().st_mode)


def source_of(house: OpenRack) -> Source | None:
    """What the rack is read from; None for a rack without a file."""
    if house.file is None:
        return None
    file = Path(os.path.abspath(house.file))  # noqa: PTH100 - `..` leaves a link's own folder
    named = [Path(app.folder) for app in house.rack.applications if app.folder]
    near = [name for name in named if not name.expanduser().is_absolute()]
    folders = [Path(os.path.normpath(file.parent / name)) for name in near]
    there = tuple(folder for folder in folders if folder.is_dir())
    return Source(Path(os.path.commonpath([file.parent, *there])), file, there)
