"""Retrieval is told who may ask it, as it reads that itself; each application has its own key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rackhouse.desired import desired
from rackhouse.desired.facts import Facts
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden, Id, Resource
from rackhouse.resources.machine import File
from rackhouse.services.retrieval.service.tenants import Tenants
from unit.desired.scenario import TOOLS, released

SERVICES = Path(__file__).parents[3] / "src/rackhouse/services"
RACK = """
models: {embed: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}}
applications: {gateway: {service: gateway}, retrieval: {service: retrieval}}
"""
HELLO = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers:
  work:
    image: .
    command: [work]
    variables: {URL: "${resources.texts.url}", KEY: "${resources.texts.key}"}
resources: {texts: {type: retrieval}}
"""


def wanted(*apps: str, rack: str = RACK) -> Mapping[Id, Resource[Any]]:
    """All that retrieval, the gateway and those applications come to."""
    own = [(SERVICES / name / "score.yaml").read_text() for name in ("gateway", "retrieval")]
    return desired(load(rack), [released(it) for it in (*own, *apps)], Facts(tools=TOOLS)).resources


def file_of(found: Mapping[Id, Resource[Any]]) -> File:
    file: Any = found[Id("machine", "file", "retrieval.tenants")].spec
    assert isinstance(file, File)
    return file


def environment(found: Mapping[Id, Resource[Any]], name: str) -> dict[str, Any]:
    process: Any = found[Id("machine", "process", name)].spec
    return dict(process.program.env)


def test_every_application_that_asks_is_a_tenant(tmp_path: Path) -> None:
    found = wanted(HELLO, HELLO.replace("hello", "other"))
    file = file_of(found)
    assert {ref.to for ref in file.content.refs} <= found.keys()
    values = {ref: Hidden(re.sub(r"[^a-z0-9.-]", "+", str(ref.to))) for ref in file.content.refs}
    told = tmp_path / "tenants.json"
    told.write_text(file.content.fill(values))
    tenants = Tenants(told)
    assert tenants.names() == ("hello", "other")
    assert tenants.named("vault+secret+other.texts") == "other"


def test_nobody_asks_and_it_is_told_so(tmp_path: Path) -> None:
    told = tmp_path / "tenants.json"
    told.write_text(file_of(wanted()).content.fill({}))
    assert Tenants(told).names() == ()


def test_an_application_is_told_where_and_by_which_key() -> None:
    found = wanted(HELLO)
    told = environment(found, "hello.work@r1")
    assert str(told["KEY"]) == "${vault/secret/hello.texts.value}"
    assert str(told["URL"]).startswith("http://")
    own = environment(found, "retrieval.web@r1")
    assert str(own["RETRIEVAL_TENANTS"]).endswith("/tenants.json")
    assert str(own["GATEWAY_MODEL"]) == "embed"


ASKING = HELLO.replace("{type: retrieval}", "{type: retrieval, params: {resolver: laws}}")
LAWS = """
apiVersion: score.dev/v1b1
metadata: {name: laws}
containers: {web: {image: ., command: [serve]}}
service: {ports: {web: {port: 80}}}
"""


def test_it_is_told_whom_it_asks_for_references(tmp_path: Path) -> None:
    file = file_of(wanted(ASKING, LAWS, ASKING.replace("hello", "other")))
    told = tmp_path / "tenants.json"
    told.write_text(file.content.fill({ref: Hidden("4" * 16) for ref in file.content.refs}))
    assert Tenants(told).resolvers() == {"laws": f"http://127.0.0.1:{'4' * 16}/v1/references"}
    assert "machine/door/laws" in {str(ref.to).partition(".")[0] for ref in file.content.refs}


def test_bible_logic_has_scripture_looked_up(tmp_path: Path) -> None:
    own = [(SERVICES / name / "score.yaml").read_text() for name in ("study", "scripture")]
    file = file_of(wanted(*own))
    told = tmp_path / "tenants.json"
    told.write_text(file.content.fill({ref: Hidden("4" * 16) for ref in file.content.refs}))
    assert [*Tenants(told).resolvers()] == ["scripture"]


def test_one_that_is_not_there_is_said_once() -> None:
    with pytest.raises(FileError, match="no application is called 'laws'") as caught:
        wanted(ASKING)
    assert str(caught.value).count("service-unknown") == 1


def test_a_new_tenant_restarts_nothing() -> None:
    before, after = wanted(), wanted(HELLO)
    changed = {str(id) for id in before if before[id].text != after[id].text}
    assert changed == {"machine/file/retrieval.tenants"}


@pytest.mark.parametrize(
    "rack", ["", "applications: {gateway: {service: gateway}, retrieval: {folder: mine}}"]
)
def test_without_the_service_it_is_said(rack: str) -> None:
    with pytest.raises(FileError, match="retrieval-missing"):
        desired(load(rack), [released(HELLO)], Facts(tools=TOOLS))
