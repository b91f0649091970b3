"""Models in the rack file: graphics cards, what serves on them, and outside APIs. Frozen.

As in `model`: nothing here checks anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from rackhouse.rack import kinds as k
from rackhouse.rack import measures as m
from rackhouse.rack.annotations import Example
from rackhouse.rack.asking import TokenPrice, When
from rackhouse.rack.words import Ability, Engine, OnBreak

# What may be said of whoever answers, be it local or outside.
_When = Annotated[When | None, "What it is asked for alone; anything when left out."]
_Weight = Annotated[
    k.Count | Literal[0],
    "Neighbours that say one share requests by it, and none of them comes first.",
    Example("2"),
]
_Abilities = Annotated[
    tuple[Ability, ...],
    "What it can do; worked out from its name when left out.",
    Example("[chat, tools, images]"),
]
_Context = Annotated[m.Tokens | Literal[0], "Tokens that it holds; not known when left out."]
_Slots = Annotated[
    k.Count | Literal[0], "Requests that it answers at once; others wait in turn.", Example("2")
]
_Queue = Annotated[
    k.Count | Literal[0], "Requests that may wait, 64 when left out.", Example("200")
]
_FirstByte = Annotated[
    k.Seconds | Literal[0], "Silence after which it counts as broken.", Example("2m")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolkit:
    """NVIDIA's container toolkit, which lets containers use the card: where its packages lie."""

    key: Annotated[k.Digest, "SHA-256 of the key that they are signed with, `SOURCE/gpgkey`."]
    source: Annotated[
        k.Source,
        "Where `gpgkey` and `stable/deb` lie: NVIDIA's own, a mirror, or a folder that the machine"
        " and the one that Rackhouse runs on both have.",
    ] = "https://nvidia.github.io/libnvidia-container"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """A graphics card that runs models."""

    model: Annotated[k.Words, "What it is."] = ""
    memory: Annotated[k.Bytes, "Its own memory.", Example("24Gi")]
    watts: Annotated[
        k.Number | Literal[0], "How much of its machine's `watts` is its own.", Example("40")
    ] = 0
    power_cap: Annotated[
        k.Count | Literal[0], "Watts that it never draws more of (nvidia-smi).", Example("280")
    ] = 0
    toolkit: Annotated[
        Toolkit | None, "NVIDIA's container toolkit. Left out, it has to be there already."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A model on one's own hardware."""

    engine: Annotated[Engine, "What serves it.", Example("ollama")]
    model: Annotated[k.Words, "Its name, as the engine knows it.", Example("llama3.1:8b")]
    node: Annotated[
        k.Name | Literal[""], "The machine that it runs on; any when left out.", Example("forge")
    ] = ""
    memory: Annotated[
        k.Bytes | Literal[0], "What it takes; worked out from its name when left out."
    ] = 0
    image: Annotated[
        k.Image | Literal[""], "Role gpu, in Docker: the engine's image, by its content."
    ] = ""
    port: Annotated[
        k.Tcp | Literal[0],
        "Its port on the machine; the engine's own when left out.",
        Example("8000"),
    ] = 0
    arguments: Annotated[
        tuple[k.Words, ...],
        "More words for the engine's program.",
        Example("[--max-model-len, '8192']"),
    ] = ()
    tokens_per_second: Annotated[
        k.Number | Literal[0],
        "How fast it writes, measured (Ollama: `eval rate`).",
        Example("95"),
    ] = 0
    prompt_tokens_per_second: Annotated[
        k.Number | Literal[0],
        "How fast it reads, measured (Ollama: `prompt eval rate`).",
        Example("3000"),
    ] = 0
    when: _When = None
    weight: _Weight = 0
    abilities: _Abilities = ()
    context: _Context = 0
    slots: _Slots = 0
    queue: _Queue = 0
    first_byte: _FirstByte = 0
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A model behind somebody else's API."""

    provider: Annotated[k.Name, "Whose.", Example("openai")]
    model: Annotated[k.Words, "Its name there.", Example("gpt-5-mini")]
    budget: Annotated[k.Budget | None, "What it may cost; none is no limit."] = None
    price: Annotated[TokenPrice | None, "What it takes for a million tokens."] = None
    next_price: Annotated[
        TokenPrice | None, "What it takes from a day on, which its `since` says."
    ] = None
    url: Annotated[
        m.Url | Literal[""], "Its address, where the provider is none that is known."
    ] = ""
    private: Annotated[k.Flag, "That address is inside the house, on purpose."] = False
    when: _When = None
    weight: _Weight = 0
    abilities: _Abilities = ()
    context: _Context = 0
    slots: _Slots = 0
    queue: _Queue = 0
    first_byte: _FirstByte = 0
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A name that applications ask for, and what answers: the first that can, in this order."""

    name: Annotated[k.Name, "What applications call it.", Example("chat")]
    prefer: Annotated[tuple[Local, ...], "One's own hardware, best first."] = ()
    fall_back: Annotated[tuple[Outside, ...], "Outside APIs, when none of those answers."] = ()
    budget: Annotated[k.Budget | None, "What it may cost, whoever asks and answers."] = None
    soft: Annotated[k.Flag, "Past it you are told, and it goes on."] = False
    on_break: Annotated[
        OnBreak, "When an answer breaks off half way: go on elsewhere, begin anew, or say so."
    ] = OnBreak.CONTINUE
    spill: Annotated[
        k.Seconds | Literal[0], "Waiting for a turn after which the next is asked.", Example("10s")
    ] = 0
    hedge: Annotated[
        k.Seconds | Literal[0], "Silence after which a second one is asked too.", Example("5s")
    ] = 0
    sticky: Annotated[k.Flag, "One conversation stays with one that answers."] = False
    cache: Annotated[
        k.Seconds | Literal[0],
        "How long the very same question has the same answer.",
        Example("1h"),
    ] = 0
    measured: Annotated[k.Flag, "The order follows measured quality."] = False
    margin: Annotated[
        m.Share | None,
        "How much worse than the best a cheaper one may be and go first; 5% when left out.",
    ] = None
    escalate: Annotated[
        m.Times | None,
        "How often an answer that does not hold is asked of the next; once when left out.",
    ] = None
    judge: Annotated[
        m.Url | Literal[""],
        "What is asked whether an answer holds; the built-in checks alone when left out.",
        Example("http://127.0.0.1:9000/judge"),
    ] = ""
    shadow: Annotated[
        m.Share | Literal[0], "Requests that a second one answers too, to be compared."
    ] = 0
    line: int = field(default=0, compare=False, repr=False)
