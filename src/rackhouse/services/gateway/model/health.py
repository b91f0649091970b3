"""How upstreams are, as the console and metrics show it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Standing(StrEnum):
    """Whether an upstream is asked."""

    WELL = "well"
    TRIAL = "trial"  # it was ill; the next request that it gets shows whether it still is
    ILL = "ill"
    PAUSED = "paused"  # it asked to be left alone for a while
    WAKING = "waking"  # its machine was told to wake up


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """One upstream, just now. Times in seconds."""

    upstream: str
    standing: Standing
    failures: int = 0  # in a row
    why: str = ""  # the last of them
    again: float = 0.0  # until it is asked again
    first_byte: float = 0.0  # which 95 of 100 answers keep below
    loaded: bool = False  # its model lies in memory, where the server tells
    active: int = 0  # requests that it is answering
    waiting: int = 0  # requests that wait for a turn
    wait: float = 0.0  # that the next one is expected to wait
