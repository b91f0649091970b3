"""Passwords of registries: given, asked for before an apply, and read by K3s as they were typed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.desired.k3s.facts import HostFacts, Known
from rackhouse.desired.k3s.layout import layout
from rackhouse.desired.k3s.registries import password_id, registries
from rackhouse.kit.errors import Missing, Refused, UsageError
from rackhouse.operations.cluster.admission import admit
from rackhouse.operations.cluster.reach import reach
from rackhouse.operations.cluster.registry import give_password, without_password
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden
from unit.operations.cluster.asked import RACK, house

WITH = RACK.replace("source:", "registries: [{host: ghcr.io, user: ada}], source:")
MADE = load(WITH.replace("SUM", "0" * 64))
LAYOUT = layout(MADE, MADE.clusters[0], Known(hosts={"s-1": HostFacts()}))
one_line = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1)


@given(password=one_line)
def test_a_password_is_what_was_typed(password: str) -> None:
    assert LAYOUT is not None
    text = registries(LAYOUT)
    filled = text.fill({password_id("ghcr.io").ref("value"): Hidden(password)})
    assert yaml.safe_load(filled)["configs"]["ghcr.io"]["auth"] == {
        "username": "ada",
        "password": password,
    }


def test_it_is_given_and_may_be_another(tmp_path: Path) -> None:
    with house(tmp_path, WITH) as made:
        assert [each.rule for each in without_password(made)] == ["registry-without-password"]
        give_password(reach(made), "ghcr.io", "first")
        first = made.store.values_version(password_id("ghcr.io"))
        give_password(reach(made), "ghcr.io", "first")
        assert made.store.values_version(password_id("ghcr.io")) == first
        give_password(reach(made), "ghcr.io", "second")
        assert made.store.values(password_id("ghcr.io"))["value"].reveal() == "second"
        assert list(without_password(made)) == []


@pytest.mark.parametrize("value", ["", "two\nlines"])
def test_what_is_no_password(value: str, tmp_path: Path) -> None:
    with house(tmp_path, WITH) as made:
        with pytest.raises(UsageError):
            give_password(reach(made), "ghcr.io", value)
        with pytest.raises(Missing, match=r"no registry 'gcr\.io'"):
            give_password(reach(made), "gcr.io", "secret")


async def test_an_apply_asks_for_it_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(_: object) -> dict[str, None]:
        return {}

    monkeypatch.setattr("rackhouse.operations.cluster.admission.running", nobody)
    with house(tmp_path, WITH) as made:
        with pytest.raises(Refused, match=r"rackhouse cluster registry ghcr\.io"):
            await admit(made)
        give_password(reach(made), "ghcr.io", "secret")
        await admit(made)
