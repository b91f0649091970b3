"""What is taken out of comments: every secret that the store has, of whatever kind it is."""

from __future__ import annotations

import pytest

from rackhouse.delivery.following.whole import mask_of
from rackhouse.resources.core import Id
from rackhouse.store.memory import MemoryStore


@pytest.mark.parametrize(
    ("id", "output"),
    [
        ("keys/secret/k3s.home.token", "value"),
        ("keys/given/registries.ghcr.io", "value"),
        ("vault/key/ssh", "private"),
        ("vault/run/tea.TOKEN", "value"),
        ("vault/secret/tea", "value"),
        ("registry/secret/home", "value"),
        ("clusters/given/home", "value"),
        ("gitea.home/token/builder/rack", "value"),
        ("a-kind-that-is-made-later/secret/tea", "value"),
    ],
)
def test_no_secret_is_said(id: str, output: str) -> None:
    store = MemoryStore()
    store.replace(Id.parse(id), {output: "hunter2\nhunter3"})
    assert mask_of(store)("a hunter3, b hunter2") == "a ***, b ***"


@pytest.mark.parametrize(
    ("id", "output"),
    [
        ("machine/port/https", "number"),
        ("docker.pi-1/image/tea", "brought"),
        ("gitea.home/team/home/makers", "members"),
    ],
)
def test_a_plan_stays_legible(id: str, output: str) -> None:
    store = MemoryStore()
    store.replace(Id.parse(id), {output: "8443"})
    assert mask_of(store)("8443") == "8443"
