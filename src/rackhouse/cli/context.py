"""What every command is given: which rack, and how to print. Opens the rack when it is asked to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

DEFAULT_FILE = Path("rack.yaml")


@dataclass(frozen=True, slots=True)
class Context:
    """The options before the command."""

    file: Path | None
    home: Path | None
    debug: bool

    @property
    def rack_file(self) -> Path | None:
        """The rack file that was named, else the one in this folder, else None."""
        if self.file is not None:
            return self.file
        return DEFAULT_FILE if DEFAULT_FILE.exists() else None

    @property
    def root(self) -> Path:
        """The state folder, for commands that need no opened rack. Makes nothing."""
        from rackhouse.apply.open import root_of

        return self.home or root_of(self.rack_file)

    @contextmanager
    def open(self, *, only_read: bool = False) -> Iterator[OpenRack]:
        """The rack, opened; closed when the command ends. `only_read` makes nothing where no rack
        ever was.
        """
        from datetime import UTC, datetime

        from rackhouse.apply.open import open_rack

        now = datetime.now(UTC)
        house = open_rack(self.rack_file, root=self.home, now=now, only_read=only_read)
        try:
            yield house
        finally:
            house.close()
