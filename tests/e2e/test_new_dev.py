"""`rackhouse new`, then a push, then `rackhouse dev`: as somebody does on their first day.

One rack with everything, since the templates ask for a database, a cache and a queue.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from e2e.conftest import PROGRAM, Rack, end, eventually, new_rack

pytestmark = pytest.mark.xdist_group("new-dev")

PATIENCE = 120.0


@dataclass(frozen=True)
class Desk:
    """A person's folder, in which each application is one."""

    rack: Rack
    env: dict[str, str]
    terminals: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.rack.file.parent

    def run(self, *argv: str, folder: Path | None = None, code: int = 0) -> str:
        done = subprocess.run(
            argv,
            cwd=folder or self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, f"{argv}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def new(self, name: str, template: str) -> Path:
        self.run(PROGRAM, "new", name, "--template", template)
        return self.folder / name

    def develop(self, folder: Path) -> Developing:
        log = folder.with_suffix(".out")
        with log.open("wb") as out:
            argv = [PROGRAM, "dev", str(folder)]
            process = subprocess.Popen(argv, env=self.env, stdout=out, stderr=out)
        self.terminals.append(process)
        return Developing(self, process, log)

    def ask(self, name: str, path: str = "/") -> str:
        return httpx.get(self.rack.plain(name) + path, timeout=30).text


@dataclass(frozen=True)
class Developing:
    """`rackhouse dev` in a terminal of its own."""

    desk: Desk
    process: subprocess.Popen[bytes]
    log: Path

    def until_live(self) -> None:
        eventually(lambda: "is live" in self.said() or self.process.poll(), PATIENCE)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.log.read_text()

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    rack = new_rack(tmp_path_factory.mktemp("first-day"))
    home = rack.file.parent / "me"
    home.mkdir()
    # Git and uv of somebody who has told them nothing, but for what uv has in its cache.
    caches = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    cache = os.environ.get("UV_CACHE_DIR") or f"{caches}/uv"
    hidden = {"GIT_SSL_CAINFO", "GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME", "XDG_DATA_HOME"}
    env = {key: value for key, value in rack.environment().items() if key not in hidden}
    env |= {"HOME": str(home), "UV_CACHE_DIR": cache}
    env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    desk = Desk(rack, env)
    try:
        desk.run(PROGRAM, "up", "--detach")
        yield desk
    finally:
        for terminal in desk.terminals:
            terminal.kill()
            terminal.wait()
        end(rack)


def names(desk: Desk) -> list[str]:
    return [app["name"] for app in desk.rack.status()["applications"]]


def push(desk: Desk, name: str, template: str) -> None:
    said = desk.run("git", "push", "rack", "main", folder=desk.new(name, template))
    assert f"LIVE: {name} r1" in said
    assert "NOT LIVE" not in said
    assert "OK" in said, "its test ran"


@pytest.mark.slow
def test_an_api_is_live_after_its_first_push_and_is_developed_beside(desk: Desk) -> None:
    """The code answers as it is written; its database is not the one that is live."""
    push(desk, "stock", "api")
    httpx.post(f"{desk.rack.plain('stock')}/notes", json={"text": "live"}, timeout=30)
    folder = desk.folder / "stock"
    terminal = desk.develop(folder)
    try:
        terminal.until_live()
        assert desk.ask("stock-dev", "/notes") == "[]"
        url = desk.rack.plain("stock-dev")
        httpx.post(f"{url}/notes", json={"text": "trial"}, timeout=30)
        assert desk.rack.app("stock-dev")["working_folder"] == str(folder)
        assert "the code in" in desk.rack.run("status").stdout
        main = folder / "main.py"
        main.write_text(main.read_text().replace('"name": "stock"', '"name": "changed"'))
        eventually(lambda: "changed" in httpx.get(url, timeout=30).text, PATIENCE)
        assert '"stock"' in desk.ask("stock")
        migrate = folder / "migrate.py"
        more = '    "ALTER TABLE note ADD COLUMN kept boolean NOT NULL DEFAULT false",\n]'
        migrate.write_text(migrate.read_text().replace("\n]", f"\n{more}", 1))
        eventually(lambda: "step 2" in terminal.said(), PATIENCE)
        assert "already" in desk.run(PROGRAM, "dev", str(folder), code=4)
    finally:
        assert terminal.end() == 0, terminal.said()
    assert "stock-dev" not in names(desk)
    assert not (desk.rack.home / "units" / "stock-dev.web@r1.json").exists()
    again = desk.develop(folder)
    try:
        again.until_live()
        assert "trial" in desk.ask("stock-dev", "/notes"), "its data stayed"
    finally:
        again.end()
    assert "live" in desk.ask("stock", "/notes")
    assert "trial" not in desk.ask("stock", "/notes")
    assert "are gone" in desk.run(PROGRAM, "dev", str(folder), "--remove")
    emptied = desk.develop(folder)
    try:
        emptied.until_live()
        assert desk.ask("stock-dev", "/notes") == "[]"
    finally:
        emptied.end(signal.SIGTERM)


def test_pages_know_their_visitor(desk: Desk) -> None:
    push(desk, "door", "web")
    with httpx.Client(base_url=desk.rack.plain("door"), follow_redirects=True, timeout=30) as ada:
        assert "Hello, Ada." in ada.post("/", data={"name": "Ada"}).text
        assert "Hello, Ada." in ada.get("/").text
    assert "Hello, Ada." not in desk.ask("door")


def test_a_worker_does_what_its_page_takes(desk: Desk) -> None:
    push(desk, "turner", "worker")
    httpx.post(f"{desk.rack.plain('turner')}/", data={"job": "rack"}, timeout=30)
    eventually(lambda: "kcar" in desk.ask("turner"), PATIENCE)


def test_a_model_that_is_not_there_is_told(desk: Desk) -> None:
    push(desk, "oracle", "ai")
    answer = httpx.post(f"{desk.rack.plain('oracle')}/", data={"question": "Anybody?"}, timeout=30)
    assert answer.status_code == 503
    assert "has no model yet" in answer.text


@pytest.mark.slow
def test_a_site_that_was_killed_while_it_was_written(desk: Desk) -> None:
    """What a killed terminal leaves is taken over by the next, and taken down by `up`."""
    push(desk, "page", "static")
    assert desk.ask("page", "/score.yaml") != (desk.folder / "page" / "score.yaml").read_text()
    folder = desk.folder / "page"
    index = folder / "public" / "index.html"
    for _ in range(2):
        terminal = desk.develop(folder)
        terminal.until_live()
        terminal.end(signal.SIGKILL)
        assert "page-dev" in names(desk)
    index.write_text(index.read_text().replace("is live", "is written"))
    eventually(lambda: "is written" in desk.ask("page-dev"), PATIENCE)
    assert "is live" in desk.ask("page")
    desk.rack.run("up", "--detach")
    assert "page-dev" not in names(desk)
    assert not list((desk.rack.home / "units").glob("page-dev.*"))


SERVER = """
import os
from http.server import HTTPServer, SimpleHTTPRequestHandler
HTTPServer(("127.0.0.1", int(os.environ["PORT"])), SimpleHTTPRequestHandler).serve_forever()
"""


def test_what_does_not_start_is_told_and_mended_by_a_change(desk: Desk) -> None:
    folder = desk.folder / "plain"
    folder.mkdir()
    (folder / "Procfile").write_text("web: python main.py\n")
    (folder / "main.py").write_text("import nothing_here\n")
    terminal = desk.develop(folder)
    try:
        eventually(lambda: "the next change starts it" in terminal.said(), PATIENCE)
        assert "nothing_here" in terminal.said()
        (folder / "main.py").write_text(SERVER)
        terminal.until_live()
        assert "Procfile" in desk.ask("plain-dev")
        (folder / "score.yaml").write_text("apiVersion: score.dev/v1b1\nmetadata: {}\n")
        eventually(lambda: "'containers' is missing" in terminal.said(), PATIENCE)
        assert "Procfile" in desk.ask("plain-dev")
        assert "no release" in desk.run(PROGRAM, "promote", "plain-dev", "--to", "plain", code=4)
        desk.rack.run("remove", "plain-dev")
        assert terminal.process.wait(PATIENCE) == 0
    finally:
        terminal.end()


def test_what_is_taken_is_refused_and_nothing_is_made(desk: Desk) -> None:
    desk.rack.run("repository", "create", "mine")
    assert "already" in desk.run(PROGRAM, "new", "mine", code=4)
    assert "cannot name" in desk.run(PROGRAM, "new", "My App", code=64)
    assert "name the application" in desk.run(PROGRAM, "new", code=64)
    assert not (desk.folder / "mine").exists()
    assert "static" in desk.run(PROGRAM, "new", "--list")
    folder = desk.folder / "published"
    folder.mkdir()
    (folder / "score.yaml").write_text(
        "apiVersion: score.dev/v1b1\n"
        "metadata: {name: published, annotations: {rackhouse.dev/package: datasette==0.65.5}}\n"
        "containers: {web: {image: ., args: [serve]}}\n"
    )
    assert "others have built" in desk.run(PROGRAM, "dev", str(folder), code=4)
    assert "published-dev" not in names(desk)


@pytest.mark.slow
def test_data_of_another_application_of_that_name_is_not_taken(desk: Desk) -> None:
    for name in ("theirs-dev", "theirs"):
        folder = desk.folder / name
        folder.mkdir()
        (folder / "index.html").write_text("<title>Theirs</title>")
    desk.rack.run("deploy", str(desk.folder / "theirs-dev"))
    mine = str(desk.folder / "theirs")
    assert "no development" in desk.run(PROGRAM, "dev", mine, "--remove", code=4)
    desk.rack.run("remove", "theirs-dev")
    assert "no development" in desk.run(PROGRAM, "dev", mine, "--remove", code=4)
