"""What a plan is made of: steps and notes, as frozen values that print. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rackhouse.kit.text import plural
from rackhouse.resources.core import Id


class Verb(StrEnum):
    """What a step does. Create and update are one act (`ensure`); people want to know which."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"

    @property
    def sign(self) -> str:
        """`+`, `~` or `-`."""
        return {Verb.CREATE: "+", Verb.UPDATE: "~", Verb.DELETE: "-"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to create, change or delete, when everything in `after` has succeeded.

    `expect` is the digest on the thing's stamp when this was planned, "" when there was no thing;
    None when nobody could look. Where the world then says otherwise, the step is not taken.
    """

    verb: Verb
    id: Id
    why: str
    after: tuple[Id, ...] = ()
    expect: str | None = ""

    def __str__(self) -> str:
        return f"{self.verb.sign} {self.id}: {self.why}"


class Mark(StrEnum):
    """What a note is about."""

    STAYS = "="  # no longer in the files, and kept
    WAITS = "?"  # wanted, and nothing can be done about it now
    GAP = "!"  # the order that claims force has a moment without service


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should know and that is not a step. `kept`: it is about data that
    stays, as it did yesterday and will tomorrow.
    """

    mark: Mark
    about: str  # an id, or the name of a target
    text: str
    kept: bool = False

    def __str__(self) -> str:
        return f"{self.mark} {self.about}: {self.text}"


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """Steps in an order in which they can be taken, and notes."""

    steps: tuple[Step, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def removals(self) -> frozenset[Id]:
        """What it deletes: an apply deletes nothing that no one was shown."""
        return frozenset(step.id for step in self.steps if step.verb is Verb.DELETE)

    @property
    def complete(self) -> bool:
        """Whether its steps lead to all that is wanted: nothing waits for what cannot be seen."""
        return all(note.mark is not Mark.WAITS for note in self.notes)

    @property
    def news(self) -> tuple[str, ...]:
        """The notes, with those about kept data in one line."""
        kept = sum(note.kept for note in self.notes)
        line = f"{Mark.STAYS} {plural(kept, 'thing')} with data kept: rackhouse plan --kept"
        return (*(str(note) for note in self.notes if not note.kept), *([line] if kept else []))

    def __str__(self) -> str:
        return "\n".join(map(str, (*self.steps, *self.notes)))

    def __repr__(self) -> str:
        """Short: asyncio prints what a task answered when it ends, and throws it away."""
        return f"<Plan: {len(self.steps)} steps, {len(self.notes)} notes>"
