"""How long a rack of 1,000 applications takes to become objects of a cluster, and a folder.

    python benchmarks/compile.py

Pure: files of the rack to objects, and these to YAML; seconds of the processor beside those of the
clock, since a busy machine shows the former alone. Each application has a database and a route. The
peer is `kubectl kustomize`, which reads and prints the same folder, where kubectl is on this
machine: for fewer applications, since twice as many take it over four times as long.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rackhouse.app import score
from rackhouse.app.model import App, Release, Runtime
from rackhouse.cli.compiled import write
from rackhouse.desired.kube import kube
from rackhouse.desired.kube.folder import folder
from rackhouse.rack.load import load
from racks import median, table, timed

COUNT, PEER = 1_000, 50
ROUNDS = 3
RACK = "rack: many\ndomain: many.home.arpa\nexposure: lan\n"
FILE = """
apiVersion: score.dev/v1b1
metadata: {name: %s, annotations: {rackhouse.dev/public: "true"}}
containers:
  web:
    image: .
    command: [uvicorn, "main:app"]
    variables: {DATABASE_URL: "${resources.db.url}"}
    readinessProbe: {httpGet: {path: /healthz, port: 8080}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
resources:
  db: {type: postgres}
  web: {type: route, params: {port: 80}}
"""


def main() -> None:
    gc.disable()  # as the command does
    rack, apps = load(RACK), applications(COUNT)
    found = list(kube(rack, apps, ()).values())
    objects = sum(it.id.target.startswith("kube.") for it in found)
    began = time.process_time()
    made = median(lambda: kube(rack, apps, ()), ROUNDS)
    busy = (time.process_time() - began) / ROUNDS
    text = median(lambda: folder(found), ROUNDS)
    rows = [
        (
            f"{COUNT:,} applications to {objects:,} objects",
            f"{made:.2f} s",
            f"goal: 3 s; processor {busy:.2f} s",
        ),
        ("these to YAML", f"{text:.2f} s", ""),
        ("and to files", f"{_written(folder(found)):.2f} s", ""),
        ("memory at most", f"{_peak():.0f} MB", "goal: 500 MB"),
    ]
    if kubectl := shutil.which("kubectl"):
        rows += _beside(kubectl, apps[:PEER])
    table(rows, (f"load {os.getloadavg()[0]:.1f}", "", ""))


def applications(count: int) -> list[App]:
    """So many, each with a release."""
    return [_app(number) for number in range(count)]


def _app(number: int) -> App:
    name = f"app-{number:04}"
    digest, snapshot = f"{number:016x}", f"releases/{name}/r1"
    made = Release(number=1, digest=digest, snapshot=snapshot, runtime=Runtime.PYTHON)
    return replace(score.parse(FILE % name), uid=name, release=made)


def _written(files: Mapping[str, str]) -> float:
    with tempfile.TemporaryDirectory() as place:
        return timed(lambda: write(files, Path(place)))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _beside(kubectl: str, apps: list[App]) -> list[tuple[str, str, str]]:
    """Both on the same, smaller rack."""
    rack = load(RACK)

    def ours(place: str) -> None:
        write(folder(kube(rack, apps, ()).values()), Path(place))

    with tempfile.TemporaryDirectory() as place:
        own = timed(lambda: ours(place))
        count = sum(1 for _ in Path(place).rglob("*.yaml")) - 1
        argv = [kubectl, "kustomize", place]
        peer = timed(lambda: subprocess.run(argv, check=True, stdout=subprocess.DEVNULL))
    return [
        (f"rackhouse compile, {count} objects with files", f"{own:.2f} s", ""),
        ("kubectl kustomize, the same files", f"{peer:.2f} s", f"{peer / own:.0f} x"),
    ]


if __name__ == "__main__":
    main()
