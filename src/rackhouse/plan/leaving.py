"""What leaves: what is ours and wanted no more, but never what something that stays still uses.

This one rule keeps a database with its secret and its server, an old release while its route still
points to it, and everything that something out of sight may stand on.
"""

from __future__ import annotations

from collections.abc import Collection

from rackhouse.plan.scene import Scene
from rackhouse.plan.step import Mark, Note
from rackhouse.resources.core import Id


def leavers(scene: Scene, writes: Collection[Id], behind: Collection[str]) -> set[Id]:
    """The things to remove.

    `writes` are rewritten first, so what they use until then does not hold. `behind` are the owners
    of something that waits: their old things serve on until all the new ones can be made.
    """
    leaving = {
        id
        for id, stamp in scene.stamps.items()
        if id not in scene.want
        and stamp.owner not in behind
        and (not stamp.keep or id in scene.purge)
    }
    staying = [id for id in scene.stamps if id not in leaving and id not in writes]
    held = leaving & scene.observed.unseen_uses
    leaving -= held
    staying.extend(held)
    while staying:
        held = leaving & scene.stamps[staying.pop()].uses
        leaving -= held
        staying.extend(held)
    return leaving


def claims_held(scene: Scene, writes: Collection[Id], leaving: Collection[Id]) -> dict[Id, str]:
    """The writes that must wait, with why: something that stays holds what they claim."""
    holders = {c: id for c, id in scene.observed.unseen_claims.items() if id not in writes}
    for id, stamp in scene.stamps.items():
        if stamp.holds and id not in leaving and id not in writes:
            holders |= dict.fromkeys(stamp.holds, id)
    return {
        id: f"waits for {holders[claim]}, which stays and holds {claim}"
        for id in writes
        for claim in sorted(scene.want[id].claims & holders.keys())
        if holders[claim] != id
    }


def notes_of_stayers(scene: Scene, writes: Collection[Id], leaving: Collection[Id]) -> list[Note]:
    """Why each thing that is wanted no more stays all the same."""
    stayers = [id for id in scene.stamps if id not in scene.want and id not in leaving]
    if not stayers:
        return []
    user: dict[Id, Id] = {}
    for id, stamp in scene.stamps.items():
        if id not in leaving and id not in writes:
            for used in stamp.uses:
                user.setdefault(used, id)

    def note(id: Id) -> Note:
        if scene.stamps[id].keep and id not in scene.purge:
            return Note(Mark.STAYS, str(id), "data; remove it with --purge", kept=True)
        if id in user:
            why = f"still used by {user[id]}"
        elif id in scene.observed.unseen_uses:
            why = "something that cannot be seen may use it"
        else:
            why = f"serves on until all of {scene.stamps[id].owner} can be made"
        return Note(Mark.STAYS, str(id), why)

    return list(map(note, stayers))
