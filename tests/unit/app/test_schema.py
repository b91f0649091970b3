"""Score's own JSON Schema as the judge: what it refuses is refused, what it takes is understood."""

from __future__ import annotations

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.app.score import parse
from rackhouse.kit.errors import FileError

PUBLISHED = Path(__file__).parents[2] / "scenarios" / "app" / "published"
VALID = jsonschema.Draft202012Validator(
    json.loads((PUBLISHED / "score-v1b1.schema.json").read_text())
)
FULL = """
apiVersion: score.dev/v1b1
metadata: {name: shop, team: red, annotations: {team: red, example.com/x: y}}
service: {ports: {web: {port: 80, targetPort: 8080, protocol: TCP}}}
containers:
  web:
    image: .
    command: [run]
    args: [it]
    variables: {A: b}
    files: {/a: {content: x, mode: "0600", noExpand: true}, /b: {source: b}}
    volumes: {/c: {source: data, path: sub, readOnly: false}}
    before: {init: {ready: started}}
    resources: {limits: {memory: 5M, cpu: 250m}, requests: {memory: 1.5M, cpu: "0.1"}}
    livenessProbe: {exec: {command: [ok]}}
    readinessProbe:
      httpGet: {path: /, port: 8080, scheme: HTTP, host: h, httpHeaders: [{name: A, value: b}]}
  init:
    image: x
    files: [{target: /a, content: x}, {target: /b, binaryContent: eA==}]
    volumes: [{target: /c, source: data}]
resources:
  data: {type: volume, class: small, id: a.b, metadata: {annotations: {team: red}}, params: {x: 1}}
  route: {type: route, params: {port: 80, host: a.b, path: /}}
"""
DOCUMENTS = [yaml.safe_load(file.read_text()) for file in sorted(PUBLISHED.glob("*.yaml"))]
DOCUMENTS += [yaml.safe_load(FULL)] * 10
SCALARS = [None, True, 7, 80, 99999, -1, 1.5, "", "x", "xy", "a-b", "A_b", "5Mi", "${", "0644"]
OTHERS = [".", "started", [], ["a"], [1], {}, {"a": "b"}, {"xy": {}}, {"type": "redis"}]
VALUES = [*SCALARS, *OTHERS]
KEYS = st.sampled_from(["x", "name", "image", "a b", "target", "content", "port", "type", "_"])

# Rules that ask more than the schema does: of names, of what is provided, of what fits together.
OURS = {
    *("unknown-type", "unknown-resource", "unknown-output", "unknown-metadata", "unknown-port"),
    *("placeholder", "kind", "route-port", "same-port", "udp-port", "not-a-volume"),
    *(
        "asks-for-more",
        "file-source",
        "file-content",
        "unknown-container",
        "container-circle",
        "unknown-param",
    ),
}
NARROWER = {"path", "scheme", "host", "shared", "target", "port"}


def _places(node: Any) -> list[tuple[Any, Any]]:
    inside = node.items() if isinstance(node, dict) else enumerate(node)
    places = [(node, key) for key in (node if isinstance(node, dict) else range(len(node)))]
    for _, value in inside:
        if isinstance(value, dict | list):
            places += _places(value)
    return places


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A valid document with up to three things changed somewhere."""
    document = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        parent, key = draw(st.sampled_from(_places(document)))
        how = draw(st.sampled_from(["drop", "replace", "resay", "resay", "rename"]))
        if how == "resay":
            alike = [value for value in VALUES if type(value) is type(parent[key])]
            parent[key] = copy.deepcopy(draw(st.sampled_from([parent[key], *alike])))
            continue
        if how == "replace" or isinstance(parent, list):
            parent[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        elif how == "drop":
            del parent[key]
        else:
            parent[draw(KEYS)] = parent.pop(key)
        if not document:
            break
    return document


@given(mutated())
@settings(max_examples=400, deadline=None)
def test_what_the_schema_refuses_is_refused_with_a_line(document: Any) -> None:
    if VALID.is_valid(document):
        return
    caught = None
    with contextlib.suppress(FileError):
        parse(json.dumps(document, indent=1))
        caught = "read"
    assert caught is None, next(VALID.iter_errors(document)).message


@given(mutated())
@settings(max_examples=400, deadline=None)
def test_what_the_schema_takes_is_refused_for_our_own_reasons_alone(document: Any) -> None:
    if not VALID.is_valid(document):
        return
    try:
        parse(json.dumps(document, indent=1))
    except FileError as error:
        for problem in error.problems:
            said = problem.rule in OURS or problem.path.split(".")[-1] in NARROWER
            assert said or problem.path == "metadata.name", problem


@given(mutated())
@settings(max_examples=200, deadline=None)
def test_nothing_but_a_file_error_is_raised(document: Any) -> None:
    text = json.dumps(document, indent=1)
    with contextlib.suppress(FileError):
        parse(text)
    with contextlib.suppress(FileError):
        parse(text[: len(text) // 2])


@given(st.text(max_size=200))
@settings(deadline=None)
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(FileError):
        parse(text)
