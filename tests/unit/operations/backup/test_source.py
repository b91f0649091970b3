"""The rack file comes back with its folders where it looks for them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pytest

from rackhouse.app.snapshot import digest
from rackhouse.operations.backup.bundle import About, BundleWriter
from rackhouse.operations.backup.source import Source, source_of
from rackhouse.operations.backup.unpack import BundleReader
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack


@dataclass(frozen=True)
class House:
    file: Path | None
    rack: Rack


def house(file: Path, *folders: str) -> House:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"  app{n}: {{folder: '{folder}'}}" for n, folder in enumerate(folders)]
    file.write_text("\n".join(["applications:", *lines] if lines else ["rack: home"]))
    return House(file, load(file.read_text(), "rack.yaml"))


def source(of: House) -> Source:
    found = source_of(of)  # type: ignore[arg-type]  # it asks for no more of a rack
    assert found is not None
    return found


def back(it: Source, tmp_path: Path) -> Path:
    out, scratch = io.BytesIO(), tmp_path / "scratch"
    scratch.mkdir()
    with BundleWriter(out, About(rack="home", made="", rackhouse="0"), scratch) as writer:
        it.dump(writer)
    out.seek(0)
    BundleReader(out).unpack(tmp_path / "unpacked")
    return tmp_path / "unpacked" / "source" / it.place


def folder(path: Path) -> Path:
    path.mkdir(parents=True)
    (path / "index.html").write_text(str(path))
    (path / "run").write_text("#!/bin/sh")
    (path / "run").chmod(0o755)
    (path / ".gitignore").write_text("left/")
    (path / "left").mkdir()
    (path / "left" / "out").write_text("")
    (path / "link").symlink_to("index.html")
    return path


@pytest.mark.parametrize(
    ("file", "folders"),
    [
        ("rack.yaml", ["apps/a", "b"]),
        ("racks/home/rack.yaml", ["../../apps/a", "./b/../c"]),
        ("rack.yaml", ["."]),
        ("rack.yaml", ["a", "a/b"]),
        ("rack.yaml", []),
    ],
)
def test_folders_lie_to_the_rack_file_as_they_did(
    file: str, folders: list[str], tmp_path: Path
) -> None:
    base = tmp_path / "old"
    of = house(base / file, *folders)
    named = [(base / file).parent / name for name in folders]
    for each in named:
        if each.resolve() != base:
            folder(each.resolve())
    new = back(source(of), tmp_path)
    assert new.read_text() == (base / file).read_text()
    for name, each in zip(folders, named, strict=True):
        assert digest((new.parent / name).resolve()) == digest(each.resolve())
        assert not (new.parent / name / "left").exists()


def test_what_is_named_by_an_absolute_path_or_is_not_there_stays_a_name(tmp_path: Path) -> None:
    far = folder(tmp_path / "far")
    of = house(tmp_path / "old" / "rack.yaml", str(far), "not/there")
    assert source(of).folders == ()
    new = back(source(of), tmp_path)
    assert [f.name for f in new.parent.iterdir()] == ["rack.yaml"]


def test_a_rack_without_a_file_has_no_source() -> None:
    assert source_of(House(None, Rack())) is None  # type: ignore[arg-type]
