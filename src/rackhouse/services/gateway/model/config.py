"""What the gateway is told, in one JSON file that the rack file is rendered to. Frozen; checked
once, when it is read. A change of the file is a new `Config`, never a change of this one.

Money is whole nanos: 10^-9 of the one currency that a gateway counts in.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

SHADOW = "shadow"  # the key that comparing is charged to; nobody else has one of that name


class Kind(StrEnum):
    """What an upstream speaks."""

    BUILTIN = "builtin"  # our own embedder, a process beside the gateway
    OLLAMA = "ollama"
    VLLM = "vllm"
    LLAMA_CPP = "llama.cpp"
    EMBEDDINGS = "text-embeddings"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    COMPATIBLE = "compatible"  # any address that speaks OpenAI's protocol


class Period(StrEnum):
    """How long a budget lasts: calendar days and months in UTC, by the ledger's clock."""

    DAY = "day"
    MONTH = "month"


class OnBreak(StrEnum):
    """What a stream's client meets when its upstream breaks off after the first words."""

    CONTINUE = "continue"  # the next one goes on from the words that were sent
    RESTART = "restart"  # the next one begins anew, said in the stream
    ERROR = "error"  # the stream ends with an error


class _Frozen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unknown words are refused: a misspelt limit would be none."""


class Price(_Frozen, frozen=True, kw_only=True):
    """What a million tokens cost from a day on, in nanos. `cached` -1: as much as `input`."""

    since: str  # 2026-01-31
    input: int
    output: int
    cached: int = -1


class Limit(_Frozen, frozen=True, kw_only=True):
    """What may be spent in a period; -1 is no limit. Past `warn` of it (0 to 1) people are told."""

    period: Period
    money: int = -1  # nanos
    tokens: int = -1
    warn: float = 0.8
    hard: bool = True  # a soft one is told and not enforced


class Upstream(_Frozen, frozen=True, kw_only=True):
    """One model at one address."""

    name: str  # unique: what people and metrics call it
    kind: Kind
    url: str = ""  # without /v1; builtin has none
    model: str  # its name there
    key: str = ""
    local: bool = False  # one's own hardware, which costs nothing by the token
    private: bool = False  # not local, and yet at a private address: a proxy, a tunnel
    node: str = ""
    wake: str = ""  # MAC address of a machine that may sleep
    slots: int = 0  # answered at once; 0: as many as come
    queue: int = 64  # that wait for a slot; more are refused
    context: int = 0  # tokens that it can hold; 0: not known
    abilities: tuple[str, ...] = ("chat",)  # chat, embeddings, rerank, tools, images, schema
    prices: tuple[Price, ...] = ()
    limits: tuple[Limit, ...] = ()  # whoever asks
    connect: float = 3.0  # seconds until a connection counts as refused
    first_byte: float = 120.0  # seconds until silence counts as broken; slow is no fault
    idle: float = 60.0  # seconds between two pieces of a stream
    authority: str = ""  # PEM of the authority that its certificate is judged by


class When(_Frozen, frozen=True, kw_only=True):
    """Conditions, all of which hold for a candidate to be asked. Empty ones always hold."""

    at_least: int = 0  # tokens of the prompt
    at_most: int = 0  # 0: any number
    tools: bool | None = None
    images: bool | None = None
    tags: tuple[str, ...] = ()  # one of them in the header x-rackhouse-tags
    callers: tuple[str, ...] = ()  # applications, or names of keys
    hours: str = ""  # 22:00-06:00, by the rack's time zone


class Candidate(_Frozen, frozen=True, kw_only=True):
    """An upstream that may answer for a name. Equal `rank`s share by `weight`."""

    upstream: str
    rank: int
    weight: int = 1
    when: When = When()


class Named(_Frozen, frozen=True, kw_only=True):
    """A name that clients ask for."""

    name: str
    candidates: tuple[Candidate, ...]
    on_break: OnBreak = OnBreak.CONTINUE
    hedge: float = 0.0  # seconds of silence after which a second one is asked too; 0: never
    spill: float = (
        0.0  # seconds of waiting for a turn beyond which the next rank is asked; 0: never
    )
    deadline: float = 300.0  # seconds until an answer has to begin, whoever is asked
    sticky: bool = False  # one conversation stays with one upstream
    cache: float = 0.0  # seconds that an exact answer may be given again; 0: never
    measured: bool = False  # the order follows measured quality
    margin: float = 0.05  # how much worse than the best a cheaper one may be and still go first
    escalate: int = 1  # how often an answer that does not hold is asked of the next one
    judge: str = ""  # address that says whether an answer holds; "": the verifiers alone
    judge_seconds: float = 2.0  # after which an answer counts as not judged
    shadow: float = 0.0  # share of requests that a second model answers too, to be compared
    limits: tuple[Limit, ...] = ()  # whoever asks, whoever answers


class Key(_Frozen, frozen=True, kw_only=True):
    """An application's own key, as apply made it. People's keys are in the store."""

    name: str
    application: str
    secret: str
    models: tuple[str, ...] = ()  # names that it may ask for; none named: all
    limits: tuple[Limit, ...] = ()
    requests_per_minute: int = 0
    tokens_per_minute: int = 0


class Scope(StrEnum):
    """Whose budget it is. Those of keys, models and upstreams stand beside them in the file."""

    KEY = "key"
    APPLICATION = "application"
    PERSON = "person"
    MODEL = "model"
    UPSTREAM = "upstream"


class Budget(_Frozen, frozen=True, kw_only=True):
    """What all keys of an application or of a person may spend together."""

    scope: Scope
    name: str
    limits: tuple[Limit, ...]


class Config(_Frozen, frozen=True, kw_only=True):
    """All of it."""

    rack: str = "home"
    currency: str = "USD"
    zone: str = "UTC"
    admin: str = ""  # the key of the console and the command line; "" closes /admin
    upstreams: tuple[Upstream, ...] = ()
    models: tuple[Named, ...] = ()
    keys: tuple[Key, ...] = ()
    budgets: tuple[Budget, ...] = ()
    unpriced: tuple[Price, ...] = ()  # of an outside model that names no price; none: a money
    # budget refuses it
    retention_days: int = 30  # of the request log
    tasks: tuple[str, ...] = ()  # classes that callers may declare in the header x-rackhouse-task
    shadow: tuple[Limit, ...] = ()  # of the key `shadow`; without any, only local ones are compared
    bodies: bool = False  # whether the request log keeps what was said, redacted
