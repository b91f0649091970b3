"""Every scenario: files of a rack, and what they come to on a cluster."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from rackhouse.app import score
from rackhouse.desired.kube import kube
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.resources.kube import Object, Secret
from unit.desired.scenario import release

SCENARIOS = sorted((Path(__file__).parents[3] / "scenarios" / "kube").glob("*.yaml"))
EXPECTED = {"wanted", "absent", "shows", "secrets", "problems"}
KEYS = EXPECTED | {"why", "rack", "apps", "given", "cluster", "releases"}


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario(file: Path) -> None:
    said = yaml.safe_load(file.read_text())
    assert said.keys() <= KEYS, f"unknown keys: {said.keys() - KEYS}"
    assert said.keys() & EXPECTED, "it expects nothing"
    found = _outcome(said)
    if isinstance(found, str) or "problems" in said:
        assert found == said.get("problems", "").strip()
        return
    specs = {str(id): it.spec for id, it in found.items()}
    if "wanted" in said:
        assert sorted(_interesting(specs)) == sorted(said["wanted"])
    for pattern in said.get("absent", ()):
        assert not fnmatch.filter(specs, pattern), f"{pattern} should not be wanted"
    for id, expected in said.get("shows", {}).items():
        assert isinstance(specs[id], Object)
        body = json.loads(str(specs[id].body))
        assert {pointer: _at(body, pointer) for pointer in expected} == expected
    for id, expected in said.get("secrets", {}).items():
        assert isinstance(specs[id], Secret)
        assert {key: str(text) for key, text in specs[id].values} == expected


def _outcome(said: dict[str, Any]) -> dict[Any, Any] | str:
    try:
        return _compiled(said)
    except FileError as error:
        return str(error)


def _compiled(said: dict[str, Any]) -> dict[Any, Any]:
    more, apps = said.get("releases", {}), []
    for text in said.get("apps", ()):
        app = score.parse(text)
        apps.append(release(app, **{"number": 1, **more.get(app.name, {})}))
    rack = load(said.get("rack", ""))
    return dict(kube(rack, apps, said.get("given", ()), said.get("cluster", "")))


def _interesting(specs: dict[str, Any]) -> list[str]:
    """Not what every rack has: priorities, and the closed namespace of data."""
    return [
        id for id in specs if not fnmatch.fnmatch(id, "*/PriorityClass/*") and "/data" not in id
    ]


def _at(value: Any, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901); None where there is none."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            value = value[int(key)] if int(key) < len(value) else None
        else:
            value = (value or {}).get(key)
    return value
