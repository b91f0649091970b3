"""What an upstream may say over real HTTP, and what the client makes of it: who was asked, whose
fault it was, and what is passed on.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from msgspec.structs import replace

from fakes.models.serving import served
from fakes.models.verbatim import Verbatim
from rackhouse.services.gateway.clients import sessions
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.openai import OpenAi
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.call import Call, Caller, Reply, Task
from rackhouse.services.gateway.model.config import Kind, Upstream

_SAID = Verbatim()
_WORD = b'{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}'
_LAST = b'{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'
_COUNT = b'{"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2}}'
_WHOLE = b'{"choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":4}}'
_DONE = b"data: [DONE]\n\n"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(_SAID) as address:
        yield address


@pytest.fixture
async def client() -> AsyncIterator[OpenAi]:
    async with sessions.opened() as pools:
        yield OpenAi(Wire(pools))


def _upstream(url: str, **more: object) -> Upstream:
    usual = {"name": "one", "kind": Kind.COMPATIBLE, "model": "m", "url": url, "local": True}
    return Upstream(**{**usual, **more})  # type: ignore[arg-type]


def _call(stream: bool = False, counts: bool = False, task: Task = Task.CHAT) -> Call:
    payload = {"model": "chat", "messages": [{"role": "user", "content": "a"}], "stream": stream}
    return Call(
        id="1", caller=Caller(key="k"), task=task, model="chat", payload=payload, stream=stream,
        counts=counts, answer=100,
    )  # fmt: skip


async def _stream(client: OpenAi, url: str, counts: bool = False) -> tuple[Reply, list[bytes]]:
    reply = await client.ask(_upstream(url), _call(stream=True, counts=counts))
    assert reply.pieces is not None
    return reply, [each async for each in reply.pieces]


@pytest.mark.parametrize(
    "parts",
    [
        (b"data: " + _WORD + b"\n\n", b"data: " + _LAST + b"\n\n", _DONE),
        (b"data: " + _WORD + b"\r\n\r\ndata: " + _LAST + b"\r\n\r\ndata: [DONE]\r\n\r\n",),
        (b"data:" + _WORD + b"\n\ndata:" + _LAST + b"\n\ndata:[DONE]\n\n",),
        (b": busy\n\n", b"data: " + _WORD, b"\n\n: busy\n\ndata: " + _LAST + b"\n\n", _DONE),
        (b"data: " + _WORD + b"\n\ndata: " + _LAST + b"\n\n",),
        (b"data: " + _WORD + b"\n\ndata: " + _LAST + b"\n\ndata: [DONE]\n",),
        (b"event: x\nid: 1\ndata: " + _WORD + b"\n\ndata: " + _LAST + b"\n\n" + _DONE + _WORD,),
    ],
    ids=["plain", "crlf", "no-space", "comments", "no-done", "no-empty-line", "names-and-more"],
)
async def test_a_stream_is_whole_however_it_is_written(
    client: OpenAi, url: str, parts: tuple[bytes, ...]
) -> None:
    _SAID.says(*parts, content_type="text/event-stream")
    reply, pieces = await _stream(client, url)
    assert pieces == [b"data: " + each + b"\n\n" for each in (_WORD, _LAST, b"[DONE]")]
    assert not reply.usage.known


@pytest.mark.parametrize("counts", [True, False])
async def test_a_count_is_kept_back_from_who_did_not_ask(
    client: OpenAi, url: str, counts: bool
) -> None:
    _SAID.says(b"".join(b"data: " + each + b"\n\n" for each in (_WORD, _LAST, _COUNT)) + _DONE)
    reply, pieces = await _stream(client, url, counts)
    assert (b"data: " + _COUNT + b"\n\n" in pieces) is counts
    assert (reply.usage.input, reply.usage.output, reply.usage.known) == (4, 2, True)


@pytest.mark.parametrize(
    ("parts", "cut"),
    [
        ((), False),
        ((b"<html>no</html>",), False),
        ((b"data: {half",), False),
        ((b'data: {"error":{"message":"overloaded"}}\n\n',), False),
        ((_WHOLE,), False),  # no stream, though one was asked for
        ((b": busy\n\n",), True),
        ((_DONE,), False),
    ],
)
async def test_until_the_first_event_another_may_answer(
    client: OpenAi, url: str, parts: tuple[bytes, ...], cut: bool
) -> None:
    _SAID.says(*parts, cut=cut, content_type="text/event-stream")
    with pytest.raises(Failed) as caught:
        await client.ask(_upstream(url), _call(stream=True))
    assert (caught.value.asked, caught.value.fault) == (True, True)


@pytest.mark.parametrize("end", [b"", b"data: {half\n\n", b'data: {"error":{"message":"no"}}\n\n'])
async def test_a_stream_that_breaks_off_says_so(client: OpenAi, url: str, end: bytes) -> None:
    _SAID.says(b"data: " + _WORD + b"\n\n", end)
    reply = await client.ask(_upstream(url), _call(stream=True))
    assert reply.pieces is not None
    with pytest.raises(Failed) as caught:
        _ = [each async for each in reply.pieces]
    assert caught.value.asked


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b'{"error":{"message":"no"}}', b'{"choices":[]}', b'{"choi']
)
async def test_a_200_that_is_no_answer_is_none(client: OpenAi, url: str, body: bytes) -> None:
    _SAID.says(body)
    with pytest.raises(Failed) as caught:
        await client.ask(_upstream(url), _call())
    assert (caught.value.asked, caught.value.fault) == (True, True)


async def test_an_answer_in_many_pieces_and_packed_is_whole(client: OpenAi, url: str) -> None:
    packed = gzip.compress(_WHOLE)
    _SAID.says(packed[:9], packed[9:], content_encoding="gzip")
    assert (await client.ask(_upstream(url), _call())).body == _WHOLE


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
async def test_what_cannot_be_unpacked_is_no_answer(client: OpenAi, url: str, coding: str) -> None:
    _SAID.says(b"not packed at all", content_encoding=coding)
    with pytest.raises(Failed):
        await client.ask(_upstream(url), _call())
    with pytest.raises(Failed):
        await client.ask(_upstream(url), _call(stream=True))


@pytest.mark.parametrize(
    ("status", "body", "asked", "fault", "final"),
    [
        (400, b'{"error":{"message":"temperature: too hot","param":"temperature"}}', 0, 0, 1),
        (422, b'{"detail":"no"}', 0, 0, 1),
        (400, b'{"error":{"message":"caf\xe9"}}', 0, 0, 1),
        (500, b'{"error":{"message":"caf\xe9"}}', 0, 1, 0),
        (400, b'{"error":{"message":"x","code":"context_length_exceeded"}}', 0, 0, 0),
        (400, b'{"error":{"message":"maximum context length is 8192 tokens"}}', 0, 0, 0),
        (400, b'{"error":"this model does not support tools"}', 0, 0, 0),
        (413, b"<html>", 0, 0, 0),
        (401, b"{}", 0, 1, 0),
        (403, b"{}", 0, 1, 0),
        (404, b'{"error":{"message":"model not found"}}', 0, 1, 0),
        (429, b"{}", 0, 0, 0),
        (429, b'{"error":{"message":"x","code":"insufficient_quota"}}', 0, 1, 0),
        (402, b"{}", 0, 1, 0),
        (400, b'{"error":{"message":"Your credit balance is too low to go on"}}', 0, 1, 0),
        (204, b"", 1, 1, 0),
        (500, b"oh", 0, 1, 0),
        (503, b"", 0, 1, 0),
        (504, b"", 1, 1, 0),
        (307, b"", 0, 1, 0),
    ],
)
async def test_a_status_says_whose_fault_it_is(
    client: OpenAi, url: str, status: int, body: bytes, asked: int, fault: int, final: int
) -> None:
    _SAID.says(body, status=status, location="http://169.254.169.254/", retry_after="7")
    with pytest.raises(Failed) as caught:
        await client.ask(_upstream(url), _call())
    failed = caught.value
    assert (failed.asked, failed.fault, failed.final) == (asked, fault, final)
    assert failed.status == status
    assert failed.retry_after in ((7,) if status in (500, 503, 504) else (0, 7))
    assert (failed.refusal is not None) is (status in (400, 413, 422) and not fault)
    assert _SAID.asked == 1


@pytest.mark.parametrize("task", [Task.RESPONSE, Task.RERANK, Task.COMPLETION])
async def test_a_path_that_it_does_not_have_is_no_fault(
    client: OpenAi, url: str, task: Task
) -> None:
    _SAID.says(b"{}", status=404)
    with pytest.raises(Failed) as caught:
        await client.ask(_upstream(url), _call(task=task))
    assert not caught.value.fault


async def test_who_refuses_a_connection_was_never_asked(client: OpenAi) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(Failed) as caught:
            await client.ask(_upstream(closed), _call())
    assert (caught.value.why, caught.value.asked) == ("cannot be reached", False)


async def test_who_falls_silent_may_have_worked(client: OpenAi) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Failed) as caught:
            await client.ask(_upstream(address, first_byte=0.05), _call())
    assert (caught.value.why, caught.value.asked) == ("fell silent", True)


async def test_a_stream_that_falls_silent_breaks_off(client: OpenAi) -> None:
    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\ndata: " + _WORD + b"\n\n")
        await reader.read()  # until it is let go
        writer.close()

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        told = _upstream(address, first_byte=60, idle=0.05)
        reply = await client.ask(told, _call(stream=True))
        assert reply.pieces is not None
        assert await reply.pieces.__anext__() == b"data: " + _WORD + b"\n\n"
        with pytest.raises(Failed, match="fell silent") as caught:
            await reply.pieces.__anext__()
    assert caught.value.asked


async def test_only_what_is_waited_for_is_silence(client: OpenAi) -> None:
    """A client that takes its time is no fault of the upstream's."""
    asked = asyncio.Event()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\ndata: " + _WORD + b"\n\n")
        await asked.wait()
        writer.write(b"data: " + _WORD + b"\n\ndata: [DONE]\n\n")
        writer.close()

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        reply = await client.ask(_upstream(address, first_byte=60, idle=0.2), _call(stream=True))
        assert reply.pieces is not None
        first = await reply.pieces.__anext__()
        await asyncio.sleep(0.5)
        asyncio.get_running_loop().call_later(0.05, asked.set)
        assert await reply.pieces.__anext__() == first
        assert [each async for each in reply.pieces] == [b"data: [DONE]\n\n"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
async def test_outside_is_not_inside_whatever_its_name_says(
    client: OpenAi, url: str, host: str
) -> None:
    _SAID.says(_WHOLE)
    inside = f"http://{host}:{url.rpartition(':')[2]}"
    with pytest.raises(Failed) as caught:
        await client.ask(_upstream(inside, local=False, connect=5), _call())
    assert not caught.value.asked
    assert "inside" in caught.value.why
    assert _SAID.asked == 0


async def test_a_proxy_inside_is_reached_where_the_rack_says_so(client: OpenAi, url: str) -> None:
    _SAID.says(_WHOLE)
    assert (await client.ask(_upstream(url, local=False, private=True), _call())).body == _WHOLE


@pytest.mark.parametrize("where", [{"local": True}, {"local": False, "private": True}])
async def test_nobody_inside_fetches_what_a_client_names(
    client: OpenAi, url: str, where: dict[str, bool]
) -> None:
    _SAID.says(_WHOLE)
    with pytest.raises(Failed) as caught:
        await client.ask(_upstream(url, **where), replace(_call(), fetched="messages[0].x"))
    refusal = caught.value.refusal
    assert refusal is not None
    assert (refusal.status, refusal.param) == (400, "messages[0].x")
    assert (caught.value.asked, caught.value.fault, caught.value.final) == (False, False, False)
    assert _SAID.asked == 0


@pytest.mark.parametrize("more", [{"key": "a\r\nx-b: c"}, {"url": "no address"}])
async def test_what_cannot_be_sent_is_not(client: OpenAi, url: str, more: dict[str, str]) -> None:
    _SAID.says(_WHOLE)
    with pytest.raises(Failed) as caught:
        await client.ask(_upstream(**{"url": url, **more}), _call())
    assert not caught.value.asked
    assert _SAID.asked == 0


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("10.0.0.1", False), ("100.64.0.1", False),
        ("::ffff:10.0.0.1", False), ("fe80::1%eth0", False), ("fd00::1", False), ("0.0.0.0", False),
        ("224.0.0.1", False), ("::", False), ("192.0.0.192", False), ("192.88.99.1", False),
        ("64:ff9b::808:808", True), ("64:ff9b::a9fe:a9fe", False), ("64:ff9b:1::808:808", False),
        ("2002:808:808::1", False), ("::127.0.0.1", False), ("fec0::1", False), ("ff0e::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_outside(address: str, outside: bool) -> None:
    assert sessions.is_outside(address) is outside
