"""Every object of every example is what the API servers' published schemas take."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from rackhouse.app.model import App
from rackhouse.rack.load import load
from unit.desired.kube.examples import APPLICATIONS, EXAMPLES, RACKS, manifests, released
from unit.desired.kube.schemas import NEWEST, errors
from unit.desired.kube.worlds import many, worlds

APPS = [released(folder) for folder in APPLICATIONS]


@pytest.mark.parametrize(
    "version", [NEWEST[0], *(pytest.param(it, marks=pytest.mark.slow) for it in NEWEST[1:])]
)
def test_the_newest_minor_versions_take_the_reference_rack(version: str) -> None:
    found = manifests(load((EXAMPLES / "racks" / "home.yaml").read_text()), APPS)
    assert len(found) > 80
    assert not [error for it in found for error in errors(it, version)]


@pytest.mark.slow
@pytest.mark.parametrize("version", NEWEST)
@pytest.mark.parametrize("rack", RACKS, ids=lambda file: file.stem)
def test_every_example_is_valid(rack: Path, version: str) -> None:
    found = manifests(load(rack.read_text()), APPS)
    assert not [error for it in found for error in errors(it, version)]


@many
@given(worlds())
def test_whatever_the_files_say_is_valid(apps: list[App]) -> None:
    assert not [error for it in manifests(load(""), apps) for error in errors(it)]


def test_a_wrong_field_is_found() -> None:
    found = manifests(load(""), [released(EXAMPLES / "apps" / "site")])
    (deployment,) = [it for it in found if it["kind"] == "Deployment"]
    assert errors(deployment, NEWEST[0]) == []
    deployment["spec"]["nmae"] = 1
    deployment["spec"]["replicas"] = "one"
    assert len(errors(deployment, NEWEST[0])) == 2
