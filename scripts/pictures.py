"""The README's pictures: the console of the rack that is up, in headless Chromium.

Pushes a small repository, `greeter`, of which the rack then has one run more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
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


def main() -> None:
    """Take them all."""
    push()
    link = rackhouse("open", "--print", "--plain")
    root = link.partition("/sign-in")[0]
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page()
        page.goto(link)
        page.click("main button")
        page.wait_for_url(f"{root}/")
        session = page.context.storage_state()
        for name, path, width, height, scheme in (
            ("rack", "/", 1280, 760, "light"),
            ("application", "/applications/guestbook", 1280, 900, "dark"),
            ("run", "/runs/1", 1280, 900, "light"),
            ("phone", "/", 390, 844, "dark"),
        ):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                storage_state=session,
            )
            page = context.new_page()
            page.goto(root + path)
            page.wait_for_timeout(6000)  # a few samples of memory and processor time
            page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=82)
        browser.close()


if __name__ == "__main__":
    main()
