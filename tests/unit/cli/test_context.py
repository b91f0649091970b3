"""Commands that open no rack mean the same state folder as those that do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rackhouse.apply.open import open_rack
from rackhouse.cli.context import Context
from rackhouse.kit.errors import FileError, Missing


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("RACKHOUSE_HOME", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "rack.yaml"
    file.write_text("rack: lab\n")
    return file


def test_it_is_named_after_the_rack_as_it_is_opened(file: Path, tmp_path: Path) -> None:
    root = Context(file=file, home=None, debug=False).root
    assert root == tmp_path / "state" / "rackhouse" / "lab"
    assert not root.exists(), "asking makes nothing"
    house = open_rack(file, now=datetime.now(UTC))
    house.close()
    assert house.paths.root == root


def test_a_named_folder_needs_no_file(file: Path, tmp_path: Path) -> None:
    file.write_text("rack: [")
    assert Context(file=file, home=tmp_path, debug=False).root == tmp_path
    with pytest.raises(FileError):
        _ = Context(file=file, home=None, debug=False).root
    with pytest.raises(Missing):
        _ = Context(file=tmp_path / "none.yaml", home=None, debug=False).root
