"""Where a rack of one keeps its things. Arithmetic on paths; makes and reads nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    """The state folder of one rack on this machine. Everything in it is 0700 or 0600."""

    root: Path

    @property
    def store(self) -> Path:
        """SQLite: vault, ports, releases, journal, stamps."""
        return self.root / "store.db"

    @property
    def lock(self) -> Path:
        """Held (flock) by whoever changes the rack."""
        return self.root / "lock"

    @property
    def units(self) -> Path:
        """Written by the machine target, read by the supervisor: one JSON file per unit."""
        return self.root / "units"

    @property
    def states(self) -> Path:
        """Written by the supervisor, read by everyone: one JSON file per unit."""
        return self.root / "states"

    @property
    def logs(self) -> Path:
        """One log file per unit, with its rotated elders (`NAME.log.1`)."""
        return self.root / "logs"

    @property
    def supervisor_lock(self) -> Path:
        """Held (flock) by the running supervisor; contains its pid."""
        return self.root / "supervisor.lock"

    @property
    def data(self) -> Path:
        """Data of the embedded parts: `data/postgres`, `data/cache`, `data/objects`."""
        return self.root / "data"

    @property
    def volumes(self) -> Path:
        """Volume folders of applications: `volumes/radicale.data`."""
        return self.root / "volumes"

    @property
    def releases(self) -> Path:
        """Immutable source snapshots: `releases/hello/r8`."""
        return self.root / "releases"

    @property
    def repositories(self) -> Path:
        """Bare git repositories: `repositories/hello.git`."""
        return self.root / "repositories"

    @property
    def runs(self) -> Path:
        """One folder per run: `runs/12/log.jsonl`, `runs/12/lock`, `runs/12/artifacts`."""
        return self.root / "runs"

    @property
    def caches(self) -> Path:
        """What makes the next run faster, and may be deleted at any time."""
        return self.root / "caches"

    @property
    def packages(self) -> Path:
        """Installed dependencies, one folder per lock digest, shared by releases."""
        return self.root / "packages"

    @property
    def files(self) -> Path:
        """Configuration files that apply rendered."""
        return self.root / "files"

    @property
    def routes(self) -> Path:
        """The ingress watches this folder: one file per route, `NAME.yaml` (JSON is YAML)."""
        return self.root / "routes"

    @property
    def sign_ins(self) -> Path:
        """SQLite: the console's sessions and one-time links. Worth nothing in a backup."""
        return self.root / "sign-ins.db"

    @property
    def console_token(self) -> Path:
        """The owner's token for programs that ask the console: `Authorization: Bearer`."""
        return self.root / "console.token"

    @property
    def trust(self) -> Path:
        """The certificate of this rack's own authority, for `rackhouse trust`."""
        return self.root / "authority.pem"


def state_root(rack: str) -> Path:
    """`$RACKHOUSE_HOME`, else `$XDG_STATE_HOME/rackhouse/<rack>`, else `~/.local/state/...`."""
    if given := os.environ.get("RACKHOUSE_HOME"):
        return Path(given).expanduser().absolute()
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser().absolute() / "rackhouse" / rack
