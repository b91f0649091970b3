"""Bad days that a rack lives through, by the command line: what is said, and that nothing is lost.

What is wrong in a file, a port or a store is in test_errors.py. Clocks that jump and machines that
sleep need a clock that can be turned: tests/unit/supervisor/test_alarm.py and test_timer.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest

from e2e.conftest import PROGRAM, Rack, eventually

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rack")]

BARE = "rack: test\ndata: {postgres: none, cache: none, objects: none}\n"
SCORE = """
apiVersion: score.dev/v1b1
metadata:
  name: shop
containers:
  web:
    image: .
    command: [python3, server.py]
service:
  ports:
    web: {port: 80, targetPort: 8080}
resources:
  web: {type: route, params: {port: 80}}
"""
SERVES = """
import os, signal
from http.server import BaseHTTPRequestHandler, HTTPServer

class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"open")

HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Shop).serve_forever()
"""
CRASHES = 'import sys\nprint("there is no teapot", flush=True)\nsys.exit(3)\n'
NEVER = 'import time\nprint("still brewing", flush=True)\ntime.sleep(3600)\n'
STUBBORN = SERVES.replace("\nclass", "\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n\nclass")


def _shop(rack: Rack, program: str = SERVES, extra: str = "") -> Path:
    """An application of one file in a rack without data services, which is up in two seconds."""
    folder = rack.file.parent / "shop"
    folder.mkdir(exist_ok=True)
    (folder / "score.yaml").write_text(f"{SCORE}{extra}")
    (folder / "server.py").write_text(program)
    rack.file.write_text(f"{BARE}applications:\n  shop: {{folder: shop}}\n")
    return folder


def _beside(rack: Rack, program: str = SERVES) -> Path:
    """The same application, which the rack file does not name."""
    folder = _shop(rack, program)
    rack.file.write_text(BARE)
    return folder


def _open(rack: Rack) -> bool:
    return httpx.get(rack.plain("shop")).text == "open"


def _said(rack: Rack, *argv: str, code: int) -> str:
    done = rack.run(*argv, code=code)
    assert "error: " in done.stderr, done.stderr
    assert "fix: " in done.stderr
    return done.stderr


def test_a_secret_that_does_not_exist_is_asked_for_and_then_it_works(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    _shop(rack, extra="  key: {type: secret}\n")
    assert "rackhouse secret set shop key" in _said(rack, "up", "--detach", code=3)
    done = rack.run("secret", "set", "shop", "key", stdin="hunter2hunter2\n")
    rack.run("up", "--detach")
    assert _open(rack)
    assert "hunter2" not in done.stdout + done.stderr


def test_a_crash_loop_at_first_is_said_with_its_last_words(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    folder = _shop(rack, CRASHES)
    said = _said(rack, "up", "--detach", code=6)
    assert "keeps ending" in said
    assert "there is no teapot" in said
    status = rack.status()
    assert not status["ready"]
    assert any("shop" in why for why in status["why"])
    (folder / "server.py").write_text(SERVES)
    rack.run("up", "--detach")
    assert _open(rack)


def test_a_crash_loop_of_a_new_release_leaves_the_old_one_serving(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    folder = _shop(rack)
    rack.run("up", "--detach")
    before = rack.pid("shop.web@r1")
    (folder / "server.py").write_text(CRASHES)
    assert "there is no teapot" in _said(rack, "deploy", str(folder), code=6)
    assert rack.pid("shop.web@r1") == before
    assert _open(rack)
    assert not list((rack.home / "units").glob("shop.web@r2*"))


def test_an_application_that_never_becomes_ready_is_given_up(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    folder = _shop(rack)
    rack.run("up", "--detach")
    (folder / "server.py").write_text(NEVER)
    said = _said(rack, "deploy", str(folder), code=6)
    assert "still brewing" in said
    assert _open(rack)
    assert not list((rack.home / "units").glob("shop.web@r2*"))


def test_an_application_that_ignores_sigterm_is_killed_after_its_grace(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    _shop(rack, STUBBORN)
    rack.run("up", "--detach")
    process = psutil.Process(rack.pid("shop.web@r1"))
    rack.run("remove", "shop")
    assert not process.is_running()
    assert not [app for app in rack.status()["applications"] if app["name"] == "shop"]


def test_two_at_once_are_one_after_the_other_or_refused(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    _shop(rack)
    argv = [PROGRAM, "up", "--detach"]
    both = [
        subprocess.Popen(
            argv,
            env=rack.environment(),
            cwd=rack.file.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [one.communicate(timeout=120)[1] for one in both]
    codes = sorted(one.returncode for one in both)
    assert codes in ([0, 0], [0, 4]), said
    for one, words in zip(both, said, strict=True):
        assert "Traceback" not in words
        if one.returncode:
            assert "is changing this rack right now" in words
            assert "wait until it has ended" in words
    rack.run("up", "--detach")
    assert rack.status()["ready"]
    assert rack.run("plan").stdout.strip().endswith("nothing to do")
    assert _open(rack)


def test_data_of_a_newer_postgresql_is_refused_and_left_alone(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    rack.file.write_text("rack: test\ndata: {cache: none, objects: none}\n")
    rack.run("up", "--detach")
    rack.run("psql", "--", "-c", "CREATE TABLE kept AS SELECT 42 AS answer")
    rack.run("down")
    (marker,) = (rack.home / "data" / "postgres").glob("*/PG_VERSION")
    version = marker.read_text()
    marker.write_text("99\n")
    before = _sizes(marker.parent)
    said = rack.run("up", "--detach", "--timeout", "10", code=None)
    assert said.returncode in {4, 6, 7}, said
    assert "99" in said.stderr
    assert "fix: " in said.stderr
    assert _sizes(marker.parent) == before
    marker.write_text(version)
    rack.run("up", "--detach")
    assert rack.run("psql", "--", "-At", "-c", "SELECT answer FROM kept").stdout.strip() == "42"


def _sizes(folder: Path) -> dict[str, int]:
    return {str(f): f.stat().st_size for f in folder.rglob("*") if f.is_file()}


def test_a_state_folder_that_is_read_only(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    rack.home.mkdir(mode=0o700)
    done = _with_mount(rack, "-o", "size=8m,ro")
    assert done.returncode == 7, done
    assert "Traceback" not in done.stderr
    assert "read-only" in done.stderr
    assert "fix: " in done.stderr


def test_a_state_folder_that_is_full_is_said_and_nothing_of_it_is_harmed(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    _shop(rack)
    rack.home.mkdir(mode=0o700)
    done = _with_mount(rack, "-o", "size=200k")
    assert done.returncode == 7, done
    assert "Traceback" not in done.stderr
    assert "fix: free some space" in done.stderr


def _with_mount(rack: Rack, *options: str) -> subprocess.CompletedProcess[str]:
    """`up` where the state folder is a small disk, in a mount namespace that ends with it."""
    namespace = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if not shutil.which("unshare") or subprocess.run([*namespace, "true"], check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk of a test's own")
    script = 'home=$1; shift; mount -t tmpfs "$1" "$2" none "$home" && shift 2 && "$@"; '
    script += 'code=$?; "$1" down >/dev/null 2>&1; exit $code'
    return subprocess.run(
        [*namespace, "sh", "-c", script, "sh", str(rack.home), *options, PROGRAM, "up", "--detach"],
        env=rack.environment(),
        cwd=rack.file.parent,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


def test_a_disk_without_room_for_a_rack_is_said_before_anything_is_begun(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    rack.home.mkdir(mode=0o700)
    done = _with_mount(rack, "-o", "size=20m")
    assert done.returncode == 7, done
    assert "there is no space left for a rack: " in done.stderr
    assert "fix: free some space" in done.stderr


def test_a_rack_file_that_vanished(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    _shop(rack)
    rack.run("up", "--detach")
    away = rack.file.rename(rack.file.with_suffix(".away"))
    assert "there is no rack file" in _said(rack, "up", "--detach", code=5)
    assert eventually(lambda: _serves_still(rack, away))


def _serves_still(rack: Rack, away: Path) -> bool:
    away.rename(rack.file)
    rack.run("status")
    return _open(rack)


def test_what_was_never_live_does_not_hold_up_the_rack(fresh: Callable[..., Rack]) -> None:
    """A deploy that is refused makes nothing; one that fails is shown with its reason, and missed
    by nobody.
    """
    rack = fresh()
    folder = _beside(rack)
    (folder / "score.yaml").write_text(SCORE.replace("image: .", "image: nginx"))
    rack.run("up", "--detach")
    rack.run("deploy", str(folder), code=3)
    assert rack.status()["applications"] == []
    _beside(rack, CRASHES)
    rack.run("deploy", str(folder), code=6)
    (app,) = rack.status()["applications"]
    assert (app["phase"], rack.status()["ready"]) == ("failed", True)
    assert "r1 failed: " in app["why"]
    rack.run("up", "--detach")


def test_what_the_rack_file_names_and_cannot_start_is_said_at_once(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    _shop(rack, CRASHES)
    rack.run("up", "--detach", "--timeout", "3000", code=6)
    status = rack.status()
    assert not status["ready"]
    assert status["why"][0].startswith("shop: r1 failed")


def test_a_file_that_is_wrong_now_leaves_up_what_was(fresh: Callable[..., Rack]) -> None:
    """What was up comes back first; then all that is wrong is said."""
    rack = fresh()
    folder = _shop(rack)
    rack.run("up", "--detach")
    rack.run("down")
    (folder / "score.yaml").write_text(SCORE.replace("containers:", "container:"))
    done = rack.run("up", "--detach", code=3)
    assert "container" in done.stderr
    assert "console  http" in done.stdout, "what is up can be used meanwhile"
    eventually(lambda: httpx.get(rack.plain("shop")).text == "open")
    shutil.rmtree(folder)
    rack.run("down")
    assert "no folder shop" in rack.run("up", "--detach", code=5).stderr
    eventually(lambda: httpx.get(rack.plain("shop")).text == "open")


def test_what_is_set_is_what_the_live_release_has(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    says = SERVES.replace('b"open"', 'os.environ.get("SIGN", "open").encode()')
    folder = _beside(rack, says)
    rack.run("up", "--detach")
    rack.run("deploy", str(folder))
    rack.run("env", "set", "shop", "SIGN=closed")
    assert httpx.get(rack.plain("shop")).text == "closed"
    rack.run("rollback", "shop")
    assert rack.run("env", "list", "shop").stdout == ""
    _beside(rack, f"{says}\n")
    rack.run("deploy", str(folder))
    assert _open(rack)
    refused = rack.run("env", "set", "shop", "PORT=99", code=4).stderr
    assert "the rack itself says what PORT is" in refused
    assert rack.app("shop")["release"] == 3


def test_changing_one_application_of_a_rack_that_is_down_says_so(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    folder = _beside(rack)
    rack.run("up", "--detach")
    rack.run("deploy", str(folder))
    rack.run("down")
    assert "the rack is down" in rack.run("deploy", str(folder), code=8).stderr
    for argv in (
        ("env", "set", "shop", "A=2"),
        ("rollback", "shop"),
        ("secret", "set", "shop", "k"),
    ):
        said = rack.run(*argv, code=8, stdin="hush").stderr
        assert "the rack is down, so nothing was done" in said
        assert "rackhouse up --detach" in said
    assert rack.processes() == []
    assert rack.app("shop")["release"] == 1
    rack.run("env", "set", "ghost", "A=2", code=5)


def test_killed_once_the_new_release_is_reached_it_goes_forward(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    slow = "import signal, time\nsignal.signal(signal.SIGTERM, lambda *_: time.sleep(5))"
    folder = _beside(rack, f"{slow}\n{SERVES}")
    rack.run("up", "--detach")
    rack.run("deploy", str(folder))
    _beside(rack, SERVES.replace('b"open"', 'b"new"'))
    deploy = subprocess.Popen(
        [PROGRAM, "deploy", str(folder)],
        env=rack.environment(),
        cwd=rack.file.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    eventually(lambda: httpx.get(rack.plain("shop")).text == "new")
    eventually(lambda: rack.app("shop")["release"] == 2)
    deploy.kill()
    assert deploy.wait(60) != 0, "the old one was still being stopped"
    rack.run("up", "--detach")
    assert httpx.get(rack.plain("shop")).text == "new"
    assert rack.app("shop")["release"] == 2
    eventually(lambda: [p["release"] for p in rack.app("shop")["processes"]] == [2])
