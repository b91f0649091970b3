"""What folders without a score.yaml imply: the whole answer, for each combination of markers."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from rackhouse.app.infer import infer
from rackhouse.app.score import parse
from rackhouse.kit.errors import FileError

SCENARIOS = yaml.safe_load(Path(__file__).with_name("inference.yaml").read_text())
READ = [scenario for scenario in SCENARIOS if "score" in scenario]
REFUSED = [scenario for scenario in SCENARIOS if "refused" in scenario]


@pytest.mark.parametrize("scenario", READ, ids=lambda scenario: scenario["name"])
def test_inferred(scenario: dict) -> None:
    text = infer(scenario["files"], scenario["folder"])
    assert text == scenario["score"]
    parse(text)


@pytest.mark.parametrize("scenario", REFUSED, ids=lambda scenario: scenario["name"])
def test_refused(scenario: dict) -> None:
    with pytest.raises(FileError) as caught:
        infer(scenario["files"], scenario["folder"])
    assert f"{caught.value}\n" == scenario["refused"]


@pytest.mark.parametrize("scenario", READ, ids=lambda scenario: scenario["name"])
def test_nothing_listens_on_every_address(scenario: dict) -> None:
    assert "0.0.0.0" not in parse(infer(scenario["files"], scenario["folder"])).__repr__()
