"""The terminal: one Rich console per stream. NO_COLOR and pipes are honoured by Rich itself."""

from __future__ import annotations

from rich.console import Console


def stdout() -> Console:
    """For answers."""
    return Console(highlight=False, soft_wrap=not _is_terminal())


def stderr() -> Console:
    """For progress, so that a pipe gets the answer alone."""
    return Console(stderr=True, highlight=False)


def _is_terminal() -> bool:
    return Console().is_terminal
