"""What act says, line by line, as lines of the run's log. act's own chatter is left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rackhouse.delivery.runner.book import Book, page_of
from rackhouse.delivery.runner.jobs import Jobs
from rackhouse.delivery.runner.standins import is_ours
from rackhouse.delivery.runs.log import Kind, RunLog

_ANNOTATIONS = ("error", "warning", "notice")
_CHATTER = ("Couldn't get a valid docker connection",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line of `act --json`. `stage`: Pre, Main, Post. `inner`: of a composite action's step."""

    text: str
    job: str = ""
    whole: str = ""  # with the file that it is in, and the job that calls that
    matrix: Mapping[str, str]
    step: str = ""
    stage: str = ""
    inner: bool = False
    level: str = "info"
    raw: bool = False
    command: str = ""
    place: str = ""  # of an annotation: `app.py:3`
    step_result: str = ""
    job_result: str = ""


def parse(line: str) -> Said | None:
    """None for what is not a line of JSON as act writes it."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    command, pairs = _word(found, "command"), found.get("kvPairs") or {}
    return Said(
        text=_word(found, "arg" if command else "msg").rstrip("\r\n"),
        job=_word(found, "jobID"),
        whole=_word(found, "job"),
        matrix={name: _value(value) for name, value in (found.get("matrix") or {}).items()},
        step=_title(_word(found, "step")),
        stage=_word(found, "stage"),
        inner=len(found.get("stepID") or ()) > 1,
        level=_word(found, "level"),
        raw=bool(found.get("raw_output")),
        command=command,
        place=":".join(str(pairs[name]) for name in ("file", "line") if pairs.get(name)),
        step_result=_word(found, "stepResult"),
        job_result=_word(found, "jobResult"),
    )


class Listener:
    """Hears act out: lines to the log, begins and ends to the jobs; remembers why one failed.

    `own`: the actions that everyone uses are our stand-ins.
    """

    def __init__(
        self, pages: Book, jobs: Jobs, log: RunLog, mask: Callable[[str], str], *, own: bool
    ) -> None:
        self._pages, self._own = pages, own
        self._jobs, self._log, self._mask = jobs, log, mask
        self._steps: dict[str, tuple[str, str]] = {}  # by job title: where it is
        self._last: dict[str, str] = {}  # by job title: what a program said last
        self._failed: dict[str, str] = {}  # by job title: the step that failed first
        self._code: dict[str, str] = {}  # by job title: `exit status 1`, of that step
        self.begun = False  # the first job has
        self.trouble = ""  # act's own, of no job

    def hear(self, line: str) -> None:
        """One line of act's output."""
        said = parse(line)
        if said is None or not said.job:
            self._hear_act(said.text if said else line, said.level if said else "error")
            return
        self.begun = True
        name = page_of(self._pages, said.whole).name(said.job)
        job = self._jobs.begin(name, said.matrix).title
        if said.job_result:
            self._jobs.end(name, said.matrix, self._result(job, said), self._reason(job))
        elif said.step_result == "failure" and not said.inner:
            self._failed.setdefault(job, said.step)
        else:
            self._tell(job, said)

    def _hear_act(self, text: str, level: str) -> None:
        text = text.removeprefix("Error: ").strip()
        if text and level != "info" and not text.startswith(_CHATTER):
            self.trouble = self._mask(text)

    def _tell(self, job: str, said: Said) -> None:
        if said.raw:
            self._text(job, said, said.text)
            if said.text.strip():
                self._last[job] = self._mask(said.text.strip())
        elif said.command in _ANNOTATIONS:
            place = f"{said.place}: " if said.place else ""
            self._text(job, said, f"{said.command}: {place}{said.text}")
        elif said.command == "group":
            self._text(job, said, f"▸ {said.text}")
        elif said.level == "error" and not said.command:
            self._text(job, said, said.text)
            self._code.setdefault(job, f" ({said.text})")

    def _text(self, job: str, said: Said, text: str) -> None:
        where = (said.stage, said.step)
        if self._steps.get(job) != where:
            self._steps[job] = where
            self._log.say(self._mask(said.step), Kind.GROUP, job=job, step=said.step)
            if self._own and is_ours(said.step):
                words = f"Rackhouse's own stand-in for {said.step}"
                self._log.say(words, Kind.NOTE, job=job, step=said.step)
        for part in self._mask(text).splitlines() or [""]:
            self._log.say(part, job=job, step=said.step)

    def _result(self, job: str, said: Said) -> str:
        """act says of each combination of a matrix that it failed, once one of them has."""
        passed = said.matrix and said.job_result == "failure" and job not in self._failed
        return "success" if passed else said.job_result

    def _reason(self, job: str) -> str:
        """Asked at the job's end: a program's last words come after act's that it failed."""
        step, last = self._failed.get(job, ""), self._last.get(job, "")
        if not step:
            return last
        return f"step '{step}' failed{self._code.get(job, '')}" + (f": {last}" if last else "")


def _title(step: str) -> str:
    first = step.strip().partition("\n")[0]
    return first if len(first) <= 80 else first[:79] + "…"


def _word(found: Mapping[str, object], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _value(value: object) -> str:
    """As the file wrote it: JSON's true is `true`."""
    return value if isinstance(value, str) else json.dumps(value)
