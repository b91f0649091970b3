"""A bundle unpacks to what was put in, or not at all."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from rackhouse.kit.errors import Refused
from rackhouse.operations.backup.bundle import ABOUT, MANIFEST, About, BundleWriter, target_of
from rackhouse.operations.backup.unpack import BundleReader

HOME = About(
    rack="home",
    made="2026-11-21T00:00:00+00:00",
    rackhouse="0.1.0",
    rack_file="rack.yaml",
    elsewhere={"hello": "lab"},
)


def bundle(folder: Path) -> bytes:
    """Members of each kind, made of what lies in `folder`."""
    out = io.BytesIO()
    (folder / "sub").mkdir(mode=0o750)
    (folder / "sub" / "program").write_bytes(os.urandom(200_000))
    (folder / "sub" / "program").chmod(0o4711)
    os.utime(folder / "sub" / "program", (5, 5))
    (folder / "sub" / "link").symlink_to("./../../etc/passwd")
    with BundleWriter(out, HOME, folder) as writer:
        writer.sums["the answer"] = "42"
        writer.add_bytes("a", b"1")
        writer.add_stream("streamed", iter([b"x" * 70_000, b"", b"y"]), 70_001)
        writer.add_folder("f/sub", folder / "sub")
        writer.add_file("f/sub/program", folder / "sub" / "program")
        writer.add_link("f/sub/link", folder / "sub" / "link")
    return out.getvalue()


def unpack(data: bytes, into: Path) -> dict[str, str]:
    return BundleReader(io.BytesIO(data)).unpack(into)


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    data = bundle(tmp_path)
    reader = BundleReader(io.BytesIO(data))
    assert reader.about == HOME
    new = tmp_path / "new"
    assert reader.unpack(new) == {"the answer": "42"}
    assert (new / "a").read_bytes() == b"1"
    assert (new / "streamed").read_bytes() == b"x" * 70_000 + b"y"
    program = new / "f" / "sub" / "program"
    assert program.read_bytes() == (tmp_path / "sub" / "program").read_bytes()
    assert (program.stat().st_mode & 0o7777, program.stat().st_mtime) == (0o4711, 5)
    assert target_of(new / "f" / "sub" / "link") == "./../../etc/passwd"
    assert (new / "f" / "sub").stat().st_mode & 0o777 == 0o750
    assert (new / "f").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_may_not_be_written_takes_its_files_all_the_same(tmp_path: Path) -> None:
    out = io.BytesIO()
    (tmp_path / "closed").mkdir(mode=0o500)
    with BundleWriter(out, HOME, tmp_path) as writer:
        writer.add_folder("closed", tmp_path / "closed")
        writer.add_bytes("closed/in it", b"1")
    unpack(out.getvalue(), tmp_path / "new")
    assert (tmp_path / "new" / "closed").stat().st_mode & 0o777 == 0o500
    (tmp_path / "new" / "closed").chmod(0o700)


Change = str


def altered(data: bytes, change: Change) -> bytes:
    """The bundle, written anew with one thing changed."""
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as old,
        tarfile.open(fileobj=out, mode="w:gz") as new,
    ):
        for info in old:
            content = old.extractfile(info).read() if info.isreg() else b""  # type: ignore[union-attr]
            if info.name == "a":
                if change == "left out":
                    continue
                if change == "twice":
                    new.addfile(info, io.BytesIO(content))
                content = b"other" if change == "changed" else content
                info.name = {"outside": "../a", "absolute": "/tmp/a"}.get(change, "a")
            if info.name == "f/sub/link" and change == "another link":
                info.linkname = "elsewhere"
            if info.name == "f/sub" and change == "a wider folder":
                info.mode = 0o777
            if info.name == MANIFEST and change == "no manifest":
                continue
            if info.name == ABOUT and change in {"no about", "newer"}:
                if change == "no about":
                    continue
                content = json.dumps({**json.loads(content), "version": 2}).encode()
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))
            if info.name == "f/sub/link" and change == "behind a link":
                behind = tarfile.TarInfo("f/sub/link/below")
                new.addfile(behind, io.BytesIO(b""))
            if info.name == "a" and change == "a device":
                device = tarfile.TarInfo("null")
                device.type = tarfile.CHRTYPE
                new.addfile(device)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("left out", "not whole"),
        ("changed", "not whole"),
        ("another link", "not whole"),
        ("a wider folder", "not whole"),
        ("no manifest", "not whole"),
        ("no about", "not whole"),
        ("outside", "outside"),
        ("absolute", "outside"),
        ("behind a link", "behind a link"),
        ("a device", "no file"),
        ("newer", "newer Rackhouse"),
    ],
)
def test_a_bundle_that_was_altered_is_refused(change: Change, words: str, tmp_path: Path) -> None:
    data = altered(bundle(tmp_path), change)
    with pytest.raises(Refused, match=words):
        unpack(data, tmp_path / "deep" / "new")
    assert not (tmp_path / "deep" / "a").exists()
    assert unpack(altered(bundle_again(tmp_path), "nothing"), tmp_path / "same")


def bundle_again(folder: Path) -> bytes:
    (folder / "again").mkdir()
    return bundle(folder / "again")


@pytest.mark.parametrize("kept", [0, 1, 30, 0.5, 0.98, -1])
def test_a_bundle_that_was_cut_off_is_refused(kept: float, tmp_path: Path) -> None:
    data = bundle(tmp_path)
    length = int(len(data) * kept) if 0 < kept < 1 else int(kept)
    with pytest.raises(Refused, match="not whole"):
        unpack(data[:length], tmp_path / "new")
