"""Every object of every example is what the API servers' published schemas take."""

from __future__ import annotations

import pytest

from rackhouse.rack.load import load
from unit.desired.kube.examples import APPLICATIONS, RACKS, manifests, released
from unit.desired.kube.schemas import NEWEST, errors


@pytest.mark.parametrize("rack", RACKS, ids=lambda file: file.stem)
def test_every_example_is_valid(rack) -> None:
    apps = [released(folder) for folder in APPLICATIONS]
    found = manifests(load(rack.read_text()), apps)
    assert len(found) > 80
    assert not [error for it in found for error in errors(it)]


@pytest.mark.parametrize("version", NEWEST)
def test_the_newest_minor_versions_take_them(version: str) -> None:
    apps = [released(folder) for folder in APPLICATIONS]
    rack = load(RACKS[0].read_text())
    assert not [error for it in manifests(rack, apps) for error in errors(it, version)]


def test_a_wrong_field_is_found() -> None:
    rack = load("")
    (deployment,) = [
        it
        for it in manifests(rack, [released(folder) for folder in APPLICATIONS])
        if (it["kind"], it["metadata"]["name"], it["metadata"].get("namespace"))
        == ("Deployment", "web", "guestbook")
    ]
    deployment["spec"]["nmae"] = 1
    deployment["spec"]["replicas"] = "one"
    assert len(errors(deployment)) == 2
