"""Every scenario: files, and what is said of them. White space counts as one blank."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from rackhouse.app.score import parse
from rackhouse.desired.explain import Files, Target
from rackhouse.desired.explain.picture import picture
from rackhouse.desired.explain.text import lines
from rackhouse.rack.load import load
from unit.desired.explain.telling import told
from unit.desired.scenario import release

SCENARIOS = sorted((Path(__file__).parents[3] / "scenarios" / "explain").glob("*.yaml"))


def _told(said: dict[str, str], asked: str) -> str:
    name, target = asked.split("/")
    rack = said.get("rack", "")
    apps = [release(parse(text), 1) for text in said["apps"]]
    text = next(text for text, app in zip(said["apps"], apps, strict=True) if app.name == name)
    files = Files(score=text, rack=rack)
    found = told(load(rack), apps, name, files, (Target(target),))
    assert picture(found).startswith("<svg ")
    return " ".join(" ".join(lines(found)).split())


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario(file: Path) -> None:
    said = yaml.safe_load(file.read_text())
    assert said.keys() <= {"why", "rack", "apps", "says", "never"}
    for asked, expected in said["says"].items():
        found = _told(said, asked)
        assert not [line for line in expected if line not in found], found
    for asked, unexpected in said.get("never", {}).items():
        found = _told(said, asked)
        assert not [line for line in unexpected if line in found], found
