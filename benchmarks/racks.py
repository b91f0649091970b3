"""What the benchmarks share: a rack in a temporary folder, timing, PSS, tables."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = str(Path(sys.executable).with_name("rackhouse"))


class Rack:
    """A rack of its own, ended with the block that it was made for."""

    def __init__(self, folder: Path, applications: tuple[str, ...]) -> None:
        self.home, self.file = folder / "home", folder / "rack.yaml"
        lines = ["rack: bench", "applications:" if applications else ""]
        for name in applications:
            shutil.copytree(ROOT / "examples" / "apps" / name, folder / "apps" / name)
            lines.append(f"  {name}: {{folder: apps/{name}}}")
        self.file.write_text("\n".join(lines) + "\n")

    def run(self, *argv: str, code: int = 0) -> str:
        """Run a command; its answer."""
        own = {"RACKHOUSE_HOME": str(self.home), "RACKHOUSE_FILE": str(self.file)}
        done = subprocess.run(
            [PROGRAM, *argv], env={**os.environ, **own}, capture_output=True, text=True, check=False
        )
        if done.returncode != code:
            raise SystemExit(f"{argv} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout


@contextmanager
def rack(*applications: str) -> Iterator[Rack]:
    """A rack with copies of those examples, not up yet."""
    folder = Path(tempfile.mkdtemp(prefix="rackhouse-bench-"))
    made = Rack(folder, applications)
    try:
        yield made
    finally:
        subprocess.run(
            [PROGRAM, "--home", str(made.home), "down"], capture_output=True, check=False
        )
        shutil.rmtree(folder, ignore_errors=True)


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(work: Callable[[], object], rounds: int) -> float:
    """The median of so many."""
    return statistics.median(timed(work) for _ in range(rounds))


def pss(home: Path) -> dict[str, int]:
    """Bytes (proportional set size) of everything that the rack at `home` runs, by unit."""
    import json

    import psutil

    pids = {f.stem: json.loads(f.read_text())["pid"] for f in (home / "states").glob("[!.]*.json")}
    pids["supervisor"] = int((home / "supervisor.lock").read_text().split()[0])
    found = {}
    for name, pid in pids.items():
        if pid:
            process = psutil.Process(pid)
            below = [] if name == "supervisor" else process.children(recursive=True)
            found[name] = sum(_pss(p.pid) for p in (process, *below))
    return found


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def table(rows: Sequence[tuple[str, ...]], head: tuple[str, ...]) -> None:
    """Print the columns."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
