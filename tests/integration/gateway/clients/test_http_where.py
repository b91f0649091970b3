"""The gateway's own HTTP client: which addresses are reached, and over TLS whom it believes."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fakes.loops import both
from fakes.models.spoken import (
    ENDLESS,
    LONG,
    OK,
    SHORT,
    TWO,
    Act,
    Server,
    ask,
    full,
    gone,
    serving,
    whole,
)
from rackhouse.services.gateway.clients.http import names
from rackhouse.services.gateway.clients.http.errors import Broken, Silent, Unreached
from rackhouse.services.gateway.clients.http.pool import Pool, opened


def _addresses(*given: tuple[str, int]) -> Callable[[str, int], Awaitable[list[Any]]]:
    async def looked_up(_host: str, _port: int) -> list[Any]:
        return [
            (socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, 0, "", where)
            for host, port in given
            for where in [(host, port, 0, 0) if ":" in host else (host, port)]
        ]

    return looked_up


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _has_six() -> bool:
    try:
        return bool(_closed("::1"))
    except OSError:
        return False


def _closed(host: str) -> int:
    """A port that nobody listens at."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as one:
        one.bind((host, 0))
        return int(one.getsockname()[1])


six = pytest.mark.skipif(not _has_six(), reason="this machine has no IPv6")


@six
@pytest.mark.parametrize("alive", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("first", [True, False])
@both
async def test_where_one_address_is_dead_the_other_is_taken(
    monkeypatch: pytest.MonkeyPatch, alive: str, first: bool
) -> None:
    server = Server(TWO)
    dead = "127.0.0.1" if ":" in alive else "::1"
    async with opened(Pool(LONG)) as pool, serving(server.handle, host=alive) as url:
        both_ = [(alive, _port(url)), (dead, _closed(dead))]
        monkeypatch.setattr(names, "_looked_up", _addresses(*(both_ if first else both_[::-1])))
        assert await whole(pool, "http://some.example") == b"{}"


@six
@both
async def test_an_address_that_says_nothing_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server(TWO)
    with full() as silent:
        async with opened(Pool(LONG)) as pool, serving(server.handle, host="::1") as url:
            found = _addresses(("127.0.0.1", silent), ("::1", _port(url)))
            monkeypatch.setattr(names, "_looked_up", found)
            assert await whole(pool, "http://some.example", connect=10) == b"{}"


@six
@both
async def test_where_all_are_dead_nobody_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = [(host, _closed(host)) for host in ("127.0.0.1", "::1", "127.0.0.2")]
    monkeypatch.setattr(names, "_looked_up", _addresses(*dead))
    async with opened(Pool(LONG)) as pool:
        with pytest.raises(Unreached, match="cannot be reached"):
            await ask(pool, "http://some.example")


@both
async def test_an_address_that_is_not_allowed_is_never_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside, outside = Server(), Server(TWO)
    async with (
        opened(Pool(LONG, lambda each: each != "127.0.0.1", "is inside")) as pool,
        serving(inside.handle) as here,
        serving(outside.handle, host="127.0.0.2") as there,
    ):
        found = ("127.0.0.1", _port(here)), ("127.0.0.2", _port(there))
        monkeypatch.setattr(names, "_looked_up", _addresses(*found))
        assert await whole(pool, "http://some.example") == b"{}"
        monkeypatch.setattr(names, "_looked_up", _addresses(found[0]))
        with pytest.raises(Unreached, match="is inside"):
            await ask(pool, "http://other.example")
        assert (inside.connections, outside.connections) == (0, 1)


@both
async def test_who_gave_up_asking_leaves_no_answer_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(TWO)

    async def late(_host: str, _port: int) -> list[Any]:
        await asyncio.sleep(SHORT)
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    async with opened(Pool(LONG)) as pool, serving(server.handle) as there:
        monkeypatch.setattr(names, "_looked_up", late)
        with pytest.raises(Unreached, match="cannot be reached"):
            await ask(pool, "http://some.example", connect=SHORT / 10)
        await asyncio.sleep(2 * SHORT)
        monkeypatch.setattr(names, "_looked_up", _addresses(("127.0.0.1", _port(there))))
        assert await whole(pool, "http://some.example") == b"{}"


@both
async def test_who_has_moved_is_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(TWO)
    async with opened(Pool(LONG)) as pool, serving(server.handle) as there:
        monkeypatch.setattr(names, "_looked_up", _addresses(("127.0.0.1", _closed("127.0.0.1"))))
        with pytest.raises(Unreached):
            await ask(pool, "http://some.example")
        monkeypatch.setattr(names, "_looked_up", _addresses(("127.0.0.1", _port(there))))
        assert await whole(pool, "http://some.example") == b"{}"


@both
async def test_a_name_is_asked_for_once_for_all_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def unknown(_host: str, _port: int) -> list[Any]:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(names, "_looked_up", unknown)
    async with opened(Pool(LONG)) as pool:
        for count in (1, 2):
            asking = [ask(pool, "http://some.example") for _ in range(5)]
            failed = await asyncio.gather(*asking, return_exceptions=True)
            assert {str(each) for each in failed} == {"its name is not known"}
            assert {type(each) for each in failed} == {Unreached}
            assert asked == count


@pytest.mark.parametrize("name", ["a." * 150, "[fe80::1%nowhere]"])
@both
async def test_what_is_no_name_is_not_known(name: str) -> None:
    async with opened(Pool(LONG)) as pool:
        with pytest.raises(Unreached):
            await ask(pool, f"http://{name}:1", connect=10)


@both
async def test_a_socket_of_unix_is_reached_whatever_the_address(tmp_path: Path) -> None:
    server = Server(TWO, TWO)
    path = tmp_path / "socket"
    async with opened(Pool(LONG, path=path)) as pool:
        with pytest.raises(Unreached, match="cannot be reached"):
            await ask(pool, "http://some.example")
        async with serving(server.handle, path=path):
            assert await whole(pool, "http://some.example/a?b") == b"{}"
            assert await whole(pool, "http://some.example/a?b") == b"{}"
    assert server.connections == 1
    assert server.asked[0].startswith(b"POST /a/v1?b HTTP/1.1\r\nhost: some.example\r\n")


def _certificate(place: Path, name: str = "localhost", days: int = 1) -> tuple[Any, Any]:
    """Contexts of a server with a certificate of its own authority, and of who believes that."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    end = datetime.now(UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(end - timedelta(days=9))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    place.write_bytes(made + secret)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(place)
    return server, ssl.create_default_context(cadata=made.decode())


def _local(url: str) -> str:
    return url.replace("127.0.0.1", "localhost")


@both
async def test_over_tls_it_is_the_same(tmp_path: Path) -> None:
    big = os.urandom(3_000_000)
    ended = OK + b"content-length: 3000000\r\n\r\n"
    server = Server(TWO, (ended, big), (ENDLESS + b"{}", Act.CUT), (ended, Act.CUT), (LONG,))
    theirs, ours = _certificate(tmp_path / "one.pem")
    async with opened(Pool(LONG)) as pool, serving(server.handle, ssl=theirs) as url:
        for body in (b"{}", big, b"{}"):
            answer = await ask(pool, _local(url), context=ours)
            await asyncio.sleep(0.02)  # it is held up meanwhile
            assert await answer.whole(3_000_000) == body
        assert server.connections == 1
        with pytest.raises(Broken, match="broke off"):
            await whole(pool, _local(url), context=ours)
        with pytest.raises(Silent):
            await whole(pool, _local(url), context=ours, patience=SHORT)
        await gone(pool)


@both
async def test_over_tls_nobody_waits_on_when_the_pool_closes(tmp_path: Path) -> None:
    server = Server((ENDLESS, LONG), (OK + b"content-length: 9000000\r\n\r\n", bytes(3_000_000)))
    theirs, ours = _certificate(tmp_path / "one.pem")
    async with opened(Pool(LONG)) as pool, serving(server.handle, ssl=theirs) as url:
        answers = [await ask(pool, _local(url), context=ours) for _ in range(2)]
        waiting = asyncio.ensure_future(answers[0].some())
        await asyncio.sleep(0.05)
        pool.close()
        with pytest.raises(Broken, match="broke off"):
            await waiting
        with pytest.raises(Broken, match="broke off"):
            await answers[1].whole(9_000_000)
        answers[0].close()
        await gone(pool)


@pytest.mark.parametrize(
    ("name", "days", "believed"),
    [("other", 1, True), ("localhost", -1, True), ("localhost", 1, False)],
)
@both
async def test_a_certificate_that_is_not_in_order_is_not_accepted(
    tmp_path: Path, name: str, days: int, believed: bool
) -> None:
    theirs, ours = _certificate(tmp_path / "one.pem", name, days)
    server = Server()
    async with opened(Pool(LONG)) as pool, serving(server.handle, ssl=theirs) as url:
        with pytest.raises(Unreached, match="its certificate is not accepted"):
            await ask(pool, _local(url), context=ours if believed else None)
        assert not server.asked


@both
async def test_who_speaks_no_tls_is_said_to() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        await reader.read()

    async with opened(Pool(LONG)) as pool, serving(plain) as url:
        with pytest.raises(Unreached, match="speaks no TLS"):
            await ask(pool, url.replace("http", "https"))


@both
async def test_who_believes_another_authority_has_another_connection(tmp_path: Path) -> None:
    server = Server(TWO, TWO)
    theirs, ours = _certificate(tmp_path / "one.pem")
    async with opened(Pool(LONG)) as pool, serving(server.handle, ssl=theirs) as url:
        assert await whole(pool, _local(url), context=ours) == b"{}"
        with pytest.raises(Unreached, match="certificate"):
            await whole(pool, _local(url))
