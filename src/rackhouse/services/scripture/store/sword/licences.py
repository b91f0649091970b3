"""Which terms of a module allow that its words are passed on: what is not known does not."""

from __future__ import annotations

import re

from rackhouse.kit.errors import Refused
from rackhouse.services.scripture.model.translation import Licence
from rackhouse.services.scripture.store.sword.conf import Conf

_FREE = re.compile(
    r"public domain|creative commons: ?(by|cc0|pd).*|cc0.*|gpl.*|gfdl|gnu .*"
    r"|copyrighted; (free non-commercial distribution|freely distributable)",
    re.IGNORECASE,
)


def licence(conf: Conf, terms: str = "", said: str = "") -> Licence:
    """Of a module. Refused where it has none, or one that forbids to copy it. `terms`
    are what has to be told of it besides, and `said` what was done to its words.
    """
    named = conf.get("DistributionLicense")
    if not _FREE.fullmatch(named):
        what = f"its licence is {named!r}" if named else "it names no licence"
        raise Refused(
            f"{what}, which does not allow to pass its words on",
            where=conf.name,
            fix="install a module whose DistributionLicense is free, as Public Domain is",
        )
    if conf.get("CipherKey") or "cipherkey" in conf.entries:
        raise Refused("it is locked with a key", where=conf.name, fix="install a free one")
    version = f" {conf.get('Version')}" if conf.get("Version") else ""
    owner = conf.get("ShortCopyright") or conf.get("CopyrightHolder")
    holder = f" {owner}." if owner and owner.lower() != "public domain" else ""
    return Licence(
        name=named + terms,
        attribution=f"{conf.get('Description') or conf.name}.{holder}"
        f" Text as in the SWORD module {conf.name}{version}.{said and f' {said}'}",
    )
