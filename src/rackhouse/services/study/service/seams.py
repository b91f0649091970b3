"""What the service asks of the world. Each has a client over HTTP and a twin in memory.

Every method raises `Away` when nobody answers in time, and `Refused` for what was refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from rackhouse.services.study.model.canon import Canon
from rackhouse.services.study.model.chat import Delta
from rackhouse.services.study.model.collecting import Document
from rackhouse.services.study.model.commenting import Comment, Commentary
from rackhouse.services.study.model.evidence import Translation, Words
from rackhouse.services.study.model.found import Found, Range, Results, Word
from rackhouse.services.study.model.guard.verdict import Verdict


class Scripture(Protocol):
    """The text store and the reader of references."""

    async def canon(self) -> Canon:
        """The books; asked once."""
        ...

    async def translations(self) -> Sequence[Translation]:
        """What is held; the first one speaks where none is named."""
        ...

    async def references(self, text: str, *, question: bool = False) -> Sequence[Found]:
        """The references in a text; `question`: it asks about scripture, so `romans 8` is one."""
        ...

    async def passages(
        self, ranges: Sequence[Range], translations: Sequence[str]
    ) -> Sequence[Sequence[Words]]:
        """The words of each range, in each translation."""
        ...

    async def found(self, query: str, limit: int) -> Results:
        """Verses by their words, best first: what there is where the search is away."""
        ...

    async def spelt(self, word: str) -> bool:
        """Whether a text has it, or a word that is spelt nearly so."""
        ...

    async def cross(self, verse: int) -> Sequence[Range]:
        """Its cross-references, best first. Refused where no source of them is installed."""
        ...

    async def topic(self, subject: str) -> Sequence[Range]:
        """What a topical work has on it. Refused where none is installed."""
        ...

    async def strongs(self, number: str) -> Word:
        """A word of the original. Refused where no text has such numbers."""
        ...


class Retrieval(Protocol):
    """Search over collections."""

    async def search(
        self, query: str, *, limit: int, collections: Sequence[str], owner: str = ""
    ) -> Results:
        """What is found, best first."""
        ...


class Commentaries(Protocol):
    """Works that go through scripture, in the text store."""

    async def canon(self) -> Canon:
        """The books; asked once."""
        ...

    async def translations(self) -> Sequence[Translation]:
        """What is held; the first one speaks where none is named."""
        ...

    async def works(self) -> Sequence[Commentary]:
        """All that are installed, of other kinds too."""
        ...

    async def comments(self, work: str, verses: Range) -> Sequence[Comment]:
        """What one says of any of these verses, in its order."""
        ...


class Collecting(Protocol):
    """A collection that is filled."""

    async def digest(self, collection: str, document: str) -> str:
        """The attribute `digest` of a document; "" where there is none."""
        ...

    async def begin(self, collection: str, *, resolver: str, language: str) -> None:
        """Make it, where it is not there."""
        ...

    async def put(self, collection: str, documents: Sequence[Document]) -> None:
        """Each in place of what it was."""
        ...

    async def warm(self, collection: str, documents: int) -> bool:
        """Have it in memory before the first person asks. False while it has fewer documents."""
        ...

    async def settled(self, collection: str, documents: int) -> bool:
        """Whether it has so many documents, and nothing more is to be done with them."""
        ...


class Chat(Protocol):
    """A language model, vectors of texts, and a model of entailment."""

    async def there(self) -> bool:
        """Whether there may be a language model that can be asked. Away."""
        ...

    def turn(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        *,
        most: int,
        patience: float,
    ) -> AsyncIterator[Delta]:
        """What it says, as it comes; `most` tokens, within `patience` seconds."""
        ...

    async def vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One for each text; none where there is no model for them."""
        ...

    async def entails(self, text: str, sentence: str) -> float | None:
        """How likely a sentence follows from a text, 0 to 1; None where no model says so."""
        ...


class Guard(Protocol):
    """Stands between a model's sentences and the reader, for one answer."""

    def sentences(self, chunk: str) -> Sequence[str]:
        """The sentences that are whole by now: all that is held of a stream, but its end."""
        ...

    def rest(self) -> Sequence[str]:
        """What is left at the end of a turn."""
        ...

    def check(self, sentence: str) -> Verdict:
        """What may leave of a sentence."""
        ...


class Guards(Protocol):
    """Where guards come from."""

    async def guard(self) -> Guard | None:
        """A new one; None while none can stand, and then no model is asked."""
        ...
