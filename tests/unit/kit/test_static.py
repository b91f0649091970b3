"""The server of static sites: what it answers, and that it ends without cutting anyone off."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.static import Answer, answer

PAGE = b"<h1>A site</h1>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("static")
    (root / "secret.txt").write_text("outside")
    folder = root / "site"
    files = {
        "index.html": PAGE,
        "404.html": b"not here",
        "notes/index.html": b"notes",
        "a b/\u00fc.txt": b"umlaut",
        "app.3f2a91c0.js": b"let x = 1",
        "app.js": b"let x = 1",
        "empty.bin": b"",
        ".env": b"PASSWORD=1",
        ".git/config": b"[core]",
        ".well-known/security.txt": b"Contact: me",
        "big.bin": bytes(range(256)) * 4096,
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "bare").mkdir()
    (folder / "out.txt").symlink_to("../secret.txt")
    (folder / "inside.html").symlink_to("index.html")
    return folder.resolve()


def get(site: Path, target: str, **headers: str) -> Answer:
    return answer(site, "GET", target, {k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize(
    ("target", "file"),
    [
        ("/", "index.html"),
        ("/?q=1", "index.html"),
        ("/index.html", "index.html"),
        ("/inside.html", "index.html"),
        ("/notes/", "notes/index.html"),
        ("/a%20b/%C3%BC.txt", "a b/\u00fc.txt"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
        ("//index.html", "index.html"),
    ],
)
def test_serves_the_file(site: Path, target: str, file: str) -> None:
    found = get(site, target)
    assert (found.status, found.file) == (HTTPStatus.OK, site / file)


@pytest.mark.parametrize(
    "target",
    [
        "/absent",
        "/bare/",
        "/bare",
        "/.env",
        "/.git/config",
        "/%2e%2e/secret.txt",
        "/notes/../../secret.txt",
        "/out.txt",
        "/index.html/",
        "/index.html/x",
        "/" + "x" * 5000,
    ],
)
def test_answers_404_with_the_sites_own_page(site: Path, target: str) -> None:
    found = get(site, target)
    assert (found.status, found.file) == (HTTPStatus.NOT_FOUND, site / "404.html")


@given(target=st.lists(st.sampled_from(["..", "%2e", "%2f", ".", "secret.txt", "", "site"])))
def test_never_leaves_the_folder(site: Path, target: list[str]) -> None:
    found = get(site, "/" + "/".join(target))
    assert found.file is None or found.file.is_relative_to(site)


@pytest.mark.parametrize("target", ["/a%00b", "/a%5Cb", "*", "http:opaque"])
def test_refuses_what_is_no_path(site: Path, target: str) -> None:
    assert get(site, target).status is HTTPStatus.BAD_REQUEST


def test_redirects_a_folder_to_its_slash(site: Path) -> None:
    found = get(site, "/notes?page=2")
    assert found.status is HTTPStatus.PERMANENT_REDIRECT
    assert found.headers["Location"] == "/notes/?page=2"


def test_a_redirect_stays_on_this_host(site: Path) -> None:
    assert get(site, "//notes").headers["Location"] == "/notes/"


def test_refuses_other_methods(site: Path) -> None:
    found = answer(site, "DELETE", "/", {})
    assert (found.status, found.headers["Allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, "GET, HEAD")


def test_equal_content_has_an_equal_etag_whatever_its_date(site: Path, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(PAGE)
    elsewhere = answer(tmp_path.resolve(), "GET", "/", {})
    assert elsewhere.headers["ETag"] == get(site, "/").headers["ETag"]
    assert get(site, "/notes/").headers["ETag"] != get(site, "/").headers["ETag"]


def test_not_modified(site: Path) -> None:
    etag = get(site, "/").headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        found = get(site, "/", if_none_match=known)
        assert (found.status, found.length, found.headers["ETag"]) == (304, 0, etag)
    assert get(site, "/", if_none_match='"other"').status is HTTPStatus.OK


def test_names_with_a_digest_are_cached_for_ever_and_others_asked_for(site: Path) -> None:
    assert "immutable" in get(site, "/app.3f2a91c0.js").headers["Cache-Control"]
    assert get(site, "/app.js").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("asked", "start", "length"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=3-", 3, len(PAGE) - 3),
        ("bytes=-4", len(PAGE) - 4, 4),
        ("bytes=-400", 0, len(PAGE)),
        ("bytes=2-4000", 2, len(PAGE) - 2),
    ],
)
def test_one_range(site: Path, asked: str, start: int, length: int) -> None:
    found = get(site, "/", range=asked)
    assert (found.status, found.start, found.length) == (206, start, length)
    end = start + length - 1
    assert found.headers["Content-Range"] == f"bytes {start}-{end}/{len(PAGE)}"


@pytest.mark.parametrize("asked", ["bytes=99-", "bytes=-0"])
def test_a_range_past_the_end(site: Path, asked: str) -> None:
    assert get(site, "/", range=asked).status is HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    assert get(site, "/empty.bin", range="bytes=0-").status == 416


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,3-4", "lines=1-2", "bytes=x-", "bytes=5-2", "bytes=-"]
)
def test_other_ranges_get_the_whole(site: Path, asked: str) -> None:
    assert get(site, "/", range=asked).status is HTTPStatus.OK


def test_a_range_of_another_version_gets_the_whole(site: Path) -> None:
    etag = get(site, "/").headers["ETag"]
    assert get(site, "/", range="bytes=0-1", if_range='"old"').status is HTTPStatus.OK
    assert get(site, "/", range="bytes=0-1", if_range=etag).status is HTTPStatus.PARTIAL_CONTENT


# --- the process -------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(site: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rackhouse.kit.static", str(site), str(port)]
    process = subprocess.Popen(command)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield process, port
    finally:
        process.kill()
        process.wait()


def test_one_connection_serves_many_requests(site: Path) -> None:
    with serving(site) as (_, port):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        client.request("GET", "/")
        assert client.getresponse().read() == PAGE
        sock = client.sock
        client.request("HEAD", "/")
        response = client.getresponse()
        assert (response.read(), response.headers["Content-Length"]) == (b"", str(len(PAGE)))
        client.request("GET", "/big.bin", headers={"Range": "bytes=256-511"})
        assert client.getresponse().read() == bytes(range(256))
        client.request("GET", "/", headers={"If-None-Match": "*"})
        assert client.getresponse().read() == b""
        client.request("GET", "/absent")
        assert client.getresponse().read() == b"not here"
        assert client.sock is sock
        client.request("POST", "/", body=b"GET / HTTP/1.1\r\n\r\n")
        response = client.getresponse()
        assert (response.status, response.headers["Connection"]) == (405, "close")
        client.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/2\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", b"431"),
    ],
)
def test_nonsense_gets_a_clear_answer(site: Path, sent: bytes, status: bytes) -> None:
    with serving(site) as (_, port), socket.create_connection(("127.0.0.1", port)) as raw:
        raw.settimeout(10)
        with contextlib.suppress(OSError):
            raw.sendall(sent)
        assert raw.recv(100).split(b" ")[1] == status


def test_sigterm_finishes_the_answer_and_lets_go_of_idle_connections(site: Path) -> None:
    big = (site / "big.bin").stat().st_size
    with serving(site) as (process, port):
        with socket.socket() as slow, socket.create_connection(("127.0.0.1", port)) as idle:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect(("127.0.0.1", port))
            slow.settimeout(10)
            slow.sendall(b"GET /big.bin HTTP/1.1\r\nHost: x\r\n\r\n")
            received = slow.recv(1000)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            while piece := slow.recv(65536):
                received += piece
            assert len(received.partition(b"\r\n\r\n")[2]) == big
            idle.settimeout(10)
            assert idle.recv(1) == b""
        assert process.wait(10) == 0
