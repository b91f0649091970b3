"""What the gateway says, as frozen values. Money is whole nanos (10^-9 of `currency`), times are
seconds, rates lie between 0 and 1. Kept alike with the gateway's own by tests over real HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """One model at one address. `tokens_per_second` and `time_to_first_token` are medians of the
    last quarter of an hour, 0 where nothing was answered.
    """

    name: str
    kind: str
    model: str
    local: bool
    node: str = ""
    slots: int = 0
    standing: str = "well"  # well, trial, ill, paused, waking
    failures: int = 0
    why: str = ""
    again: float = 0.0
    loaded: bool = False
    active: int = 0
    waiting: int = 0
    wait: float = 0.0
    recent: int = 0
    tokens_per_second: float = 0.0
    time_to_first_token: float = 0.0

    @property
    def answers(self) -> bool:
        """Whether it is asked just now."""
        return self.standing in ("well", "trial")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A name that clients ask for, and who may answer, best first. `chats`: one may be asked a
    question, and not for vectors alone.
    """

    name: str
    upstreams: tuple[str, ...] = ()
    chats: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How it is just now. `turned_away` counts requests that were not let in, by the error's code:
    those of the replica that answers, since it began or its file changed. The log has none of them.
    """

    rack: str
    currency: str
    upstreams: tuple[Upstream, ...] = ()
    models: tuple[Model, ...] = ()
    turned_away: Mapping[str, int] = field(default_factory=dict)

    def answering(self, model: Model) -> Upstream | None:
        """Who answers for a name just now: the first that is asked at all."""
        known = {each.name: each for each in self.upstreams}
        able = (known[name] for name in model.upstreams if name in known)
        return next((each for each in able if each.answers), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was used, by whatever it is added up by; words that it is not added up by are empty."""

    day: str = ""
    key: str = ""
    application: str = ""
    person: str = ""
    model: str = ""
    upstream: str = ""
    local: bool | None = None
    requests: int = 0
    refused: int = 0
    failed: int = 0
    fallbacks: int = 0
    again: int = 0
    input: int = 0
    output: int = 0
    cached: int = 0
    nanos: int = 0
    unlogged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """From the day `since` to the day `until`, in UTC."""

    currency: str
    since: str
    until: str
    total: Spent
    rows: tuple[Spent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An upstream that did not answer to the end."""

    upstream: str
    why: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One request of the log."""

    id: str
    at: float
    number: int = 0
    key: str = ""
    application: str = ""
    person: str = ""
    model: str = ""
    task: str = ""
    kind: str = ""
    upstream: str = ""
    local: bool = False
    outcome: str = ""
    status: int = 200
    error: str = ""
    stream: bool = False
    input: int = 0
    output: int = 0
    cached: int = 0
    cost: int = 0
    waited: float = 0.0
    first: float = 0.0
    seconds: float = 0.0
    again: bool = False
    tried: tuple[Tried, ...] = ()
    asked: str = ""  # where bodies are kept
    answer: str = ""

    @property
    def who(self) -> str:
        """The application or the person; else the key's name."""
        return self.application or self.person or self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Newest first."""

    lines: tuple[Line, ...] = ()
