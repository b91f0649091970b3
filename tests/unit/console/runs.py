"""Runs to look at: of each state, with workflows, a matrix, a log of two jobs at once; releases."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rackhouse.app.codec import encode
from rackhouse.app.model import App, Container, Release, Runtime, Template
from rackhouse.delivery.runs.log import Kind, RunLog
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.store.forge import AuditRow, Event, Forge, JobRow, RunRow, RunStatus
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus
from unit.console.house import NOW, House
from unit.delivery.repositories.conftest import Place

EVIL = "<img src=x onerror=alert(1)>\"'&\u202e\x1b[31m"
CI = ".gitea/workflows/ci.yaml"
VERSIONS = ("3.11", "3.12", "3.13")
DATABASES = ("postgres", "sqlite", "mysql")


@dataclass
class Made:
    """What `furnish` made: numbers of runs, and the commits of the releases r3 and r4."""

    house: House
    place: Place
    passed: int
    failed: int
    running: int
    waiting: int
    plain: int
    evil: int
    first: str
    last: str

    @property
    def forge(self) -> Forge:
        return self.place.forge

    def log(self, number: int) -> RunLog:
        """To be closed by who opened it."""
        return RunLog(run_folder(self.house.paths, number))

    def say(self, number: int, *texts: str, job: str = "", kind: Kind = Kind.TEXT) -> None:
        log = self.log(number)
        for text in texts:
            log.say(text, kind, job=job, step=job)
        log.close()

    def end(self, number: int, status: RunStatus, **changes: object) -> None:
        """A run that goes on ends."""
        row = self.forge.run(number)
        assert row
        ended = replace(row, status=status, ended=NOW, **changes)  # type: ignore[arg-type]  # fields by name
        assert self.forge.change_run(ended, row.status)


def furnish(house: House, place: Place) -> Made:
    """A repository with runs, of which two made releases of the application guestbook."""
    place.make("guestbook")
    place.make("hello")
    first = place.commit({"app.py": b"one = 1\n"}, "The beginning")
    place.run("update-ref", "refs/heads/main", first, name="hello")
    first = place.commit({"app.py": b"one = 1\n"}, "The beginning", name="guestbook")
    last = place.commit(
        {"app.py": b"one = 2\n", "b<b>.py": b"\n"}, "Two <b>instead</b> of one", name="guestbook"
    )
    add = _Adder(place.forge)
    plain = add("guestbook", first, RunStatus.PASSED, application="guestbook", release=3)
    passed = add("guestbook", last, RunStatus.PASSED, application="guestbook", release=4)
    failed = add("hello", first, RunStatus.FAILED, why="job test (3.12): step 'pytest -q' failed")
    evil = add("hello", first, RunStatus.FAILED, ref=f"refs/heads/{EVIL}", who=EVIL, why=EVIL)
    add("hello", first, RunStatus.CANCELLED, why="cancelled by ada")
    add("hello", first, RunStatus.SUPERSEDED, why="a newer push came first", began=None)
    add("hello", first, RunStatus.PASSED, workflow=CI, event=Event.SCHEDULE, who="schedule")
    running = add("guestbook", last, RunStatus.RUNNING, ended=None, ref="refs/heads/new-form")
    waiting = add("hello", first, RunStatus.WAITING, began=None, ended=None)
    made = Made(house, place, passed, failed, running, waiting, plain, evil, first, last)
    _jobs(made)
    _logs(made)
    _releases(made)
    _deeds(made)
    return made


class _Adder:
    def __init__(self, forge: Forge) -> None:
        self.forge = forge

    def __call__(self, repository: str, sha: str, status: RunStatus, **more: object) -> int:
        given = {"ref": "refs/heads/main", "who": "ada", "made": NOW - 90, "began": NOW - 88}
        given |= {"ended": NOW - 46} | more
        if more.get("release"):
            given["detail"] = "https://guestbook.rack.localhost:8443/"
        row = RunRow(repository=repository, sha=sha, status=status, **given)  # type: ignore[arg-type]  # fields by name
        return self.forge.add_run(row).number


def _jobs(made: Made) -> None:
    def put(run: int, rows: list[tuple[str, str, tuple[str, ...], RunStatus, str]]) -> None:
        for position, (name, title, needs, status, why) in enumerate(rows):
            ends = status in {RunStatus.PASSED, RunStatus.FAILED}
            made.forge.put_job(
                JobRow(
                    run=run,
                    position=position,
                    workflow=CI if len(rows) > 1 else "",
                    name=name,
                    title=title,
                    needs=needs,
                    status=status,
                    began=None if status in {RunStatus.WAITING, RunStatus.SKIPPED} else NOW - 80,
                    ended=NOW - 60 + position if ends else None,
                    why=why,
                )
            )

    ok, no, on = RunStatus.PASSED, RunStatus.FAILED, RunStatus.RUNNING
    wait, skip = RunStatus.WAITING, RunStatus.SKIPPED
    put(made.plain, [("test", "pytest", (), ok, "")])
    matrix = [("test", f"test ({v}, {d})", ("lint",), ok, "") for v in VERSIONS for d in DATABASES]
    pack = ("package", "Build the package", ("test", "lint"), ok, "")
    docs = ("docs", "docs", (), ok, "")
    put(made.passed, [("lint", "lint", (), ok, ""), docs, *matrix, *[pack]])
    why = "step 'pytest -q' failed (exit status 1): 1 failed, 41 passed"
    tests = [("test", f"test ({v})", ("lint",), no if v == "3.12" else ok, "") for v in VERSIONS]
    tests = [(*row[:4], why if row[3] is no else "") for row in tests]
    put(made.failed, [("lint", "lint", (), ok, ""), *tests, ("pack", "pack", ("test",), skip, "")])
    put(made.evil, [(EVIL, EVIL, (EVIL,), no, EVIL), ("b", EVIL, (EVIL, "c"), skip, "")])
    rows = [("lint", "lint", (), ok, ""), ("test", "test", ("lint",), on, "")]
    put(made.running, [*rows, ("pack", "pack", ("test",), wait, "")])


def _logs(made: Made) -> None:
    log = made.log(made.failed)
    log.say(f"run {made.failed}: hello main", Kind.NOTE)
    for job in ("lint", "test (3.11)", "test (3.12)"):
        log.say("actions/checkout@v4", Kind.GROUP, job=job, step="actions/checkout@v4")
        log.say("Rackhouse's own stand-in", Kind.NOTE, job=job, step="actions/checkout@v4")
    log.say("pytest -q", Kind.GROUP, job="test (3.11)", step="pytest -q")
    log.say("pytest -q", Kind.GROUP, job="test (3.12)", step="pytest -q")
    for number in range(20):
        job = f"test (3.{11 + number % 2})"
        log.say(f"tests/test_{number}.py \x1b[32m....\x1b[0m", job=job, step="pytest -q")
    log.say("\x1b[1;31mE   assert 2 == 1\x1b[0m", job="test (3.12)", step="pytest -q")
    log.say("E " + "a long line " * 40, job="test (3.12)", step="pytest -q")
    log.say("Post checkout", Kind.GROUP, job="test (3.12)", step="Post checkout")
    log.say("NOT LIVE: job test (3.12) failed; hello r3 serves on", Kind.ERROR)
    log.close()
    made.say(made.running, f"run {made.running}: guestbook new-form", kind=Kind.NOTE)
    made.say(made.running, "lint", job="lint", kind=Kind.GROUP)
    made.say(made.running, "all is well", job="lint")
    made.say(made.running, "test", job="test", kind=Kind.GROUP)
    made.say(made.running, "one", "two", job="test")
    made.say(made.evil, EVIL, EVIL, job=EVIL, kind=Kind.GROUP)
    made.say(made.evil, EVIL, "\x1b]8;;javascript:alert(1)\x07here\x1b]8;;\x07", job=EVIL)
    made.say(made.evil, EVIL, kind=Kind.ERROR)


def _releases(made: Made) -> None:
    """r3 and r4 of the guestbook, as pushes made them; r4 serves."""
    greeting = {"GREETING": "one", "API_TOKEN": "old-secret-token", "GONE": "x"}
    for number, sha in ((3, made.first), (4, made.last)):
        values = greeting if number == 3 else {"GREETING": "two", "API_TOKEN": "new-secret-token"}
        variables = tuple((key, Template((value,))) for key, value in values.items())
        release = Release(
            number=number,
            digest=f"{number:016x}",
            snapshot=f"releases/guestbook/r{number}",
            runtime=Runtime.PYTHON,
            manifest="uv.lock",
            packages=f"{number:012x}",
            commit=sha,
        )
        app = App(
            name="guestbook",
            access="open" if number == 3 else "signed-in",
            containers=(Container(name="web", image=".", variables=variables),),
            release=release,
        )
        row = ReleaseRow(
            application="guestbook",
            number=number,
            status=ReleaseStatus.NEW,
            digest=release.digest,
            app=encode(app),
            made=NOW - 600 + number,
            by=f"push main {sha[:7]} by ada",
        )
        made.house.store.add_release(row)
        made.house.store.set_release_status("guestbook", number, ReleaseStatus.LIVE)


def _deeds(made: Made) -> None:
    for number in range(60):
        thing = "repository/guestbook" if number % 2 else "token/7"
        what = "pushed" if number % 2 else "revoked"
        row = AuditRow(
            at=NOW - 100 + number, who="ada", what=what, thing=thing, detail=f"n{number}"
        )
        made.forge.note(row)
    made.forge.note(AuditRow(at=NOW, who=EVIL, what=EVIL, thing=EVIL, detail=EVIL))
