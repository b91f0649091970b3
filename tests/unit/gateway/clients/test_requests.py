"""What goes out is one request, whatever is in it; what comes back is an answer, or an HttpError,
however it is cut into pieces.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.clients.http.connection import Connection
from rackhouse.services.gateway.clients.http.errors import HttpError, Unreached
from rackhouse.services.gateway.clients.http.request import Target, target, written

_HERE = target("http://one.example/base?key=a")


class Read:
    """Requests, as a server reads them."""

    def __init__(self, data: bytes) -> None:
        self.url = b""
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.begun = self.whole = 0
        parser = httptools.HttpRequestParser(self)
        parser.feed_data(data)
        self.method = parser.get_method()
        self.version = parser.get_http_version()

    def on_message_begin(self) -> None:
        self.begun += 1

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode(), value.decode()))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.whole += 1


def _one(data: bytes) -> Read:
    read = Read(data)
    assert (read.begun, read.whole, read.version) == (1, 1, "1.1")
    return read


# What is likely to end a line, a header or a request, and anything else.
_PARTS = ["\r\n", "\n", "\r", "\0", ":", " ", "\t", "\x85", "é", "€", "a", "GET / HTTP/1.1", "\x7f"]
_TEXT = st.text(max_size=8) | st.lists(st.sampled_from(_PARTS), max_size=6).map("".join)
_NAMES = _TEXT | st.sampled_from(["x-a", "Content-Length", "transfer-encoding", "HOST", "expect"])
_PATHS = _TEXT | _TEXT.map(lambda each: f"/{each}") | st.sampled_from(["", "/v1/chat"])


@given(
    method=st.sampled_from(["GET", "POST"]) | _TEXT,
    path=_PATHS,
    headers=st.dictionaries(_NAMES, _TEXT, max_size=3),
    body=st.binary(max_size=40) | st.just(b"GET / HTTP/1.1\r\n\r\n"),
)
def test_whatever_is_written_is_one_request(
    method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    try:
        data = written(method, _HERE, path, headers, body)
    except ValueError:
        return
    if method not in ("GET", "POST"):  # a server may know it or not: it is one word
        data = data.replace(method.encode(), b"POST", 1)
    read = _one(data)
    assert read.method.decode() == (method if method == "GET" else "POST")
    assert read.url.decode() == f"/base{path}?key=a"
    assert read.body == body
    ours = ("host", "user-agent", "accept-encoding")
    assert read.headers[:3] == list(
        zip(ours, ["one.example", "rackhouse", "identity"], strict=True)
    )
    length = [("content-length", str(len(body)))] if body or method == "POST" else []
    said = [(name, value.strip()) for name, value in read.headers[3:]]
    assert said == [(name, value.strip()) for name, value in headers.items()] + length


@pytest.mark.parametrize(
    "value", ["a\r\nb: c", "a\nb", "a\rb", "a\0b", "a\x7fb", "\x85", "a\u2028b"]
)
def test_a_value_that_is_no_line_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        written("POST", _HERE, "/", {"authorization": value})


@pytest.mark.parametrize(
    "name",
    ["", "a b", "a:", "a\r\nb", "a\0", "é", " a", "Content-Length", "Host", "transfer-encoding"],
)
def test_a_name_that_is_none_or_is_ours_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a name that none may have"):
        written("POST", _HERE, "/", {name: "0"})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a", Target(False, "a", 80, "", "", "a")),
        ("https://a/", Target(True, "a", 443, "/", "", "a")),
        ("HTTP://A:8080/b/", Target(False, "a", 8080, "/b/", "", "a:8080")),
        ("http://a:80", Target(False, "a", 80, "", "", "a")),
        ("https://a:80", Target(True, "a", 80, "", "", "a:80")),
        ("http://[::1]:81/b", Target(False, "::1", 81, "/b", "", "[::1]:81")),
        ("https://[2001:db8::1]", Target(True, "2001:db8::1", 443, "", "", "[2001:db8::1]")),
        ("http://127.0.0.1?b=c&d", Target(False, "127.0.0.1", 80, "", "?b=c&d", "127.0.0.1")),
        ("http://a/b c/é?d=%20e f#g", Target(False, "a", 80, "/b%20c/%C3%A9", "?d=%20e%20f", "a")),
        ("http://xn--a-b.c", Target(False, "xn--a-b.c", 80, "", "", "xn--a-b.c")),
        ("http://a_b.c.", Target(False, "a_b.c.", 80, "", "", "a_b.c.")),
        (" http://a\n/b\r\nc", Target(False, "a", 80, "/bc", "", "a")),
    ],
)
def test_an_address_has_parts(url: str, expected: Target) -> None:
    assert target(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "a", "//a", "/a", "ftp://a", "unix:///a", "http://", "http:///a", "http://:80",
        "http://b@a", "http://b:c@a", "http://@a", "http://a:b", "http://a:99999", "http://a:-1",
        "http://[::1", "http://a b", "http://a\0b", "http://.a", "http://a\x7f", "http://..é",
        f"http://{'é' * 64}.example", "http://\ud800", "http://a/\ud800", "http://a\uff0fb",
        "http://a..b", f"http://{'a' * 64}", "http://[a]", "https://fa\xdf.example", "http://a。b",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        target(url)


_URLS = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]) | _TEXT,
    _TEXT | st.sampled_from(["a", "[::1]", "[::1%é]", "é.example", "[v1.a]", "a%0d"]),
    _TEXT | st.sampled_from(["", ":80", ":", ":٣"]),
    st.lists(_TEXT | st.sampled_from(["/", "?", "#", "//"]), max_size=4).map("".join),
)


@given(url=st.text() | _URLS)
def test_whatever_the_address_it_is_refused_or_one_request(url: str) -> None:
    try:
        to = target(url)
    except ValueError:
        return
    read = _one(written("POST", to, "/v1", {}, b"{}"))
    assert read.url.decode() == f"{to.path}/v1{to.query}"
    assert read.headers[0] == ("host", to.named)
    assert (0 <= to.port < 65536, to.host.isascii()) == (True, True)


class Wires(asyncio.Transport):
    """A transport to nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.ended = self.held_up = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data

    def get_write_buffer_size(self) -> int:
        return 0

    def abort(self) -> None:
        self.ended = True

    def pause_reading(self) -> None:
        self.held_up = True

    def resume_reading(self) -> None:
        self.held_up = False


Came = tuple[int, dict[bytes, bytes], bytes, bool] | str


async def _come(pieces: list[bytes], end: bool) -> Came:
    """What an answer in so many pieces is: an answer, an HttpError's name, or still awaited."""
    open_: set[Connection] = set()
    connection = Connection(open_)
    connection.connection_made(Wires())
    asking = asyncio.ensure_future(_answer(connection))
    await asyncio.sleep(0)
    for piece in pieces:
        connection.data_received(piece)
        await asyncio.sleep(0)
    if end:
        connection.eof_received()
        connection.connection_lost(None)
    for _ in range(4):
        await asyncio.sleep(0)
    if not asking.done():
        assert not end
        connection.close()
        with pytest.raises(HttpError):
            await asking
        return "awaited"
    try:
        return asking.result()
    except HttpError as error:
        return type(error).__name__


async def _answer(connection: Connection) -> tuple[int, dict[bytes, bytes], bytes, bool]:
    await connection.ask(b"", 60)
    body = b""
    while some := await connection.some():
        body += some
    return connection.status, connection.headers, body, connection.usable


def _run(coming: Coroutine[Any, Any, Came]) -> Came:
    with asyncio.Runner() as runner:
        return runner.run(coming)


def _cut(data: bytes, at: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(each % (len(data) + 1) for each in at)})
    return [data[start:end] for start, end in itertools.pairwise(edges)]


_HEADERS = b"Content-Type: text/plain\r\nX-Long: " + b"a" * 50 + b"\r\n"


@st.composite
def _answers(draw: st.DrawFn) -> tuple[bytes, bytes, bool]:
    """An answer, its body, and whether the end of the connection is its end."""
    body = draw(st.binary(max_size=60))
    head = draw(
        st.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 A\r\na: b\r\n\r\n"])
    )
    head += b"HTTP/1.1 %d Some\r\n" % draw(st.sampled_from([200, 201, 299, 400, 500])) + _HEADERS
    form = draw(st.sampled_from(["length", "chunks", "end"]))
    if form == "length":
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body, body, False
    if form == "end":
        return head + b"\r\n" + body, body, True
    pieces = [each for each in _cut(body, draw(st.lists(st.integers(0, 60), max_size=4))) if each]
    chunks = b"".join(b"%x;a=b\r\n%s\r\n" % (len(each), each) for each in pieces)
    return (
        head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nX-T: u\r\n\r\n",
        body,
        False,
    )


@given(answer=_answers(), at=st.lists(st.integers(min_value=0), max_size=20))
def test_an_answer_is_the_same_however_it_is_cut(
    answer: tuple[bytes, bytes, bool], at: list[int]
) -> None:
    data, body, end = answer
    came = _run(_come([data], end))
    assert isinstance(came, tuple)
    assert (came[2], came[3]) == (body, not end)
    assert came[1][b"x-long"] == b"a" * 50
    assert _run(_come(_cut(data, at), end)) == came


@given(answer=_answers(), at=st.integers(min_value=0))
def test_an_answer_that_is_cut_short_is_none(answer: tuple[bytes, bytes, bool], at: int) -> None:
    data, body, end = answer
    cut = data[: at % len(data)]
    came = _run(_come([cut], end=True))
    whole_head = end and cut.count(b"\r\n\r\n") == data[: len(data) - len(body)].count(b"\r\n\r\n")
    if whole_head and len(cut) >= len(data) - len(body):
        assert isinstance(came, tuple)  # nobody can know
    else:
        assert came == "Broken"


_TOKENS = [
    b"HTTP/1.1 ", b"HTTP/1.0 ", b"200 OK\r\n", b"100 A\r\n", b"101 A\r\n", b"099 A\r\n", b"\r\n",
    b"a: b\r\n", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"3\r\n", b"abc",
    b"0\r\n", b"Connection: close\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b";", b"\0", b"\xff", b"\n",
    b"Upgrade: x\r\nConnection: Upgrade\r\n",
]  # fmt: skip


@given(
    pieces=st.lists(
        st.lists(st.sampled_from(_TOKENS), max_size=8).map(b"".join) | st.binary(max_size=20),
        max_size=6,
    ),
    end=st.booleans(),
)
def test_whatever_comes_is_an_answer_or_an_error_or_awaited(pieces: list[bytes], end: bool) -> None:
    came = _run(_come([each for each in pieces if each], end))
    assert came in ("awaited", "Broken") or isinstance(came, tuple)


@given(more=st.lists(st.sampled_from(_TOKENS), min_size=1, max_size=4).map(b"".join))
def test_nothing_that_follows_an_answer_is_read_by_the_next(more: bytes) -> None:
    came = _run(_come([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" + more], end=False))
    assert isinstance(came, tuple)
    assert came[2] == b"{}"
    assert came[3] is (not more.strip(b"\r\n"))


async def test_who_is_gone_before_anybody_asked_was_not_asked() -> None:
    for end in (lambda each: each.eof_received(), lambda each: each.connection_lost(None)):
        connection = Connection(set())
        wires = Wires()
        connection.connection_made(wires)
        end(connection)
        with pytest.raises(Unreached):
            await connection.ask(b"POST", 60)
        assert not wires.sent


async def test_no_more_is_held_than_somebody_reads() -> None:
    connection = Connection(set())
    wires = Wires()
    connection.connection_made(wires)
    asking = asyncio.ensure_future(connection.ask(b"", 60))
    await asyncio.sleep(0)
    connection.data_received(b"HTTP/1.1 200 OK\r\n\r\n")
    await asking
    for _ in range(5):
        connection.data_received(bytes(2**16))
    assert wires.held_up
    assert len(await connection.some()) == 5 * 2**16
    assert not wires.held_up
    connection.close()
    assert wires.ended
