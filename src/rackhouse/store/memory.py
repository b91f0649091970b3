"""The store in memory: the shipped twin of `sqlite.SqliteStore`, which passes the same tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from rackhouse.resources.core import Hidden, Id
from rackhouse.resources.seen import Stamp
from rackhouse.store.protocol import (
    ApplicationRow,
    ApplyRow,
    ReleaseRow,
    ReleaseStatus,
    Result,
    StepRow,
)


class MemoryStore:
    """What a rack remembers (see `protocol.Store`), for as long as this object lives."""

    def __init__(self) -> None:
        self._stamps: dict[Id, Stamp] = {}
        self._chosen: dict[Id, tuple[int, dict[str, str]]] = {}
        self._texts: dict[str, str] = {}
        self._applications: dict[str, ApplicationRow] = {}
        self._releases: dict[str, dict[int, ReleaseRow]] = {}
        self._last: dict[str, int] = {}
        self._settings: dict[str, str] = {}
        self._journal: dict[int, ApplyRow] = {}
        self._planned: dict[int, list[str]] = {}

    def stamp(self, id: Id) -> Stamp | None:
        return self._stamps.get(id)

    def put_stamp(self, id: Id, stamp: Stamp) -> None:
        self._stamps[id] = stamp

    def drop_stamp(self, id: Id) -> None:
        self._stamps.pop(id, None)

    def stamps(self, target: str) -> Mapping[Id, Stamp]:
        return {id: stamp for id, stamp in self._stamps.items() if id.target == target}

    def choose(self, id: Id, make: Callable[[], Mapping[str, str]]) -> Mapping[str, Hidden]:
        if id not in self._chosen:
            self._chosen[id] = (1, dict(make()))
        return self.values(id)

    def replace(self, id: Id, values: Mapping[str, str]) -> None:
        version = self._chosen[id][0] + 1 if id in self._chosen else 1
        self._chosen[id] = (version, dict(values))

    def values(self, id: Id) -> Mapping[str, Hidden]:
        _, values = self._chosen.get(id, (0, {}))
        return {output: Hidden(value) for output, value in values.items()}

    def values_version(self, id: Id) -> str:
        return str(self._chosen[id][0]) if id in self._chosen else ""

    def forget(self, id: Id) -> None:
        self._chosen.pop(id, None)

    def chosen(self, target: str, kind: str) -> Mapping[Id, Mapping[str, Hidden]]:
        return {i: self.values(i) for i in self._chosen if (i.target, i.kind) == (target, kind)}

    def all_chosen(self) -> Mapping[Id, Mapping[str, Hidden]]:
        return {id: self.values(id) for id in self._chosen}

    def remember_text(self, digest: str, text: str) -> None:
        self._texts.setdefault(digest, text)

    def text_of(self, digest: str) -> str | None:
        return self._texts.get(digest)

    def prune_texts(self, used: Collection[str]) -> None:
        kept = {*used, *(stamp.digest for stamp in self._stamps.values())}
        self._texts = {digest: text for digest, text in self._texts.items() if digest in kept}

    def application(self, name: str) -> ApplicationRow | None:
        return self._applications.get(name)

    def applications(self) -> Sequence[ApplicationRow]:
        return [row for _, row in sorted(self._applications.items())]

    def put_application(self, row: ApplicationRow) -> None:
        self._applications[row.name] = row

    def drop_application(self, name: str) -> None:
        for table in (self._applications, self._releases, self._last):
            table.pop(name, None)

    def add_release(self, row: ReleaseRow) -> ReleaseRow:
        last = self._last.get(row.application, 0)
        row = replace(row, number=row.number or last + 1)
        self._last[row.application] = max(last, row.number)
        self._releases.setdefault(row.application, {})[row.number] = row
        return row

    def releases(self, application: str) -> Sequence[ReleaseRow]:
        return [row for _, row in sorted(self._releases.get(application, {}).items())]

    def set_release_status(
        self, application: str, number: int, status: ReleaseStatus, why: str = ""
    ) -> None:
        rows = self._releases.get(application, {})
        if status is ReleaseStatus.LIVE:
            for row in list(rows.values()):
                if row.status is ReleaseStatus.LIVE:
                    rows[row.number] = replace(row, status=ReleaseStatus.OLD, why="")
        if number in rows:
            rows[number] = replace(rows[number], status=status, why=why)

    def drop_release(self, application: str, number: int) -> None:
        self._releases.get(application, {}).pop(number, None)

    def setting(self, name: str) -> str | None:
        return self._settings.get(name)

    def put_setting(self, name: str, value: str) -> None:
        self._settings[name] = value

    def begin_apply(self, who: str, what: str, steps: Sequence[str], now: float) -> int:
        number = max(self._journal, default=0) + 1
        self._journal[number] = ApplyRow(number=number, who=who, what=what, began=now, ended=None)
        self._planned[number] = list(steps)
        return number

    def record_step(
        self, apply: int, position: int, result: Result, now: float, why: str = ""
    ) -> None:
        row = self._journal[apply]
        rows = {step.position: step for step in row.steps}
        step = StepRow(
            position=position,
            step=self._planned[apply][position],
            result=result,
            began=rows[position].began if position in rows else now,
            ended=None if result is Result.RUNNING else now,
            why=why,
        )
        rows[position] = step
        steps = tuple(step for _, step in sorted(rows.items()))
        self._journal[apply] = replace(row, steps=steps)

    def end_apply(self, apply: int, now: float) -> None:
        self._journal[apply] = replace(self._journal[apply], ended=now)

    def journal(self, limit: int = 20) -> Sequence[ApplyRow]:
        return list(self._journal.values())[::-1][:limit]

    def prune_journal(self, keep: int) -> None:
        for number in sorted(self._journal, reverse=True)[keep:]:
            del self._journal[number], self._planned[number]

    def close(self) -> None:
        """Nothing to let go of."""
