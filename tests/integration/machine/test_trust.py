"""What other programs make of our certificates: OpenSSL, Python, curl, git (GnuTLS) and Node.

They must take a certificate of this rack's authority for the rack's own names and addresses, and
must refuse one of the same authority for anybody else's: that is what its name constraints are for.
"""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rackhouse.resources.vault import Authority
from rackhouse.targets.vault import certificates

NOW = datetime.now(UTC)
OURS = ("rack.localhost", "hello.rack.localhost", "localhost", "127.0.0.1", "192.168.1.20")
THEIRS = "www.example.com"


@dataclass(frozen=True)
class Issued:
    """An authority, and a server's certificate for some names, as files."""

    authority: Path
    chain: Path
    key: Path


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args: object) -> None:
        pass


def issue(folder: Path, *names: str) -> Issued:
    authority = certificates.authority(Authority("Rackhouse test", ("rack.localhost",)), NOW)
    issuer = certificates.Issuer(authority["certificate"], authority["key"])
    made = certificates.issue(names, issuer, 397, NOW)
    files = {"ca": authority["certificate"], "chain": made["certificate"], "key": made["key"]}
    for name, content in files.items():
        (folder / f"{name}.pem").write_text(content)
    return Issued(folder / "ca.pem", folder / "chain.pem", folder / "key.pem")


@contextmanager
def serving(issued: Issued) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.chain, issued.key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Hello) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def run(*argv: str, **env: str) -> str:
    """What it said, and `ok` when it ended with 0."""
    inherited = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run(
        argv, env=inherited | env, capture_output=True, text=True, timeout=30, check=False
    )
    return ("ok " if done.returncode == 0 else "") + done.stdout + done.stderr


def openssl(ca: Path, port: int, host: str) -> str:
    words = ["-connect", f"127.0.0.1:{port}", "-servername", host, "-verify_hostname", host]
    return run("openssl", "s_client", *words, "-CAfile", str(ca), "-verify_return_error", "-brief")


def python(ca: Path, port: int, host: str) -> str:
    script = (
        "import socket, ssl, sys\n"
        "ca, port, host = sys.argv[1:]\n"
        "context = ssl.create_default_context(cafile=ca)\n"
        "with socket.create_connection(('127.0.0.1', int(port))) as plain:\n"
        "    context.wrap_socket(plain, server_hostname=host).close()\n"
    )
    return run("python3", "-c", script, str(ca), str(port), host)


def curl(ca: Path, port: int, host: str) -> str:
    words = ["--silent", "--show-error", "--resolve", f"{host}:{port}:127.0.0.1"]
    return run("curl", *words, "--cacert", str(ca), f"https://{host}:{port}/")


def git(ca: Path, port: int, host: str) -> str:
    url = f"https://{host}:{port}/r.git"
    said = run(
        *("git", "-c", f"http.curloptResolve={host}:{port}:127.0.0.1", "ls-remote", url),
        GIT_SSL_CAINFO=str(ca),
    )
    # There is no repository: to be told so is to have trusted the server.
    return "ok" if "not valid" in said and "certificate" not in said else said


def node(ca: Path, port: int, host: str) -> str:
    script = (
        "const [port, host] = process.argv.slice(1);"
        "require('https').get({host: '127.0.0.1', port, servername: host, headers: {host}},"
        " answer => { answer.resume() }).on('error', e => { console.log(e.code); process.exit(1) })"
    )
    return run("node", "-e", script, str(port), host, NODE_EXTRA_CA_CERTS=str(ca))


CLIENTS = (openssl, python, curl, git, node)
Client = Callable[[Path, int, str], str]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_clients_take_our_certificate_for_our_names(client: Client, tmp_path: Path) -> None:
    issued = issue(tmp_path, *OURS)
    with serving(issued) as port:
        for host in OURS[:3]:
            assert client(issued.authority, port, host).startswith("ok"), host


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_clients_refuse_our_authoritys_word_for_another_name(
    client: Client, tmp_path: Path
) -> None:
    issued = issue(tmp_path, THEIRS)
    with serving(issued) as port:
        said = client(issued.authority, port, THEIRS)
    assert not said.startswith("ok")
    assert said.strip()


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.20"])
def test_a_private_address_is_vouched_for(address: str, tmp_path: Path) -> None:
    issued = issue(tmp_path, *OURS)
    words = ["-CAfile", str(issued.authority), "-verify_ip", address, str(issued.chain)]
    assert run("openssl", "verify", *words).startswith("ok")


def test_a_public_address_is_not(tmp_path: Path) -> None:
    issued = issue(tmp_path, "203.0.113.7")
    said = run("openssl", "verify", "-CAfile", str(issued.authority), str(issued.chain))
    assert "permitted subtree violation" in said
