"""The store in a backup: credentials, ports, releases, journal; as SQLite itself copies it."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from rackhouse.operations.backup.bundle import BundleWriter, Sums
from rackhouse.store.database import guarded

_MEMBER = "store.db"
# A certificate is issued anew whenever it has to be, so it need not be the same afterwards.
_CREDENTIALS = """
SELECT id, outputs FROM chosen WHERE target = 'vault' AND kind <> 'certificate' ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class StoreFile:
    """The store at `path`: a `Content`. Loaded before it is opened."""

    path: Path

    def dump(self, bundle: BundleWriter) -> None:
        """A copy of one moment, and a checksum for each credential."""
        copy = bundle.scratch / _MEMBER
        with guarded(copy):
            source, target = sqlite3.connect(self.path), sqlite3.connect(copy)
            with contextlib.closing(source), contextlib.closing(target):
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
        bundle.add_file(_MEMBER, copy)
        bundle.sums |= StoreFile(copy).sums()
        copy.unlink()

    def load(self, unpacked: Path) -> None:
        """Move it to where it belongs."""
        shutil.move(unpacked / _MEMBER, self.path)
        self.path.chmod(0o600)

    def sums(self) -> Sums:
        """`credentials/<id>` -> a checksum of its values."""
        with guarded(self.path), contextlib.closing(sqlite3.connect(self.path)) as db:
            rows = db.execute(_CREDENTIALS).fetchall()
        return {
            f"credentials/{id}": hashlib.sha256(it.encode()).hexdigest()[:16] for id, it in rows
        }
