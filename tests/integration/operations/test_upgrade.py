"""A newer Rackhouse on a rack that an older one brought up: part by part, while people use it."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from e2e.conftest import Rack, eventually
from rackhouse.kit.version import code_version
from rackhouse.supervisor.unit import Unit

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("operations")]


@dataclass
class Visits:
    """What became of each request."""

    codes: list[int] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return sum(code != 200 for code in self.codes)


@contextmanager
def visited(rack: Rack, application: str, path: str = "/healthz") -> Iterator[Visits]:
    """Somebody asks the application all the time."""
    url, visits, over = rack.plain(application) + path, Visits(), threading.Event()

    def visit() -> None:
        with httpx.Client(timeout=10) as client:
            while not over.wait(0.02):
                try:
                    visits.codes.append(client.get(url).status_code)
                except httpx.HTTPError:
                    visits.codes.append(0)

    thread = threading.Thread(target=visit)
    thread.start()
    try:
        yield visits
    finally:
        over.set()
        thread.join()


def pids(rack: Rack) -> dict[str, int]:
    states = (json.loads(f.read_text()) for f in (rack.home / "states").glob("[!.]*.json"))
    return {state["name"]: state["pid"] for state in states if state["pid"]}


def supervisor(rack: Rack) -> list[str]:
    return (rack.home / "supervisor.lock").read_text().split()


def older(rack: Rack, part: str) -> None:
    """Make it look as if an older version had brought this part up: it was told so, and runs so."""
    file = rack.home / "units" / f"{part}.json"
    unit = Unit.from_json(file.read_text())
    stamp = json.loads(unit.stamp)
    stamp["digest"] = "0" * 12
    body = json.loads(unit.to_json()) | {"stamp": json.dumps(stamp), "digest": "older"}
    body["env"]["RACKHOUSE_PART"] = f"{part} 0.0.1"
    draft = file.with_name(".draft")
    draft.write_text(json.dumps(body))
    draft.replace(file)

    def taken_up() -> bool:
        state = json.loads((rack.home / "states" / f"{part}.json").read_text())
        return state["digest"] == "older" and bool(rack.status()["ready"])

    eventually(taken_up)


def test_a_supervisor_of_another_version_is_replaced_and_what_it_keeps_runs_on(
    lived_in: Rack,
) -> None:
    before, (old, born, version) = pids(lived_in), supervisor(lived_in)
    assert version == code_version()
    lived_in.run("up", "--detach")
    assert supervisor(lived_in)[0] == old, "the same version is left alone"
    (lived_in.home / "supervisor.lock").write_text(f"{old}\n{born}\n0.0.1+older\n")
    with visited(lived_in, "guestbook") as visits:
        lived_in.run("up", "--detach")
        time.sleep(0.5)
    assert supervisor(lived_in)[0] != old
    assert supervisor(lived_in)[2] == code_version()
    assert not psutil.pid_exists(int(old)) or psutil.Process(int(old)).status() == "zombie"
    assert pids(lived_in) == before, "nothing was restarted"
    assert visits.failed == 0
    assert len(visits.codes) > 20
    # It keeps them: one that is killed comes back.
    psutil.Process(before["cache"]).send_signal(signal.SIGKILL)
    eventually(lambda: pids(lived_in).get("cache", 0) not in {0, before["cache"]})
    eventually(lambda: lived_in.status()["ready"])


def test_a_supervisor_from_before_versions_were_told_is_replaced_too(lived_in: Rack) -> None:
    old, born, _ = supervisor(lived_in)
    (lived_in.home / "supervisor.lock").write_text(f"{old}\n{born}\n")
    lived_in.run("up", "--detach")
    assert supervisor(lived_in)[0] != old


@pytest.mark.parametrize("part", ["postgres", "cache", "objects", "ingress", "console"])
def test_one_part_is_replaced_and_the_others_run_on(lived_in: Rack, part: str) -> None:
    older(lived_in, part)
    before = pids(lived_in)
    planned = lived_in.run("plan", code=2).stdout.splitlines()
    [line] = [line for line in planned if "machine/process/" in line]
    assert line.startswith(f"~ machine/process/{part}: changed in the files (it restarts")
    with visited(lived_in, "radicale", "/.web/") as visits:
        lived_in.run("up", "--detach")
    after = pids(lived_in)
    assert after.pop(part) != before.pop(part)
    assert after == before, "no other process was restarted"
    assert lived_in.run("plan").stdout.strip().endswith("nothing to do")
    unit = Unit.from_json((lived_in.home / "units" / f"{part}.json").read_text())
    assert "0.0.1" not in unit.env["RACKHOUSE_PART"]
    if part != "ingress":  # through which they come
        assert visits.failed == 0
    eventually(lambda: httpx.get(lived_in.plain("guestbook") + "/").status_code == 200)


def test_a_state_folder_of_the_version_before_has_its_supervisors_lock_read(tmp_path: Path) -> None:
    from rackhouse.supervisor.lock import version_of_holder

    assert version_of_holder(tmp_path / "none") == ""
    (tmp_path / "lock").write_text("12\n34\n")
    assert version_of_holder(tmp_path / "lock") == ""
    (tmp_path / "lock").write_text("12\n34\n0.2.0+x\n")
    assert version_of_holder(tmp_path / "lock") == "0.2.0+x"
