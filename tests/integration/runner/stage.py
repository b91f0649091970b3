"""A repository with workflow files, and a run of them by the real act."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rackhouse.delivery.runner import Checkout, Limits, run_workflows
from rackhouse.delivery.runs.log import Kind, Line, RunLog, read_log
from rackhouse.resources.core import Hidden
from rackhouse.store.forge import JobRow
from rackhouse.workflows import Triggered, read_workflow


@dataclass(kw_only=True)
class Stage:
    """One repository on one rack; each `run` is the next run of it."""

    root: Path
    rows: dict[str, JobRow] = field(default_factory=dict)
    told: list[JobRow] = field(default_factory=list)
    number: int = 0

    def commit(self, files: Mapping[str, str]) -> Path:
        """The clean clone at a commit with these files."""
        clone = self.root / "state" / "runs" / str(self.number) / "source"
        clone.mkdir(parents=True)
        for name, text in files.items():
            file = clone / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "A change")):
            subprocess.run(["git", *who, *words], cwd=clone, check=True, capture_output=True)
        return clone

    async def run(
        self,
        workflows: Mapping[str, str],
        files: Mapping[str, str] | None = None,
        *,
        secrets: Mapping[str, str] | None = None,
        event: str = "push",
        given: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> str:
        """Run them; why they did not pass, "" when they did."""
        self.number += 1
        self.rows, self.told = {}, []
        texts = {f".github/workflows/{name}.yml": text for name, text in workflows.items()}
        clone = self.commit({**texts, **(files or {})})
        sha = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=clone, text=True).strip()
        checkout = Checkout(
            folder=clone,
            repository="hello",
            ref="refs/heads/main",
            sha=sha,
            before="",
            who="ada",
            default_branch="main",
            given=given or {},
        )
        log = RunLog(self.folder)
        try:
            return await run_workflows(
                checkout,
                [Triggered(read_workflow(text, path), event) for path, text in texts.items()],
                number=self.number,
                folder=self.folder,
                caches=self.root / "state" / "caches",
                secrets={name: Hidden(value) for name, value in (secrets or {}).items()},
                hide=[self.root / "state"],
                limits=limits or Limits(seconds=300),
                log=log,
                on_job=self._on_job,
            )
        finally:
            log.close()

    @property
    def folder(self) -> Path:
        """runs/NUMBER."""
        return self.root / "state" / "runs" / str(self.number)

    @property
    def lines(self) -> Sequence[Line]:
        """The log of the last run."""
        return [line for line, _ in read_log(self.folder)]

    @property
    def text(self) -> str:
        """What its programs said."""
        return "\n".join(line.text for line in self.lines if line.kind is Kind.TEXT)

    def _on_job(self, row: JobRow) -> None:
        self.told.append(row)
        kept = [one for one in self.rows.values() if one.position != row.position]
        self.rows = {one.title: one for one in sorted([*kept, row], key=lambda one: one.position)}
