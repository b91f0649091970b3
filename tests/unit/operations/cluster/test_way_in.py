"""One context of somebody's kubeconfig, and nothing else that is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from fakes.k3s.program import KUBECONFIG
from rackhouse.apply.clusters import joined
from rackhouse.apply.joined import leave
from rackhouse.kit.errors import FileError, Missing, RackhouseError
from rackhouse.operations.cluster.joining import remember, renew
from rackhouse.operations.cluster.reach import Reach, reach
from rackhouse.operations.cluster.way_in import ends_soon, of_file, of_k3s
from rackhouse.resources.core import Hidden
from unit.operations.cluster.asked import house

END = datetime(2126, 1, 1, tzinfo=UTC)  # of the certificate in KUBECONFIG
TWO: dict[str, Any] = {
    "current-context": "work",
    "clusters": [
        {"name": "c-work", "cluster": {"server": "https://work:6443"}},
        {"name": "c-lab", "cluster": {"server": "https://lab:6443"}},
    ],
    "users": [
        {"name": "u-work", "user": {"token": "of work"}},
        {"name": "u-lab", "user": {"token": "of lab"}},
    ],
    "contexts": [
        {"name": "work", "context": {"cluster": "c-work", "user": "u-work"}},
        {"name": "lab", "context": {"cluster": "c-lab", "user": "u-lab", "namespace": "x"}},
    ],
}


def _file(folder: Path, config: object = TWO) -> Path:
    file = folder / "config"
    file.write_text(config if isinstance(config, str) else yaml.safe_dump(config))
    return file


@pytest.mark.parametrize(("said", "name"), [("", "work"), ("lab", "lab")])
def test_the_context_that_is_chosen_is_all_that_is_kept(
    said: str, name: str, tmp_path: Path
) -> None:
    found = of_file(_file(tmp_path), said)
    config = yaml.safe_load(found.reveal())
    assert config["current-context"] == name
    assert [each["name"] for each in config["contexts"]] == [name]
    assert [each["name"] for each in config["clusters"]] == [f"c-{name}"]
    assert [each["user"]["token"] for each in config["users"]] == [f"of {name}"]
    assert "of " not in repr(found)


@pytest.mark.parametrize(
    ("config", "chosen", "error", "words"),
    [
        (TWO, "lob", Missing, "Did you mean 'lab'"),
        ({**TWO, "current-context": ""}, "", Missing, "no current context"),
        ("just words", "", FileError, "config"),
        ("a: [", "", FileError, "config"),
        ({"clusters": [], "users": []}, "", FileError, "config"),
        ({**TWO, "users": ["u"]}, "", FileError, "config"),
        ({**TWO, "contexts": [{"name": "lab"}]}, "lab", FileError, "config"),
        ({**TWO, "contexts": [{"name": "lab", "other": {}}]}, "lab", FileError, "config"),
    ],
)
def test_what_is_none_is_refused_with_what_there_is(
    config: object, chosen: str, error: type[RackhouseError], words: str, tmp_path: Path
) -> None:
    with pytest.raises(error) as caught:
        of_file(_file(tmp_path, config), chosen)
    assert words in str(caught.value)
    assert caught.value.fix or isinstance(caught.value, FileError)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"no file .*nowhere"):
        of_file(tmp_path / "nowhere")


def test_only_a_certificate_ends() -> None:
    assert not ends_soon(Hidden(KUBECONFIG), END - timedelta(days=31))
    assert ends_soon(Hidden(KUBECONFIG), END - timedelta(days=29))
    assert not ends_soon(Hidden(yaml.safe_dump(TWO)), END)


async def test_k3s_of_our_own_is_asked_for_its_own_and_again_when_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def ask_any(self: Reach, argv: tuple[str, ...], limit: float = 0) -> tuple[str, str]:
        asked.append(argv[-1])
        return "s-1", KUBECONFIG

    monkeypatch.setattr(Reach, "ask_any", ask_any)
    with house(tmp_path) as made:
        found = await of_k3s(reach(made))
        (server,) = yaml.safe_load(found.reveal())["clusters"]
        assert server["cluster"]["server"] == "https://10.1.0.1:6443"
        await remember(made, "home", found)
        assert await renew(made, END - timedelta(days=31)) == ()
        assert await renew(made, END - timedelta(days=29)) == ("home",)
        assert joined(made.store)["home"] == found
    assert asked == ["/etc/rancher/k3s/k3s.yaml"] * 2


async def test_what_cannot_be_fetched_anew_is_kept(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        await remember(made, "home", Hidden(KUBECONFIG))
        leave(made.store, "s-1")
        assert await renew(made, END) == ()
        assert joined(made.store)["home"] == Hidden(KUBECONFIG)
