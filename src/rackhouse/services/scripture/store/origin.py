"""Where a translation comes from: whatever it is, it says who it is, and what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rackhouse.services.scripture.model.translation import About
from rackhouse.services.scripture.store.drafts import Taken

# Counted up where the same source would be read otherwise, so that all texts are imported again.
RECIPE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """`stamp` changes when the source does. Where one that is `needed` cannot be taken, nothing is
    served; without another, the rest is.
    """

    about: About
    stamp: str
    take: Callable[[], Taken]
    needed: bool = False

    @property
    def made_of(self) -> str:
        """What the file of texts keeps of it."""
        about = self.about
        said = (about.name, about.language, about.licence.name, about.licence.attribution)
        return "\n".join((str(RECIPE), *said, self.stamp))
