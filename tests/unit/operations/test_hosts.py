"""The rack's SSH key, and the card that a machine starts from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.kit.errors import HostError, Missing, Refused
from rackhouse.operations.hosts.first_start import seed_of, write_seed
from rackhouse.operations.hosts.key import key_file, public_key

HOME = Path(__file__).parents[3] / "examples" / "racks" / "home.yaml"


@pytest.fixture
def house(tmp_path: Path) -> OpenRack:
    return open_rack(HOME, root=tmp_path / "home", now=datetime(2026, 1, 1, tzinfo=UTC))


def test_the_key_is_chosen_once_and_private(house: OpenRack) -> None:
    first = public_key(house.store, "home")
    assert first.startswith("ssh-ed25519 ")
    assert first.endswith(" rackhouse@home")
    file = key_file(house.store, house.paths)
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    file.write_text("overwritten by somebody")
    assert "OPENSSH PRIVATE KEY" in key_file(house.store, house.paths).read_text()
    assert public_key(house.store, "home") == first


def test_a_card_is_written_over_what_the_image_came_with(house: OpenRack, tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    (card / "meta-data").write_text("# a sample\ninstance-id: rpios-image\n")
    write_seed(seed_of(house, "pi-1"), card)
    write_seed(seed_of(house, "pi-1"), card)
    assert json.loads((card / "meta-data").read_text())["local-hostname"] == "pi-1"
    assert public_key(house.store, "home") in (card / "user-data").read_text()


def test_the_card_of_another_machine_is_left_alone(house: OpenRack, tmp_path: Path) -> None:
    write_seed(seed_of(house, "pi-2"), tmp_path)
    with pytest.raises(Refused, match="written for pi-2"):
        write_seed(seed_of(house, "pi-1"), tmp_path)
    write_seed(seed_of(house, "pi-1"), tmp_path, force=True)
    assert "pi-1" in (tmp_path / "meta-data").read_text()


def test_what_is_wrong_is_said(house: OpenRack, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no node 'pi-9'") as missing:
        seed_of(house, "pi-9")
    assert "pi-1" in missing.value.fix
    with pytest.raises(HostError, match="is no folder"):
        write_seed(seed_of(house, "pi-1"), tmp_path / "nowhere")
