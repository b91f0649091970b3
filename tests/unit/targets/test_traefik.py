"""A route as Traefik's configuration: whatever comes in, only what it can read goes out."""

from __future__ import annotations

import json
import re
import string
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.errors import Refused
from rackhouse.targets.machine.traefik import Filled, render

PLAIN = Filled(
    name="hello",
    hosts=("hello.rack.localhost",),
    path="/",
    to=("http://127.0.0.1:20001",),
    entries=("http", "https"),
)
CLOSED = replace(
    PLAIN,
    door="door-07",
    verify="http://127.0.0.1:20002/auth/verify",
    sign_in="http://127.0.0.1:20002",
    known="/known/hello/abc",
)
LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
HOSTS = st.lists(st.lists(LABEL, min_size=1, max_size=4).map(".".join), max_size=3).map(tuple)
SEGMENT = st.text(string.ascii_letters + string.digits + "._~-", min_size=1, max_size=9)
PATHS = st.lists(SEGMENT, max_size=3).map(lambda parts: "/" + "/".join(parts))
URLS = st.integers(1, 65535).map("http://127.0.0.1:{}".format)


def http(route: Filled) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(render(route))["http"]
    return body


def test_tls_is_where_an_entry_point_speaks_it_and_nowhere_else() -> None:
    routers = http(CLOSED)["routers"]
    assert {name: "tls" in router for name, router in routers.items()} == {
        "hello-https": True,
        "hello-http": False,
        "hello-door": False,
        "hello-sign-in-https": True,
        "hello-sign-in-http": False,
        "hello-sign-in-door": False,
        "hello-known": False,
    }


def test_a_door_asks_for_no_name() -> None:
    assert http(CLOSED)["routers"]["hello-door"]["rule"] == "PathPrefix(`/`)"


def test_every_way_to_the_application_asks_who_it_is_when_it_should() -> None:
    body = http(CLOSED)
    for name, router in body["routers"].items():
        if router["service"] == "hello":
            assert router["middlewares"] == ["hello-clean", "hello-who"], name
    who = body["middlewares"]["hello-who"]["forwardAuth"]
    assert who["trustForwardHeader"] is False
    assert who["authResponseHeaders"] == ["Rackhouse-Subject", "Rackhouse-Identity"]


def test_signing_in_comes_before_any_path_of_the_application() -> None:
    routers = http(replace(CLOSED, path="/" + "x" * 2000))["routers"]
    assert routers["hello-sign-in-door"]["priority"] > routers["hello-door"]["priority"]


def test_an_open_route_is_cleaned_too() -> None:
    body = http(PLAIN)
    assert all(r["middlewares"] == ["hello-clean"] for r in body["routers"].values())
    assert set(body["middlewares"]) == {"hello-clean"}


@given(hosts=HOSTS, path=PATHS, to=st.lists(URLS, max_size=3).map(tuple), door=st.booleans())
def test_what_is_well_formed_is_taken(
    hosts: tuple[str, ...], path: str, to: tuple[str, ...], door: bool
) -> None:
    body = http(replace(PLAIN, hosts=hosts, path=path, to=to, door="door-00" if door else ""))
    servers = body["services"]["hello"]["loadBalancer"]["servers"]
    assert [server["url"] for server in servers] == list(to)
    for router in body["routers"].values():
        named = re.findall(r"Host\(`([^`]*)`\)", router["rule"])
        assert named == ([] if router["entryPoints"] == ["door-00"] else list(hosts))


@given(text=st.text(max_size=30), field=st.sampled_from(["name", "host", "path", "door", "to"]))
def test_nothing_can_be_smuggled_into_a_rule(text: str, field: str) -> None:
    value: Any = (text,) if field in {"host", "to"} else text
    try:
        body = http(replace(PLAIN, **{{"host": "hosts"}.get(field, field): value}))
    except Refused:
        pass  # as it should be, with a reason
    else:
        for router in body["routers"].values():
            assert re.fullmatch(
                r"(?:\((?:Host\(`[\w.-]+`\)(?: \|\| )?)+\) && )?"
                r"(?:PathPrefix\(`/`\)|\(Path\(`[^`\s]+`\) \|\| PathPrefix\(`[^`\s]+/`\)\))",
                router["rule"],
            )


@pytest.mark.parametrize("path", ["/" + "a" * 5000 + "!" * 50 + " ", "/" + "a/" * 5000 + " "])
def test_a_long_path_is_judged_at_once(path: str) -> None:
    with pytest.raises(Refused):
        render(replace(PLAIN, path=path))
