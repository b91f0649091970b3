"""Where a twin lives: its folder, and the names of its namespaces, which come from the folder's.

So that two twins never meet, and what a killed command left is found without any record.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from rackhouse.store.lock import hold

NETNS = Path("/run/netns")  # where `ip netns` keeps them
SWITCH = "_switch"  # no node is called so: names have no underscore
ROUTER = "_router"  # only where no node routes
INTERNET = "_internet"


@dataclass(frozen=True, slots=True)
class Home:
    """The twin of the rack whose state folder is `root`."""

    root: Path

    @property
    def folder(self) -> Path:
        """Everything that the twin writes; gone after `down`."""
        return self.root / "twin"

    @property
    def state(self) -> Path:
        """What was made: written before anything is."""
        return self.folder / "state.json"

    @property
    def key(self) -> Path:
        """The private key whose owner may sign in on every node."""
        return self.folder / "id_ed25519"

    @property
    def switch(self) -> Path:
        """Sockets and database of the switch."""
        return self.folder / "switch"

    @property
    def rules(self) -> Path:
        """What the router lets through, as long as nothing was applied to it."""
        return self.folder / "router.nft"

    def node(self, name: str) -> Path:
        """The folder of a node: its disk, its log."""
        return self.folder / "nodes" / name

    @property
    def prefix(self) -> str:
        """What the name of each of its namespaces begins with."""
        digest = hashlib.sha256(str(self.root.absolute()).encode()).hexdigest()
        return f"twin-{digest[:8]}."

    def namespace(self, name: str) -> str:
        """`twin-0a1b2c3d.pi-1`."""
        return f"{self.prefix}{name}"

    def namespaces(self) -> list[str]:
        """All that there are now, whatever a killed command left."""
        return sorted(path.name for path in NETNS.glob(f"{self.prefix}*"))

    def lock(self, what: str) -> AbstractContextManager[None]:
        """Held by whoever changes the twin; Locked where another command does."""
        return hold(self.root / "twin.lock", what, time.time())
