"""`python -m rackhouse.console.act ROOT FILE ACTION ...`: one act, in a process of its own.

Says one JSON object: what came of it, or the error. Only `actions` starts it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.apply.outcome import Silent
from rackhouse.console.actions import PlanAnswer, StepAnswer
from rackhouse.delivery.rollback import rollback
from rackhouse.kit.errors import FileError, RackhouseError
from rackhouse.operations.view import to_json
from rackhouse.supervisor import client


async def act(house: OpenRack, action: str, words: list[str], now: datetime) -> Any:
    """Do it; the answer as JSON values."""
    match action, words:
        case "plan", []:
            found = await house.plan()
            steps = tuple(StepAnswer(verb=s.verb, id=str(s.id), why=s.why) for s in found.steps)
            notes = tuple(map(str, found.notes))
            return to_json(PlanAnswer(steps=steps, notes=notes, complete=found.complete))
        case "rollback", [application, *release]:
            number = int(release[0]) if release else None
            done = await rollback(house, application, number, observer=Silent(), now=now)
            return {"release": done.release}
        case "revive", []:
            return {"pid": client.start(house.paths)}
        case _:
            raise ValueError(f"{action} is no action")


def main(arguments: list[str]) -> Any:
    """The whole of it: the answer, or the error, as JSON values."""
    root, file, action, *words = arguments
    now = datetime.now(UTC)
    try:
        house = open_rack(Path(file) if file else None, root=Path(root), now=now)
        try:
            return asyncio.run(act(house, action, words, now))
        finally:
            house.close()
    except RackhouseError as error:
        what = str(error) if isinstance(error, FileError) else error.what
        name = type(error).__name__
        return {"error": name, "what": what, "where": error.where, "fix": error.fix}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])))
