"""The console as a process: soon there, small, and gone when it is told so."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from integration.console.conftest import Running
from unit.console.desk import KEY, SECRET

MEMORY = 60_000_000  # bytes, proportional to what it shares


def pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no Pss")


def test_is_there_soon_and_stays_small(running: Running) -> None:
    assert running.took < 5  # 0.3 s on a machine that has nothing else to do
    for path in ("/api/v1/status", "/", "/applications/guestbook", "/parts/postgres", "/journal"):
        assert running.ask(path).status_code == 200
    assert pss(running.process.pid) < MEMORY


def test_the_owners_token_lies_in_the_state_folder_for_its_owner(running: Running) -> None:
    token = running.house.paths.console_token
    assert token.read_text() == SECRET
    assert stat.S_IMODE(token.stat().st_mode) == 0o600


def test_answers_on_loopback_alone(running: Running) -> None:
    listening = Path(f"/proc/{running.process.pid}/net/tcp").read_text()
    port = f":{running.port:04X}"
    addresses = [line.split()[1] for line in listening.splitlines() if port in line.split()[1]]
    assert {address.partition(":")[0] for address in addresses} == {"0100007F"}
    assert port not in Path(f"/proc/{running.process.pid}/net/tcp6").read_text()


def test_ends_at_once_although_somebody_follows(running: Running) -> None:
    headers = {"authorization": f"Bearer {SECRET}"}
    url = f"http://127.0.0.1:{running.port}/api/v1/events"
    begun, ended = threading.Event(), threading.Event()

    def follow() -> None:
        with httpx.stream("GET", url, headers=headers, trust_env=False, timeout=30) as answer:
            for _ in answer.iter_bytes():
                begun.set()
        ended.set()

    reader = threading.Thread(target=follow)
    reader.start()
    assert begun.wait(5)
    at = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(10)
    assert time.monotonic() - at < 1.5
    assert ended.wait(5)
    reader.join()


def test_a_reader_that_went_away_is_let_go(running: Running) -> None:
    headers = {"authorization": f"Bearer {SECRET}"}
    url = f"http://127.0.0.1:{running.port}/api/v1/logs/guestbook/follow"
    files = Path(f"/proc/{running.process.pid}/fd")
    before = len(list(files.iterdir()))
    for _ in range(20):
        with httpx.stream("GET", url, headers=headers, trust_env=False) as answer:
            next(answer.iter_bytes())
    deadline = time.monotonic() + 10
    while len(list(files.iterdir())) > before + 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(list(files.iterdir())) <= before + 2


def test_says_in_words_why_it_cannot_begin(tmp_path: Path) -> None:
    told = {"RACKHOUSE_CONSOLE_PORT": "1", "RACKHOUSE_SIGNING_KEY": KEY}
    done = subprocess.run(
        [sys.executable, "-m", "rackhouse.console", str(tmp_path)],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 64
    assert "needs RACKHOUSE_CONSOLE_SECRET" in done.stderr
    assert "Traceback" not in done.stderr
