"""A cluster on a twin, driven by the command line as a person would. K3s is the fake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.conftest import Rack
from e2e.rehearsing import FOUND, require_twin
from fakes.k3s.release import release
from rackhouse.twin.home import Home

FIRST, PATCH, NEXT, TOO_FAR = "v1.33.1+k3s1", "v1.33.4+k3s1", "v1.34.1+k3s1", "v1.35.0+k3s1"


class Twin:
    """A rack file that changes, and the machines of its twin."""

    def __init__(self, folder: Path, roles: Mapping[str, str]) -> None:
        self.folder = folder
        self.roles = dict(roles)
        self.rack = Rack(folder / "home", folder / "rack.yaml")
        self.real: Path | None = None  # K3s itself, where there is one

    @property
    def inner(self) -> Rack:
        """The state folder that the rehearsal has of its own, for commands without `--only`."""
        return Rack(self.rack.home / "twin" / "rehearsal", self.rack.file)

    def write(self, nodes: Sequence[str], version: str = FIRST, more: str = "") -> None:
        """The rack file, with these in the cluster; none: no K3s at all."""
        digest = release(self.folder / "releases", version, self.real)
        rows = [
            f"  {name}: {{role: {role}, board: rpi5-8gb, disk: nvme, address: 10.20.20.{n}}}"
            for n, (name, role) in enumerate(self.roles.items(), 11)
        ]
        cluster = (
            f"clusters:\n  home:\n    nodes: [{', '.join(nodes)}]\n    k3s:\n"
            f"      version: {version}\n      source: {self.folder / 'releases'}\n"
            f"      sums: {{arm64: {{program: {digest}}}}}\n{more}"
        )
        vlan = "network: {vlans: {cluster: {id: 20, subnet: 10.20.20.0/24}}}"
        text = "\n".join([vlan, "nodes:", *rows, cluster if nodes else ""])
        self.rack.file.write_text(text + "\n")

    def apply(self, code: int = 0) -> str:
        done = self.rack.run("apply", "--only", "twin", "--yes", code=code, timeout=400)
        return done.stdout + done.stderr

    def plan(self, code: int = 0) -> str:
        done = self.rack.run("plan", "--only", "twin", code=code)
        return done.stdout + done.stderr

    def on(self, name: str, *argv: str, code: int | None = 0) -> str:
        return self.rack.run("twin", "run", name, "--", *argv, code=code).stdout.strip()

    def nodes(self, by: str) -> dict[str, str]:
        """Name -> state and version, as that server knows them."""
        rows = self.on(by, "k3s", "kubectl", "get", "nodes").splitlines()
        return {row.split()[0]: " ".join(row.split()[1::2]) for row in rows}


@contextmanager
def twin(
    folder: Path, roles: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, more: str = ""
) -> Iterator[Twin]:
    """Up, with systemd on each node; gone at the end."""
    require_twin(folder, kind=None)
    monkeypatch.setenv("RACKHOUSE_ROOTFS", str(FOUND))
    made = Twin(folder, roles)
    made.write(list(roles), more=more)
    try:
        made.rack.run("twin", "up", "--systemd", "all")
        yield made
    finally:
        made.rack.run("twin", "down", code=None)
        assert Home(made.rack.home).namespaces() == []
