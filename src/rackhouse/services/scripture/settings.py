"""What the process is told by its environment. Read once, at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit import serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`host` and `port` where it listens; `folder` for the file of texts, which is made again where
    it is lost.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    folder: Path = Path(".cache/rackhouse/scripture")


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """From HOST, PORT and SCRIPTURE_FOLDER, which is in the user's own cache where nothing is
    said.
    """
    return Settings(
        host=environment.get("HOST", "127.0.0.1"),
        port=serving.port(environment),
        folder=Path(
            environment.get("SCRIPTURE_FOLDER") or serving.own_cache(environment, "scripture")
        ),
    )
