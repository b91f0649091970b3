"""Who is let in, and to what; and what is not a request of git's."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from integration.forge.conftest import Client, Running, serving
from rackhouse.delivery.access import revoke
from rackhouse.store.forge import Scope

REFS = "info/refs?service=git-upload-pack"


def ask(running: Running, path: str, token: str = "", **headers: str | bytes) -> httpx.Response:
    auth = ("anyone", token) if token else None
    return httpx.get(f"{running.url}/{path}", auth=auth, headers=headers, trust_env=False)


@pytest.fixture
def hello(ada: Client) -> Path:
    return pushed(ada)


def pushed(ada: Client) -> Path:
    work = ada.work("hello")
    ada.git("push", "origin", "main", folder=work)
    return work


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A forge that has `hello`, for all that only asks and is refused."""
    folder = tmp_path_factory.mktemp("forge")
    with serving(folder / "rack") as made:
        pushed(made.client(folder / "ada"))
        yield made


def test_nobody_gets_in_without_a_token(standing: Running) -> None:
    answer = ask(standing, f"hello.git/{REFS}")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize(
    "authorization",
    ["Basic", "Basic !", "Basic eA==", "Basic " + "A" * 5000, "Bearer x", "Digest x", "Basic \xff"],
)
def test_what_is_no_token_is_refused(standing: Running, authorization: str) -> None:
    answer = ask(standing, f"hello.git/{REFS}", authorization=authorization.encode("latin-1"))
    assert answer.status_code == 401


def test_reading_does_not_mean_writing(running: Running, hello: Path, tmp_path: Path) -> None:
    reader = running.client(tmp_path / "reader", Scope.READ)
    reader.git("clone", "--quiet", reader.address("hello"), "copy")
    said = reader.git("push", reader.address("hello"), "main", folder=hello, code=128)
    assert "remote: this token may read hello and not write to it" in said


def test_a_token_for_some_repositories_sees_no_others(
    running: Running, hello: Path, tmp_path: Path
) -> None:
    some = running.client(tmp_path / "some", Scope.WRITE, "web-*")
    absent = some.git("ls-remote", some.address("nothing"), code=128)
    refused = some.git("ls-remote", some.address("hello"), code=128)
    assert absent.replace("nothing", "hello") == refused
    some.git("push", some.address("hello"), "main", folder=hello, code=128)
    some.git("push", some.address("web-shop"), "main", folder=hello)


def test_a_token_ends(running: Running, hello: Path) -> None:
    old = running.token(Scope.READ, expires=time.time() - 1)
    assert ask(running, f"hello.git/{REFS}", old).status_code == 401
    last = running.token(Scope.READ)
    assert ask(running, f"hello.git/{REFS}", last).status_code == 200
    revoke(running.store, running.store.tokens()[-1].id, by="owner", now=1.0)
    assert ask(running, f"hello.git/{REFS}", last).status_code == 401


def test_a_thousand_bad_tokens(running: Running, ada: Client, hello: Path) -> None:
    """They are told to wait; the owner, at the same address, is not locked out."""
    codes = []
    with httpx.Client(trust_env=False) as client:
        for number in range(1000):
            url = f"{running.url}/hello.git/{REFS}"
            answer = client.get(url, auth=("x", f"rh_{number}"))
            codes.append(answer.status_code)
    assert codes[0] == 401
    assert set(codes) == {401, 429}
    assert codes.count(401) < 100
    assert int(answer.headers["retry-after"]) >= 1
    ada.git("ls-remote", "origin", folder=hello)
    # As many lines in the log as there were answers that could mean anything.
    assert running.log.read_text().count("bad token") == codes.count(401)
    assert "rh_" not in running.log.read_text()


def test_writing_to_the_racks_own_repository_is_for_administrators(
    running: Running, ada: Client, hello: Path, tmp_path: Path
) -> None:
    ada.commit(hello, "rack: test\n", "rack.yaml")
    ada.git("push", ada.address("rack"), "main", folder=hello, code=128)
    assert running.store.repository("rack") is None
    boss = running.client(tmp_path / "boss", Scope.ADMIN)
    boss.git("push", boss.address("rack"), "main", folder=hello)
    row = running.store.repository("rack")
    assert row is not None
    assert row.protected == ("main",)
    ada.commit(hello, "more\n")
    ada.git("push", ada.address("rack"), "main", folder=hello, code=1)
    ada.git("push", ada.address("rack"), "main:proposal", folder=hello)


ODD = [
    "../store.db",
    "..%2fstore.db",
    "%2e%2e/hello.git",
    "hello.git/../../store.db",
    "hello.git%00",
    "-oProxyCommand=x",
    "--upload-pack=x",
    "Hello",
    "hel lo",
    "h%C3%A9llo",
    "x" * 41,
    "x" * 9000,
    "hello.git.git",
    ".hello",
    "hello..git",
    "%68ello%2egit%2f",
]


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("service", ["git-upload-pack", "git-receive-pack"])
def test_odd_names_open_nothing_and_make_nothing(
    standing: Running, name: str, service: str
) -> None:
    before = sorted(path.name for path in standing.root.rglob("*") if "hello.git" not in str(path))
    pair = httpx.BasicAuth("x", standing.token())
    request = httpx.Request("GET", standing.url)
    header = next(pair.auth_flow(request)).headers["authorization"]
    path = f"/{name}/info/refs?service={service}"
    head = f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: {header}\r\nconnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", standing.port)) as raw:  # no client tidies it up
        raw.sendall(head.encode())
        answer = raw.makefile("rb").read()
    status = int(answer.split()[1])
    assert status in {302, 400, 404}, answer
    assert b"refs/heads" not in answer
    after = sorted(path.name for path in standing.root.rglob("*") if "hello.git" not in str(path))
    assert after == before
    assert [row.name for row in standing.store.repositories()] == ["hello"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "hello.git/info/refs", 403),
        ("GET", "hello.git/info/refs?service=git-upload-archive", 403),
        ("GET", "hello.git/info/refs?service=git-upload-pack&x=1", 403),
        ("GET", "hello.git/HEAD", 302),
        ("GET", "hello.git/objects/info/packs", 302),
        ("GET", "hello.git/config", 302),
        ("POST", "hello.git/git-upload-archive", 405),
        ("PUT", "hello.git/config", 405),
        ("DELETE", "hello.git", 405),
    ],
)
def test_only_gits_smart_protocol_is_spoken(
    standing: Running, method: str, path: str, status: int
) -> None:
    auth = ("x", standing.token())
    answer = httpx.request(method, f"{standing.url}/{path}", auth=auth, trust_env=False)
    assert answer.status_code == status


def test_a_hook_cannot_be_played_from_outside(running: Running, ada: Client, hello: Path) -> None:
    """The door of the hooks is on loopback, and closed to whoever knows no push's secret."""
    ports = listening(running.process.pid) - {running.port}
    assert len(ports) == 1
    with socket.create_connection(("127.0.0.1", *ports)) as raw:
        raw.sendall(b"0" * 64 + b"\npost-receive\n\n\n\n")
        raw.shutdown(socket.SHUT_WR)
        assert raw.makefile("rb").read() == b""
    ada.git("ls-remote", "origin", folder=hello)


def listening(pid: int) -> set[int]:
    """The ports on which a process listens, all of them on 127.0.0.1."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(str(link.readlink()))
        except FileNotFoundError:
            continue
    ports = set()
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[3] == "0A" and f"socket:[{words[9]}]" in inodes:
            address, _, port = words[1].partition(":")
            assert address == "0100007F"
            ports.add(int(port, 16))
    return ports
