"""A bundle unpacks to what was put in, or not at all."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from rackhouse.kit.errors import Refused
from rackhouse.operations.backup.bundle import About, BundleWriter
from rackhouse.operations.backup.unpack import BundleReader


def _bundle(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    about = About(rack="home", made="2026-11-21T00:00:00Z", rackhouse="0")
    writer = BundleWriter(out, about, Path())
    for name, data in members.items():
        writer.add_bytes(name, data)
        writer.sums[f"content of {name}"] = str(len(data))
    writer.finish()
    return out.getvalue()


def _altered(members: dict[str, bytes], change: str) -> bytes:
    """A bundle whose tar was written anew with one member left out, changed or renamed."""
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(_bundle(members)), mode="r:gz") as old,
        tarfile.open(fileobj=out, mode="w:gz") as new,
    ):
        for info in old:
            content = old.extractfile(info)
            assert content is not None
            data = content.read()
            if info.name == "a":
                if change == "left out":
                    continue
                if change == "changed":
                    data = b"other"
                if change == "outside":
                    info.name = "../a"
                if change == "absolute":
                    info.name = "/tmp/a"
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    members = {"a": b"1", "folder/b": b"2" * 100_000, "folder/deep/c": b""}
    for folder in ("folder", "folder/deep"):
        (tmp_path / folder).mkdir()
    reader = BundleReader(io.BytesIO(_bundle(members)))
    sums = reader.unpack(tmp_path)
    assert {str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file()} == set(
        members
    )
    assert all((tmp_path / name).read_bytes() == data for name, data in members.items())
    assert reader.about.rack == "home"
    assert sums == {f"content of {name}": str(len(data)) for name, data in members.items()}


@pytest.mark.parametrize("change", ["left out", "changed", "outside", "absolute"])
def test_a_bundle_that_was_altered_is_refused(change: str, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        BundleReader(io.BytesIO(_altered({"a": b"1", "b": b"2"}, change))).unpack(tmp_path / "in")
    assert not (tmp_path / "a").exists()
