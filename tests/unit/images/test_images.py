"""Our own images: nobody's root, of bases that a table names, of packages with hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from rackhouse.app.model import Runtime
from rackhouse.delivery.services import folder_of
from rackhouse.desired.kube.images import BASES
from rackhouse.desired.platform import table
from rackhouse.kit.paths import Paths
from rackhouse.rack.words import SERVICES
from unit.desired.kube.dockerfiles import wrong

HERE = Path(__file__).parents[3]
DOCKERFILE = (HERE / "images" / "Dockerfile").read_text()
IMAGES = {BASES[Runtime.PYTHON].image, *(it.reference for it in table.BUILDKIT.images)}
TARGETS = ("console", "runner", "service")


@pytest.mark.parametrize("target", TARGETS)
def test_each_is_as_it_should_be(target: str) -> None:
    upto = DOCKERFILE.index(f" AS {target}\n")
    end = DOCKERFILE.find("\nFROM ", upto)
    assert list(wrong(DOCKERFILE[: end if end > 0 else None], IMAGES)) == []


@pytest.mark.parametrize("target", TARGETS)
def test_what_nobody_made_root_by_mistake_is_found(target: str) -> None:
    upto = DOCKERFILE.index(f" AS {target}\n")
    spoiled = DOCKERFILE[:upto] + DOCKERFILE[upto:].replace("USER 65532:65532", "USER 0:0", 1)
    end = spoiled.find("\nFROM ", upto)
    assert list(wrong(spoiled[: end if end > 0 else None], IMAGES))


def test_the_lock_has_every_dependency_and_a_hash_for_each() -> None:
    lock = (HERE / "images" / "requirements.lock").read_text()
    locked = dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", lock))
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[\[>=<]", it)[0] for it in project["dependencies"]}
    assert named <= locked.keys()
    for entry in re.split(r"(?m)^(?=[a-z])", lock)[1:]:
        assert "--hash=sha256:" in entry


def test_what_is_copied_is_there() -> None:
    said = set(re.findall(r"(?m)^COPY (?:--chmod=\d+ )?(\S+) \S+$", DOCKERFILE))
    assert {"images/requirements.lock", "images/rackhouse", "src/rackhouse"} < said
    named = {it.replace("${SERVICE}", service) for it in said for service in SERVICES}
    assert all((HERE / it).exists() for it in named)


def test_a_services_image_has_what_its_folder_has(tmp_path: Path) -> None:
    """The one that is deployed on this machine, without the two files that say how."""
    copied = re.findall(r"(?m)^COPY (src/\S+) rackhouse", DOCKERFILE)
    for service in SERVICES:
        folder = folder_of(Paths(tmp_path), service)
        there = {it.relative_to(folder).as_posix() for it in folder.rglob("*") if it.is_file()}
        places = [it.replace("${SERVICE}", service).removeprefix("src/") for it in copied]
        inside = {it for it in there if any(it == at or it.startswith(f"{at}/") for at in places)}
        assert there - inside == {"score.yaml", "requirements.lock", ".rackhouseignore"}
