"""Score's published examples: each is valid, and read, or refused for what is not provided."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from rackhouse.app.codec import decode, encode
from rackhouse.app.model import App, Kind, ResourceType
from rackhouse.app.score import parse
from rackhouse.kit.errors import FileError

HERE = Path(__file__).parent / "published"
EXAMPLES = sorted(HERE.glob("*.yaml"))
REFUSED = {
    "resources-amqp.yaml": ("'amqp'", "queue"),
    "resources-mysql.yaml": ("'mysql'", "postgres"),
}
OF_ONE = {ResourceType.MODELS, ResourceType.TENANTS}  # which no other application may ask for
READ = [file for file in EXAMPLES if file.name not in REFUSED]


def _app(name: str) -> App:
    return parse((HERE / name).read_text())


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_example_is_valid_score(file: Path) -> None:
    schema = json.loads((HERE / "score-v1b1.schema.json").read_text())
    jsonschema.validate(yaml.safe_load(file.read_text()), schema)


@pytest.mark.parametrize("file", READ, ids=lambda file: file.stem)
def test_the_example_is_read(file: Path) -> None:
    app = parse(file.read_text())
    said = yaml.safe_load(file.read_text())
    assert app.name == said["metadata"]["name"]
    assert [container.name for container in app.containers] == list(said["containers"])
    assert {need.name for need in app.needs} == set(said.get("resources", {}))
    assert decode(encode(app)) == app


@pytest.mark.parametrize("name", REFUSED)
def test_the_example_asks_for_what_is_not_provided(name: str) -> None:
    with pytest.raises(FileError) as caught:
        parse((HERE / name).read_text())
    (problem,) = caught.value.problems
    unknown, near = REFUSED[name]
    assert (problem.rule, problem.line) == ("unknown-type", 17)
    assert unknown in problem.what
    assert all(type_ in problem.what for type_ in set(ResourceType) - OF_ONE)
    assert f"`type: {near}`" in problem.fix


def test_the_shop_front() -> None:
    app = _app("onlineboutique-frontend.yaml")
    route = next(need for need in app.needs if need.name == "route")
    assert app.kind is Kind.WEB
    assert [(name, str(value)) for name, value in route.params] == [
        ("host", "${resources.dns.host}"),
        ("path", "/"),
        ("port", "8080"),
    ]
    (container,) = app.containers
    assert str(dict(container.variables)["AD_SERVICE_ADDR"]) == "${resources.ad.name}:9555"
    assert container.memory_max == 50 * 2**20


def test_the_load_generator_opens_no_door() -> None:
    assert _app("onlineboutique-loadgenerator.yaml").kind is Kind.WORKER
