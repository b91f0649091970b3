"""An explanation is true: nothing that is made is left out, and what a line is said to make is gone
without that line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from rackhouse.app.model import App
from rackhouse.app.score import parse
from rackhouse.desired.explain import Files, Story, Target
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from unit.desired.explain.telling import BOTH, story, told, wanted, without_need
from unit.desired.kube.examples import APPLICATIONS, RACKS, released
from unit.desired.kube.worlds import worlds
from unit.desired.scenario import release

LAN = load("domain: home.arpa\nexposure: lan\n")
HERE = load("")
FULL = """\
apiVersion: score.dev/v1b1
metadata:
  name: shop
  annotations:
    rackhouse.dev/before: python -m migrate
    rackhouse.dev/replicas: 2-5
    rackhouse.dev/access: signed-in
    rackhouse.dev/internet: "true"
    rackhouse.dev/exposure: lan
containers:
  web:
    image: .
    command: [run, --config, /etc/shop.conf]
    variables:
      DATABASE_URL: ${resources.db.url}
      CACHE_URL: ${resources.cache.url}
      BUCKET: ${resources.files.url}
      KEY: ${resources.key.value}
      DATA: ${resources.data.source}
    files:
      /etc/shop.conf: {content: "pages: ${resources.web.url}"}
service: {ports: {web: {port: 80, targetPort: 8080}}}
resources:
  db: {type: postgres}
  cache: {type: redis}
  files: {type: s3}
  key: {type: secret}
  data: {type: volume, params: {shared: true}}
  web: {type: route, params: {port: 80}}
"""
DEFAULTS: dict[str, dict[str, Any]] = {
    "before": {"before": ()},
    "replicas": {"replicas": (1, 1)},
    "access": {"access": "open", "public": True},
    "internet": {"internet": False},
}


def _things(found: Story, path: str) -> list[tuple[Id, bool]]:
    return [
        (Id.parse(thing.id), thing.made)
        for origin in found.origins
        if origin.line.path == path
        for thing in origin.things
    ]


def _holds(found: Story, rack: Any, apps: list[App], name: str) -> None:
    """Each resource of the application is made by a line, and each thing is a resource."""
    there = wanted(rack, apps, found.target)
    own = {id for id, it in there.items() if it.owner == name}
    things = [thing for origin in found.origins for thing in origin.things]
    assert own <= {Id.parse(it.id) for it in things if it.made}
    assert {Id.parse(it.id) for it in things} <= there.keys()
    assert all(it.what for it in things), [it.id for it in things if not it.what]


@pytest.mark.parametrize("file", RACKS[:2], ids=lambda file: file.stem)
def test_every_thing_of_the_examples_is_told(file: Any) -> None:
    apps = [released(folder) for folder in APPLICATIONS]
    rack = replace(load(file.read_text()), applications=())
    for app in apps:
        for found in told(rack, apps, app.name).stories:
            _holds(found, rack, apps, app.name)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=8, deadline=None)
@given(worlds())
def test_every_thing_of_any_application_is_told(apps: list[App]) -> None:
    for app in apps:
        try:
            stories = told(HERE, apps, app.name).stories
        except FileError:
            return  # what cannot be made on either is told of as everywhere
        for found in stories:
            _holds(found, HERE, apps, app.name)


@pytest.mark.parametrize("need", ["db", "cache", "files", "key", "data", "web"])
@pytest.mark.parametrize("target", BOTH)
def test_a_need_makes_what_is_gone_without_it(need: str, target: Target) -> None:
    app = release(parse(FULL), 3)
    told_of = story(LAN, [app], "shop", target, Files(score=FULL, rack=""))
    _gone(told_of, f"resources.{need}", app, without_need(app, need))


@pytest.mark.parametrize("word", DEFAULTS)
def test_an_annotation_makes_what_is_gone_without_it(word: str) -> None:
    app = release(parse(FULL), 3)
    for target in BOTH:
        told_of = story(LAN, [app], "shop", target, Files(score=FULL, rack=""))
        path = f"metadata.annotations.rackhouse.dev/{word}"
        if word in {"before", "access"} or target is Target.KUBE:
            _gone(told_of, path, app, replace(app, **DEFAULTS[word]))


NODES = """\
nodes:
  one: {role: server, board: rpi5-8gb, disk: ssd, address: 10.0.0.11}
  two: {role: agent, board: rpi5-8gb, disk: ssd, address: 10.0.0.12}
clusters: {home: {nodes: [one, two]}}
"""
ENTRY = "exposure: lan\napplications:\n  shop:\n    folder: ./shop\n    public: true\n"
RACK_LINES = {  # a rack without the line, and the line, by its path
    "domain": (ENTRY, "domain: home.arpa\n", BOTH),
    "exposure": ("domain: home.arpa\n", "exposure: lan\n", BOTH),
    "data.postgres.instances": (NODES, "data:\n  postgres:\n    instances: 2\n", (Target.KUBE,)),
    "applications.shop.arch": (ENTRY, "    arch: [arm64]\n", (Target.KUBE,)),
    "applications.shop.hosts": (ENTRY, "    hosts: [a.rack.localhost]\n", BOTH),
    "applications.shop.access": (
        ENTRY.replace("    public: true\n", ""),
        "    access: signed-in\n",
        BOTH,
    ),
}


@pytest.mark.parametrize("path", RACK_LINES)
def test_a_line_of_the_rack_file_shapes_what_is_otherwise_without_it(path: str) -> None:
    without, line, targets = RACK_LINES[path]
    score = FULL.replace("    rackhouse.dev/access: signed-in\n", "")
    score = score.replace("    rackhouse.dev/exposure: lan\n", "    rackhouse.dev/public: 'true'\n")
    if "access" in path:
        score = score.replace("    rackhouse.dev/public: 'true'\n", "")
        without = without.replace("exposure: lan", "exposure: loopback")
    text = line + without if not line.startswith(" ") else without + line
    app, files = release(parse(score), 3), Files(score=score, rack=text)
    for target in targets:
        found = story(load(text), [app], "shop", target, files)
        things = _things(found, path)
        assert things, f"{path} becomes nothing"
        before = wanted(load(text), [app], target)
        after = wanted(load(without), [app], target)
        for id, _ in things:
            assert after.get(id) is None or after[id].text != before[id].text, id


def _gone(found: Story, path: str, app: App, other: App) -> None:
    """Without the line, what it made is not there, and what it shaped is otherwise."""
    before = wanted(LAN, [app], found.target)
    after = wanted(LAN, [other], found.target)
    things = _things(found, path)
    assert things, f"{path} becomes nothing"
    for id, made in things:
        if made:
            shared = id.kind == "Secret" and id.name.endswith(".application")
            assert id not in after or shared, f"{id} is there without {path}"
        else:
            assert after.get(id) is None or after[id].text != before[id].text, f"{id}: {path}"


def test_a_line_is_where_it_stands() -> None:
    rack = "domain: home.arpa\n\napplications:\n  shop:\n    arch: [arm64]\n    folder: shop\n"
    app = release(parse(FULL), 3)
    files = Files(score=FULL, rack=rack)
    found = story(load(rack), [app], "shop", Target.KUBE, files)
    for origin in found.origins:
        if origin.line.line:
            text = {"score.yaml": FULL, "rack.yaml": rack}[origin.line.file]
            assert " ".join(text.splitlines()[origin.line.line - 1].split()) == origin.line.text
    arch = next(it for it in found.origins if it.line.path == "applications.shop.arch")
    assert (arch.line.file, arch.line.line) == ("rack.yaml", 5)


def test_a_target_that_cannot_run_it_is_told_beside_the_other() -> None:
    text = FULL.replace("image: .", "image: example/shop:1.0")
    app = release(parse(text), 3, runtime="image", packages="")
    shop = {"shop": app}
    from rackhouse.desired.explain import explain
    from rackhouse.desired.facts import Facts
    from unit.desired.scenario import TOOLS

    found = explain(LAN, shop, "shop", facts=Facts(tools=TOOLS), files=Files(score="", rack=""))
    assert [it.target for it in found.stories] == [Target.KUBE]
    ((target, why),) = found.refused
    assert target is Target.EMBEDDED
    assert "Docker" in why or "engine" in why
