"""Buckets: each key reaches its own alone, nobody comes in without, and nothing else is open."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import httpx
import obstore
import psutil
import pytest
from obstore.store import S3Store

from integration.parts.conftest import RACK, Server, free_port
from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.objects import Bucket
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets import objects
from rackhouse.targets.objects.sigv4 import Key, Request, sign
from rackhouse.targets.protocol import Target

ONE, TWO = Key("KEYONE", "secret of one"), Key("KEYTWO", "secret of two")


@pytest.fixture
def server(objects_server: Server) -> Server:
    return objects_server


@pytest.fixture(autouse=True)
async def _clean(target: Target) -> AsyncIterator[None]:
    yield
    for seen in await target.observe(None):
        await target.remove(seen, lambda words: None)


async def make(target: Target, name: str, key: Key) -> Seen:
    spec = Bucket(name, Text.of(key.access), Text.of(key.secret))
    resource = Resource(id=Id("objects", "bucket", name), spec=spec, keep=True)
    stamp = Stamp(rack=RACK, digest=resource.digest, keep=True)
    return await target.ensure(resource, stamp, {}, lambda words: None)


def bucket(server: Server, name: str, key: Key) -> S3Store:
    return S3Store(
        name,
        endpoint=server.address["url"],
        access_key_id=key.access,
        secret_access_key=key.secret,
        region="us-east-1",
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},  # type: ignore[typeddict-item]  # the rest has defaults
    )


@dataclass(frozen=True)
class Both:
    """Two buckets with something in them, and the store that has their stamps."""

    one: S3Store
    two: S3Store
    stamps: MemoryStore


@pytest.fixture(scope="module")
def both(objects_server: Server) -> Both:
    stamps = MemoryStore()

    async def prepare() -> None:
        target = objects_server.target(stamps)
        await make(target, "one.files", ONE)
        await make(target, "two.files", TWO)
        await target.close()

    asyncio.run(prepare())
    both = Both(
        bucket(objects_server, "one.files", ONE), bucket(objects_server, "two.files", TWO), stamps
    )
    for store in (both.one, both.two):
        obstore.put(store, "a/b.txt", b"own")
    return both


def test_a_key_does_all_that_programs_do(both: Both) -> None:
    store = both.one
    assert obstore.get(store, "a/b.txt").bytes() == b"own"
    obstore.put(store, "big", b"x" * 12_000_000, chunk_size=5 * 2**20)
    assert obstore.head(store, "big")["size"] == 12_000_000
    assert bytes(obstore.get_range(store, "big", start=5, length=3)) == b"xxx"
    obstore.copy(store, "a/b.txt", "a/c.txt")
    obstore.rename(store, "a/c.txt", "a/d.txt")
    listed = sorted(meta["path"] for page in obstore.list(store) for meta in page)
    assert listed == ["a/b.txt", "a/d.txt", "big"]
    with pytest.raises(obstore.exceptions.AlreadyExistsError):
        obstore.put(store, "big", b"", mode="create")
    url = obstore.sign(store, "GET", "a/b.txt", expires_in=timedelta(minutes=1))
    assert httpx.get(url).content == b"own"
    obstore.delete(store, ["a/d.txt", "big"])
    assert len(obstore.list(store).collect()) == 1


def ask(
    server: Server, key: Key | None, method: str, path: str, query: str = "", body: bytes = b""
) -> httpx.Response:
    """A request as `key` signs it, or unsigned. The query is left out of no signature: empty is."""
    url = server.address["url"]
    host = url.partition("://")[2]
    headers = {}
    if key is not None:
        headers = dict(signed(key, "s3", method, host, path, query, body))
    return httpx.request(method, f"{url}{quote(path)}{query}", headers=headers, content=body)


def signed(
    key: Key, service: str, method: str, host: str, path: str, query: str, body: bytes
) -> dict[str, str]:
    """As `sigv4.sign`, with a sub-resource such as `?policy`, which the target never asks for."""
    request = Request(service=service, method=method, host=host, path=path, body=body)
    if not query:
        return dict(sign(key, request, datetime.now(UTC)))
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    sha = hashlib.sha256(body).hexdigest()
    name = query.removeprefix("?")
    plain = (
        f"{method}\n{quote(path)}\n{name}=\nhost:{host}\nx-amz-content-sha256:{sha}\n"
        f"x-amz-date:{now}\n\nhost;x-amz-content-sha256;x-amz-date\n{sha}"
    )
    scope = f"{now[:8]}/us-east-1/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(plain.encode()).hexdigest()}"
    secret = f"AWS4{key.secret}".encode()
    for word in scope.split("/"):
        secret = hmac.digest(secret, word.encode(), "sha256")
    signature = hmac.digest(secret, text.encode(), "sha256").hex()
    return {
        "x-amz-content-sha256": sha,
        "x-amz-date": now,
        "authorization": f"AWS4-HMAC-SHA256 Credential={key.access}/{scope}, "
        f"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}",
    }


OTHERS = (
    ("GET", "/two.files/a/b.txt", ""),
    ("HEAD", "/two.files/a/b.txt", ""),
    ("PUT", "/two.files/new", ""),
    ("PUT", "/two.files/a/b.txt", ""),
    ("DELETE", "/two.files/a/b.txt", ""),
    ("POST", "/two.files/big", "?uploads"),
    ("GET", "/two.files", ""),
    ("HEAD", "/two.files", ""),
    ("GET", "/two.files", "?versions"),
    ("GET", "/two.files", "?uploads"),
    ("GET", "/two.files", "?policy"),
    ("PUT", "/two.files", "?policy"),
    ("PUT", "/two.files", "?acl"),
    ("GET", "/two.files", "?cors"),
    ("DELETE", "/two.files", ""),
)


@pytest.mark.parametrize(("method", "path", "query"), OTHERS)
@pytest.mark.parametrize("who", [ONE, None, Key("KEYONE", "wrong"), Key("NOBODY", "x")], ids=str)
def test_nobody_else_reaches_a_bucket(
    both: Both,
    server: Server,
    who: Key | None,
    method: str,
    path: str,
    query: str,
) -> None:
    answer = ask(server, who, method, path, query, b"x" if method == "PUT" else b"")
    assert answer.status_code == 403, answer.text
    assert obstore.get(both.two, "a/b.txt").bytes() == b"own"


OWN = (
    ("DELETE", "/one.files", ""),
    ("PUT", "/one.files", "?acl"),
    ("GET", "/one.files", "?policy"),
    ("PUT", "/one.files", "?lifecycle"),
    ("PUT", "/mine", ""),
)


@pytest.mark.parametrize(("method", "path", "query"), OWN)
def test_a_key_cannot_open_its_bucket_or_make_others(
    both: Both, server: Server, method: str, path: str, query: str
) -> None:
    assert ask(server, ONE, method, path, query).status_code == 403


def test_a_policy_for_everybody_is_refused(both: Both, server: Server) -> None:
    document = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",'
        '"Action":"s3:GetObject","Resource":"arn:aws:s3:::one.files/*"}]}'
    )
    assert ask(server, ONE, "PUT", "/one.files", "?policy", document.encode()).status_code == 403
    assert ask(server, None, "GET", "/one.files/a/b.txt").status_code == 403


def test_a_key_sees_no_bucket_but_its_own(both: Both, server: Server) -> None:
    answer = ask(server, ONE, "GET", "/")
    assert "two.files" not in answer.text
    assert ask(server, None, "GET", "/").status_code == 403


def test_objects_of_others_cannot_be_copied(both: Both, server: Server) -> None:
    url = server.address["url"]
    host, path = url.partition("://")[2], "/one.files/stolen"
    headers = signed(ONE, "s3", "PUT", host, path, "", b"")
    headers["x-amz-copy-source"] = "/two.files/a/b.txt"
    assert httpx.put(f"{url}{path}", headers=headers).status_code == 403


def test_objects_of_others_are_not_deleted_in_bulk(both: Both, server: Server) -> None:
    body = b"<Delete><Object><Key>a/b.txt</Key></Object></Delete>"
    ask(server, ONE, "POST", "/two.files", "?delete", body)
    assert obstore.get(both.two, "a/b.txt").bytes() == b"own"


IAM = (
    {"Action": "ListUsers"},
    {"Action": "CreateUser", "UserName": "evil"},
    {"Action": "ListAccessKeys", "UserName": "two.files"},
    {"Action": "CreateAccessKey", "UserName": "two.files"},
    {"Action": "CreateAccessKey", "UserName": "rackhouse"},
    {"Action": "DeleteAccessKey", "UserName": "two.files", "AccessKeyId": "KEYTWO"},
    {"Action": "DeleteUser", "UserName": "two.files"},
    {"Action": "UpdateUser", "UserName": "one.files", "NewUserName": "rackhouse"},
    {
        "Action": "PutUserPolicy",
        "UserName": "one.files",
        "PolicyName": "more",
        "PolicyDocument": '{"Version":"2012-10-17","Statement":'
        '[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    },
)


@pytest.mark.parametrize("form", IAM, ids=lambda form: form["Action"])
@pytest.mark.parametrize("who", [ONE, None], ids=str)
def test_a_key_cannot_give_itself_more(
    both: Both, server: Server, who: Key | None, form: dict[str, str]
) -> None:
    url = server.address["url"]
    body = urlencode({"Version": "2010-05-08", **form}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if who:
        headers |= signed(who, "iam", "POST", url.partition("://")[2], "/", "", body)
    assert httpx.post(f"{url}/", headers=headers, content=body).status_code in {400, 403}
    assert obstore.get(both.two, "a/b.txt").bytes() == b"own"
    assert ask(server, ONE, "GET", "/two.files/a/b.txt").status_code == 403


@pytest.fixture
def ports(server: Server) -> dict[str, int]:
    """Every port that it was given, by the flag."""
    words = [word.fill(server.running.values) for word in server.running.spec.program.command]
    pairs = (word.lstrip("-").partition("=")[::2] for word in words if ".port" in word)
    return {flag: int(number) for flag, number in pairs if number != "0"}


def test_objects_are_in_reach_of_no_other_port(both: Both, ports: dict[str, int]) -> None:
    for flag, port in ports.items():
        if flag == "s3.port" or flag.endswith(".grpc"):
            continue
        for path in ("/buckets/one.files/a/b.txt", "/one.files/a/b.txt", "/dir/assign"):
            url = f"http://127.0.0.1:{port}{path}"
            assert httpx.get(url).status_code in {400, 401, 404, 405}, (flag, path)
            assert httpx.delete(url).status_code in {400, 401, 404, 405}, (flag, path)
    assert obstore.get(both.one, "a/b.txt").bytes() == b"own"


def test_it_is_not_commanded_without_its_certificate(server: Server, ports: dict[str, int]) -> None:
    """gRPC is HTTP/2: whoever may speak is answered with a frame of settings (type 4)."""
    plain = {port for flag, port in ports.items() if not flag.endswith(".grpc")}
    speakers = sorted(set(listening(server)) - plain)
    assert len(speakers) == 5
    pem = str(server.running.root / "files" / "objects.pem")
    stranger, friend = ssl.create_default_context(), ssl.create_default_context()
    for context in (stranger, friend):
        context.set_alpn_protocols(["h2"])
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # it is the client that must prove itself here
    friend.load_cert_chain(pem)
    for port in speakers:
        assert _hello(port, friend)[3:4] == b"\x04"
        assert _hello(port, None)[3:4] != b"\x04"
        assert _hello(port, stranger)[3:4] != b"\x04"


def _hello(port: int, context: ssl.SSLContext | None) -> bytes:
    """What a client's first words are answered; "" when it is hung up on."""
    try:
        with contextlib.ExitStack() as opened:
            plain = opened.enter_context(socket.create_connection(("127.0.0.1", port), 5))
            line = opened.enter_context(context.wrap_socket(plain)) if context else plain
            line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
            return line.recv(64)
    except (ConnectionError, ssl.SSLError):
        return b""


def test_it_listens_on_loopback_alone(server: Server) -> None:
    assert len(listening(server)) == 10
    assert set(listening(server).values()) == {"127.0.0.1"}


def listening(server: Server) -> dict[int, str]:
    """The ports that it listens on, with their addresses."""
    connections = psutil.Process(server.running.pid).net_connections("tcp")
    return {each.laddr.port: each.laddr.ip for each in connections if each.status == "LISTEN"}


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_keys_survive_a_restart(both: Both, server: Server, end: str) -> None:
    target = server.target(both.stamps)
    before = await target.observe(None)
    assert len(before) == 2
    {"stop": server.running.stop, "kill": server.running.kill}[end]()
    server.running.start()
    assert obstore.get(both.one, "a/b.txt").bytes() == b"own"
    obstore.put(both.one, "more", b"1")
    assert ask(server, ONE, "GET", "/two.files/a/b.txt").status_code == 403
    assert await target.observe(None) == before
    await target.close()


async def test_another_secret_is_in_force_at_once(target: Target, server: Server) -> None:
    await make(target, "three.files", Key("KEYTHREE", "before the change"))
    await make(target, "three.files", Key("KEYTHREE", "after the change"))
    obstore.put(bucket(server, "three.files", Key("KEYTHREE", "after the change")), "x", b"")
    with pytest.raises(obstore.exceptions.PermissionDeniedError):
        obstore.put(bucket(server, "three.files", Key("KEYTHREE", "before the change")), "x", b"")


async def test_what_is_removed_takes_its_objects_and_its_key_along(
    both: Both, target: Target, server: Server
) -> None:
    key = Key("KEYFOUR", "secret of four")
    made = await make(target, "four.files", key)
    obstore.put(bucket(server, "four.files", key), "x", b"1")
    await target.remove(made, lambda words: None)
    assert ask(server, key, "GET", "/").status_code == 403
    await make(target, "four.files", key)
    assert obstore.list(bucket(server, "four.files", key)).collect() == []
    assert obstore.get(both.two, "a/b.txt").bytes() == b"own"


async def test_many_are_made_at_once(target: Target, server: Server) -> None:
    keys = [Key(f"KEYMANY{number}", f"secret of {number}") for number in range(6)]
    made = await asyncio.gather(*(make(target, f"many{n}", key) for n, key in enumerate(keys)))
    assert all(seen.ready for seen in made)
    for number, key in enumerate(keys):
        obstore.put(bucket(server, f"many{number}", key), "x", b"1")


async def test_a_bad_name_is_refused_in_words(target: Target) -> None:
    with pytest.raises(HostError, match="InvalidBucketName"):
        await make(target, "No_Such_Name", ONE)


async def test_a_server_that_is_not_there_is_unavailable(store: MemoryStore) -> None:
    address = {
        "url": f"http://127.0.0.1:{free_port()}",
        "access_key": "x",
        "secret_key": "n0t-told",
    }
    away = objects.open_target("objects", address, rack=RACK, paths=None, store=store)  # type: ignore[arg-type]
    with pytest.raises(Unavailable) as caught:
        await away.observe(None)
    assert address["url"] in str(caught.value)
    assert "n0t-told" not in str(caught.value)
    await away.close()
