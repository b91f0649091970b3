"""Every scenario of K3s: a rack file, what is known of its machines, and the files they get."""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from rackhouse.rack.load import load
from rackhouse.resources.host import File
from unit.desired import clusters
from unit.desired.scenario import printed

FOLDER = Path(__file__).parents[2] / "scenarios" / "k3s"
SCENARIOS = sorted(FOLDER.glob("*.yaml"))
KEYS = {"why", "rack", "known", "files", "shows", "absent", "order"}


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario(file: Path) -> None:
    said: dict[str, Any] = yaml.safe_load(file.read_text())
    assert said.keys() <= KEYS, said.keys() - KEYS
    assert said.keys() & {"files", "shows", "absent", "order"}, "it expects nothing"
    found = clusters.want(load(said["rack"]), clusters.facts(said["known"]))
    lines = {str(id): printed(each) for id, each in found.items()}
    for id, text in said.get("files", {}).items():
        spec = next(each.spec for each in found.values() if str(each.id) == f"host.{id}")
        assert isinstance(spec, File)
        assert str(spec.content) == text, id
    for id, expected in said.get("shows", {}).items():
        missing = [line for line in expected if line not in lines[id]]
        assert not missing, f"{id} lacks {missing}, has:\n" + "\n".join(lines[id])
    for pattern in said.get("absent", ()):
        assert not fnmatch.filter(lines, pattern), f"{pattern} should not be wanted"
    if "order" in said:
        units = {id: each.needs for id, each in found.items() if id.kind == "unit"}
        chain = sorted(units, key=lambda id: len(_all_before(id, units)))
        assert [str(id) for id in chain] == said["order"]


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_every_text_that_is_yaml_is_yaml(file: Path) -> None:
    said: dict[str, Any] = yaml.safe_load(file.read_text())
    for resource in clusters.want(load(said["rack"]), clusters.facts(said["known"])).values():
        if isinstance(resource.spec, File) and resource.spec.path.endswith((".yaml", ".conf")):
            documents = list(yaml.safe_load_all(str(resource.spec.content)))
            assert all(isinstance(each, dict) for each in documents), resource.spec.path


def _all_before(id: Any, units: Any) -> set[Any]:
    direct = {need for need in units[id] if need in units}
    return direct.union(*(_all_before(need, units) for need in direct))
