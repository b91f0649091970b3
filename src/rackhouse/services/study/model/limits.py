"""How much one answer may take of a model, and what of it is left."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`seconds` for all of it, `tokens` that a model writes, `characters` of one turn."""

    seconds: float = 60.0
    steps: int = 5
    tokens: int = 4_000
    characters: int = 16_000
    calls: int = 4  # of one turn
    sentences: int = 24


class Spent(Exception):
    """A limit is reached; it says which."""


class Budget:
    """Of one answer. `left` tells the seconds that are left."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.wrote = 0
        self._steps = 0

    def step(self) -> int:
        """One more turn of the model. How many tokens it may write. Spent."""
        self._steps += 1
        if self._steps > self.limits.steps:
            raise Spent(f"the model was asked {self.limits.steps} times")
        left = self.limits.tokens - self.wrote
        if left <= 0:
            raise Spent(f"the model wrote {self.limits.tokens} tokens")
        return left

    def used(self, tokens: int) -> None:
        """The model wrote so many."""
        self.wrote += max(0, tokens)

    @property
    def last(self) -> bool:
        """Whether no step follows on this one: then no tool is offered."""
        return self._steps >= self.limits.steps
