"""What may stand beside the texts where a source of it is installed, and is never part of them."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.kit.web.problem import NotFound
from rackhouse.services.scripture.model.links import Links
from rackhouse.services.scripture.model.topics import Topic, Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Companions:
    """Cross-references and a topical work."""

    links: Links | None = None
    topics: Topics | None = None

    def linked(self) -> Links:
        """The cross-references. NotFound where there are none."""
        if self.links is None:
            raise NotFound(
                "no cross-references are installed",
                fix="put cross_references.txt of OpenBible.info into the folder SCRIPTURE_TEXTS",
                param="ref",
            )
        return self.links

    def topical(self) -> Topics:
        """The topical work. NotFound where there is none."""
        if self.topics is None:
            raise NotFound(
                "no topical work is installed",
                fix="install the SWORD module Nave (Debian: sword-dict-naves)",
                param="topic",
            )
        return self.topics

    def topic(self, id: str) -> Topic:
        """One of its subjects. NotFound."""
        held = self.topical()
        told = held.topic(id)
        if told is None:
            near = tuple(id for id, _ in held.called(id.replace("-", " "), 3))
            raise NotFound(
                f"there is no topic {id[:40]!r}",
                fix=f"perhaps {near[0]!r}" if near else "GET /v1/topics?q= looks for one",
                param="topic",
                perhaps=near,
            )
        return told


NONE = Companions()
