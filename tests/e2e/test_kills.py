"""kill -9 of anything while people write: it is back, and nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import psutil
import pytest

from e2e.conftest import PROGRAM, Rack, eventually

pytestmark = pytest.mark.xdist_group("rack")
slow = pytest.mark.slow  # and what is most to be feared is tried each time

WRITERS = 3
BOUND = 30.0  # seconds within which all is back
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da"
    "63fcffff3f030005fe02fea72d5e1b0000000049454e44ae426082"
)


@dataclass
class Writers:
    """People who write entries with a picture each, and read: what was acknowledged, what not."""

    url: str
    pictures: dict[str, bytes] = field(default_factory=dict)  # by message
    visits: int = 0
    failures: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, who: int) -> None:
        """One of them, until it is over."""
        turn = 0
        with httpx.Client(base_url=self.url, timeout=5) as client:
            while not self.over.wait(0.05):
                turn += 1
                try:
                    self._turn(client, f"{who}-{turn}")
                except httpx.HTTPError as error:
                    self._failed(repr(error))

    def _turn(self, client: httpx.Client, message: str) -> None:
        picture = PICTURE + message.encode()
        files = {"picture": ("a.png", picture, "image/png")}
        status = client.post("/", data={"name": "Ada", "message": message}, files=files).status_code
        if status == 303:
            with self.lock:
                self.pictures[message] = picture
        else:
            self._failed(f"POST: {status}")
        status = client.get("/").status_code
        if status == 200:
            with self.lock:
                self.visits += 1
        else:
            self._failed(f"GET: {status}")

    def _failed(self, why: str) -> None:
        with self.lock:
            self.failures.append(why)


@contextlib.contextmanager
def writing(rack: Rack) -> Iterator[Writers]:
    """People write for the length of the block; after it, all that was acknowledged is there."""
    writers = Writers(rack.plain("guestbook"))
    threads = [threading.Thread(target=writers.write, args=(who,)) for who in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        eventually(lambda: len(writers.pictures) > 2 * WRITERS)
        yield writers
        before = len(writers.pictures)
        eventually(lambda: len(writers.pictures) > before + 2 * WRITERS)
    finally:
        writers.over.set()
        for thread in threads:
            thread.join()
    _assert_all_is_there(rack, writers)


def _assert_all_is_there(rack: Rack, writers: Writers) -> None:
    query = ["psql", "guestbook", "--", "-At", "-c", "SELECT message, picture FROM entry"]
    rows = dict(line.split("|") for line in rack.run(*query).stdout.splitlines())
    assert writers.pictures.keys() <= rows.keys()
    visits = rack.run("redis", "guestbook", "--", "GET", "guestbook.visits:visits").stdout
    assert int(visits.strip().strip('"')) >= writers.visits
    with httpx.Client(base_url=rack.plain("guestbook")) as client:
        for message, picture in writers.pictures.items():
            assert client.get(f"/pictures/{rows[message]}").content == picture, message


@pytest.fixture
def guestbook(fresh: Callable[..., Rack]) -> Rack:
    """A rack of the test's own, with the guestbook live."""
    rack: Rack = fresh("guestbook")
    rack.run("up", "--detach")
    return rack


def _pids(rack: Rack) -> dict[str, int]:
    """The process of every unit that runs."""
    states = [json.loads(f.read_text()) for f in (rack.home / "states").glob("[!.]*.json")]
    return {state["name"]: state["pid"] for state in states if state["pid"]}


def _supervisor(rack: Rack) -> int:
    return int((rack.home / "supervisor.lock").read_text().split()[0])


def _is_ready(rack: Rack) -> bool:
    return bool(rack.status()["ready"])


def _nothing_to_do(rack: Rack) -> bool:
    return rack.run("plan", code=None).stdout.strip().endswith("nothing to do")


def _alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run. A zombie does not: whoever took it in has not looked yet."""

    def runs(process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.NoSuchProcess):
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        return False

    return [process for process in processes if runs(process)]


@pytest.mark.parametrize(
    "part",
    [
        "postgres",
        *(pytest.param(part, marks=slow) for part in ("cache", "objects", "ingress", "guestbook")),
    ],
)
def test_what_serves_is_back_by_itself_and_lost_nothing(guestbook: Rack, part: str) -> None:
    unit = next(name for name in _pids(guestbook) if name.split(".")[0] == part)
    others = {name: pid for name, pid in _pids(guestbook).items() if name != unit}
    old = guestbook.pid(unit)
    with writing(guestbook):
        psutil.Process(old).kill()
        eventually(lambda: guestbook.pid(unit) not in {0, old}, BOUND)
        eventually(lambda: _is_ready(guestbook), BOUND)
    assert {name: pid for name, pid in _pids(guestbook).items() if name != unit} == others


def test_a_killed_ingress_loses_no_door_and_refuses_nobody(guestbook: Rack) -> None:
    """Whom it was answering is let down; whoever comes meanwhile waits until it is back."""
    url = guestbook.plain("guestbook")
    old, answers, over = guestbook.pid("ingress"), list[int | str](), threading.Event()

    def call() -> None:
        while not over.wait(0.02):
            try:
                answers.append(httpx.get(f"{url}/healthz", timeout=60).status_code)
            except httpx.HTTPError as error:
                answers.append(str(error))

    callers = [threading.Thread(target=call) for _ in range(WRITERS)]
    with _hunting(int(url.rpartition(":")[2])):
        for caller in callers:
            caller.start()
        try:
            eventually(lambda: answers.count(200) > 10)
            psutil.Process(old).kill()
            eventually(lambda: guestbook.pid("ingress") not in {0, old}, BOUND)
            eventually(lambda: _is_ready(guestbook), BOUND)
        finally:
            over.set()
            for caller in callers:
                caller.join()
    assert 404 not in answers
    assert not [answer for answer in answers if "refused" in str(answer)]
    assert answers[-1] == 200
    assert _nothing_to_do(guestbook)


@contextlib.contextmanager
def _hunting(port: int) -> Iterator[None]:
    """A stranger who tries all the time to have the port, and does not get it."""
    hunt = (
        "import socket, sys\n"
        "while True:\n"
        "    with socket.socket() as one:\n"
        "        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
        "        try:\n"
        f"            one.bind(('127.0.0.1', {port})); one.listen(); sys.exit()\n"
        "        except OSError: pass\n"
    )
    with subprocess.Popen([sys.executable, "-c", hunt]) as stranger:
        try:
            yield
            assert stranger.poll() is None, "a stranger has the door now"
        finally:
            stranger.kill()


@slow
def test_the_console_is_back_by_itself_and_nobody_noticed(guestbook: Rack) -> None:
    before = _pids(guestbook)
    with writing(guestbook) as writers:
        psutil.Process(before["console"]).kill()
        eventually(lambda: guestbook.pid("console") not in {0, before["console"]}, BOUND)
        eventually(lambda: _is_ready(guestbook), BOUND)
    assert not writers.failures
    assert {**_pids(guestbook), "console": 0} == {**before, "console": 0}


def test_the_supervisor_is_back_by_itself_and_stopped_nothing(guestbook: Rack) -> None:
    before, supervisor = _pids(guestbook), _supervisor(guestbook)
    with writing(guestbook) as writers:
        psutil.Process(supervisor).kill()
        eventually(lambda: _supervisor(guestbook) != supervisor, BOUND)
        eventually(lambda: _is_ready(guestbook), BOUND)
    assert not writers.failures
    assert _pids(guestbook) == before
    # It keeps what it adopted: one that ends now is started again.
    psutil.Process(before["cache"]).kill()
    eventually(lambda: guestbook.pid("cache") not in {0, before["cache"]}, BOUND)
    eventually(lambda: _is_ready(guestbook), BOUND)


def test_everything_at_once_is_back_with_the_next_up(guestbook: Rack) -> None:
    with writing(guestbook):
        _kill_all(guestbook)
        guestbook.run("up", "--detach", timeout=BOUND)
        assert _is_ready(guestbook)
    assert _nothing_to_do(guestbook)


def _kill_all(rack: Rack) -> None:
    """The supervisor first, since it would start again what ends."""
    processes = rack.processes()
    psutil.Process(_supervisor(rack)).kill()
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    eventually(lambda: not _alive(processes))


@slow
@pytest.mark.parametrize("who", ["supervisor", "everything"])
def test_nothing_is_restarted_after_a_sleep(guestbook: Rack, who: str) -> None:
    """A machine that sleeps: nothing runs for a while, and then all of it goes on."""
    before = _pids(guestbook)
    supervisor = psutil.Process(_supervisor(guestbook))
    asleep = [supervisor] if who == "supervisor" else guestbook.processes()
    for process in asleep:
        process.suspend()
    time.sleep(5)
    for process in asleep:
        process.resume()
    time.sleep(3)
    assert _supervisor(guestbook) == supervisor.pid
    assert _pids(guestbook) == before
    with writing(guestbook) as writers:
        assert _is_ready(guestbook)
    assert not writers.failures


@slow
def test_down_stops_what_outlived_supervisor_and_console(guestbook: Rack) -> None:
    processes = guestbook.processes()
    psutil.Process(_supervisor(guestbook)).kill()
    psutil.Process(guestbook.pid("console")).kill()
    assert len(_alive(processes)) >= 5
    guestbook.run("down")
    assert not _alive(processes)
    assert not _alive(guestbook.processes())


@slow
@pytest.mark.parametrize("moment", [0.2, 0.5, 1.0, 2.0, 3.0])
def test_up_completes_what_a_killed_up_began(fresh: Callable[..., Rack], moment: float) -> None:
    rack: Rack = fresh("guestbook")
    _killed(rack, moment, "up", "--detach")
    rack.run("up", "--detach")
    assert _is_ready(rack)
    assert _nothing_to_do(rack)


@slow
def test_deploy_completes_what_a_killed_deploy_began(guestbook: Rack) -> None:
    """Whenever it is killed, a version serves, and nobody who writes meanwhile is let down."""
    folder = guestbook.file.parent / "apps" / "guestbook"
    program = folder / "main.py"
    with writing(guestbook) as writers:
        for number, moment in enumerate((0.2, 0.4, 0.7, 1.0, 1.3, 1.7, 2.2, 3.0), start=1):
            old, new = f'VERSION = "{number}"', f'VERSION = "{number + 1}"'
            source = program.read_text()
            assert old in source
            program.write_text(source.replace(old, new))
            _killed(guestbook, moment, "deploy", str(folder))
            assert _version(guestbook) in {number, number + 1}
            guestbook.run("deploy", str(folder))
            assert _version(guestbook) == number + 1
            assert _is_ready(guestbook)
            plan = guestbook.run("plan", code=None).stdout
            assert "nothing to do" in plan, plan
    assert not writers.failures


def _version(rack: Rack) -> int:
    return int(httpx.get(f"{rack.plain('guestbook')}/healthz").json()["version"])


def _killed(rack: Rack, moment: float, *argv: str) -> None:
    """Start a command, and kill it, and nothing else, so many seconds later."""
    command = subprocess.Popen(
        [PROGRAM, *argv],
        env=rack.environment(),
        cwd=rack.file.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(moment)
    command.kill()
    command.wait()
