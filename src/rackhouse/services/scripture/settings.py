"""What the process is told by its environment. Read once, at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rackhouse.kit import serving
from rackhouse.kit.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`host` and `port` where it listens; `folder` for the file of texts, which is made again where
    it is lost; `sword` where modules of SWORD are looked for, the first folder first; `texts` for
    files of one's own; `without` names modules of topics that are left out, in small letters; `ask`
    is where people ask about scripture, for links on the pages: a path where it is at their host.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    folder: Path = Path(".cache/rackhouse/scripture")
    sword: tuple[Path, ...] = ()
    texts: Path | None = None
    without: frozenset[str] = frozenset()
    ask: str = ""


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """From HOST, PORT, SCRIPTURE_FOLDER, which is in the user's own cache where nothing is said,
    SCRIPTURE_SWORD, folders apart by colons ("" for none), SCRIPTURE_TEXTS (~/.scripture), and
    SCRIPTURE_WITHOUT, as `Nave`, for what measures how well topics are found.
    """
    return Settings(
        host=environment.get("HOST", "127.0.0.1"),
        port=serving.port(environment),
        folder=Path(
            environment.get("SCRIPTURE_FOLDER") or serving.own_cache(environment, "scripture")
        ),
        sword=_sword(environment),
        texts=_texts(environment),
        ask=_ask(environment),
        without=frozenset(
            environment.get("SCRIPTURE_WITHOUT", "").lower().replace(",", " ").split()
        ),
    )


def _ask(environment: Mapping[str, str]) -> str:
    said = environment.get("SCRIPTURE_ASK", "").strip()
    parts = urlsplit(said)
    here = said.startswith("/") and not parts.netloc
    there = parts.scheme in {"http", "https"} and parts.netloc
    if not said or ((here or there) and not parts.query):
        return said
    raise UsageError(
        "this is no address",
        where="SCRIPTURE_ASK",
        fix="say where study is reached: /ask at the same host, or a whole address",
    )


def _sword(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The usual places where nothing is said."""
    said = environment.get("SCRIPTURE_SWORD")
    if said is None:
        home = environment.get("HOME")
        own = (Path(home, ".sword"),) if home else ()
        return (*own, Path("/usr/share/sword"))
    return tuple(Path(each) for each in said.split(os.pathsep) if each)


def _texts(environment: Mapping[str, str]) -> Path | None:
    """`~/.scripture`, where there is one and nothing is said."""
    if (said := environment.get("SCRIPTURE_TEXTS")) is not None:
        return Path(said) if said else None
    home = environment.get("HOME")
    own = Path(home, ".scripture") if home else None
    return own if own and own.is_dir() else None
