"""`rackhouse platform`, and what it and its lock make of a compiled folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.registry.mirrored import SUM, fill, rack_file
from fakes.registry.server import Registry, serving
from rackhouse.cli.main import run
from rackhouse.desired.platform.pins import parse
from rackhouse.desired.platform.wanted import images, unpinned
from rackhouse.rack.load import load

SITE = str(Path(__file__).parents[3] / "examples" / "apps" / "site")


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def rack(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A rack file whose registries are all by way of one mirror, which has everything."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(registry) as address:
        text = rack_file(address)
        fill(registry, load(text))
        file = tmp_path / "rack.yaml"
        file.write_text(text)
        yield file


def test_the_list_says_what_all_come_to(rack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--file", str(rack), "platform", "list", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["cluster"] == "home"
    assert said["memory"] == sum(it["memory"] * it["copies"] for it in said["components"])
    assert 0 < said["memory"] < said["room"]
    assert said["unplaced"] == []
    assert run(["--file", str(rack), "platform", "list"]) == 0
    shown = capsys.readouterr().out
    assert "0 of 2 pinned" in shown
    assert "of 3.5 GiB that its nodes have beside the system" in shown


def test_without_rackhouses_own_image_it_is_said_what_is_missing(
    rack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--file", str(rack), "platform", "list"]) == 0
    assert "no job can release by itself: there is no broker until" in capsys.readouterr().out
    own = f"git.home.arpa/home/rackhouse@sha256:{SUM}"
    rack.write_text(f'{rack.read_text()}platform: {{image: "{own}"}}\n')
    assert run(["--file", str(rack), "platform", "list", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    images_ = {it["name"]: set(it["images"]) for it in said["components"]}
    assert (said["lacking"], images_["broker"]) == ("", {own})
    assert own in images_["gitea-runner"]
    assert own not in {it.reference for it in images(load(rack.read_text()))}  # it says its content


def test_pins_are_written_once_and_used_by_compile(
    rack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ["--file", str(rack), "--home", str(tmp_path / "home")]
    assert run([*before, "platform", "pin"]) == 0
    assert "platform.lock: written" in capsys.readouterr().out
    pins = parse((tmp_path / "platform.lock").read_text())
    assert unpinned(load(rack.read_text()), pins) == ()
    assert run([*before, "platform", "pin"]) == 0
    assert "platform.lock: as it was" in capsys.readouterr().out

    out = tmp_path / "out"
    words = ["compile", "--target", "kube", str(out), "--platform", SITE]
    assert run([*before, *words]) == 0
    made = {file.relative_to(out).as_posix(): file.read_text() for file in out.rglob("*.yaml")}
    for name in ("data/statefulset-valkey.yaml", "data/cluster-postgres.yaml"):
        assert "@sha256:" in made[name]
    assert "site/deployment-web.yaml" in made
    assert "kube-system/helmchart-cloudnative-pg.yaml" in made


def test_a_tag_that_stands_for_something_else_is_told(
    rack: Path, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--file", str(rack), "platform", "pin"]) == 0
    registry.add("valkey/valkey", "9.1.1-alpine", ("arm64",))
    capsys.readouterr()
    assert run(["--file", str(rack), "platform", "pin"]) == 0
    assert "changed     docker.io/valkey/valkey:9.1.1-alpine" in capsys.readouterr().out


def test_what_is_not_for_this_rack_is_unresolved_and_said(
    rack: Path, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.add("valkey/valkey", "9.1.1-alpine", ("amd64",))
    assert run(["--file", str(rack), "platform", "pin"]) == 8
    told = capsys.readouterr()
    assert "unresolved  docker.io/valkey/valkey:9.1.1-alpine: it is not built for arm64" in told.out
    assert "1 image of 8 could not be resolved" in told.err
    assert "valkey" not in (rack.parent / "platform.lock").read_text()


def test_without_a_rack_file_nothing_is_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["platform", "pin"]) == 5
    assert "there is no rack file" in capsys.readouterr().err


def test_a_cluster_of_cards_is_refused_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rack.yaml"
    file.write_text("nodes: {pi: {role: server, board: rpi4-4gb, disk: sd}}\n")
    words = ["compile", "--target", "kube", str(tmp_path / "out"), "--platform", SITE]
    assert run(["--file", str(file), "--home", str(tmp_path / "home"), *words]) == 3
    assert "[databases-on-cards]" in capsys.readouterr().err
