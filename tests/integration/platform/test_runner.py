"""The loops of a runner's pod, with a runner that stands in for Gitea's: no job meets the last."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rackhouse.desired.platform.build import platform
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from rackhouse.resources.kube import Object

# Ends with everything in it; the loop's `kill -1` reaches nobody else.
ALONE = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc")
RUNNER = """\
#!/bin/bash
if [ "$1" = register ]; then echo registration > .runner; exit; fi
{
  ls -A $WORK $TMPDIR
  pgrep -f left-behind && echo alive
  command -v gitea-runner
} > $SEEN/$(ls $SEEN | wc -l)
mkdir $WORK/locked && touch $WORK/locked/it $TMPDIR/planted && chmod 0 $WORK/locked
setsid bash -c 'exec -a left-behind sleep 1000' &
[ $(ls $SEEN | wc -l) -lt 3 ] && exit
trap 'touch $SEEN/told; exit' TERM
touch $SEEN/lasts && sleep 1000 & wait
"""
JOB = ".runner"  # all that one finds in its folder
PI = "nodes: {pi: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}"

pytestmark = pytest.mark.slow


def commands() -> list[list[str]]:
    """Of the one that registers, and of the one that jobs run in."""
    spec = platform(load(PI))[Id("kube.home", "Deployment", "runners.runner")].spec
    assert isinstance(spec, Object)
    registrar, jobs = json.loads(str(spec.body))["spec"]["template"]["spec"]["containers"]
    mounts = {it["name"]: it.get("readOnly", False) for it in jobs["volumeMounts"]}
    assert mounts == {"runner": False, "tmp": False, "tools": True, "trust": True, "work": False}
    return [registrar["command"], jobs["command"]]


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """Both containers, each with processes of its own; and the one that jobs run in."""
    if shutil.which("unshare") is None or subprocess.run([*ALONE, "true"], check=False).returncode:
        pytest.skip("this machine lets nobody have a namespace of processes")
    for name in ("runner", "work", "tools", "tmp", "bin", "seen"):
        (tmp_path / name).mkdir()
    program = tmp_path / "bin" / "gitea-runner"
    program.write_text(RUNNER)
    program.chmod(0o755)
    variables = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "INSTANCE": "http://gitea",
        "TOKEN": "token",
        "HOSTNAME": "runner",
        "WORK": str(tmp_path / "work"),
        "TMPDIR": str(tmp_path / "tmp"),
        "SEEN": str(tmp_path / "seen"),
    }

    def run(shell: str, option: str, script: str) -> subprocess.Popen[bytes]:
        here = re.sub(r"/(runner|work|tools|tmp)\b", lambda it: f"{tmp_path}/{it[1]}", script)
        first = f"[ $$ = 1 ] || exit 9\n{here}"
        return subprocess.Popen([*ALONE, shell, option, first], env=variables)

    started = [run(*it) for it in commands()]
    try:
        yield tmp_path, started[1]
    finally:
        for it in started:
            it.kill()
            it.wait(timeout=20)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def test_no_job_finds_anything_of_the_one_before_it(
    pod: tuple[Path, subprocess.Popen[bytes]],
) -> None:
    folder, jobs = pod
    seen = folder / "seen"
    until((seen / "lasts").exists)
    for number in range(3):
        listed = f"{folder}/tmp:\n\n{folder}/work:\n{JOB}\n{folder}/tools/gitea-runner\n"
        assert (seen / str(number)).read_text() == listed
    (inner,) = Path(f"/proc/{jobs.pid}/task/{jobs.pid}/children").read_text().split()
    os.kill(int(inner), signal.SIGTERM)  # as the kubelet does
    assert jobs.wait(timeout=20) == 0
    assert (seen / "told").exists()
