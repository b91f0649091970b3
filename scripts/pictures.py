"""The README's pictures: the console of the rack that is up, in headless Chromium.

Pushes a small repository, `greeter`, of which the rack then has one run more. The network is that
of the reference rack, measured on its twin, which takes root; the cluster is that rack's, on the
twin of an API server. `scripts/pictures.py cluster` takes that one alone, and needs no rack. That
of the Bible, `bible`, is of a rack with its services, and taken only when it is named.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import bible_scene
from cluster_scene import scene
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, sync_playwright

from rackhouse.console.links import one_time_link
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load
from rackhouse.resources.clusters import kubeconfig_id
from rackhouse.store.sqlite import SqliteStore
from rackhouse.twin.kube.serving import serve

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
REFERENCE = ROOT / "examples" / "racks" / "home.yaml"
PROGRAM = str(Path(sys.executable).with_name("rackhouse"))
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
FILES = {
    "index.html": "<!doctype html><title>Greeter</title><h1>Hello</h1>\n",
    "greeter.py": 'def greet(who: str) -> str:\n    return f"hello {who}"\n',
    "test_greeter.py": """\
import unittest
from greeter import greet

class Greet(unittest.TestCase):
    def test_it_says_hello(self):
        self.assertEqual(greet("Ada"), "hello Ada")
""",
    ".gitea/workflows/ci.yaml": """\
on: push
jobs:
  lint:
    runs-on: ubuntu-latest
    steps: [{uses: actions/checkout@v4}, {run: python3 -m compileall -q .}]
  test:
    runs-on: ubuntu-latest
    strategy: {matrix: {hash-seed: [0, 1, random]}}
    env: {PYTHONHASHSEED: "${{ matrix.hash-seed }}"}
    steps:
      - uses: actions/checkout@v4
      - name: Unit tests
        run: python3 -m unittest --verbose
  package:
    needs: [lint, test]
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Archive
        run: git archive --output greeter.tar HEAD
      - uses: actions/upload-artifact@v4
        with: {name: greeter, path: greeter.tar}
""",
}


def rackhouse(*words: str) -> str:
    """What a command answers."""
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def push() -> None:
    """A run to look at."""
    made = rackhouse("repository", "create", "greeter").split()
    url = next(word for word in made if word.endswith("greeter.git"))
    token = rackhouse("token", "create", "pictures", "--scope", "write", "--expires", "1d").split()[
        -1
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        asks = ("-c", "credential.helper=!printf 'username=owner\\npassword=%s\\n' \"$TOKEN\"; :")
        here = {
            **os.environ,
            "TOKEN": token,
            "GIT_SSL_NO_VERIFY": "1",
        }  # this machine's own loopback
        for words in (
            ("init", "--quiet", "-b", "main"),
            ("add", "--all"),
            (*who, "commit", "--quiet", "-m", "Greet by name"),
            (*asks, "push", "--quiet", url, "main"),
        ):
            subprocess.run(["git", *words], cwd=folder, env=here, check=True)


def rack(browser: Browser) -> None:
    """The rack that is up."""
    push()
    shots = (
        Shot("rack", "/", 1280, 760, "light"),
        Shot("application", "/applications/guestbook", 1280, 900, "dark"),
        Shot("run", "/runs/1", 1280, 900, "light"),
        Shot("phone", "/", 390, 844, "dark"),
    )
    # A few samples of memory and processor time.
    take(browser, rackhouse("open", "--print", "--plain"), shots, seconds=6)


def network(browser: Browser) -> None:
    """The reference rack, beside what packets find on its twin."""
    with tempfile.TemporaryDirectory() as home, console(Path(home)) as link:
        twin = [PROGRAM, "-f", str(REFERENCE), "twin"]
        env = {**os.environ, "RACKHOUSE_HOME": home}
        try:
            for word in ("up", "matrix"):
                subprocess.run([*twin, word], env=env, check=True, stdout=subprocess.DEVNULL)
            take(browser, link, [Shot("network", "/network", 1280, 838, "light")])
        finally:
            subprocess.run([*twin, "down"], env=env, check=True)


def cluster(browser: Browser) -> None:
    """The reference rack's cluster, on which one release does not become ready."""
    twin = scene(load(REFERENCE.read_text()), ROOT / "examples")
    with tempfile.TemporaryDirectory() as folder, serve(twin, Path(folder, "twin")) as served:
        home = Path(folder, "home")
        store = SqliteStore(Paths(home).store)
        store.choose(kubeconfig_id("home"), lambda: {"value": served.kubeconfig()})
        store.close()
        with console(home) as link:
            take(browser, link, [Shot("cluster", "/clusters/home", 1280, 760, "light")])


def bible(browser: Browser) -> None:
    """Reading and asking, on the rack that is up."""
    study = rackhouse("open", "study", "--print")
    for name, take_it in (("bible", bible_scene.answered), ("bible-phone", bible_scene.read)):
        take_it(browser, rackhouse("open", "--print"), study, PICTURES / f"{name}.jpg")


@contextmanager
def console(home: Path) -> Iterator[str]:
    """A console over the reference rack of which nothing else runs; a link that signs in."""
    SqliteStore(Paths(home).store).close()
    key = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "RACKHOUSE_CONSOLE_PORT": str(port),
        "RACKHOUSE_CONSOLE_SECRET": "for-a-picture",
        "RACKHOUSE_SIGNING_KEY": key.decode(),
        "RACKHOUSE_RACK_FILE": str(REFERENCE),
    }
    running = subprocess.Popen([sys.executable, "-m", "rackhouse.console", str(home)], env=env)
    try:
        until_it_listens(port)
        yield one_time_link(Paths(home), f"http://localhost:{port}", time.time())
    finally:
        running.terminate()
        running.wait()


def until_it_listens(port: int) -> None:
    """On this machine's loopback; TimeoutError after twenty seconds."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"the console does not listen at {port}")


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the page, and what it is looked at with."""

    name: str
    path: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


def take(browser: Browser, link: str, shots: Iterable[Shot], seconds: float = 1) -> None:
    """Sign in by a one-time link, and take them."""
    root = link.partition("/sign-in")[0]
    page = browser.new_page()
    page.goto(link)
    page.click("main button")
    page.wait_for_url(f"{root}/")
    session = page.context.storage_state()
    for shot in shots:
        context = browser.new_context(
            viewport={"width": shot.width, "height": shot.height},
            color_scheme=shot.scheme,
            storage_state=session,
        )
        page = context.new_page()
        page.goto(root + shot.path)
        page.wait_for_timeout(seconds * 1000)
        page.screenshot(path=PICTURES / f"{shot.name}.jpg", type="jpeg", quality=82)


def main() -> None:
    """Take them all, or those that are named."""
    PICTURES.mkdir(exist_ok=True)
    usual = {"rack": rack, "network": network, "cluster": cluster}
    every = usual | {"bible": bible}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name in sys.argv[1:] or usual:
            every[name](browser)
        browser.close()


if __name__ == "__main__":
    main()
