"""How long a plan takes as a rack grows: the pure part, and the whole command.

    python benchmarks/plan_scale.py

Each application is the guestbook: fourteen resources. Pure: `desired` (files to resources) and
`plan` (resources and what is seen to steps), from nothing and with nothing to do; no disk, no
targets. Command: `rackhouse plan` from a cold interpreter, with that many releases in the store and
nothing running. The peer is `kubectl kustomize` over a folder with as many objects, where kubectl
is on this machine: for fewer applications, since twice as many take it over four times as long.
"""

from __future__ import annotations

import gc
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rackhouse.app import score
from rackhouse.app.codec import encode
from rackhouse.app.model import App, Release, Runtime
from rackhouse.desired import desired
from rackhouse.desired.facts import Facts
from rackhouse.kit.binaries import find_tools
from rackhouse.plan.planner import plan
from rackhouse.rack.load import load
from rackhouse.resources.place import Wanted
from rackhouse.resources.seen import Observed, Seen, Stamp
from rackhouse.resources.tools import Tools
from rackhouse.store.protocol import ApplicationRow, ReleaseRow, ReleaseStatus
from rackhouse.store.sqlite import SqliteStore
from racks import ROOT, Rack, median, rack, table, timed

PEER, SMALL, LARGE = 200, 1_000, 10_000
ROUNDS = 3
GUESTBOOK = ROOT / "examples" / "apps" / "guestbook" / "score.yaml"


def main() -> None:
    gc.disable()  # as the command does: a plan makes much and drops nothing
    rows, totals = [], {}
    for count in (SMALL, LARGE):
        found, totals[count] = _pure(_applications(count))
        rows += [(f"{count:,} applications, {name}", *rest) for name, *rest in found]
    ratio = totals[LARGE] / totals[SMALL]
    rows.append(("ten times the applications take", f"{ratio:.1f} x", "linear: 10 x"))
    command = _command(SMALL)
    rows.append((f"rackhouse plan, {SMALL:,} applications", f"{command:.2f} s", "goal: 1 s"))
    if kubectl := shutil.which("kubectl"):
        command, objects = _command(PEER), len(_wanted(_applications(PEER)).resources)
        peer = _kustomize(kubectl, objects)
        rows += [
            (
                f"rackhouse plan, {PEER:,} applications",
                f"{command:.2f} s",
                f"{objects:,} resources",
            ),
            ("kubectl kustomize, as many objects", f"{peer:.2f} s", f"{peer / command:.1f} x"),
        ]
    table(rows, ("plan", "measured", ""))


def _applications(count: int) -> list[App]:
    guestbook = score.parse(GUESTBOOK.read_text())
    release = Release(
        number=1,
        digest="0" * 16,
        snapshot="releases/guestbook/r1",
        runtime=Runtime.PYTHON,
        manifest="requirements.txt",
        packages="f00d",
    )
    names = [f"guestbook-{n:05}" for n in range(count)]
    return [
        replace(guestbook, name=name, uid=f"uid-{name}", release=replace(release, snapshot=name))
        for name in names
    ]


def _wanted(apps: Sequence[App]) -> Wanted:
    return desired(load(""), apps, Facts(tools=Tools(**find_tools())))


def _pure(apps: Sequence[App]) -> tuple[list[tuple[str, str, str]], float]:
    """Rows for one size, and the seconds of one plan with all that it is made from."""
    made: list[Wanted] = []
    first = timed(lambda: made.append(_wanted(apps)))
    absent = timed(lambda: plan(made[0].resources, Observed()))
    seen = _all_made(made[0])
    again = _wanted(apps)  # a resource remembers its digest, and a fresh plan has to make it
    settled = timed(lambda: plan(again.resources, seen))
    assert not plan(again.resources, seen).steps
    rows = [
        ("desired", f"{first:.2f} s", f"{len(again.resources):,} resources"),
        ("plan from nothing", f"{absent:.2f} s", ""),
        ("plan with nothing to do", f"{settled:.2f} s", "digests included"),
    ]
    return rows, first + max(absent, settled)


def _all_made(wanted: Wanted) -> Observed:
    """The world in which all of it is there."""
    seen = {}
    for id, each in wanted.resources.items():
        stamp = Stamp(
            rack="bench",
            digest=each.digest,
            owner=each.owner,
            uid=each.uid,
            inputs={ref.to: "1" for ref in each.refs},
            before=each.before,
            claims=each.claims,
            keep=each.keep,
            found="f",
        )
        seen[id] = Seen(id=id, stamp=stamp, found="f")
    return Observed(seen=seen)


def _command(count: int) -> float:
    """Seconds of `rackhouse plan` with that many releases in the store."""
    with rack() as it:
        it.run("plan", code=2)  # makes the store
        _deploy(it, _applications(count))
        return median(lambda: it.run("plan", code=2), ROUNDS)


def _deploy(it: Rack, apps: Sequence[App]) -> None:
    store = SqliteStore(it.home / "store.db")
    for app in apps:
        store.put_application(ApplicationRow(name=app.name, uid=app.uid))
        row = ReleaseRow(
            application=app.name,
            number=1,
            status=ReleaseStatus.LIVE,
            digest="0" * 16,
            app=encode(app),
            made=0.0,
            by="benchmark",
        )
        store.add_release(row)
    store.close()


def _kustomize(kubectl: str, objects: int) -> float:
    """Seconds of `kubectl kustomize` over that many ConfigMaps, ten to a file."""
    with tempfile.TemporaryDirectory(prefix="rackhouse-bench-") as name:
        folder, files = Path(name), []
        for first in range(0, objects, 10):
            many = range(first, min(first + 10, objects))
            text = "---\n".join(
                f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: thing-{n}}}\n"
                f"data: {{needs: thing-{n - 1}, version: '1'}}\n"
                for n in many
            )
            files.append(f"{first}.yaml")
            (folder / files[-1]).write_text(text)
        listed = "".join(f"  - {file}\n" for file in files)
        (folder / "kustomization.yaml").write_text(f"resources:\n{listed}")
        argv = [kubectl, "kustomize", name]
        return timed(lambda: subprocess.run(argv, check=True, capture_output=True))


if __name__ == "__main__":
    main()
