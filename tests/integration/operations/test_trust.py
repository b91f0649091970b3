"""git, curl, Python, Node and Chromium believe the rack after `trust`, and not after `--remove`.

The rack is a real one, and each tool is asked as a person would, with a HOME of its own.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.conftest import PROGRAM, Rack
from integration.machine.test_trust import NOW, Issued, serving
from rackhouse.operations.trust import chromium as told
from rackhouse.operations.trust.bundle import Bundle
from rackhouse.resources.vault import Authority
from rackhouse.targets.vault import certificates

pytestmark = pytest.mark.xdist_group("operations")
HOST = "guestbook.rack.localhost"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home as people have them: some files, one a link, one without an end to its last line."""
    folder = tmp_path / "ho me's"
    (folder / "dotfiles").mkdir(parents=True)
    (folder / "dotfiles" / "gitconfig").write_text("[user]\n\tname = Ada\n")
    (folder / ".gitconfig").symlink_to("dotfiles/gitconfig")
    (folder / ".bashrc").write_text("alias ll='ls -l'")
    (folder / ".curlrc").write_bytes(b"# sch\xf6n\nsilent\n")
    (folder / ".curlrc").chmod(0o600)
    return folder


def tree(folder: Path) -> dict[str, str]:
    """What is in a folder, to the byte."""
    found = {}
    for file in sorted(folder.rglob("*")):
        status = file.lstat()
        content = b""
        if file.is_symlink():
            content = os.fsencode(file.readlink())
        elif file.is_file():
            content = file.read_bytes()
        name = str(file.relative_to(folder))
        found[name] = f"{status.st_mode:o} {hashlib.sha256(content).hexdigest()}"
    return found


def command(rack: Rack, home: Path, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *argv],
        env={**rack.environment(), "HOME": str(home), **env},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def shell(home: Path, script: str, *argv: str) -> str:
    """What a script says in a new login shell of that user; errors too."""
    done = subprocess.run(
        ["sh", "-c", f"[ -r ~/.profile ] && . ~/.profile\n{script}", "sh", *argv],
        env={"HOME": str(home), "PATH": os.environ["PATH"], "GIT_TERMINAL_PROMPT": "0"},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def repository(lived_in: Rack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A git repository that the rack serves as a static site; the commit that is its HEAD."""
    folder = tmp_path_factory.mktemp("site")
    work, bare = folder / "work", folder / "site" / "hello.git"
    git = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org")

    def run(*argv: str, cwd: Path) -> str:
        return subprocess.run(argv, cwd=cwd, check=True, capture_output=True, text=True).stdout

    work.mkdir()
    run(*git, "init", "-q", cwd=work)
    run(*git, "commit", "-q", "--allow-empty", "-m", "one", cwd=work)
    run(*git, "clone", "-q", "--bare", str(work), str(bare), cwd=folder)
    run(*git, "update-server-info", cwd=bare)
    (folder / "site" / "index.html").write_text("repositories")
    lived_in.run("deploy", str(folder / "site"), "--name", "repositories")
    return run(*git, "rev-parse", "HEAD", cwd=work).strip()


def git(home: Path, port: str, commit: str) -> bool:
    url = f"https://repositories.rack.localhost:{port}/hello.git"
    resolve = f"http.curloptResolve=repositories.rack.localhost:{port}:127.0.0.1"
    return commit in shell(home, 'git -c "$1" ls-remote "$2"', resolve, url)


def curl(home: Path, port: str, commit: str) -> bool:
    script = 'curl -sS --resolve "$1:$2:127.0.0.1" "https://$1:$2/"'
    return "Guestbook" in shell(home, script, HOST, port)


def python(home: Path, port: str, commit: str) -> bool:
    script = (
        "import socket, sys, urllib.request\n"
        "host, port = sys.argv[1:]\n"
        "look = socket.getaddrinfo\n"
        "socket.getaddrinfo = lambda name, *rest, **more: look('127.0.0.1', *rest, **more)\n"
        "print(urllib.request.urlopen(f'https://{host}:{port}/').read().decode())\n"
    )
    return "Guestbook" in shell(home, 'python3 -c "$1" "$2" "$3"', script, HOST, port)


def node(home: Path, port: str, commit: str) -> bool:
    script = (
        "const [host, port] = process.argv.slice(1);"
        "const lookup = (name, options, done) => options.all"
        " ? done(null, [{address: '127.0.0.1', family: 4}]) : done(null, '127.0.0.1', 4);"
        "require('https').get({host, port, lookup}, answer => answer.pipe(process.stdout))"
        ".on('error', error => console.log(error.code))"
    )
    return "Guestbook" in shell(home, 'node -e "$1" "$2" "$3"', script, HOST, port)


def chromium(home: Path, port: str, commit: str) -> bool:
    return "</html>" in (page := browsed(home, HOST, port)) and "Guestbook</h1>" in page


def browsed(home: Path, host: str, port: str) -> str:
    """The page as Chromium has it; its own complaint when it does not believe the server."""
    script = (
        'chromium --headless --no-sandbox --disable-gpu --user-data-dir="$HOME/../profile"'
        ' --host-resolver-rules="MAP * 127.0.0.1" --dump-dom "https://$1:$2/"'
    )
    return shell(home, script, host, port)


CLIENTS: tuple[Callable[[Path, str, str], bool], ...] = (git, curl, python, node, chromium)


def https(rack: Rack) -> str:
    found = re.search(r":(\d+)/$", str(rack.app("guestbook")["url"]))
    assert found is not None
    return found[1]


def test_each_tool_believes_the_rack_until_trust_is_taken_back(
    lived_in: Rack, repository: str, home: Path
) -> None:
    port = https(lived_in)
    for client in CLIENTS:
        assert not client(home, port, repository), f"{client.__name__} believes it untold"
    before = tree(home)  # with what the tools themselves leave there
    said = command(lived_in, home, "trust")
    assert said.returncode == 0, said.stderr
    assert "--" not in said.stdout, said.stdout
    command(lived_in, home, "trust")  # again: it brings up to date and doubles nothing
    for client in CLIENTS:
        assert client(home, port, repository), client.__name__
    for name in (".gitconfig", ".bashrc", ".profile", ".curlrc"):
        assert (home / name).read_bytes().count(b"# >>> rackhouse") == 1
    assert (home / ".gitconfig").is_symlink()
    assert command(lived_in, home, "trust", "--remove").returncode == 0
    for client in CLIENTS:
        assert not client(home, port, repository), f"{client.__name__} believes it still"
    assert tree(home) == before
    assert command(lived_in, home, "trust", "--remove").returncode == 0


def test_two_racks_are_trusted_apart(lived_in: Rack, home: Path) -> None:
    command(lived_in, home, "trust")
    bundle = Bundle(home)
    other = bundle.of_rack("other")
    other.write_text("-----BEGIN CERTIFICATE-----\nother\n-----END CERTIFICATE-----\n")
    command(lived_in, home, "trust")
    assert "other" in bundle.everything.read_text()
    command(lived_in, home, "trust", "--remove")
    assert bundle.racks == {"other"}
    assert (lived_in.home / "authority.pem").read_text() not in bundle.everything.read_text()
    assert "cacert" in (home / ".curlrc").read_text(errors="replace")


def test_what_the_machine_trusts_is_in_the_bundle_and_up_keeps_it_so(
    lived_in: Rack, home: Path
) -> None:
    command(lived_in, home, "trust")
    bundle = Bundle(home)
    whole = bundle.everything.read_text()
    assert whole.count("BEGIN CERTIFICATE") > 50
    assert whole.endswith((lived_in.home / "authority.pem").read_text())
    bundle.everything.write_text("of last year")
    # In a shell in which the bundle is what Python trusts, it is not taken for the system's.
    env = {"SSL_CERT_FILE": str(bundle.everything)}
    assert command(lived_in, home, "up", "--detach", **env).returncode == 0
    assert bundle.everything.read_text() == whole


@pytest.fixture
def few_tools(tmp_path: Path) -> str:
    """A PATH without certutil and without apt."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("git", "sh", "unshare", "node"):
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return str(folder)


def test_where_chromium_cannot_be_told_it_is_said_and_the_rest_is_done(
    lived_in: Rack, home: Path, few_tools: str
) -> None:
    before = tree(home)
    said = command(lived_in, home, "trust", PATH=few_tools)
    assert said.returncode == 0
    assert re.search(r"-- +Chromium .*sudo apt install libnss3-tools", said.stdout)
    assert "ok  git" in said.stdout
    assert command(lived_in, home, "trust", "--remove", PATH=few_tools).returncode == 0
    assert tree(home) == before


def test_chromium_refuses_the_authoritys_word_for_a_name_that_is_not_the_racks(home: Path) -> None:
    folder = home.parent
    authority = certificates.authority(Authority("Rackhouse x", ("rack.localhost",)), NOW)
    issuer = certificates.Issuer(authority["certificate"], authority["key"])
    bundle = Bundle(home)
    bundle.add("x", authority["certificate"])
    assert told.trust(home, "x", bundle).done
    for name, believed in (("hello.rack.localhost", True), ("www.example.com", False)):
        made = certificates.issue((name,), issuer, 30, NOW)
        (folder / "chain.pem").write_text(made["certificate"])
        (folder / "key.pem").write_text(made["key"])
        issued = Issued(bundle.of_rack("x"), folder / "chain.pem", folder / "key.pem")
        with serving(issued) as port:
            page = browsed(home, name, str(port))
        assert ("hello" in page and "ERR_CERT" not in page) is believed, page
