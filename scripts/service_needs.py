"""Print what a service imports: the requirements of its extra, one a line, for its own lock."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def main(service: str) -> None:
    """The extra of that name in pyproject.toml."""
    extras = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]
    print(*extras[service], sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
