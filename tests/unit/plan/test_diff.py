"""Differences for people: which field, from what, to what."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from rackhouse.plan.diff import difference
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.kube import Object
from rackhouse.resources.machine import AliveProbe, File, Folder, HttpProbe, Process, Program
from unit.apply.worlds import Want, wants

SECRET = Id("vault", "secret", "gb.db")
PROGRAM = Program(
    command=tuple(map(Text.of, ("serve", "--port", "80", "--quiet"))),
    env=(("A", Text.of("1")), ("DB", Text.of("db:", SECRET.ref("value")))),
)
WEB = Resource(id=Id("machine", "process", "gb.web"), spec=Process(PROGRAM), owner="gb")


def lines(old: Resource[Any], new: Resource[Any]) -> list[str]:
    return list(map(str, difference(old.text, new.text)))


def process(**changed: Any) -> Resource[Any]:
    return replace(WEB, spec=replace(WEB.spec, **changed))


def program(**changed: Any) -> Resource[Any]:
    return process(program=replace(PROGRAM, **changed))


@given(wants())
def test_what_is_equal_has_no_difference(want: Want) -> None:
    assert all(difference(each.text, each.text) == () for each in want.values())


@given(wants(), wants())
def test_what_digests_differently_has_one(one: Want, other: Want) -> None:
    for id in one.keys() & other.keys():
        same = one[id].digest == other[id].digest
        assert same == (difference(one[id].text, other[id].text) == ())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (process(grace=3.0), ["grace: 10.0 -> 3.0"]),
        (process(stop_signal="SIGINT"), ["stop_signal: SIGTERM -> SIGINT"]),
        (process(stop_signal=""), ['stop_signal: SIGTERM -> ""']),
        (process(probe=AliveProbe(2.0)), ["probe.seconds: 1.0 -> 2.0"]),
        (program(memory_max=9), ["program.memory_max: 0 -> 9"]),
        (
            program(env=PROGRAM.env[:1]),
            ["program.env.DB: - db:${vault/secret/gb.db.value}", "needs: - vault/secret/gb.db"],
        ),
        (
            program(env=PROGRAM.env[::-1]),
            [
                'program.env: + ["DB", "db:${vault/secret/gb.db.value}"]',
                'program.env: - ["DB", "db:${vault/secret/gb.db.value}"]',
            ],
        ),
        (program(env=(*PROGRAM.env, ("C", Text.of("3")))), ["program.env.C: + 3"]),
        (
            program(env=(("A", Text.of("2")), PROGRAM.env[1])),
            ["program.env.A: 1 -> 2"],
        ),
        (
            program(command=tuple(map(Text.of, ("serve", "--port", "81")))),
            ["program.command: 80 -> 81", "program.command: - --quiet"],
        ),
        (program(command=(*PROGRAM.command, Text.of("-v"))), ["program.command: + -v"]),
        (replace(WEB, claims=frozenset({"gpu:forge"})), ["claims: + gpu:forge"]),
        (replace(WEB, needs=frozenset({Id("a", "b", "c")})), ["needs: + a/b/c"]),
        (replace(WEB, keep=True), ["keep: false -> true"]),
        (replace(WEB, uid="two"), ['uid: "" -> two']),
    ],
)
def test_a_change_names_its_field(changed: Resource[Any], expected: list[str]) -> None:
    assert lines(WEB, changed) == expected


def test_another_kind_is_a_change_of_its_own() -> None:
    probe = HttpProbe(Text.of("http://x"))
    assert lines(WEB, process(probe=probe)) == [
        "probe: AliveProbe -> HttpProbe",
        "probe.seconds: - 1.0",
        "probe.headers: + []",
        "probe.url: + http://x",
    ]
    folder = replace(WEB, spec=Folder("x"))
    assert lines(WEB, folder)[0] == "kind: Process -> Folder"


def test_long_texts_are_compared_line_by_line() -> None:
    old = Resource(id=Id("machine", "file", "x"), spec=File("x", Text.of("a: 1\nb: 2\nc: 3\n")))
    new = replace(old, spec=File("x", Text.of("a: 1\nb: 4\nc: 3\nd: 5\n")))
    assert lines(old, new) == ["content: b: 2 -> b: 4", "content: + d: 5"]


def test_an_object_of_a_cluster_is_compared_by_its_fields_and_its_items_by_name() -> None:
    def deployment(replicas: int, image: str, *env: dict[str, str]) -> Resource[Any]:
        container = {"env": list(env), "image": image, "name": "web"}
        spec = {"replicas": replicas, "template": {"spec": {"containers": [container]}}}
        body = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": spec}
        text = Text.of(json.dumps(body, sort_keys=True, separators=(",", ":")))
        made = Object(api="apps/v1", kind="Deployment", namespace="gb", name="web", body=text)
        return Resource(id=Id("kube.home", "Deployment", "gb.web"), spec=made, owner="gb")

    old = deployment(1, "gb:r7", {"name": "A", "value": "1"}, {"name": "B", "value": "1"})
    new = deployment(2, "gb:r8", {"name": "B", "value": "2"}, {"name": "C", "value": "1"})
    where = "spec.template.spec.containers.web"
    assert sorted(lines(old, new)) == [
        "spec.replicas: 1 -> 2",
        f'{where}.env.A: - {{"name": "A", "value": "1"}}',
        f"{where}.env.B.value: 1 -> 2",
        f'{where}.env.C: + {{"name": "C", "value": "1"}}',
        f"{where}.image: gb:r7 -> gb:r8",
    ]
