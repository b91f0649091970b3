"""Certificates of upstreams: a wrong one is not spoken with, one's own authority is believed."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rackhouse.services.gateway.clients import sessions
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.openai import OpenAi
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Kind, Upstream

_BODY = b'{"choices":[{"message":{"content":"a"}}]}'
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s"
_CALL = Call(
    id="1", caller=Caller(key="k"), task=Task.CHAT, model="m", payload={"messages": []}, answer=9
)


def _certificate(place: Path) -> tuple[Path, str]:
    """A certificate of its own authority for `localhost`, with its key; and its PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    place.write_bytes(pem + secret)
    return place, pem.decode()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(_ANSWER % (len(_BODY), _BODY))
    await writer.drain()
    writer.close()


@asynccontextmanager
async def _serving(certificate: Path) -> AsyncIterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _ask(url: str, authority: str) -> bytes:
    upstream = Upstream(
        name="one", kind=Kind.VLLM, url=url, model="m", local=True, authority=authority
    )
    async with sessions.opened() as pools:
        return (await OpenAi(Wire(pools)).ask(upstream, _CALL)).body


async def test_its_own_authority_is_believed_for_its_own_name(tmp_path: Path) -> None:
    certificate, pem = _certificate(tmp_path / "one.pem")
    async with _serving(certificate) as port:
        assert await _ask(f"https://localhost:{port}", pem) == _BODY
        with pytest.raises(Failed, match="certificate is not accepted") as caught:
            await _ask(f"https://127.0.0.1:{port}", pem)
    assert not caught.value.asked


async def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    certificate, _ = _certificate(tmp_path / "one.pem")
    _, other = _certificate(tmp_path / "other.pem")
    async with _serving(certificate) as port:
        for authority in ("", other):
            with pytest.raises(Failed, match="certificate is not accepted"):
                await _ask(f"https://localhost:{port}", authority)


async def test_an_authority_that_is_no_pem_is_said() -> None:
    with pytest.raises(Failed, match="authority is not understood"):
        await _ask("https://localhost:1", "nonsense")
