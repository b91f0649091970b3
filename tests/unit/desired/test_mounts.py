"""What tells a program that a volume is elsewhere."""

from __future__ import annotations

from rackhouse.resources.core import Id
from unit.desired.scenario import wanted

SCORE = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers:
  web:
    image: .
    command: [serve]
    variables: {D: "${resources.store.path}"}
    volumes: {/data: {source: "${resources.store}"}}
resources: {store: {type: volume}}
"""


def test_its_own_path_in_a_variable_tells() -> None:
    found = wanted({"apps": [SCORE]})
    assert any(id.kind == "process" and id.name == "hello.web@r1" for id in found.resources)
    assert Id("machine", "folder", "hello.store") in found.resources
