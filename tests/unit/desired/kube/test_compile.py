"""`rackhouse compile`: a folder that is whole, ours, the same twice, and holds no secret."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from rackhouse.cli.main import run
from rackhouse.kit.process import run_sync
from unit.desired.kube.examples import EXAMPLES

Compile = Callable[..., int]
RACK = EXAMPLES / "racks" / "one.yaml"


@pytest.fixture
def compile_to(tmp_path: Path) -> Compile:
    def it(folder: Path, *words: str, rack: Path = RACK) -> int:
        before = ["--home", str(tmp_path / "home"), "--file", str(rack)]
        return run([*before, "compile", "--target", "kube", str(folder), *words])

    return it


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_what_is_written_is_whole_and_the_same_twice(tmp_path: Path, compile_to: Compile) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert compile_to(one) == compile_to(other) == compile_to(one) == 0
    assert content(one) == content(other)
    listed = yaml.safe_load((one / "kustomization.yaml").read_text())["resources"]
    assert set(listed) == {
        name for name in content(one) if name.endswith(".yaml") and name != "kustomization.yaml"
    }
    assert "guestbook/deployment-web.yaml" in listed
    assert not (tmp_path / "home").exists()  # it only read


def test_no_secret_is_an_object_of_the_folder(tmp_path: Path, compile_to: Compile) -> None:
    assert compile_to(tmp_path / "out") == 0
    kinds = {
        yaml.safe_load(text)["kind"]
        for name, text in content(tmp_path / "out").items()
        if name.endswith(".yaml")
    }
    assert "Secret" not in kinds
    said = (tmp_path / "out" / "SECRETS.md").read_text()
    assert "## guestbook/application" in said
    assert "${vault/secret/guestbook.db.value}" in said
    assert "`objects.attic/bucket/guestbook.pictures`" in said


def test_a_strangers_file_is_refused_and_left(
    tmp_path: Path, compile_to: Compile, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.yaml").write_text("x: 1\n")
    assert compile_to(tmp_path) == 4
    assert "mine.yaml is there" in capsys.readouterr().err
    assert [it.name for it in tmp_path.iterdir()] == ["mine.yaml"]


def test_a_strangers_file_of_a_name_of_ours_is_refused(tmp_path: Path, compile_to: Compile) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "kustomization.yaml").write_text("mine\n")
    assert compile_to(out) == 4
    assert content(out) == {"kustomization.yaml": b"mine\n"}


def test_what_is_not_wanted_any_more_is_removed(tmp_path: Path, compile_to: Compile) -> None:
    out, site = tmp_path / "out", str(EXAMPLES / "apps" / "site")
    (out / ".git").mkdir(parents=True)
    (out / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert compile_to(out, str(EXAMPLES / "apps" / "heartbeat")) == 0
    assert (out / "heartbeat").exists()
    assert compile_to(out, site) == 0
    assert not (out / "heartbeat").exists()
    assert (out / "site" / "deployment-web.yaml").exists()
    assert (out / ".git" / "HEAD").exists()


def test_a_run_that_was_cut_is_taken_up(tmp_path: Path, compile_to: Compile) -> None:
    """The list of ours is there before the first file is."""
    out, site = tmp_path / "out", str(EXAMPLES / "apps" / "site")
    assert compile_to(out, site) == 0
    whole = content(out)
    (out / "kustomization.yaml").unlink()
    (out / "site" / "service-web.yaml").write_text("half")
    assert compile_to(out, site) == 0
    assert content(out) == whole


def test_json_says_what_a_program_needs(
    tmp_path: Path, compile_to: Compile, capsys: pytest.CaptureFixture[str]
) -> None:
    rack = EXAMPLES / "racks" / "home.yaml"
    assert (
        compile_to(tmp_path / "out", str(EXAMPLES / "apps" / "heartbeat"), "--json", rack=rack) == 0
    )
    said = json.loads(capsys.readouterr().out)
    assert said["cluster"] == "home"
    assert {it["name"] for it in said["secrets"]} == {"application", "copies", "heartbeat.db"}
    assert said["changed"] == said["files"]
    assert [it["image"] for it in said["images"]] == ["git.home.arpa/home/heartbeat:r1"]
    assert said["images"][0]["base"].startswith("docker.io/library/python:")


def test_a_cluster_that_is_not_there_is_named(
    tmp_path: Path, compile_to: Compile, capsys: pytest.CaptureFixture[str]
) -> None:
    rack = EXAMPLES / "racks" / "home.yaml"
    assert compile_to(tmp_path / "out", "--cluster", "hme", rack=rack) == 5
    assert "Did you mean 'home'?" in capsys.readouterr().err


@pytest.mark.slow
def test_kustomize_takes_it(tmp_path: Path, compile_to: Compile) -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl, whose kustomize would read it, is not on this machine")
    assert compile_to(tmp_path / "out") == 0
    done = run_sync([kubectl, "kustomize", str(tmp_path / "out")], timeout=60)
    assert done.code == 0, done.err
    listed = yaml.safe_load((tmp_path / "out" / "kustomization.yaml").read_text())["resources"]
    assert len(list(yaml.safe_load_all(done.out))) == len(listed)


def test_two_folders_of_one_name_are_refused(
    tmp_path: Path, compile_to: Compile, capsys: pytest.CaptureFixture[str]
) -> None:
    site = str(EXAMPLES / "apps" / "site")
    assert compile_to(tmp_path / "out", site, site) == 64
    assert "two of these folders are called site" in capsys.readouterr().err
