"""What scripture, retrieval and study hold in memory once all is filled, and again after a start.

    python benchmarks/bible_memory.py [--bare | --without-comments] [--keep FOLDER]

The processes that are deployed, over a real PostgreSQL and every text that this machine has
(`make texts` fetches some), as `make up` would start them: two minutes. `--bare` leaves the two
translations that every machine has, `--without-comments` all of scripture. The vectors are drawn by
chance: what they say does not matter to what they take. Study is told of a language model, and so
has the guard. A service is measured when none has anything left to do and some questions were
asked: the memory that it holds alone, and its share of what several hold (PSS). `--keep` names a
folder where what was filled stays for the next run with the same texts.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psycopg

from racks import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from rackhouse.services.scripture import settings
from retrieval import queries
from retrieving import serving

_LOOK = 5.0  # seconds between two looks
_RESTING = 0.05  # of the time: what looks after things goes on
_LOOKS = 3  # at which all rest, one behind the other: a collection is read anew after some seconds
_PATIENCE = 900.0  # seconds until they have to
_ASKED = 30  # questions
_GOAL = 500  # MB of all three
_COMMENTARY = ("zcom", "rawcom")  # how SWORD calls the drivers of one
_COLLECTION = "scripture"

Row = tuple[str, ...]


def main() -> None:
    """Fill, measure, start anew, measure, and print the table."""
    parser = argparse.ArgumentParser()
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--bare", action="store_true")
    which.add_argument("--without-comments", action="store_true")
    parser.add_argument("--keep", type=Path)
    told = parser.parse_args()
    with ExitStack() as stack:
        folder, url = stack.enter_context(serving.room(told.keep))
        models = stack.enter_context(serving.drawn())
        modules = "" if told.bare else _modules(folder, comments=not told.without_comments)
        study = _database(url)
        filled = _measured(folder, (url, study), models, modules)
        again = _measured(folder, (url, study), models, modules)
    rows: list[Row] = [
        (name, f"{filled[name]:.0f} MB", f"{again[name]:.0f} MB", "") for name in filled
    ]
    whole = (f"{sum(each.values()):.0f} MB" for each in (filled, again))
    table([*rows, ("together", *whole, f"{_GOAL} MB")], ("", "filled", "started again", "goal"))


def _database(url: str) -> str:
    """Study's own, beside that of retrieval."""
    whole = url.replace("//retrieval@", "//rackhouse@")
    with psycopg.connect(whole, autocommit=True) as connection:
        there = "SELECT 1 FROM pg_database WHERE datname = 'study'"
        if not connection.execute(there).fetchone():
            connection.execute("CREATE DATABASE study")
    return whole.replace("/retrieval", "/study")


def _modules(folder: Path, *, comments: bool) -> str:
    """Where those of SWORD lie: in a folder of our own where commentaries are left out."""
    found = settings.read(os.environ).sword
    if comments:
        return os.pathsep.join(str(each) for each in found)
    own = folder / "modules"
    for number, each in enumerate(found):
        to = own / str(number)
        (to / "mods.d").mkdir(parents=True, exist_ok=True)
        for file in each.glob("mods.d/*.conf"):
            said = file.read_bytes()
            if not any(f"ModDrv={it}".encode() in said.lower() for it in _COMMENTARY):
                (to / "mods.d" / file.name).write_bytes(said)
        if each.is_dir() and not (to / "modules").exists():
            (to / "modules").symlink_to(each / "modules")
    return os.pathsep.join(str(each) for each in sorted(own.iterdir()))


def _measured(
    folder: Path, databases: tuple[str, str], models: str, modules: str
) -> dict[str, float]:
    """MB of each service."""
    with ExitStack() as stack:
        env = {"SCRIPTURE_SWORD": modules, "SCRIPTURE_FOLDER": str(folder / "texts")}
        text, scripture = stack.enter_context(
            serving.process("rackhouse.services.scripture", folder, env)
        )
        search, retrieval = stack.enter_context(
            serving.retrieval(
                folder, databases[0], models, RETRIEVAL_RESOLVERS=f"scripture={text}/v1/references"
            )
        )
        env = {"SCRIPTURE_URL": text, "RETRIEVAL_URL": search, "STUDY_PERSON": "somebody"}
        # It knows of a language model, and so has the guard; this one does not talk.
        env |= {"RETRIEVAL_KEY": serving.TENANT, "LLM_URL": models, "DATABASE_URL": databases[1]}
        asked, study = stack.enter_context(serving.process("rackhouse.services.study", folder, env))
        services = {"scripture": scripture, "retrieval": retrieval, "study": study}
        _rest([*services.values()], search)
        _ask(asked)
        _rest([*services.values()], search)
        print(_told(text, search), flush=True)
        return {name: serving.held(pid) for name, pid in services.items()}


def _rest(pids: Sequence[int], search: str) -> None:
    """Until none has anything to do."""
    end, resting = time.monotonic() + _PATIENCE, 0
    before = [serving.worked(each) for each in pids]
    while resting < _LOOKS or not _whole(search):
        if time.monotonic() > end:
            raise SystemExit(f"the services did not come to rest within {_PATIENCE:.0f} seconds")
        time.sleep(_LOOK)
        now = [serving.worked(each) for each in pids]
        busy = max(map(float.__sub__, now, before)) >= _RESTING * _LOOK
        resting, before = 0 if busy else resting + 1, now


def _whole(search: str) -> bool:
    """Whether all of scripture is in the search, and no job is left."""
    found = _collection(search)
    texts: int = found.get("texts", 0)
    return bool(texts) and texts == found["embedded"] and not found["jobs"]


def _collection(search: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {serving.TENANT}"}
    found: dict[str, Any] = httpx.get(
        f"{search}/v1/collections/{_COLLECTION}", headers=headers, timeout=60
    ).json()
    return found


def _ask(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        for each in queries.read(queries.OPEN)[:_ASKED]:
            client.post("/v1/ask", json={"question": each.text}).raise_for_status()


def _told(text: str, search: str) -> str:
    found = _collection(search)
    held = httpx.get(f"{text}/v1/translations", timeout=60).json()["translations"]
    names = ", ".join(each["id"] for each in held)
    return f"{names}; {found['texts']:,} texts in the search"


if __name__ == "__main__":
    main()
