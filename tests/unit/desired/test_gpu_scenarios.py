"""Every scenario of a GPU machine: a rack file, and what its host, engine and Ollama get."""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from rackhouse.desired.gpu import gpu
from rackhouse.desired.gpu.advice import findings
from rackhouse.rack.load import load
from rackhouse.resources.host import File, Ruleset
from unit.desired.scenario import printed

FOLDER = Path(__file__).parents[2] / "scenarios" / "gpu"
SCENARIOS = sorted(FOLDER.glob("*.yaml"))
KEYS = {"why", "rack", "user", "seen", "files", "shows", "absent", "places", "advice"}


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario(file: Path) -> None:
    said: dict[str, Any] = yaml.safe_load(file.read_text())
    assert said.keys() <= KEYS, said.keys() - KEYS
    rack = load(said["rack"])
    joined = {node.name: {"host": "h", "user": said.get("user", "root")} for node in rack.nodes}
    wanted = gpu(rack, joined, said.get("seen", ()))
    lines = {str(id): printed(each) for id, each in wanted.resources.items()}
    for name, text in said.get("files", {}).items():
        [spec] = [
            each.spec
            for id, each in wanted.resources.items()
            if id.name == name and isinstance(each.spec, File | Ruleset)
        ]
        assert str(spec.content) == text, name
    for pattern, expected in said.get("shows", {}).items():
        [id] = fnmatch.filter(lines, pattern)
        missing = [line for line in expected if line not in lines[id]]
        assert not missing, f"{id} lacks {missing}, has:\n" + "\n".join(lines[id])
    for pattern in said.get("absent", ()):
        assert not fnmatch.filter(lines, pattern), f"{pattern} should not be wanted"
    assert sorted(wanted.places) == said["places"]
    if "advice" in said:
        found = [f"{each.path}: {each.what} ({each.fix})" for each in findings(rack, joined)]
        assert findings(rack, ()) == ()
        assert found == said["advice"]


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_whatever_is_needed_is_wanted(file: Path) -> None:
    rack = load(yaml.safe_load(file.read_text())["rack"])
    joined = {node.name: {"host": "h", "user": "ada"} for node in rack.nodes}
    wanted = gpu(rack, joined)
    for resource in wanted.resources.values():
        assert resource.before <= wanted.resources.keys(), resource.id
    for place in wanted.places.values():
        assert place.before <= wanted.resources.keys(), place.name
