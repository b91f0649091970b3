"""What scripture, retrieval and study hold in memory once all is filled, and again after a start.

    python benchmarks/bible_memory.py [--keep FOLDER]

The processes that are deployed, over a real PostgreSQL and every text that this machine has
(`make texts` fetches some), as `make up` would start them. The vectors are drawn by chance: what
they say does not matter to what they take. A service is measured when none has anything left to
do and some questions were asked: the memory that it holds alone, and its share of what several
hold (PSS). `--keep` names a folder where what was filled stays for the next run.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from racks import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from rackhouse.services.scripture import settings
from retrieval import queries
from retrieving import serving

_LOOK = 10.0  # seconds between two looks
_RESTING = 0.05  # of the time: what looks after things goes on
_ASKED = 30  # questions
_GOAL = 500  # MB of all three

Row = tuple[str, ...]


def main() -> None:
    """Fill, measure, start anew, measure, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=Path)
    told = parser.parse_args()
    with ExitStack() as stack:
        folder, url = stack.enter_context(serving.room(told.keep))
        models = stack.enter_context(serving.drawn())
        filled = _measured(folder, url, models)
        again = _measured(folder, url, models)
    rows: list[Row] = [
        (name, f"{filled[name]:.0f} MB", f"{again[name]:.0f} MB", "") for name in filled
    ]
    whole = (f"{sum(each.values()):.0f} MB" for each in (filled, again))
    table([*rows, ("together", *whole, f"{_GOAL} MB")], ("", "filled", "started again", "goal"))


def _measured(folder: Path, url: str, models: str) -> dict[str, float]:
    """MB of each service."""
    sword = os.pathsep.join(str(each) for each in settings.read(os.environ).sword)
    with ExitStack() as stack:
        env = {"SCRIPTURE_SWORD": sword, "SCRIPTURE_FOLDER": str(folder / "texts")}
        text, scripture = stack.enter_context(
            serving.process("rackhouse.services.scripture", folder, env)
        )
        search, retrieval = stack.enter_context(
            serving.retrieval(
                folder, url, models, RETRIEVAL_RESOLVERS=f"scripture={text}/v1/references"
            )
        )
        env = {"SCRIPTURE_URL": text, "RETRIEVAL_URL": search, "STUDY_PERSON": "somebody"}
        # It knows of a language model, and so has the guard; this one does not talk.
        env |= {"RETRIEVAL_KEY": serving.TENANT, "LLM_URL": models}
        asked, study = stack.enter_context(serving.process("rackhouse.services.study", folder, env))
        services = {"scripture": scripture, "retrieval": retrieval, "study": study}
        _rest([*services.values()])
        _ask(asked)
        print(_told(text, search), flush=True)
        return {name: serving.held(pid) for name, pid in services.items()}


def _rest(pids: list[int]) -> None:
    """Until none has anything to do."""
    before = [serving.worked(each) for each in pids]
    while True:
        time.sleep(_LOOK)
        now = [serving.worked(each) for each in pids]
        if max(map(float.__sub__, now, before)) < _RESTING * _LOOK:
            return
        before = now


def _ask(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        for each in queries.read(queries.OPEN)[:_ASKED]:
            client.post("/v1/ask", json={"question": each.text}).raise_for_status()


def _told(text: str, search: str) -> str:
    headers = {"authorization": f"Bearer {serving.TENANT}"}
    found = httpx.get(f"{search}/v1/collections/scripture", headers=headers, timeout=60).json()
    held = httpx.get(f"{text}/v1/translations", timeout=60).json()["translations"]
    names = ", ".join(each["id"] for each in held)
    return f"{names}; {found['embedded']:,} of {found['texts']:,} texts in the search"


if __name__ == "__main__":
    main()
