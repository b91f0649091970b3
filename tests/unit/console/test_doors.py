"""Return addresses: ours or nobody's, however they are written."""

from __future__ import annotations

import string
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rackhouse.console.doors import find, guarded, local_path, origin_of, place_of
from rackhouse.operations.view import RouteView
from rackhouse.resources.machine import Access

NAMED, PLAIN = "https://notes.rack.localhost:8443", "http://127.0.0.1:9002"


def a_route(name: str = "notes", *, path: str = "/", **rest: object) -> RouteView:
    origins = (f"https://{name}.rack.localhost:8443", PLAIN)
    route = {"access": Access.SIGNED_IN, "origins": origins, **rest}
    return RouteView(name=name, application=name, path=path, url="", plain="", **route)  # type: ignore[arg-type]  # by name


ROUTES = [a_route()]
OWN = {"192.168.1.5"}


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (NAMED, f"{NAMED}/"),
        (f"{NAMED}/", f"{NAMED}/"),
        (f"{NAMED}/a/b?c=d&e=%20f", f"{NAMED}/a/b?c=d&e=%20f"),
        (f"{NAMED}//evil.example/x", f"{NAMED}/evil.example/x"),
        (f"{PLAIN}/ä", f"{PLAIN}/%C3%A4"),
    ],
)
def test_leads_back_to_a_route(address: str, url: str) -> None:
    place = place_of(address, ROUTES, OWN)
    assert place
    assert (place.application, place.url) == ("notes", url)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/relative",
        "//evil.example",
        "https://evil.example/",
        "http://notes.rack.localhost:8443/",  # another scheme
        "https://notes.rack.localhost/",  # another port
        "https://notes.rack.localhost:8443.evil.example/",
        "https://notes.rack.localhost:8443@evil.example/",
        "https://evil.example#https://notes.rack.localhost:8443/",
        "https://evil.example\\@notes.rack.localhost:8443/",
        "https://notes.rack.localhost:8443\\@evil.example/",
        "https:notes.rack.localhost:8443/",
        "HTTPS://NOTES.rack.localhost:8443/",
        "javascript:alert(1)",
        "data:text/html,x",
        " https://notes.rack.localhost:8443/",
        "https://notes.rack.localhost:8443/\r\nSet-Cookie: a=b",
        "https://notes.rack.localhost:8443/\x00",
        "https://notes.rack.localhost:8443/\n",
        "https://notes.rack.localhost:08443000/",
        "https://notes.rack.localhost:99999/",
        "https://notes.rack.localhost.:8443/",
        "https://\uff4eotes.rack.localhost:8443/",
        "http://127.0.0.1:9003/",
        "http://127.1:9002/",
        "http://0x7f.0.0.1:9002/",
        "http://[::1]:9002/",
        f"{NAMED}/" + "x" * 5000,
    ],
)
def test_leads_nowhere_else(address: str) -> None:
    assert place_of(address, ROUTES, OWN) is None


def test_this_machines_own_addresses_count_where_the_network_may_come_in() -> None:
    open_to_lan = [a_route(lan_port=9300)]
    assert place_of("http://192.168.1.5:9300/", open_to_lan, OWN)
    assert place_of("http://192.168.1.66:9300/", open_to_lan, OWN) is None
    assert place_of("http://192.168.1.5:9300/", ROUTES, OWN) is None


def test_the_longest_path_wins_and_parts_of_words_do_not_count() -> None:
    shared = ("https://x.rack.localhost:8443",)
    routes = [
        a_route("all", origins=shared),
        a_route("api", path="/api", origins=shared),
    ]
    for path, name in {"/": "all", "/api": "api", "/api/x": "api", "/apiary": "all"}.items():
        place = find(shared[0], path, routes, ())
        assert place
        assert place.application == name


def test_a_route_open_to_everybody_asks_nobody() -> None:
    routes = [a_route(access=Access.OPEN)]
    assert place_of(NAMED, routes, OWN) is None
    assert not guarded(NAMED, routes, OWN)
    assert guarded(NAMED, ROUTES, OWN)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("rack.localhost:8443", "https://rack.localhost:8443"),
        ("RACK.localhost:8443", "https://rack.localhost:8443"),
        ("rack.localhost:443", "https://rack.localhost"),
        ("[::1]:8400", "https://[::1]:8400"),
        ("", ""),
        ("a b", ""),
        ("a/b", ""),
        ("a@b", ""),
        ("a:0", ""),
        ("a..b", ""),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(host: str, origin: str) -> None:
    assert origin_of("https", host) == origin


ADDRESS = st.text(st.sampled_from(string.printable + "ä\u2028\uff0f\u3002"), max_size=60)
PREFIX = st.sampled_from(
    [
        "",
        "/",
        "//",
        "/\\",
        "http://",
        "https://",
        NAMED,
        f"{NAMED}/",
        f"{NAMED}@",
        f"{NAMED}.",
        PLAIN,
    ]
)


@given(prefix=PREFIX, rest=ADDRESS)
@example(prefix=NAMED, rest=":80/")
@example(prefix=f"{NAMED}/", rest="/evil.example")
def test_whatever_is_asked_only_our_own_origins_are_answered(prefix: str, rest: str) -> None:
    place = place_of(prefix + rest, ROUTES, OWN)
    if place is not None:
        split = urlsplit(place.url)
        assert f"{split.scheme}://{split.netloc}" in {NAMED, PLAIN}
        assert place.to.startswith("/")
        assert not place.to.startswith("//")
        assert place.url.isascii()
        assert place.url.isprintable()
        assert " " not in place.url


@given(prefix=PREFIX, rest=ADDRESS)
def test_a_local_path_never_leaves_the_origin(prefix: str, rest: str) -> None:
    path = local_path(prefix + rest)
    assert path.startswith("/")
    assert not path.startswith("//")
    assert "\\" not in path
    assert path.isascii()
    assert path.isprintable()
