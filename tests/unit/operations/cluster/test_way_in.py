"""One context of somebody's kubeconfig, and nothing else that is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from fakes.k3s.program import KUBECONFIG
from rackhouse.kit.errors import FileError, Missing, RackhouseError
from rackhouse.operations.cluster.way_in import ends_soon, of_file
from rackhouse.resources.core import Hidden

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
    end = datetime(2126, 1, 1, tzinfo=UTC)  # of the certificate in KUBECONFIG
    assert not ends_soon(Hidden(KUBECONFIG), end - timedelta(days=31))
    assert ends_soon(Hidden(KUBECONFIG), end - timedelta(days=29))
    assert not ends_soon(Hidden(yaml.safe_dump(TWO)), end)
